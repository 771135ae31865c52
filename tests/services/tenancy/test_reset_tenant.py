"""A demo tenant is erased but for the job at work, and its roster written again; a real one never."""

import pytest

from chalicelib import bootstrap
from chalicelib.domain.errors import InvalidInputError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import JobState
from chalicelib.domain.tenancy import PLATFORM, Role
from chalicelib.services.jobs.request_job import request_job
from chalicelib.services.jobs.run_job import run_job
from chalicelib.services.tenancy.bind_login import bind_login
from chalicelib.services.tenancy.onboard_tenant import onboard_tenant
from chalicelib.services.tenancy.reset_tenant import request_reset, reset_tenant
from infra.local.demo_roster import TENANTS, roster
from tests.builders import NOW, OTHER_TENANT, TENANT, act, actor
from tests.services.tenancy.test_onboard_tenant import OPERATOR

ADMINISTRATOR = actor(Role.SYSTEM_ADMINISTRATOR)


def onboard(store, tenant, **more):
    people = roster(tenant)[0]
    onboard_tenant(store, PLATFORM, act(OPERATOR), tenant=tenant.model_copy(update=more), roster=people)
    return people


def test_what_came_later_is_gone_and_the_roster_is_back(store):
    people = onboard(store, TENANTS[0])
    onboard(store, TENANTS[1])
    bind_login(store, TENANT, act(OPERATOR), person_id=people.people[0].id, issuer="https://idp.example", subject="a")
    earlier = request_job(store, TENANT, act(), name="freeze_pool", values={})
    store.objects.put(TENANT, f"t/{TENANT}/exports/a.txt", b"x", "text/plain")
    job = request_reset(store, TENANT, act(ADMINISTRATOR), typed="南宁市")

    done = run_job(store, TENANT, job.id, lambda name: reset_tenant, lambda: NOW)

    assert (done.state, done.result["files"]) == (JobState.DONE, 1)
    assert [one.id for one in store.jobs.recent(TENANT).records] == [job.id] != [earlier.id]
    assert {one.type for one in store.tenants.history(TENANT, TENANTS[0].ref)} == {EventType.TENANT_RESTARTED}
    assert {one.id for one in store.people.every(TENANT)} == {one.id for one in people.people}
    assert list(store.objects.every(TENANT)) == []
    assert [one.person_id for one in store.login_bindings.every(TENANT)] == [people.people[0].id]
    assert store.jobs.get(TENANT, job.id).state is JobState.DONE
    with bootstrap.scope(OTHER_TENANT):
        assert len(store.people.every(OTHER_TENANT)) == len(roster(TENANTS[1])[0].people)


def test_a_real_tenant_is_never_reset(store):
    onboard(store, TENANTS[0], is_synthetic=False)

    with pytest.raises(NotAllowedError):
        request_reset(store, TENANT, act(ADMINISTRATOR), typed="南宁市")


def test_the_name_is_typed_by_the_system_administrator(store):
    onboard(store, TENANTS[0])

    with pytest.raises(InvalidInputError):
        request_reset(store, TENANT, act(ADMINISTRATOR), typed="")
    for role in (Role.COORDINATOR, Role.SECURITY_ADMINISTRATOR):
        with pytest.raises(NotAllowedError):
            request_reset(store, TENANT, act(actor(role)), typed="南宁市")
