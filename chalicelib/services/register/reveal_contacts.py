"""Show names and telephone numbers in full: personal data are masked unless somebody says what they need them for."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store

MAX_REASON = 200


@idempotent
def reveal_contacts(store: Store, tenant: TenantId, act: Act, *, subject_id: str, reason: str) -> Subject:
    """The subject, whose contacts may be shown once to the actor; who saw them and why stays in its history.

    Raises InvalidInputError without a reason.
    """
    subject = store.subjects.get(tenant, subject_id)
    require(act.actor, Permission.CONTACT_READ, subject.resource)
    if not reason.strip() or len(reason) > MAX_REASON:
        code = "text_too_long" if reason.strip() else "reason_missing"
        raise InvalidInputError([FieldProblem(field="reason", code=code, details={"limit": MAX_REASON})])
    with store.change(tenant, act) as change:
        change.unchanged(subject)
        change.event(EventType.CONTACTS_REVEALED, subject, {"reason": reason.strip()})
    return subject
