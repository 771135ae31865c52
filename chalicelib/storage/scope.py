"""Whose data this thread may touch right now, and the credentials that follow from it.

DynamoDB gets one credentials object that reads a context variable at each request, so one process serves many tenants
and a call outside any scope fails (trust design §1.3). In production the credentials are narrowed by STS to the
policy in `policies/<role>.json`; locally and under test the emulators ignore policies, so `guard.py` evaluates the same
files on every request.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from importlib.resources import files
from typing import Any

from botocore.credentials import ReadOnlyCredentials

from chalicelib.domain.errors import TenantRequiredError
from chalicelib.domain.tenancy import TenantId, is_tenant_id


class ScopeRole(StrEnum):
    """One policy file each. `reader` is for requests that must not change anything (GET); `courier` carries messages of
    other tenants into this one's inbox and can do nothing else."""

    TENANT = "tenant"
    READER = "reader"
    PUBLIC = "public"
    SESSIONS = "sessions"
    SEQUENCER = "sequencer"
    ERASER = "eraser"
    COURIER = "courier"


@dataclass(frozen=True)
class Scope:
    tenant: TenantId
    role: ScopeRole


_current: ContextVar[Scope | None] = ContextVar("storage_scope", default=None)


def current_scope() -> Scope:
    """The scope of the running request or job; none → an exception, never a default."""
    scope = _current.get()
    if scope is None:
        raise TenantRequiredError(reason="no storage scope")
    return scope


@contextmanager
def entered(tenant: TenantId, role: ScopeRole = ScopeRole.TENANT) -> Iterator[Scope]:
    if not is_tenant_id(tenant):
        raise TenantRequiredError(tenant=str(tenant))
    scope = Scope(tenant, role)
    token = _current.set(scope)
    try:
        yield scope
    finally:
        _current.reset(token)


@lru_cache
def _policy_text(role: ScopeRole) -> str:
    return files("chalicelib.storage").joinpath(f"policies/{role}.json").read_text(encoding="utf-8")


def policy_text(scope: Scope, table_arn: str) -> str:
    """The IAM policy (JSON) of this scope, its placeholders filled."""
    return _policy_text(scope.role).replace("${TenantId}", scope.tenant).replace("${TableArn}", table_arn)


CredentialsProvider = Callable[[Scope], ReadOnlyCredentials]


def local_credentials(scope: Scope) -> ReadOnlyCredentials:
    """For emulators, which accept any key; the guard does what STS does in production."""
    return ReadOnlyCredentials("test", "test", None)


class StsCredentials:
    """Credentials narrowed to one scope by a session policy, kept until five minutes before they expire."""

    def __init__(self, client: Callable[[], Any], role_arn: str, table_arn: str, now: Callable[[], float]) -> None:
        self._client, self._role_arn, self._table_arn, self._now = client, role_arn, table_arn, now
        self._kept: dict[Scope, tuple[float, ReadOnlyCredentials]] = {}

    def __call__(self, scope: Scope) -> ReadOnlyCredentials:
        kept = self._kept.get(scope)
        if kept and kept[0] > self._now():
            return kept[1]
        answer = self._client().assume_role(
            RoleArn=self._role_arn,
            RoleSessionName=f"{scope.tenant}-{scope.role}",
            Policy=policy_text(scope, self._table_arn),
        )["Credentials"]
        found = ReadOnlyCredentials(answer["AccessKeyId"], answer["SecretAccessKey"], answer["SessionToken"])
        self._kept[scope] = (answer["Expiration"].timestamp() - 300, found)
        return found


class ScopedCredentials:
    """What botocore signs with: asks for the current scope's credentials at each request."""

    method = "scoped"

    def __init__(self, provider: CredentialsProvider) -> None:
        self._provider = provider

    def get_frozen_credentials(self) -> ReadOnlyCredentials:
        return self._provider(current_scope())

    def get_deferred_property(self, name: str) -> Callable[[], str | None]:
        return lambda: getattr(self.get_frozen_credentials(), name, None)

    @property
    def access_key(self) -> str:
        return str(self.get_frozen_credentials().access_key)

    @property
    def secret_key(self) -> str:
        return str(self.get_frozen_credentials().secret_key)

    @property
    def token(self) -> str | None:
        return self.get_frozen_credentials().token
