"""Draft a version of the tenant's overlay: put a change in, take one out, move it to a new version of the package."""

from collections.abc import Collection, Sequence
from typing import Any

from chalicelib.contract.registry import registry
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import ConflictError, FieldProblem, InvalidInputError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.overlay import (
    MAX_CHANGES,
    Change,
    OverlayState,
    ScenarioOverlay,
    overlay_id,
    with_change,
)
from chalicelib.domain.overlay_todo import overlay_todos
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.scenario.fit_overlay import refuse_new_faults, refuse_unfitting
from chalicelib.services.scenario.read_edition import need_package
from chalicelib.services.scenario.shared_questions import other_scenarios
from chalicelib.storage.change import Change as TableChange
from chalicelib.storage.store import Store


@idempotent
def put_change(
    store: Store, tenant: TenantId, act: Act, *, scenario: str, change: Change, version: int | None = None
) -> ScenarioOverlay:
    """The draft with this change in it, begun if there is none; one of the same kind and target is replaced.

    Raises InvalidInputError when the change does not fit the package or breaks one of its rules, or when the draft has
    to move to another version first. version: of the draft that was shown."""
    require(act.actor, Permission.OVERLAY_WRITE)
    draft = open_draft(store, tenant, act, scenario, version)
    changes = with_change(draft.changes, change)
    if len(changes) > MAX_CHANGES:
        raise InvalidInputError([FieldProblem(field="changes", code="too_long", details={"limit": MAX_CHANGES})])
    package, others = base_of(store, draft), other_scenarios(store, tenant, scenario)
    refuse_new_faults(package, draft.changes, changes, change, others)
    return save_draft(store, tenant, act, draft, EventType.OVERLAY_CHANGED, changes=changes)


@idempotent
def remove_change(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    scenario: str,
    kind: str,
    target: str,
    version: int | None = None,
) -> ScenarioOverlay:
    """The draft without it, even where another change rests on it: the draft's page says so at once, with what to do.
    Raises RecordNotFoundError when there is no such change."""
    require(act.actor, Permission.OVERLAY_WRITE)
    draft = open_draft(store, tenant, act, scenario, version)
    left = tuple(one for one in draft.changes if (one.kind, one.target) != (kind, target))
    if len(left) == len(draft.changes):
        raise RecordNotFoundError(kind="change", id=f"{kind}.{target}")
    return save_draft(store, tenant, act, draft, EventType.OVERLAY_CHANGED, changes=left)


@idempotent
def upgrade_overlay(
    store: Store, tenant: TenantId, act: Act, *, scenario: str, dropped: Collection[tuple[str, str]] = ()
) -> ScenarioOverlay:
    """The draft on the installed version of the package, without the changes in `dropped` (kind, target).

    Raises InvalidInputError naming every change that is kept and does not fit the new version."""
    require(act.actor, Permission.OVERLAY_WRITE)
    draft = open_draft(store, tenant, act, scenario, None)
    package = registry().get(scenario)
    left = tuple(one for one in draft.changes if (one.kind, one.target) not in dropped)
    refuse_unfitting(package, left, other_scenarios(store, tenant, scenario))
    return save_draft(store, tenant, act, draft, EventType.OVERLAY_UPGRADED, changes=left, base_version=package.version)


@idempotent
def discard_draft(store: Store, tenant: TenantId, act: Act, *, scenario: str) -> ScenarioOverlay:
    """The draft, given up; the version in force stays."""
    require(act.actor, Permission.OVERLAY_WRITE)
    found = open_version(store.overlays.of_scenario(tenant, scenario))
    if found is None:
        raise RecordNotFoundError(kind=ScenarioOverlay.KIND, id=scenario)
    discarded = found.with_changes(state=OverlayState.DISCARDED)
    with store.change(tenant, act) as change:
        put_overlay(store, change, discarded)
        change.event(EventType.OVERLAY_DISCARDED, discarded, {"number": discarded.number})
    return discarded


def base_of(store: Store, draft: ScenarioOverlay) -> Scenario:
    """The version of the package that the draft is written for. Raises InvalidInputError where that was never published
    and another one is installed: the draft has to move to it."""
    return need_package(store, draft.scenario, draft.base_version, field="base_version", code="base_version_gone")


def open_version(versions: Sequence[ScenarioOverlay]) -> ScenarioOverlay | None:
    """The draft or the submitted one; there is at most one."""
    return next((one for one in versions if one.is_open), None)


def open_draft(store: Store, tenant: TenantId, act: Act, scenario: str, version: int | None) -> ScenarioOverlay:
    """The version being worked on, or the next one, which begins as a copy of the one in force.

    version: the record version that was shown, 0 for none; ConflictError when it has moved on."""
    home = store.tenants.get(tenant, tenant)
    if scenario not in home.scenarios:
        raise InvalidInputError([FieldProblem(field="scenario", code="unknown_scenario", details={"value": scenario})])
    versions = store.overlays.of_scenario(tenant, scenario)
    found = open_version(versions)
    if found is not None:
        found = store.overlays.get(tenant, found.id)
    if version is not None and version != (found.version if found else 0):
        raise ConflictError(kind=ScenarioOverlay.KIND, id=scenario)
    if found is not None:
        return found
    last = next((one for one in versions if one.state is OverlayState.PUBLISHED), None)
    number = max((one.number for one in versions), default=0) + 1
    return ScenarioOverlay(
        id=overlay_id(scenario, number),
        scenario=scenario,
        number=number,
        base_version=last.base_version if last else registry().get(scenario).version,
        changes=last.changes if last else (),
        origin=last.origin if last else None,
        note=last.note if last else "",
        is_reusable=last.is_reusable if last else False,
        edited_by=act.actor.person_id,
        edited_at=act.at,
    )


def save_draft(
    store: Store, tenant: TenantId, act: Act, draft: ScenarioOverlay, type: EventType, **values: Any
) -> ScenarioOverlay:
    """The draft with these values, by this editor; a submitted one is a draft again."""
    changed = draft.with_changes(
        state=OverlayState.DRAFT,
        edited_by=act.actor.person_id,
        edited_for=act.actor.acting_for,
        edited_at=act.at,
        returned_because="",
        **values,
    )
    with store.change(tenant, act) as change:
        put_overlay(store, change, changed)
        facts = {"number": changed.number, "base_version": changed.base_version, "changes": len(changed.changes)}
        change.event(type, changed, facts)
    return changed


def put_overlay(store: Store, change: TableChange, overlay: ScenarioOverlay) -> None:
    """Write the version and what waits on it into a change."""
    change.save(overlay)
    label = registry().get(overlay.scenario).manifest.label if registry().holds(overlay.scenario) else overlay.scenario
    store.todos.replace(change, overlay.ref, overlay_todos(overlay, label, change.act.at))
