"""Two open disposals of one subject, whose records were merged, become one."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.disposal import JOINED, MAX_OCCURRENCES, Disposal, RecordedOccurrence, join
from chalicelib.domain.event import EventType
from chalicelib.domain.loop import machine
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.disposal.open_disposal import end_disposal, open_disposals
from chalicelib.services.disposal.order_grounds import current_subject
from chalicelib.services.disposal.writing import put_disposal, refused, rehang_order
from chalicelib.services.finding.move_finding import require_text
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store


def joinable(store: Store, tenant: TenantId, disposal: Disposal) -> list[Disposal]:
    """The other open disposals of its subject in its scenario: of duplicates that were merged. One query for each
    identifier of the subject, none of one that has a single one."""
    subject = current_subject(store, tenant, disposal.subject_id)
    if not disposal.is_open or len(subject.all_ids) == 1:
        return []
    others = open_disposals(store, tenant, subject)
    return [one for one in others if one.scenario == disposal.scenario and one.id != disposal.id]


@idempotent
def join_disposal(store: Store, tenant: TenantId, act: Act, *, disposal_id: str, into_id: str, reason: str) -> Disposal:
    """The disposal, closed because it goes on in the other, which takes over its running clocks and open orders. What
    happened before stays where it was written down.

    Raises NotAllowedError, InvalidInputError (no open disposal of this subject and scenario), IllegalTransitionError:
    its `missing` names editions that differ while something is under way, or one kind of order that is open in both.
    """
    disposal = store.disposals.get(tenant, disposal_id)
    require(act.actor, Permission.DISPOSAL_RECORD, disposal.resource)
    machine("disposal").transition(disposal.state, "join_disposal")
    said = require_text("reason", reason, 1000)
    into = next((one for one in joinable(store, tenant, disposal) if one.id == into_id), None)
    if into is None:
        raise refused("into_id", "unknown_choice", value=into_id[:40])
    require(act.actor, Permission.DISPOSAL_RECORD, into.resource)
    if len(into.occurrences) >= MAX_OCCURRENCES:
        raise refused("into_id", "too_many_times", maximum=MAX_OCCURRENCES)
    orders = store.disposal_orders
    moving = [one for one in orders.of_disposal(tenant, disposal.id) if one.is_open]
    there = {one.document_id for one in orders.of_disposal(tenant, into.id) if one.is_open}
    is_alike = _edition(disposal) == _edition(into) or not (disposal.running or moving)
    facts = {
        "has_reason": True,
        "editions_agree": is_alike,
        "no_order_twice": there.isdisjoint(one.document_id for one in moving),
    }
    state = machine("disposal").advance(disposal.state, "join_disposal", facts=facts)
    happened = RecordedOccurrence(
        occurrence_id=JOINED, at=act.at, recorded_at=act.at, recorded_by=act.actor.person_id, note=said
    )
    ended, kept = join(disposal, into, state, happened)
    with store.change(tenant, act) as change:
        end_disposal(store, change, ended)
        put_disposal(store, change, kept)
        for order in moving:
            rehang_order(change, order, kept.id)
        change.event(EventType.DISPOSAL_JOINED, ended, {"reason": said, "into": kept.id})
    return ended


def _edition(disposal: Disposal) -> tuple[str, int]:
    return disposal.scenario_version, disposal.overlay_number
