"""Deputy (代行人): somebody acts for an officer or head for a period, within part of that person's own permissions.

The deputy acts under their own name: every event says who acted and for whom. A deputy is never the second person for
something that they, or the person for whom they act, asked for. What rests on a personal certificate is not handed on.
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.access import PERMISSIONS, Permission, Reach
from chalicelib.domain.record import Record, UtcTime
from chalicelib.domain.tenancy import Actor, Person, Role, TenantId

_RULES = Path(__file__).parent / "data" / "deputy_rules.json"


class DeputyRules(BaseModel):
    """The product's own limits. principal_roles: whose work may be handed on; kept_permissions: never handed on."""

    model_config = ConfigDict(frozen=True)

    version: str
    most_days: int = Field(gt=0)
    principal_roles: frozenset[Role]
    kept_permissions: frozenset[Permission]
    refused_roles: frozenset[Role]


@cache
def deputy_rules() -> DeputyRules:
    return DeputyRules.model_validate_json(_RULES.read_text(encoding="utf-8"))


def _held(person: Person) -> frozenset[Permission]:
    """What the person's office holds; work of a visit's team belongs to the certificate, not to the office."""
    roles = person.roles & deputy_rules().principal_roles
    found = {p for role in roles for p, reach in PERMISSIONS[role].items() if reach is not Reach.TEAM}
    return frozenset(found - deputy_rules().kept_permissions)


def delegable(person: Person) -> frozenset[Permission]:
    """The acts that this person may hand to a deputy; reading goes along by itself."""
    return frozenset(one for one in _held(person) if not one.value.endswith(".read"))


class Deputy(Record):
    """One appointment, from `from_on` to `to_on` (both included, days of Asia/Shanghai); it ends by itself."""

    KIND: ClassVar[str] = "deputy"

    principal_id: str
    principal_name: str
    deputy_id: str
    deputy_name: str
    from_on: date
    to_on: date
    permissions: frozenset[Permission] = Field(min_length=1)
    reason: str = Field(default="", max_length=200)
    named_at: UtcTime
    ended_at: UtcTime | None = None
    ended_by: str | None = None

    @model_validator(mode="after")
    def _is_a_period_of_two_people(self) -> Self:
        if self.to_on < self.from_on:
            raise ValueError("a deputy's period does not end before it begins")
        if self.deputy_id == self.principal_id:
            raise ValueError("nobody is their own deputy")
        return self

    def holds_on(self, day: date) -> bool:
        return self.ended_at is None and self.from_on <= day <= self.to_on

    def is_open(self, day: date) -> bool:
        """Whether it holds or will hold."""
        return self.ended_at is None and day <= self.to_on

    def overlaps(self, from_on: date, to_on: date) -> bool:
        return self.ended_at is None and self.from_on <= to_on and from_on <= self.to_on


def actor_for(
    tenant: TenantId, appointment: Deputy, deputy: Person, principal: Person, department_code: str | None
) -> Actor:
    """The deputy at work: the principal's place, what both the appointment and the principal's roles still allow."""
    held = _held(principal)
    reads = {
        one
        for role in principal.roles & deputy_rules().principal_roles
        for one in PERMISSIONS[role]
        if one.value.endswith(".read") and one not in deputy_rules().kept_permissions
    }
    return Actor(
        tenant=tenant,
        person_id=deputy.id,
        name=deputy.name,
        roles=principal.roles & deputy_rules().principal_roles,
        department_id=principal.department_id,
        department_code=department_code,
        acting_body_id=principal.acting_body_id,
        division=principal.division,
        acting_for=principal.id,
        acting_for_name=principal.name,
        scope=frozenset(one.value for one in (held & appointment.permissions) | reads),
    )
