"""Which login of the identity provider may act as which person: the tenant's own record of it."""

from typing import ClassVar

from chalicelib.domain.access_change import access_rules
from chalicelib.domain.record import Record, UtcTime
from chalicelib.domain.tenancy import Actor, Role


class LoginBinding(Record):
    """`id` is `<person>.<first 16 digits of the identity>`; identity_id: SHA-256 (hex) of issuer and subject, because
    the platform keeps no name of the provider's. confirmed_by: the second administrator, without whom nobody signs in
    by it; bound_role: the kind of administrator who asked, None at the first onboarding; ended_at: set when it was
    taken back."""

    KIND: ClassVar[str] = "login_binding"

    person_id: str
    identity_id: str
    bound_by: str
    bound_for: str | None = None
    bound_role: Role | None = None
    bound_at: UtcTime
    confirmed_by: str | None = None
    ended_at: UtcTime | None = None

    @classmethod
    def id_of(cls, person_id: str, identity_id: str) -> str:
        return f"{person_id}.{identity_id[:16]}"

    @property
    def is_active(self) -> bool:
        return self.ended_at is None and self.confirmed_by is not None

    @property
    def is_waiting(self) -> bool:
        return self.ended_at is None and self.confirmed_by is None

    def may_be_confirmed_by(self, actor: Actor) -> bool:
        """As of roles: another administrator, of the other kind, who is not the one concerned."""
        return access_rules().may_confirm(
            actor, role=self.bound_role, by=self.bound_by, for_id=self.bound_for, concerned=self.person_id
        )
