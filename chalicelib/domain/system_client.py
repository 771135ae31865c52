"""System clients (系统客户端): other systems that call the API in their own name, for one department of a tenant.

The identity provider issues their tokens (OAuth 2.0 client credentials, RFC 6749 4.4) and keeps their secrets; here it
is written who they are, what they may do at most, and whether they still may.
"""

from enum import StrEnum
from typing import ClassVar

from pydantic import Field, field_validator

from chalicelib.domain.record import Record, UtcTime
from chalicelib.domain.tenancy import Actor, Department, Role, TenantId


class ClientScope(StrEnum):
    """What a token of the client opens at most: calls that read, and calls that change."""

    READ = "read"
    WRITE = "write"


CLIENT_ROLES = (Role.EVALUATOR, Role.COORDINATOR, Role.DEPARTMENT_OFFICER)
"""Roles that a system may hold. None that approves, inspects, confirms or administers: those are a person's own."""


class SystemClient(Record):
    """One registered client. provider_subject: what the provider calls it (`sub` of its tokens, with Cognito the client
    id); identity_id: the digest under which tokens find it."""

    KIND: ClassVar[str] = "system_client"

    name: str = Field(min_length=1, max_length=60)
    department_id: str
    role: Role
    scopes: frozenset[ClientScope] = Field(min_length=1)
    provider_subject: str = Field(min_length=1, max_length=128, pattern=r"^[!-~]+$")
    identity_id: str = Field(pattern=r"^[0-9a-f]{64}$")
    registered_by: str
    registered_at: UtcTime
    revoked_by: str | None = None
    revoked_at: UtcTime | None = None

    @field_validator("role")
    @classmethod
    def _role_of_systems(cls, role: Role) -> Role:
        if role not in CLIENT_ROLES:
            raise ValueError("not a role that a system may hold")
        return role

    @property
    def is_active(self) -> bool:
        return self.revoked_at is None

    def actor(self, tenant: TenantId, department: Department | None) -> Actor:
        """The client at work. Events name it as `client:<id>`, so that nobody takes it for a person."""
        return Actor(
            tenant=tenant,
            person_id=f"client:{self.id}",
            name=self.name,
            roles=frozenset({self.role}),
            department_id=self.department_id,
            department_code=department.code if department else None,
            division=department.division if department and self.role is Role.DEPARTMENT_OFFICER else None,
        )
