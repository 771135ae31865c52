"""Scenario packages as pages name them: labels and columns in the reader's language."""

from chalicelib.contract.registry import registry
from chalicelib.domain.register_columns import Column
from chalicelib.web.i18n import current_locale


def scenario_label(name: str) -> str:
    """The scenario's name; its code when the package is not installed or does not hold."""
    if not registry().holds(name):
        return name
    return registry().get(name).in_language(current_locale()).manifest.label


def item_name(name: str, *scenarios: str) -> str:
    """The name of a check item of one of these scenarios, kept in Chinese with a finding, in the reader's language; as
    it is where no installed package calls an item so (any more)."""
    for one in scenarios:
        package = registry().get(one) if registry().holds(one) else None
        shown = package.in_language(current_locale()) if package else None
        if package is None or shown is None or shown is package:
            continue
        pairs = zip(package.checklist.items, shown.checklist.items, strict=True)
        if found := next((new.name for old, new in pairs if old.name == name), None):
            return found
    return name


def own_columns(name: str) -> tuple[Column, ...]:
    """The register columns that the package brings, labelled in the reader's language."""
    if not registry().holds(name):
        return ()
    return registry().get(name).in_language(current_locale()).manifest.register_columns


def switchable(name: str, *, is_enabled: bool) -> list[str]:
    """Names that a tenant may switch on or off now: a package that does not hold can only be switched off."""
    names = registry().names()
    return names if not is_enabled or registry().holds(name) else [one for one in names if one != name]


def installed_scenarios() -> list[tuple[str, str]]:
    """(name, label) of every installed package."""
    return [(name, scenario_label(name)) for name in registry().names()]
