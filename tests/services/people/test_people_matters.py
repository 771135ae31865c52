"""Changes that two administrators make, deputies, certificates, departures, on stored people."""

from datetime import date, timedelta

import pytest

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.access_change import AccessChange, AccessChangeState
from chalicelib.domain.departure import DepartureState
from chalicelib.domain.errors import (
    ConflictError,
    IllegalTransitionError,
    InvalidInputError,
    NotAllowedError,
)
from chalicelib.domain.event import EventType
from chalicelib.domain.record import Ref
from chalicelib.domain.tenancy import ActingBody, Actor, Certificate, Department, Person, Role
from chalicelib.domain.todo import Todo, heap_of
from chalicelib.services.draw.problems import SecondPersonNeededError
from chalicelib.services.people.change_access import (
    confirm_change,
    refuse_change,
    submit_change,
    submit_person,
    withdraw_change,
)
from chalicelib.services.people.lapse_requests import lapse_requests
from chalicelib.services.people.leave_post import start_departure
from chalicelib.services.people.name_deputy import end_deputy, find_acting, name_deputy
from chalicelib.services.people.renew_certificate import renew_certificate
from chalicelib.services.people.warn_certificates import KEEPER, warn_certificates
from chalicelib.services.tenancy.add_person import add_person, change_person
from chalicelib.services.tenancy.bind_login import ask_login, confirm_login
from tests.builders import NOW, TENANT, act, actor

TODAY = date(2026, 11, 23)
SECURITY = actor(Role.SECURITY_ADMINISTRATOR)
SYSTEM = actor(Role.SYSTEM_ADMINISTRATOR)
HOLDS = Certificate(number="450001", valid_from=date(2025, 1, 1), valid_to=date(2027, 12, 31))


def person(id, *roles, **more):
    values = {"department_id": "dep", "acting_body_id": "body"} | more
    return Person(id=id, name=f"韦{id}", roles=frozenset(roles), **values)


PEOPLE = [
    person("head", Role.APPROVER),
    person("head2", Role.APPROVER),
    person("officer", Role.DEPARTMENT_OFFICER),
    person("clerk", Role.DEPARTMENT_OFFICER),
    person("one", Role.INSPECTOR, certificates=[HOLDS]),
    person("two", Role.INSPECTOR, certificates=[HOLDS]),
    person("far", Role.DEPARTMENT_OFFICER, department_id="other", acting_body_id="away"),
]


@pytest.fixture
def town(store):
    with store.change(TENANT, act()) as change:
        change.save(Department(id="dep", code="commerce", label="商务局", division="450100000000"))
        change.save(ActingBody(id="body", label="商务局", division="450100000000", departments=["commerce"]))
        for one in PEOPLE:
            change.save(one.model_copy())
        change.event(EventType.TENANT_ONBOARDED, Ref(kind="tenant", id=TENANT))
    return store


def who(store, id):
    return Actor.of(TENANT, store.people.get(TENANT, id), "commerce")


def codes(raised):
    return [(one.field, one.code) for one in raised.value.problems]


# -- two administrators ------------------------------------------------------------------------------------------------


def test_a_new_officer_waits_for_the_other_administrator(town):
    fresh = person("fresh", Role.DEPARTMENT_OFFICER)
    asked = submit_person(town, TENANT, act(SECURITY), person=fresh)

    assert isinstance(asked, AccessChange)
    assert town.people.find(TENANT, "fresh") is None
    assert [one.owner for one in town.todos.children(TENANT, asked.ref)] == ["role.system_administrator"]
    with pytest.raises(SecondPersonNeededError):
        confirm_change(town, TENANT, act(SECURITY), change_id=asked.id)
    confirm_change(town, TENANT, act(SYSTEM), change_id=asked.id)
    assert town.people.get(TENANT, "fresh").roles == {Role.DEPARTMENT_OFFICER}
    assert town.todos.children(TENANT, asked.ref) == []


def test_the_direct_way_is_closed_for_what_is_guarded(town):
    with pytest.raises(SecondPersonNeededError):
        add_person(town, TENANT, act(SECURITY), person=person("fresh", Role.COORDINATOR))
    with pytest.raises(SecondPersonNeededError):
        change_person(town, TENANT, act(SECURITY), person_id="clerk", changes={"roles": frozenset({Role.APPROVER})})


def test_a_change_of_the_system_administrator_waits_for_security(town):
    roles = frozenset({Role.APPROVER, Role.DEPARTMENT_OFFICER})
    asked = submit_change(town, TENANT, act(SYSTEM), person_id="clerk", changes={"roles": roles})
    other = actor(Role.SYSTEM_ADMINISTRATOR, person_id="p-another-system")

    assert asked.before == {"roles": ["department_officer"]}
    with pytest.raises(SecondPersonNeededError):
        confirm_change(town, TENANT, act(other), change_id=asked.id)
    with pytest.raises(NotAllowedError):
        confirm_change(town, TENANT, act(actor(Role.AUDIT_ADMINISTRATOR)), change_id=asked.id)
    with pytest.raises(InvalidInputError):
        submit_change(town, TENANT, act(SECURITY), person_id="clerk", changes={"division": "450105000000"})
    confirm_change(town, TENANT, act(SECURITY), change_id=asked.id)
    assert town.people.get(TENANT, "clerk").roles == roles


def test_whoever_is_behind_the_request_never_confirms(town):
    asking = SYSTEM.model_copy(update={"person_id": "deputy", "acting_for": "principal"})
    asked = submit_change(town, TENANT, act(asking), person_id="clerk", changes={"acting_body_id": None})

    for place in (
        {"person_id": "principal"},
        {"acting_for": "deputy"},
        {"person_id": "clerk"},
        {"acting_for": "clerk"},
    ):
        with pytest.raises(SecondPersonNeededError):
            confirm_change(town, TENANT, act(SECURITY.model_copy(update=place)), change_id=asked.id)
    confirm_change(town, TENANT, act(SECURITY), change_id=asked.id)


def test_who_heads_a_body_is_a_person_s_role_and_place_and_waits(town):
    assert not any("head" in name or "person" in name for of in (ActingBody, Department) for name in of.model_fields)
    asks = {"clerk": {"roles": frozenset({Role.APPROVER})}, "head": {"acting_body_id": None}}
    for id, changes in asks.items():
        assert isinstance(submit_change(town, TENANT, act(SYSTEM), person_id=id, changes=changes), AccessChange)


def test_a_login_waits_for_the_other_kind_of_administrator(town):
    asked = ask_login(town, TENANT, act(SYSTEM), person_id="clerk", issuer="https://id", subject="sub-1")
    refused = [
        SYSTEM,
        SYSTEM.model_copy(update={"person_id": "another-system"}),
        SECURITY.model_copy(update={"person_id": "clerk"}),
        SECURITY.model_copy(update={"acting_for": SYSTEM.person_id}),
    ]
    for one in refused:
        with pytest.raises(SecondPersonNeededError):
            confirm_login(town, TENANT, act(one), binding_id=asked.id)
    assert town.identities.lookup(asked.identity_id) is None
    (entry,) = town.todos.of_owner(TENANT, "role.security_administrator").records
    assert (entry.topic, entry.about.id, entry.due_at) == ("login_waiting", asked.id, asked.expires_at)
    assert town.todos.of_owner(TENANT, "role.system_administrator").records == []
    assert confirm_login(town, TENANT, act(SECURITY), binding_id=asked.id).is_active
    assert [one.person_id for one in town.identities.lookup(asked.identity_id).memberships] == ["clerk"]
    assert town.todos.of_owner(TENANT, "role.security_administrator").records == []


def test_a_login_that_nobody_confirms_lapses_and_leaves_the_list(town):
    asked = ask_login(town, TENANT, act(SYSTEM), person_id="clerk", issuer="https://id", subject="sub-2")
    late = asked.expires_at + timedelta(hours=1)

    with pytest.raises(IllegalTransitionError):
        confirm_login(town, TENANT, act(SECURITY).model_copy(update={"at": late}), binding_id=asked.id)
    assert lapse_requests(town, TENANT, asked.expires_at - timedelta(days=1)) == 0
    assert lapse_requests(town, TENANT, late) == 1
    assert lapse_requests(town, TENANT, late) == 0
    assert town.todos.of_owner(TENANT, "role.security_administrator").records == []
    again = act(SYSTEM).model_copy(update={"at": late})
    assert ask_login(town, TENANT, again, person_id="clerk", issuer="https://id", subject="sub-2").id == asked.id


def test_it_lapses_also_behind_many_other_late_entries(town):
    asked = ask_login(town, TENANT, act(SYSTEM), person_id="clerk", issuer="https://id", subject="sub-2")
    owner = "role.security_administrator"
    for first in range(0, 120, 40):
        with town.change(TENANT, act()) as change:
            for number in range(first, first + 40):
                about = Ref(kind="webhook", id=f"w{number}")
                change.save(Todo.of(about, owner, "webhook_paused", "推送", at=NOW, due_at=NOW))
            change.event(EventType.WEBHOOK_DISABLED, Ref(kind="webhook", id=f"w{first}"))

    assert lapse_requests(town, TENANT, asked.expires_at + timedelta(hours=1)) == 1


def test_names_certificates_and_switching_off_hold_at_once_switching_on_waits(town):
    assert isinstance(submit_change(town, TENANT, act(SECURITY), person_id="one", changes={"name": "韦改"}), Person)
    off = submit_change(town, TENANT, act(SECURITY), person_id="one", changes={"is_active": False})
    on = submit_change(town, TENANT, act(SECURITY), person_id="one", changes={"is_active": True})

    assert isinstance(off, Person) and not off.is_active
    assert isinstance(on, AccessChange)


def test_a_change_is_refused_withdrawn_stale_or_too_late(town):
    def ask(id):
        return submit_change(town, TENANT, act(SYSTEM), person_id=id, changes={"division": "450105000000"})

    first, second, third, fourth = (ask(id) for id in ("clerk", "officer", "head", "head2"))
    with pytest.raises(InvalidInputError):
        refuse_change(town, TENANT, act(SECURITY), change_id=first.id, reason="")
    refuse_change(town, TENANT, act(SECURITY), change_id=first.id, reason="没有任命文件")
    withdraw_change(town, TENANT, act(SYSTEM), change_id=second.id)
    change_person(town, TENANT, act(SECURITY), person_id="head", changes={"name": "韦新"})
    with pytest.raises(ConflictError):
        confirm_change(town, TENANT, act(SECURITY), change_id=third.id)
    late = act(SECURITY).model_copy(update={"at": NOW + timedelta(days=30)})
    with pytest.raises(IllegalTransitionError):
        confirm_change(town, TENANT, late, change_id=fourth.id)
    assert fourth.state_at(late.at) is AccessChangeState.EXPIRED
    assert all(town.people.get(TENANT, one.person_id).division is None for one in (first, second, third, fourth))


# -- deputies ----------------------------------------------------------------------------------------------------------


def named(store, principal="head", deputy="officer", **more):
    values = {"from_on": TODAY, "to_on": TODAY + timedelta(days=5), "permissions": ["task.approve"]} | more
    return name_deputy(store, TENANT, act(who(store, principal)), deputy_id=deputy, **values)


def test_a_deputy_acts_within_the_scope_for_the_period_under_their_own_name(town):
    appointment = named(town)
    officer = town.people.get(TENANT, "officer")

    acting = find_acting(town, TENANT, officer, appointment.id, TODAY)

    assert acting is not None
    assert (acting.person_id, acting.acting_for, acting.roles) == ("officer", "head", {Role.APPROVER})
    assert allowed(acting, Permission.TASK_APPROVE)
    assert allowed(acting, Permission.PLAN_READ)
    assert not allowed(acting, Permission.PLAN_APPROVE)
    assert not allowed(acting, Permission.DEPUTY_NAME)
    assert acting.is_behind("head", None) and acting.is_behind("officer", None)
    assert find_acting(town, TENANT, officer, appointment.id, TODAY + timedelta(days=6)) is None
    assert find_acting(town, TENANT, town.people.get(TENANT, "clerk"), appointment.id, TODAY) is None
    end_deputy(town, TENANT, act(who(town, "officer")), appointment_id=appointment.id)
    assert find_acting(town, TENANT, officer, appointment.id, TODAY) is None


def test_events_of_a_deputy_say_for_whom(town):
    acting = find_acting(town, TENANT, town.people.get(TENANT, "officer"), named(town).id, TODAY)

    with town.change(TENANT, act(acting)) as change:
        event = change.event(EventType.TODO_HANDED_OVER, Ref(kind="person", id="one"))

    assert (event.actor_id, event.for_id) == ("officer", "head")


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"deputy": ""}, ("deputy_id", "not_chosen")),
        ({"deputy": "head"}, ("deputy_id", "deputy_self")),
        ({"deputy": "far"}, ("deputy_id", "deputy_unit")),
        ({"permissions": []}, ("permissions", "not_chosen")),
        ({"permissions": ["draw.run"]}, ("permissions", "permission_not_own")),
        ({"from_on": TODAY - timedelta(days=1)}, ("from_on", "date_in_past")),
        ({"to_on": TODAY - timedelta(days=1)}, ("to_on", "dates_reversed")),
        ({"to_on": TODAY + timedelta(days=400)}, ("to_on", "period_too_long")),
        ({"to_on": None}, ("to_on", "required")),
    ],
)
def test_an_appointment_that_cannot_be(town, more, problem):
    with pytest.raises(InvalidInputError) as raised:
        named(town, **more)

    assert problem in codes(raised)


def test_one_deputy_at_a_time(town):
    named(town)

    with pytest.raises(InvalidInputError) as raised:
        named(town, deputy="clerk")

    assert codes(raised) == [("from_on", "deputy_overlap")]


# -- certificates ------------------------------------------------------------------------------------------------------


def test_a_certificate_that_ends_soon_waits_until_it_is_renewed(town):
    short = Certificate(number="450009", valid_from=date(2025, 1, 1), valid_to=date(2026, 12, 10))
    change_person(town, TENANT, act(SECURITY), person_id="two", changes={"certificates": [short]})

    assert warn_certificates(town, TENANT, NOW) == 1
    assert warn_certificates(town, TENANT, NOW + timedelta(hours=1)) == 0
    assert [one.topic for one in town.todos.of_owner(TENANT, "two").records] == ["certificate_expiring"]
    assert [one.title for one in town.todos.of_owner(TENANT, heap_of(KEEPER, "certificate_expiring")).records] == [
        "韦two"
    ]
    renewed = renew_certificate(
        town,
        TENANT,
        act(SECURITY),
        person_id="two",
        number="450010",
        valid_from=date(2026, 12, 1),
        valid_to=date(2029, 12, 1),
    )

    assert [one.number for one in renewed.certificates] == ["450009", "450010"]
    assert town.todos.of_owner(TENANT, "two").records == []
    with pytest.raises(InvalidInputError) as raised:
        renew_certificate(
            town, TENANT, act(SECURITY), person_id="two", number="45", valid_from=None, valid_to=date(2026, 1, 1)
        )
    assert codes(raised) == [
        ("number", "certificate_number"),
        ("valid_from", "required"),
        ("valid_to", "certificate_not_later"),
    ]


# -- departure ---------------------------------------------------------------------------------------------------------


def waiting(store, owner, *titles):
    about = store.people.get(TENANT, "far").ref
    with store.change(TENANT, act()) as change:
        for number, title in enumerate(titles):
            change.save(Todo.of(about, owner, f"topic_{'abc'[number]}", title, at=NOW))
        change.event(EventType.TODO_HANDED_OVER, about)
    return [f"person.far.topic_{'abc'[number]}.{owner}" for number, _ in enumerate(titles)]


def test_open_entries_go_to_successors_and_the_login_closes(town):
    works = waiting(town, "officer", "第一件", "第二件")
    appointment = named(town)

    with pytest.raises(InvalidInputError) as raised:
        start_departure(town, TENANT, act(who(town, "head")), person_id="officer", successors={works[0]: "one"})
    assert codes(raised) == [
        (f"successor.{works[0]}", "successor_role"),
        (f"successor.{works[1]}", "not_chosen"),
    ]
    done = start_departure(
        town, TENANT, act(who(town, "head")), person_id="officer", successors=dict.fromkeys(works, "clerk")
    )

    assert (done.state, done.handed, done.left) == (DepartureState.COMPLETED, 2, {})
    assert [one.title for one in town.todos.of_owner(TENANT, "clerk").records] == ["第一件", "第二件"]
    assert town.todos.of_owner(TENANT, "officer").records == []
    assert not town.people.get(TENANT, "officer").is_active
    assert town.deputies.get(TENANT, appointment.id).ended_at is not None


def test_the_last_of_an_office_does_not_leave(town):
    town_head2 = town.people.get(TENANT, "head2")
    change_person(town, TENANT, act(SECURITY), person_id=town_head2.id, changes={"is_active": False})

    with pytest.raises(InvalidInputError) as raised:
        start_departure(town, TENANT, act(), person_id="head", successors={})

    assert codes(raised) == [("person", "last_of_role")]


def test_a_head_hands_over_in_their_own_body_only(town):
    with pytest.raises(NotAllowedError):
        start_departure(town, TENANT, act(who(town, "head")), person_id="far", successors={})
