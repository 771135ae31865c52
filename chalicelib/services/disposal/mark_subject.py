"""What an occurrence makes true of the subject in the register: the attributes that the package says it sets."""

from chalicelib.domain.act import Act
from chalicelib.domain.disposal import Disposal
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

    Of several that set one attribute the last that happened counts, so that one written down late takes nothing back.
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
    for happened in sorted(disposal.occurrences, key=lambda one: (one.at, one.recorded_at)):
        known = rules.occurrence(happened.occurrence_id)
        values |= {one.attribute: one.value for one in (known.sets if known else ()) if one.attribute in told}
    if values == dict(held.attributes):
        return subject
    marked = subject.joined(disposal.scenario, values)
    with store.change(tenant, act) as change:
        change.save(marked)
        save_members(change, store, tenant, marked)
        cause = {"disposal_id": disposal.id, "occurrence": occurrence_id}
        change.event(EventType.SUBJECT_CHANGED, marked, told_changes(subject, marked, ["memberships"]) | cause)
    return marked
