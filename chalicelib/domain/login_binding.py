"""Which login of the identity provider may act as which person: the tenant's own record of it."""

from datetime import datetime
from typing import ClassVar

from chalicelib.domain.access_change import access_rules
from chalicelib.domain.record import Record, UtcTime
from chalicelib.domain.tenancy import Actor, Role, role_owner
from chalicelib.domain.todo import Todo

TOPIC = "login_waiting"


class LoginBinding(Record):
    """`id` is `<person>.<first 16 digits of the identity>`; identity_id: SHA-256 (hex) of issuer and subject, because
    the platform keeps no name of the provider's. confirmed_by: the second administrator, without whom nobody signs in
    by it; bound_role: the kind of administrator who asked, None at the first onboarding; expires_at: when it lapses
    unconfirmed; ended_at: set when it was taken back."""

    KIND: ClassVar[str] = "login_binding"

    person_id: str
    identity_id: str
    bound_by: str
    bound_for: str | None = None
    bound_role: Role | None = None
    bound_at: UtcTime
    expires_at: UtcTime | None = None
    confirmed_by: str | None = None
    ended_at: UtcTime | None = None

    @classmethod
    def id_of(cls, person_id: str, identity_id: str) -> str:
        return f"{person_id}.{identity_id[:16]}"

    @property
    def is_active(self) -> bool:
        return self.ended_at is None and self.confirmed_by is not None

    @property
    def awaits_calendar(self) -> bool:
        return self.is_waiting and self.expires_at is None

    @property
    def is_waiting(self) -> bool:
        return self.ended_at is None and self.confirmed_by is None

    def has_lapsed(self, now: datetime) -> bool:
        """Whether nobody confirmed it in time."""
        return self.is_waiting and self.expires_at is not None and now > self.expires_at

    @property
    def confirming_roles(self) -> frozenset[Role]:
        return access_rules().confirmed_by.get(self.bound_role, frozenset()) if self.bound_role else frozenset()

    def todos(self, name: str) -> list[Todo]:
        """What waits for the administrators who may confirm it; name: of the person concerned."""
        if not self.is_waiting:
            return []
        owners = [role_owner(role) for role in sorted(self.confirming_roles)]
        return [Todo.of(self.ref, one, TOPIC, name, at=self.bound_at, due_at=self.expires_at) for one in owners]

    def may_be_confirmed_by(self, actor: Actor) -> bool:
        """As of roles: another administrator, of the other kind, who is not the one concerned."""
        return access_rules().may_confirm(
            actor, role=self.bound_role, by=self.bound_by, for_id=self.bound_for, concerned=self.person_id
        )
