"""What the audit administrator reads: sign-ins, who may do what, data that left or came in, doors to other systems.

It is found among the tenant's events by its kind; nothing of it says what an inspection or a register contains.
"""

from enum import StrEnum

from chalicelib.domain.event import Event, EventType

E = EventType


class SecurityKind(StrEnum):
    """sign_in: sessions and logins; access: roles, people, deputies; data: exports, imports, archives, contacts shown,
    a tenant's end; system: clients, webhooks, keys."""

    SIGN_IN = "sign_in"
    ACCESS = "access"
    DATA = "data"
    SYSTEM = "system"


_KINDS: dict[SecurityKind, tuple[EventType, ...]] = {
    SecurityKind.SIGN_IN: (E.SESSION_STARTED, E.SESSION_ENDED, E.LOGIN_LINKED, E.LOGIN_UNLINKED, E.PERSON_JOINED),
    SecurityKind.ACCESS: (
        E.ACCESS_CHANGE_REQUESTED, E.ACCESS_CHANGE_CONFIRMED, E.ACCESS_CHANGE_REFUSED, E.ACCESS_CHANGE_WITHDRAWN,
        E.PERSON_ADDED, E.PERSON_CHANGED, E.DEPUTY_NAMED, E.DEPUTY_ENDED, E.DEPARTURE_STARTED, E.DEPARTURE_COMPLETED,
    ),
    SecurityKind.DATA: (
        E.CONTACTS_REVEALED, E.JOB_REQUESTED, E.TENANT_CLOSING_ASKED, E.TENANT_CLOSING_WITHDRAWN,
        E.TENANT_CLOSING_CONFIRMED,
    ),
    SecurityKind.SYSTEM: (
        E.CLIENT_REGISTERED, E.CLIENT_REVOKED, E.WEBHOOK_REGISTERED, E.WEBHOOK_CHANGED, E.WEBHOOK_SECRET_ROTATED,
        E.RECEIPT_KEY_RENEWED,
    ),
}  # fmt: skip
DATA_JOBS = frozenset({"export_subjects", "import_register", "export_tenant", "delete_tenant", "reset_tenant"})
"""Long work that carries data in or out; what else is asked for as a job is no matter of security."""
_BY_TYPE = {type: kind for kind, types in _KINDS.items() for type in types}


def security_kind(event: Event) -> SecurityKind | None:
    """Under which kind the event stands in the security log; None for one that is none of its matters."""
    if event.type is E.JOB_REQUESTED and event.data.get("name") not in DATA_JOBS:
        return None
    return _BY_TYPE.get(event.type)
