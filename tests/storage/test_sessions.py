"""Sessions, identities and limits: in tenant `platform`, outside any business scope, gone when revoked."""

from datetime import timedelta

import pytest

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.domain.errors import TenantRequiredError
from chalicelib.domain.session import Identity, Membership, Session
from chalicelib.domain.tenancy import PLATFORM
from chalicelib.storage.errors import LimitReachedError
from chalicelib.storage.guard import PolicyDeniedError
from tests.builders import NOW, TENANT

MEMBERSHIP = Membership(tenant=TENANT, person_id="p1", label="南宁市")


def session(id: str = "a" * 64) -> Session:
    return Session(id=id, identity_id="i1", memberships=[MEMBERSHIP], csrf_token="t" * 32, created_at=NOW, seen_at=NOW)


def test_a_session_is_kept_and_opened_outside_any_scope(store):
    made = session()
    store.sessions.keep(made)

    assert store.sessions.open(made.id) == made
    assert store.sessions.open("b" * 64) is None


def test_a_session_that_was_seen_again_keeps_its_identity(store):
    made = session()
    store.sessions.keep(made)
    opened = store.sessions.open(made.id)
    seen = opened.with_changes(seen_at=NOW + timedelta(minutes=5))

    store.sessions.keep(seen)

    assert store.sessions.open(made.id).seen_at == NOW + timedelta(minutes=5)


def test_a_revoked_session_is_gone_and_revoking_twice_is_harmless(store):
    made = session()
    store.sessions.keep(made)

    store.sessions.revoke(made.id)
    store.sessions.revoke(made.id)

    assert store.sessions.open(made.id) is None


def test_a_session_is_forgotten_by_the_table_two_days_later(store):
    item = store.sessions.item(PLATFORM, session())

    assert item.expires_at == int((NOW + timedelta(days=2)).timestamp())


def test_an_identity_leads_to_its_memberships_and_can_be_bound_anew(store):
    store.identities.bind(Identity(id="c" * 64, memberships=[MEMBERSHIP]))
    found = store.identities.lookup("c" * 64)
    store.identities.bind(found.with_changes(memberships=[MEMBERSHIP, Membership(tenant="gx450500", person_id="p2")]))

    assert [m.tenant for m in store.identities.lookup("c" * 64).memberships] == [TENANT, "gx450500"]
    assert store.identities.lookup("d" * 64) is None


def test_a_limit_counts_within_its_window_and_says_when_to_come_back(store):
    for _ in range(3):
        store.limits.hit("login:198.51.100.7", 3, 60, NOW)

    with pytest.raises(LimitReachedError) as refused:
        store.limits.hit("login:198.51.100.7", 3, 60, NOW + timedelta(seconds=20))

    assert refused.value.details == {"name": "login:198.51.100.7", "limit": 3, "retry_after": 40, "minutes": 1}
    assert store.limits.count("login:198.51.100.7", 60, NOW) == 3


def test_a_limit_begins_anew_with_its_window_and_is_each_names_own(store):
    store.limits.hit("login:198.51.100.7", 1, 60, NOW)

    store.limits.hit("login:198.51.100.7", 1, 60, NOW + timedelta(seconds=60))
    store.limits.hit("login:198.51.100.8", 1, 60, NOW)

    assert store.limits.count("login:198.51.100.8", 60, NOW) == 1
    assert store.limits.count("login:198.51.100.9", 60, NOW) == 0


def test_a_session_does_not_widen_the_scope_that_it_is_opened_in(store):
    made = session()
    store.sessions.keep(made)

    with bootstrap.scope(TENANT):
        assert store.sessions.open(made.id) == made
        with pytest.raises(PolicyDeniedError):
            store.sessions.find(PLATFORM, made.id)
    with pytest.raises(TenantRequiredError):
        store.sessions.find(PLATFORM, made.id)


def test_the_sessions_role_sees_nothing_else_of_the_platform(store):
    with bootstrap.scope(PLATFORM, ScopeRole.SESSIONS):
        with pytest.raises(PolicyDeniedError):
            store.tenants.find(PLATFORM, "x")
        with pytest.raises(PolicyDeniedError):
            store.tenants.directory(PLATFORM)
