"""Versions, overlays and a changed law in the demo: packages published by the platform, a city's overlay for others."""

from chalicelib import bootstrap
from chalicelib.contract.law import law_changes
from chalicelib.contract.registry import registry
from chalicelib.domain.basis_mark import BasisChange
from chalicelib.domain.legal_basis import plain_title
from chalicelib.domain.overlay import SetLabel
from chalicelib.domain.tenancy import PLATFORM, Actor
from chalicelib.services.scenario.basis_marks import mark_basis
from chalicelib.services.scenario.draft_overlay import put_change
from chalicelib.services.scenario.publish_package import publish_package
from chalicelib.services.scenario.settle_overlay import publish_overlay, submit_overlay
from infra.local.demo_cast import act, actor_of

SCENARIO = "refined_oil"
NEIGHBOUR = "gx450500"
LAW = "食品安全法"
WORDS = {
    "manifest.departments.commerce.label": "市商务局",
    "manifest.departments.market_regulation.label": "市市场监督管理局",
    "manifest.departments.emergency_management.label": "市应急管理局",
}


def publish_packages(operator: Actor) -> int:
    """Freeze every package that holds; then mark a law that was amended since. Returns how many."""
    store = bootstrap.store()
    names = [name for name in registry().names() if registry().holds(name)]
    with bootstrap.scope(PLATFORM):
        for name in names:
            publish_package(store, PLATFORM, act(operator), scenario=name)
        known = law_changes()[plain_title(LAW)]
        mark_basis(
            store,
            PLATFORM,
            act(operator),
            title=LAW,
            article="",
            change=BasisChange.AMENDED,
            decided_on=known.effective_on,
            effective_on=known.effective_on,
            successor=known.successor,
        )
    return len(names)


def share_overlay() -> None:
    """The neighbouring city says its departments' names, and lets others take that over."""
    store = bootstrap.store()
    with bootstrap.scope(NEIGHBOUR):
        coordinator, lawyer = (act(actor_of(NEIGHBOUR, f"{NEIGHBOUR}-{duty}")) for duty in ("coordinator", "legal"))
        known = registry().get(SCENARIO).labels
        for key, text in WORDS.items():
            if key in known:
                change = SetLabel(key=key, text=text)
                draft = put_change(store, NEIGHBOUR, coordinator.part(key), scenario=SCENARIO, change=change)
        submit_overlay(store, NEIGHBOUR, coordinator, overlay_id=draft.id, note="用本市机构的名称", is_reusable=True)
        publish_overlay(store, NEIGHBOUR, lawyer, overlay_id=draft.id)
