"""Onboarding: one command, whole or not at all, repeatable."""

import pytest

from chalicelib import bootstrap
from chalicelib.domain.errors import AlreadyExistsError, InvalidInputError, NotAllowedError
from chalicelib.domain.tenancy import PLATFORM, Person, Role, Tenant, TenantKind
from chalicelib.services.tenancy.enable_scenario import enable_scenario
from chalicelib.services.tenancy.onboard_tenant import Roster, onboard_tenant
from infra.local.demo_roster import TENANTS, roster
from tests.builders import TENANT, act, actor

OPERATOR = actor(Role.PLATFORM_OPERATOR, tenant=PLATFORM)


def onboard(store, tenant=TENANTS[0], people=None, by=OPERATOR, key=None):
    return onboard_tenant(store, PLATFORM, act(by, key=key), tenant=tenant, roster=people or Roster())


def test_the_demo_roster_is_onboarded(store):
    people, logins = roster(TENANTS[0])

    onboard(store, people=people)

    assert {p.id for p in store.people.every(TENANT)} == {p.id for p in people.people}
    assert len(store.acting_bodies.every(TENANT)) == len(people.acting_bodies)
    assert len(store.departments.every(TENANT)) == len(people.departments)
    assert len(store.people.of_body(TENANT, people.acting_bodies[0].id)) == 6
    assert {login.person_id for login in logins} <= {p.id for p in people.people}
    with bootstrap.scope(PLATFORM):
        assert [t.label for t in store.tenants.directory(PLATFORM)] == ["南宁市"]


@pytest.mark.parametrize("tenant", TENANTS, ids=lambda t: t.id)
def test_every_demo_roster_holds_together(tenant):
    assert roster(tenant)[0].problems() == []


def test_repeated_with_its_key_it_goes_on(store):
    people, _ = roster(TENANTS[0])
    first = act(OPERATOR)

    onboard(store, people=Roster(departments=people.departments), key=first.key)
    onboard(store, people=people, key=first.key)

    assert len(store.departments.every(TENANT)) == len(people.departments)


def test_an_identifier_is_given_once(store):
    onboard(store)

    with pytest.raises(AlreadyExistsError):
        onboard(store)


def test_a_roster_that_leads_nowhere_is_refused_whole(store):
    stray = Person(id="x", name="韦晨阳", roles=frozenset({Role.INSPECTOR}), acting_body_id="nowhere")

    with pytest.raises(InvalidInputError) as raised:
        onboard(store, people=Roster(people=[stray]))

    assert [(p.field, p.code) for p in raised.value.problems] == [("people.x.acting_body_id", "unknown_acting_body")]
    assert store.tenants.find(TENANT, TENANT) is None


def test_the_reserved_tenant_is_nobodys(store):
    with pytest.raises(InvalidInputError):
        onboard(store, tenant=Tenant(id=PLATFORM, label="平台", kind=TenantKind.CITY))


def test_only_the_operator_onboards(store):
    with pytest.raises(NotAllowedError):
        onboard(store, by=actor(Role.COORDINATOR))


def test_administrators_hold_no_other_role():
    with pytest.raises(ValueError, match="hold no other role"):
        Person(name="韦晨阳", roles=frozenset({Role.SYSTEM_ADMINISTRATOR, Role.COORDINATOR}))


def test_a_scenario_is_switched_on_and_off(store):
    onboard(store, tenant=TENANTS[0].with_changes(scenarios=["refined_oil"]))

    enable_scenario(store, TENANT, act(), scenario="other", known=["other", "refined_oil"])
    assert store.tenants.get(TENANT, TENANT).scenarios == ["other", "refined_oil"]
    enable_scenario(store, TENANT, act(), scenario="other", known=["other"], is_enabled=False)
    assert store.tenants.get(TENANT, TENANT).scenarios == ["refined_oil"]
    with pytest.raises(InvalidInputError):
        enable_scenario(store, TENANT, act(), scenario="unknown", known=["other"])


def test_what_another_city_holds_is_a_park_s_or_a_region_s_only(store):
    onboard(store)
    second = Tenant(id="gxnewone", label="另一个", kind=TenantKind.CITY, divisions=["450100000000"])

    for taken in (["450100000000"], ["450103000000"], ["450500000000", "450102000000"]):
        with pytest.raises(InvalidInputError) as raised:
            onboard(store, tenant=second.model_copy(update={"divisions": taken}))
        assert [(one.field, one.code) for one in raised.value.problems] == [("divisions", "division_taken")]
        assert raised.value.problems[0].details["other"] == "南宁市"
    onboard(store, tenant=second.model_copy(update={"kind": TenantKind.PARK}))
    region = {"id": "gx450000", "kind": TenantKind.REGION, "divisions": ["450000000000"]}
    onboard(store, tenant=second.model_copy(update=region))


def test_an_identifier_names_no_other_prefecture(store):
    wrong = Tenant(id="gx450300", label="桂林市", kind=TenantKind.CITY, divisions=["450100000000"])

    with pytest.raises(InvalidInputError) as raised:
        onboard(store, tenant=wrong)

    assert [(one.field, one.code) for one in raised.value.problems] == [("id", "tenant_id_other_place")]
    assert onboard(store, tenant=wrong.model_copy(update={"divisions": ["450300000000"]})).label == "桂林市"
