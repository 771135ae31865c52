"""Credentials follow the scope: narrowed by the shipped policy, kept while they hold, never another scope's."""

import json
from contextvars import copy_context
from datetime import timedelta

import pytest

from chalicelib.domain.errors import TenantRequiredError
from chalicelib.storage.scope import Scope, ScopedCredentials, ScopeRole, StsCredentials, current_scope, entered
from tests.builders import NOW, OTHER_TENANT, TENANT

TABLE = "arn:aws-cn:dynamodb:cn-north-1:000000000000:table/yijianshi"
ROLE = "arn:aws-cn:iam::000000000000:role/data"
HOUR = timedelta(hours=1)


class Sts:
    """Answers as STS does and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[dict[str, str]] = []
        self.now = NOW

    def assume_role(self, **request: str) -> dict[str, dict[str, object]]:
        self.asked.append(request)
        count = len(self.asked)
        return {
            "Credentials": {
                "AccessKeyId": f"key-{count}",
                "SecretAccessKey": "secret",
                "SessionToken": f"token-{count}",
                "Expiration": self.now + HOUR,
            }
        }


@pytest.fixture
def sts() -> Sts:
    return Sts()


@pytest.fixture
def provider(sts) -> StsCredentials:
    return StsCredentials(lambda: sts, ROLE, TABLE, lambda: sts.now.timestamp())


def test_the_role_is_assumed_under_the_policy_of_the_scope(sts, provider):
    found = provider(Scope(TENANT, ScopeRole.READER))

    (request,) = sts.asked
    assert (request["RoleArn"], request["RoleSessionName"]) == (ROLE, f"{TENANT}-reader")
    (statement,) = json.loads(request["Policy"])["Statement"]
    assert statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"] == [f"T#{TENANT}#*"]
    assert TABLE in statement["Resource"]
    assert (found.access_key, found.token) == ("key-1", "token-1")


@pytest.mark.parametrize("role", list(ScopeRole))
def test_every_policy_fits_a_session(sts, provider, role):
    provider(Scope(TENANT, role))

    policy = sts.asked[0]["Policy"]
    assert len(json.dumps(json.loads(policy), separators=(",", ":"))) <= 2048, "the limit of a session policy"
    assert len(policy) <= 2048, "the limit counts what is sent, spaces included"
    assert "${" not in policy


def test_credentials_are_kept_until_five_minutes_before_they_end(sts, provider):
    scope = Scope(TENANT, ScopeRole.TENANT)
    first = provider(scope)

    sts.now = NOW + timedelta(minutes=54, seconds=59)
    assert provider(scope) is first
    sts.now = NOW + timedelta(minutes=55)
    assert provider(scope).access_key == "key-2"
    assert provider(scope).access_key == "key-2"


def test_every_tenant_and_role_has_its_own(sts, provider):
    scopes = [Scope(tenant, role) for tenant in (TENANT, OTHER_TENANT) for role in ScopeRole]

    found = {provider(scope).access_key for scope in scopes}

    assert len(found) == len(scopes)
    assert len({request["Policy"] for request in sts.asked}) == len(scopes)


def test_a_fault_of_sts_is_not_kept(sts, provider, monkeypatch):
    def fail(**_: str) -> None:
        raise RuntimeError("throttled")

    with monkeypatch.context() as patch:
        patch.setattr(sts, "assume_role", fail)
        with pytest.raises(RuntimeError):
            provider(Scope(TENANT, ScopeRole.TENANT))

    assert provider(Scope(TENANT, ScopeRole.TENANT)).access_key == "key-1"


def test_one_object_signs_for_whichever_scope_is_current(provider):
    credentials = ScopedCredentials(provider)

    with entered(TENANT):
        mine = credentials.get_frozen_credentials()
        with entered(OTHER_TENANT):
            theirs = credentials.get_frozen_credentials()
        again = credentials.get_frozen_credentials()

    assert mine == again
    assert mine != theirs
    with pytest.raises(TenantRequiredError):
        credentials.get_frozen_credentials()


def test_a_scope_ends_with_its_block_also_by_an_error():
    with pytest.raises(RuntimeError), entered(TENANT):
        raise RuntimeError

    with pytest.raises(TenantRequiredError):
        current_scope()


def test_a_scope_is_not_seen_from_outside_its_context():
    with entered(TENANT):
        inside = copy_context()

    assert inside.run(current_scope) == Scope(TENANT, ScopeRole.TENANT)
    with pytest.raises(TenantRequiredError):
        current_scope()


@pytest.mark.parametrize("tenant", ["", "gx45010", "GX450100", "gx450100*", "gx45010?"])
def test_no_scope_without_a_valid_tenant(tenant):
    with pytest.raises(TenantRequiredError), entered(tenant):
        raise AssertionError("entered")
