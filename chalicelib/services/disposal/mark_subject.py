"""What an occurrence makes true of the subject in the register: the attributes that the package says it sets."""

from collections.abc import Iterator

from chalicelib.contract.inspection import InspectionRules, Occurrence
from chalicelib.domain.act import Act
from chalicelib.domain.disposal import Disposal, RecordedOccurrence
from chalicelib.domain.event import EventType
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.disposal.editions import edition_of
from chalicelib.services.disposal.order_grounds import current_subject
from chalicelib.services.idempotent import idempotent
from chalicelib.services.register.members import save_members
from chalicelib.services.register.register_subject import told_changes
from chalicelib.storage.store import Store


@idempotent
def mark_subject(store: Store, tenant: TenantId, act: Act, *, disposal: Disposal, occurrence_id: str) -> Subject:
    """The subject, or the survivor of a merged one, with the attributes that this occurrence sets.

    Of several that set one attribute the last that happened counts, also in other disposals of a merged subject, so
    that one written down late takes nothing back.
    Runs as a reaction to events, so nobody's permission is asked; the change is an event of its own, which asks for an
    evaluation. One that left the register or the scenario stays as it is. Raises RecordNotFoundError.
    """
    subject = current_subject(store, tenant, disposal.subject_id)
    rules = edition_of(store, tenant, disposal).scenario.inspection
    occurrence, held = rules.occurrence(occurrence_id), subject.membership(disposal.scenario)
    if occurrence is None or not occurrence.sets or held is None or subject.is_tombstone:
        return subject
    told = {one.attribute for one in occurrence.sets}
    values = dict(held.attributes)
    happened = _happened(store, tenant, subject, disposal, rules)
    for _, known in sorted(happened, key=lambda pair: (pair[0].at, pair[0].recorded_at)):
        values |= {one.attribute: one.value for one in known.sets if one.attribute in told}
    if values == dict(held.attributes):
        return subject
    marked = subject.joined(disposal.scenario, values)
    with store.change(tenant, act) as change:
        change.save(marked)
        save_members(change, store, tenant, marked)
        cause = {"disposal_id": disposal.id, "occurrence": occurrence_id}
        change.event(EventType.SUBJECT_CHANGED, marked, told_changes(subject, marked, ["memberships"]) | cause)
    return marked


def _happened(
    store: Store, tenant: TenantId, subject: Subject, disposal: Disposal, rules: InspectionRules
) -> Iterator[tuple[RecordedOccurrence, Occurrence]]:
    """What is written down of the subject in this scenario, each with what its disposal's edition says of it. Where it
    absorbed nobody, the disposal alone: nothing is read."""
    held = [(disposal, rules)]
    for id in subject.all_ids if subject.absorbed else ():
        for one in store.disposals.of_subject(tenant, id):
            if one.scenario == disposal.scenario and one.id != disposal.id:
                held.append((one, edition_of(store, tenant, one).scenario.inspection))
    for one, known in held:
        for happened in one.occurrences:
            if occurrence := known.occurrence(happened.occurrence_id):
                yield happened, occurrence
