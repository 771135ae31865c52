"""Somebody of the department that the package names writes down what happened; its clocks stop and start by that."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.contract.inspection import InspectionRules, Occurrence
from chalicelib.domain.access import Permission, Resource, require
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import SHANGHAI, shanghai_date
from chalicelib.domain.disposal import (
    MAX_OCCURRENCES,
    Disposal,
    RecordedOccurrence,
    StartedClock,
    stopped_clocks,
    with_occurrence,
)
from chalicelib.domain.disposal_order import DisposalOrder
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.loop import machine
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.services.disposal.editions import Parties, edition_of
from chalicelib.services.disposal.writing import happened_at, keep_evidence, note_of, refused, save_disposal
from chalicelib.services.idempotent import idempotent
from chalicelib.services.working_calendar import working_calendar
from chalicelib.storage.store import Store


@idempotent
def record_occurrence(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    disposal_id: str,
    occurrence_id: str,
    at: datetime | None = None,
    note: str = "",
    files: Sequence[bytes] = (),
) -> Disposal:
    """The disposal with its clocks as they run after this.

    Raises NotAllowedError (another department's to record), IllegalTransitionError (closed), InvalidInputError: one
    that the package does not know, that an order stands for and that is recorded with it, or that lacks the file or the
    note which the package asks for.
    """
    disposal = store.disposals.get(tenant, disposal_id)
    require(act.actor, Permission.DISPOSAL_RECORD, disposal.resource)
    machine("disposal").advance(disposal.state, "record_occurrence", facts={})
    rules = edition_of(store, tenant, disposal).scenario.inspection
    occurrence = rules.occurrence(occurrence_id)
    if occurrence is None:
        raise refused("occurrence_id", "unknown_choice", value=occurrence_id[:40])
    parties = Parties.at(store, tenant, disposal.division)
    require(act.actor, Permission.DISPOSAL_RECORD, _resource(disposal, occurrence, parties))
    if stands_for_order(store, tenant, disposal, rules, occurrence_id):
        raise refused("occurrence_id", "occurrence_of_order")
    missing = {
        "files": occurrence.is_evidence_required and not files,
        "note": occurrence.note_says and not note.strip(),
    }
    if any(missing.values()):
        raise InvalidInputError([FieldProblem(field=one, code="required") for one, lacks in missing.items() if lacks])
    said = note_of(note)
    when = happened_at("at", at, act.at)
    happened = RecordedOccurrence(
        occurrence_id=occurrence_id,
        at=when,
        recorded_at=act.at,
        recorded_by=act.actor.person_id,
        note=said,
        evidence=keep_evidence(store, tenant, Disposal.KIND, "files", files),
    )
    moved = happen(disposal, happened, rules, parties, act.actor)
    return save_disposal(
        store,
        tenant,
        act,
        moved,
        EventType.DISPOSAL_OCCURRENCE_RECORDED,
        {"occurrence": occurrence_id},
        happened.evidence,
    )


def happen(
    disposal: Disposal,
    happened: RecordedOccurrence,
    rules: InspectionRules,
    parties: Parties,
    actor: Actor,
    term_rule: str | None = None,
) -> Disposal:
    """The disposal after the occurrence, with the clocks of the rules in force on that day. What a clock asks for is
    the work of the departments that record what stops it; without any, of those that recorded what started it.

    Raises InvalidInputError: one too many, or at a time before the start of a clock that it stops. A time is given to
    the minute, so that one within the minute of the start is that start.
    """
    if len(disposal.occurrences) >= MAX_OCCURRENCES:
        raise refused("occurrence_id", "too_many_times", maximum=MAX_OCCURRENCES)
    ended = stopped_clocks(disposal, happened, rules.deadlines)
    begun = max((one.started_at for one in ended), default=happened.at)
    if happened.at < begun.replace(second=0, microsecond=0):
        raise refused("at", "moment_before_clock", start=f"{begun.astimezone(SHANGHAI):%Y-%m-%d %H:%M}")
    happened = happened.model_copy(update={"at": max(happened.at, begun)})
    starts = []
    for rule in rules.deadlines_on(shanghai_date(happened.at)):
        if rule.start_event == happened.occurrence_id:
            ends = filter(None, (rules.occurrence(one) for one in rule.stop_events or (rule.start_event,)))
            codes = dict.fromkeys(code for one in ends for code in one.recorded_by)
            starts.append(StartedClock(rule=rule, owners=parties.owners_for(codes, actor)))
    return with_occurrence(disposal, happened, rules.deadlines, starts, working_calendar(), term_rule)


def of_order(act: Act, order: DisposalOrder, name: str, at: datetime) -> RecordedOccurrence:
    """What is written into the disposal of a step of an order."""
    return RecordedOccurrence(
        occurrence_id=name, at=at, recorded_at=act.at, recorded_by=act.actor.person_id, order_id=order.id
    )


def stands_for_order(
    store: Store, tenant: TenantId, disposal: Disposal, rules: InspectionRules, occurrence_id: str
) -> bool:
    """Whether it is the service of an order, or the fulfilment or lifting of one that is under way: the order says it
    then."""
    if any(one.served_as == occurrence_id for one in rules.orders):
        return True
    ended = {one.id for one in rules.orders if occurrence_id in (one.fulfilled_as, one.lifted_as)}
    if not ended:
        return False
    orders = store.disposal_orders.of_disposal(tenant, disposal.id)
    return any(one.document_id in ended and one.is_open and one.service for one in orders)


def _resource(disposal: Disposal, occurrence: Occurrence, parties: Parties) -> Resource:
    named = frozenset(parties.taking_part(occurrence.recorded_by))
    return Resource(divisions=frozenset({disposal.division}), departments=named)
