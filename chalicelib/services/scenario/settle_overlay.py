"""An overlay's version goes from its author to another person, who publishes it or sends it back."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, IllegalTransitionError, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.overlay import OverlayState, PublicOverlay, ScenarioOverlay
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.draw.problems import SecondPersonNeededError
from chalicelib.services.idempotent import idempotent
from chalicelib.services.scenario.draft_overlay import base_of, put_overlay
from chalicelib.services.scenario.fit_overlay import overlay_problems
from chalicelib.services.scenario.problems import PackageNotPublishedError
from chalicelib.services.scenario.publish_package import check_unchanged
from chalicelib.storage.store import Store

LONGEST_TEXT = 500


@idempotent
def submit_overlay(
    store: Store, tenant: TenantId, act: Act, *, overlay_id: str, note: str, is_reusable: bool = False
) -> ScenarioOverlay:
    """The version, waiting for another person. note: what it is for; is_reusable: other tenants may take it over."""
    require(act.actor, Permission.OVERLAY_WRITE)
    draft = store.overlays.get(tenant, overlay_id)
    _expect(draft, OverlayState.DRAFT, "submit_overlay")
    _need_text("note", note, 4)
    base_of(store, draft)
    _refuse_unfitting(store, tenant, draft)
    submitted = draft.with_changes(state=OverlayState.SUBMITTED, note=note.strip(), is_reusable=is_reusable)
    with store.change(tenant, act) as change:
        put_overlay(store, change, submitted)
        change.event(EventType.OVERLAY_SUBMITTED, submitted, {"number": submitted.number})
    return submitted


@idempotent
def return_overlay(store: Store, tenant: TenantId, act: Act, *, overlay_id: str, reason: str) -> ScenarioOverlay:
    """The version as a draft again, with the reason."""
    require(act.actor, Permission.OVERLAY_PUBLISH)
    found = store.overlays.get(tenant, overlay_id)
    _expect(found, OverlayState.SUBMITTED, "return_overlay")
    _need_text("reason", reason, 1)
    returned = found.with_changes(state=OverlayState.DRAFT, returned_because=reason.strip())
    with store.change(tenant, act) as change:
        put_overlay(store, change, returned)
        change.event(EventType.OVERLAY_RETURNED, returned, {"number": returned.number, "reason": reason.strip()})
    return returned


@idempotent
def publish_overlay(store: Store, tenant: TenantId, act: Act, *, overlay_id: str) -> ScenarioOverlay:
    """The version in force from now on: plans that are drafted afterwards begin with it, those under way stay.

    Raises SecondPersonNeededError for who edited it; PackageNotPublishedError while the platform has not frozen the
    version that it is written for; InvalidInputError when that version is gone, and when an item rests on a clause that
    no longer holds."""
    require(act.actor, Permission.OVERLAY_PUBLISH)
    found = store.overlays.get(tenant, overlay_id)
    _expect(found, OverlayState.SUBMITTED, "publish_overlay")
    if act.actor.is_behind(found.edited_by, found.edited_for):
        raise SecondPersonNeededError(step="publish_overlay")
    if check_unchanged(store, base_of(store, found)) is None:
        raise PackageNotPublishedError(step="publish_overlay", package=f"{found.scenario}@{found.base_version}")
    _refuse_unfitting(store, tenant, found)
    published = found.with_changes(state=OverlayState.PUBLISHED, published_by=act.actor.person_id, published_at=act.at)
    shown = store.public_overlays.find(tenant, found.scenario)
    with store.change(tenant, act) as change:
        put_overlay(store, change, published)
        change.save(PublicOverlay.of(published, shown.version if shown else 0))
        facts = {"number": found.number, "base_version": found.base_version, "is_reusable": found.is_reusable}
        change.event(EventType.OVERLAY_PUBLISHED, published, facts)
    return published


def _need_text(field: str, text: str, least: int) -> None:
    length = len(text.strip())
    if not least <= length <= LONGEST_TEXT:
        code = "required" if not length else "too_short" if length < least else "too_long"
        raise InvalidInputError([FieldProblem(field=field, code=code)])


def _expect(overlay: ScenarioOverlay, state: OverlayState, step: str) -> None:
    if overlay.state is not state:
        raise IllegalTransitionError(state=overlay.state.value, step=step, machine="overlay", missing=[])


def _refuse_unfitting(store: Store, tenant: TenantId, overlay: ScenarioOverlay) -> None:
    problems = overlay_problems(store, tenant, overlay)
    if problems:
        raise InvalidInputError(problems)
