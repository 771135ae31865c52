"""Every blueprint of the product. A module that makes one and is not listed here fails a test."""

from chalice import Blueprint

from chalicelib.web import not_found, static_files
from chalicelib.web.api import me
from chalicelib.web.api import draws as api_draws
from chalicelib.web.auth import routes as auth
from chalicelib.web.console import draws as console_draws
from chalicelib.web.console import evidence as console_evidence
from chalicelib.web.public import draws as public_draws

BLUEPRINTS: tuple[Blueprint, ...] = (
    auth.blueprint,
    me.blueprint,
    console_draws.blueprint,
    console_evidence.blueprint,
    api_draws.blueprint,
    public_draws.blueprint,
    static_files.blueprint,
    not_found.blueprint,
)
