"""Small builders that tests share: an actor of a role, an act at a fixed time, a tenant with a roster."""

from datetime import UTC, datetime, timedelta

from chalicelib.domain.act import Act
from chalicelib.domain.record import new_id
from chalicelib.domain.tenancy import Actor, Role, TenantId

TENANT: TenantId = "gx450100"
OTHER_TENANT: TenantId = "gx450500"
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)


def actor(role: Role = Role.COORDINATOR, tenant: TenantId = TENANT, **more: object) -> Actor:
    """A person who holds one role."""
    values = {"person_id": f"p-{role.value}", "name": "韦晨阳"} | more
    return Actor(tenant=tenant, roles=frozenset({role}), **values)  # type: ignore[arg-type]


def act(who: Actor | None = None, *, minutes: int = 0, key: str | None = None) -> Act:
    """An act `minutes` after NOW, with a key of its own unless one is given."""
    return Act(actor=who or actor(), at=NOW + timedelta(minutes=minutes), key=key or new_id())
