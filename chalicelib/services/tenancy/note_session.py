"""A sign-in or a sign-out, written where the audit administrator of the tenant reads it."""

from chalicelib.domain.act import Act
from chalicelib.domain.event import EventType
from chalicelib.domain.record import Ref
from chalicelib.domain.tenancy import Person, TenantId
from chalicelib.storage.store import Store


def note_session(store: Store, tenant: TenantId, act: Act, *, is_begun: bool) -> None:
    """One event about the person of the act; nothing else changes."""
    type = EventType.SESSION_STARTED if is_begun else EventType.SESSION_ENDED
    with store.change(tenant, act) as change:
        change.event(type, Ref(kind=Person.KIND, id=act.actor.acting_for or act.actor.person_id))
