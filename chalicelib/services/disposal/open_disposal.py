"""A disposal is opened for one subject in one scenario, and closed with a reason when nothing runs any more."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.disposal import Disposal
from chalicelib.domain.errors import AlreadyExistsError, IllegalTransitionError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.loop import machine
from chalicelib.domain.record import Ref
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.disposal.editions import Parties, has_disposals, named_departments
from chalicelib.services.disposal.writing import put_disposal, refused
from chalicelib.services.finding.move_finding import require_text
from chalicelib.services.idempotent import idempotent
from chalicelib.services.scenario.read_edition import Edition, editions_of
from chalicelib.storage.change import Change
from chalicelib.storage.store import Store

ORIGINS = ("finding", "visit", "patrol")
CLAIM = "disposal_open"


def disposal_scenarios(store: Store, tenant: TenantId, subject: Subject) -> list[Edition]:
    """The subject's scenarios whose package says how a danger or fault is disposed of: one query."""
    found = editions_of(store, tenant, [one.scenario for one in subject.memberships])
    return [one for one in found if has_disposals(one.scenario)]


def open_disposals(store: Store, tenant: TenantId, subject: Subject) -> list[Disposal]:
    """Those under way, also of the duplicates merged into the subject: one query for each identifier."""
    return [one for id in subject.all_ids for one in store.disposals.of_subject(tenant, id) if one.is_open]


@idempotent
def open_disposal(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    subject_id: str,
    scenario: str,
    because: str,
    origin: Ref | None = None,
) -> Disposal:
    """The open disposal, on the edition in force now.

    Raises RecordNotFoundError (out of reach), NotAllowedError (a department without a part in it), InvalidInputError,
    AlreadyExistsError (one is open already), IllegalTransitionError (a subject that left the register).
    """
    subject = store.subjects.get(tenant, subject_id)
    require(act.actor, Permission.DISPOSAL_RECORD, subject.resource)
    if subject.is_tombstone:
        raise IllegalTransitionError(state=subject.status.value, step="open_disposal")
    edition = {one.package.name: one for one in disposal_scenarios(store, tenant, subject)}.get(scenario)
    if edition is None:
        raise refused("scenario", "no_disposal_rules")
    if origin is not None:
        _check_origin(store, tenant, subject, origin)
    if any(one.scenario == scenario for one in open_disposals(store, tenant, subject)):
        raise AlreadyExistsError(kind=CLAIM, identity=f"{subject.id}.{scenario}")
    parties = Parties.at(store, tenant, subject.division)
    disposal = Disposal(
        subject_id=subject.id,
        subject_name=subject.name,
        division=subject.division,
        scenario=scenario,
        scenario_version=edition.package.version,
        overlay_number=edition.number,
        departments=parties.taking_part(named_departments(edition.scenario.inspection)),
        opened_because=require_text("because", because, 1000),
        origin=origin,
        opened_by=act.actor.person_id,
        opened_at=act.at,
    )
    require(act.actor, Permission.DISPOSAL_RECORD, disposal.resource)
    with store.change(tenant, act) as change:
        change.claim(CLAIM, _claimed(disposal), disposal.ref)
        put_disposal(store, change, disposal)
        change.event(EventType.DISPOSAL_OPENED, disposal, {"subject_id": subject.id, "scenario": scenario})
    return disposal


@idempotent
def close_disposal(store: Store, tenant: TenantId, act: Act, *, disposal_id: str, because: str) -> Disposal:
    """The closed disposal. Raises IllegalTransitionError; its `missing` names a running clock or an open order."""
    disposal = store.disposals.get(tenant, disposal_id)
    require(act.actor, Permission.DISPOSAL_RECORD, disposal.resource)
    reason = require_text("because", because, 1000)
    orders = store.disposal_orders.of_disposal(tenant, disposal.id)
    facts = {
        "has_reason": True,
        "no_clock_runs": not disposal.running,
        "no_order_is_open": not any(one.is_open for one in orders),
    }
    state = machine("disposal").advance(disposal.state, "close_disposal", facts=facts)
    closed = disposal.with_changes(state=state, closed_because=reason, closed_by=act.actor.person_id, closed_at=act.at)
    with store.change(tenant, act) as change:
        end_disposal(store, change, closed)
        change.event(EventType.DISPOSAL_CLOSED, closed, {"reason": reason})
    return closed


def end_disposal(store: Store, change: Change, ended: Disposal) -> None:
    """The disposal as it ended; another may be opened."""
    change.release(CLAIM, _claimed(ended))
    put_disposal(store, change, ended)


def _claimed(disposal: Disposal) -> str:
    return f"{disposal.subject_id}.{disposal.scenario}"


def _check_origin(store: Store, tenant: TenantId, subject: Subject, origin: Ref) -> None:
    """Raises InvalidInputError for a record that is not this subject's."""
    try:
        found = store.read(tenant, origin) if origin.kind in ORIGINS else None
    except RecordNotFoundError:
        found = None
    of_visit = getattr(getattr(found, "subject", None), "subject_id", "")
    if getattr(found, "subject_id", of_visit) not in subject.all_ids:
        raise refused("origin", "unknown_choice", value=origin.id[:40])
