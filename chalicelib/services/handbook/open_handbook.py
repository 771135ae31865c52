"""A person of the subject opens a handbook that was pushed: the receipt keeps who and when."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.handbook_push import HandbookOpening, HandbookReceipt
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.handbook_pushes import OPENED, opened_counter
from chalicelib.storage.store import Store


def unopened_of(
    store: Store, tenant: TenantId, actor: Actor, subject_ids: tuple[str, ...], scenario: str
) -> HandbookReceipt | None:
    """The newest push of this scenario to the subject that this person has not opened yet."""
    found = [one for id in subject_ids for one in store.handbook_receipts.of_subject(tenant, id)]
    of_scenario = sorted((one for one in found if one.scenario == scenario), key=lambda one: one.sent_at)
    newest = of_scenario[-1] if of_scenario else None
    return None if newest is None or newest.opened_by(actor.person_id) else newest


def open_handbook(store: Store, tenant: TenantId, act: Act, *, push_id: str, subject_id: str) -> HandbookReceipt:
    """The receipt with this person's opening; a second one by the same person changes nothing."""
    receipt = store.handbook_receipts.find_of(tenant, push_id, subject_id)
    if receipt is None:
        raise RecordNotFoundError(kind=HandbookReceipt.KIND, id=push_id)
    require(act.actor, Permission.OWN_SUBJECT_READ, receipt.resource)
    if receipt.opened_by(act.actor.person_id):
        return receipt
    opening = HandbookOpening(person_id=act.actor.person_id, name=act.actor.name, opened_at=act.at)
    opened = receipt.with_changes(openings=[*receipt.openings, opening])
    try:
        with store.change(tenant, act) as change:
            change.save(opened)
            if not receipt.openings:
                change.count(opened_counter(tenant, push_id), name=OPENED)
            change.event(EventType.HANDBOOK_OPENED, opened, {"subject_id": subject_id})
    except AlreadyDoneError:
        return store.handbook_receipts.find_of(tenant, push_id, subject_id) or opened
    return opened
