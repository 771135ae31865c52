"""Take over another tenant's published overlay in one step, as a draft of one's own that says where it is from."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.contract.overlay import apply_overlay
from chalicelib.contract.registry import registry
from chalicelib.contract.scenario import SOURCE_LANGUAGE, Scenario
from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, InvalidInputError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.overlay import Change, OverlayOrigin, PublicOverlay, ScenarioOverlay
from chalicelib.domain.public_tenant import PublicTenant
from chalicelib.domain.tenancy import PLATFORM, TenantId, is_tenant_id
from chalicelib.services.idempotent import idempotent
from chalicelib.services.scenario.draft_overlay import open_draft, save_draft
from chalicelib.services.scenario.fit_overlay import refuse_unfitting, unfitting
from chalicelib.services.scenario.read_edition import need_package, overlay_of
from chalicelib.services.scenario.shared_questions import other_scenarios
from chalicelib.storage.scope import ScopeRole, entered
from chalicelib.storage.store import Store


@dataclass(frozen=True)
class Offer:
    """What another tenant lets others take over."""

    tenant: PublicTenant
    overlay: PublicOverlay


def offers_of(store: Store, tenant: TenantId, scenario: str) -> list[Offer]:
    """Published overlays of other tenants that may be taken over. One query, and one read per other tenant. Raises
    RecordNotFoundError for a package that is not installed."""
    registry().get(scenario)
    with entered(PLATFORM, ScopeRole.PUBLIC):
        others = store.public_tenants.directory(PLATFORM)
    found = (_offer(store, other, scenario) for other in others if other.id != tenant)
    return [one for one in found if one is not None]


def _offer(store: Store, other: PublicTenant, scenario: str) -> Offer | None:
    shown = store.public_overlays.of_other(other.id, scenario)
    return Offer(other, shown) if shown is not None and shown.is_reusable else None


def _offer_of(store: Store, tenant: TenantId, origin: str, scenario: str) -> Offer | None:
    if origin == tenant or not is_tenant_id(origin):
        return None
    with entered(PLATFORM, ScopeRole.PUBLIC):
        other = store.public_tenants.find(PLATFORM, origin)
    return _offer(store, other, scenario) if other is not None else None


def fitting_changes(package: Scenario, theirs: PublicOverlay) -> tuple[Change, ...]:
    """Their changes without those that this version of the package does not know."""
    unapplied = {at for at, _ in apply_overlay(package, overlay_of(theirs, package.name)).unapplied}
    return tuple(one for at, one in enumerate(theirs.changes) if at not in unapplied)


def offer_problems(
    store: Store, offer: Offer, others: Sequence[Scenario], language: str = SOURCE_LANGUAGE
) -> list[FieldProblem]:
    """What would refuse the adoption, at the change to blame. others: the tenant's other scenarios, in this language
    too."""
    try:
        package = _base_of(store, offer).in_language(language)
    except InvalidInputError as error:
        return error.problems
    return unfitting(package, fitting_changes(package, offer.overlay), others)


def _base_of(store: Store, offer: Offer) -> Scenario:
    """The version that they write for. Raises InvalidInputError where it is neither installed nor published."""
    theirs = offer.overlay
    return need_package(store, theirs.id, theirs.base_version, field="origin", code="base_version_missing")


@idempotent
def adopt_overlay(store: Store, tenant: TenantId, act: Act, *, scenario: str, origin: TenantId) -> ScenarioOverlay:
    """Our draft with their changes in the place of ours, on the version of the package that they are written for.

    Changes that do not fit stay out; what is left keeps the rules of the package. Only what that tenant published for
    reuse is read. Raises RecordNotFoundError, InvalidInputError."""
    require(act.actor, Permission.OVERLAY_WRITE)
    registry().get(scenario)
    offer = _offer_of(store, tenant, origin, scenario)
    if offer is None:
        raise RecordNotFoundError(kind="overlay", id=scenario)
    draft = open_draft(store, tenant, act, scenario, None)
    theirs = offer.overlay
    package = _base_of(store, offer)
    changes = fitting_changes(package, theirs)
    refuse_unfitting(package, changes, other_scenarios(store, tenant, scenario))
    return save_draft(
        store,
        tenant,
        act,
        draft,
        EventType.OVERLAY_ADOPTED,
        changes=changes,
        base_version=theirs.base_version,
        origin=OverlayOrigin(tenant=origin, label=offer.tenant.label, number=theirs.number),
        is_reusable=False,
        note="",
    )
