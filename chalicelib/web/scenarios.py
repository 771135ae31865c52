"""Scenario packages as pages name them: labels and columns in the reader's language."""

from chalicelib.contract.registry import registry
from chalicelib.domain.register_columns import Column
from chalicelib.web.i18n import current_locale


def scenario_label(name: str) -> str:
    """The scenario's name; its code when the package is not installed or does not hold."""
    if not registry().holds(name):
        return name
    return registry().get(name).in_language(current_locale()).manifest.label


def own_columns(name: str) -> tuple[Column, ...]:
    """The register columns that the package brings, labelled in the reader's language."""
    if not registry().holds(name):
        return ()
    return registry().get(name).in_language(current_locale()).manifest.register_columns


def installed_scenarios() -> list[tuple[str, str]]:
    """(name, label) of every installed package."""
    return [(name, scenario_label(name)) for name in registry().names()]
