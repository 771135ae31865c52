"""One workbook: checked without writing, loaded whole, loaded again without doubling; who may load what."""

import pytest

from chalicelib import bootstrap
from chalicelib.domain.errors import InvalidInputError, NotAllowedError
from chalicelib.domain.job import JobState
from chalicelib.domain.tenancy import PLATFORM, Role
from chalicelib.services.draw.problems import SecondPersonNeededError
from chalicelib.services.jobs.run_job import run_job
from chalicelib.services.tenancy.check_workbook import check_workbook
from chalicelib.services.tenancy.onboard_workbook import keep_workbook, request_load
from chalicelib.workers.jobs import work_of
from tests.builders import NOW, act, actor
from tests.onboarding import workbook

OPERATOR = actor(Role.PLATFORM_OPERATOR, tenant=PLATFORM)
TENANT = "gx450200"
KNOWN = ["refined_oil"]


def check(store, content, by=OPERATOR, tenant=PLATFORM):
    with bootstrap.scope(tenant):
        return check_workbook(store, tenant, by, content=content, filename="a.xlsx", at=NOW, known=KNOWN)


def load(store, content, by=OPERATOR, tenant=PLATFORM, confirmed_by=None):
    with bootstrap.scope(tenant):
        upload_id = keep_workbook(store, tenant, act(by), content=content, filename="a.xlsx")
        job = request_load(
            store, tenant, act(confirmed_by or by), upload_id=upload_id, known=KNOWN, issuer="https://identity.test"
        )
        return run_job(store, tenant, job.id, work_of, lambda: NOW)


def administrator(role=Role.SYSTEM_ADMINISTRATOR, person_id=f"{TENANT}-p-sys"):
    return actor(role, tenant=TENANT, person_id=person_id)


def test_the_dry_run_writes_nothing_and_the_load_writes_everything(store):
    dry = check(store, workbook())
    assert (dry.is_new, dry.is_loadable, dry.count("person", is_new=True)) == (True, True, 5)
    with bootstrap.scope(TENANT):
        assert store.tenants.find(TENANT, TENANT) is None

    job = load(store, workbook())

    assert (job.state, job.result["new"], job.result["logins"]) == (JobState.DONE, 10, 1)
    with bootstrap.scope(TENANT):
        assert store.tenants.get(TENANT, TENANT).scenarios == ["refined_oil"]
        assert [one.name for one in store.local_divisions.every(TENANT)] == ["示例社区"]
        assert len(store.people.every(TENANT)) == 5
        binding = store.login_bindings.of_person(TENANT, f"{TENANT}-p-1")[0]
    identity = store.identities.lookup(binding.identity_id)
    assert [(one.tenant, one.person_id) for one in identity.memberships] == [(TENANT, f"{TENANT}-p-1")]
    with bootstrap.scope(PLATFORM):
        assert [one.id for one in store.tenants.directory(PLATFORM)] == [TENANT]
        assert [one.id for one in store.public_tenants.directory(PLATFORM)] == [TENANT]


def test_loaded_again_it_changes_what_changed_and_doubles_nothing(store):
    load(store, workbook())
    same = check(store, workbook())
    changed = workbook({("people", 3, "name"): "韦远", ("scenarios", 0, "is_enabled"): "否"})

    assert (same.changes, same.scenarios, same.unchanged) == ([], {}, 10)
    dry = check(store, changed)
    assert [(one.id, one.fields) for one in dry.changes] == [(f"{TENANT}-p-1", ["name"])]
    load(store, changed)
    with bootstrap.scope(TENANT):
        assert store.people.get(TENANT, f"{TENANT}-p-1").name == "韦远"
        assert len(store.people.every(TENANT)) == 5
        assert store.tenants.get(TENANT, TENANT).scenarios == []


def test_with_an_error_nothing_is_loaded(store):
    with pytest.raises(InvalidInputError) as raised:
        load(store, workbook({("people", 3, "roles"): "执法员", ("departments", 0, "code"): "X"}))

    fields = {(one.field, one.code) for one in raised.value.problems}
    assert {("people.6.roles", "unknown_choice"), ("departments.3.code", "department_code_form")} <= fields
    with bootstrap.scope(TENANT):
        assert store.tenants.find(TENANT, TENANT) is None


def test_an_administrator_loads_the_own_tenant_and_people_take_two(store):
    load(store, workbook())
    changed = workbook(
        {("people", 3, "name"): "韦远", ("bodies", 0, "label"): "市应急局", ("tenant", 0, "label"): "柳州"}
    )
    other = actor(Role.SECURITY_ADMINISTRATOR, tenant=TENANT, person_id=f"{TENANT}-p-sec")

    with pytest.raises(SecondPersonNeededError):
        load(store, changed, administrator(), TENANT)
    load(store, changed, administrator(), TENANT, confirmed_by=administrator(person_id=f"{TENANT}-p-sys2"))

    with bootstrap.scope(TENANT):
        assert store.people.get(TENANT, f"{TENANT}-p-1").name == "韦远"
        assert store.acting_bodies.every(TENANT)[0].label == "市应急局"
        assert store.tenants.get(TENANT, TENANT).label == "柳州市"
    mine = check(store, workbook({("bodies", 0, "label"): "又改"}), other, TENANT)
    assert not any(one.kind == "acting_body" for one in mine.changes)
    assert "not_yours" in {one.code for one in mine.problems}


def test_nobody_loads_another_tenant_or_gives_themselves_a_role(store):
    load(store, workbook())
    foreign = workbook({("tenant", 0, "id"): "gx450300", ("tenant", 0, "divisions"): "450300000000"})

    assert "other_tenant" in {one.code for one in check(store, foreign, administrator(), TENANT).errors}
    own = check(store, workbook({("people", 0, "roles"): "统筹岗"}), administrator(), TENANT)
    assert "own_roles" in {one.code for one in own.errors}
    with pytest.raises(NotAllowedError):
        check(store, workbook(), actor(Role.COORDINATOR, tenant=TENANT), TENANT)
