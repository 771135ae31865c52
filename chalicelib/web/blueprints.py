"""Every blueprint of the product. A module that makes one and is not listed here fails a test."""

from chalice import Blueprint

from chalicelib.web import not_found, static_files
from chalicelib.web.api import me
from chalicelib.web.auth import routes as auth

BLUEPRINTS: tuple[Blueprint, ...] = (
    auth.blueprint,
    me.blueprint,
    static_files.blueprint,
    not_found.blueprint,
)
