"""What is missing before the first plan: a bare tenant lacks everything, a staffed one next to nothing."""

from datetime import UTC, datetime

import pytest

from chalicelib.domain.errors import NotAllowedError
from chalicelib.domain.tenancy import PLATFORM, Role
from chalicelib.services.tenancy.onboard_tenant import Roster, onboard_tenant
from chalicelib.services.tenancy.setup_checklist import SetupTopic, setup_checklist
from infra.local.demo_roster import TENANTS, roster
from tests.builders import NOW, TENANT, act, actor
from tests.services.tenancy.test_onboard_tenant import OPERATOR

T = SetupTopic


def missing(store, now=NOW, tenant=TENANT):
    items = setup_checklist(store, tenant, actor(Role.COORDINATOR), now)
    assert all(one.roles for one in items)
    return {one.topic: one for one in items if not one.is_done}


def onboard(store, people, **more):
    home = TENANTS[0].model_copy(update=more)
    onboard_tenant(store, PLATFORM, act(OPERATOR), tenant=home, roster=people)


def test_a_bare_tenant_lacks_everything_it_can(store):
    onboard(store, Roster(), scenarios=[])

    assert missing(store).keys() == {
        T.DEPARTMENTS,
        T.BODIES,
        T.COORDINATOR,
        T.SUPERVISOR,
        T.SCENARIO,
        T.SUBJECTS,
        T.CALENDAR,
    }
    calendar = missing(store)[T.CALENDAR]
    assert (calendar.names, calendar.is_blocking) == (["2027"], False), "next year's is missed from November on"


def test_a_staffed_tenant_lacks_its_register(store):
    onboard(store, roster(TENANTS[0])[0])

    found = missing(store)

    assert T.SUBJECTS in found
    assert not found.keys() & {T.DEPARTMENTS, T.BODIES, T.INSPECTORS, T.BODY_WITHOUT_APPROVER, T.SUPERVISOR, T.SCENARIO}


def test_heads_and_certified_inspectors_are_counted_per_body(store):
    people = roster(TENANTS[0])[0]
    body = people.acting_bodies[0]
    own = [one for one in people.people if one.acting_body_id == body.id]
    kept = [one for one in people.people if one not in own] + [one for one in own if Role.INSPECTOR in one.roles][:1]
    onboard(store, people.model_copy(update={"people": kept}))

    found = missing(store)

    assert found[T.BODY_WITHOUT_APPROVER].names == [body.label]
    assert (found[T.INSPECTORS].names, found[T.INSPECTORS].refs) == ([body.label], [body.id])
    later = missing(store, datetime(2029, 6, 1, tzinfo=UTC))
    assert later[T.INSPECTORS].count == len(people.acting_bodies)
    assert {T.CERTIFICATES, T.CALENDAR} <= later.keys()


def test_who_may_not_see_the_tenant_sees_no_list(store):
    onboard(store, Roster())

    with pytest.raises(NotAllowedError):
        setup_checklist(store, TENANT, actor(Role.SUBJECT_USER), NOW)
