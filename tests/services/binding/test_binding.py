"""Who acts for a subject: by a served code, by confirmation, until revoked."""

from datetime import timedelta

import pytest

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.binding import BindingRequestState, BindingRole, TooManyTriesError, code_digest, make_code
from chalicelib.domain.errors import IllegalTransitionError, InvalidInputError, NotAllowedError, RecordNotFoundError
from chalicelib.domain.subject import SubjectDraft, SubjectKind
from chalicelib.domain.tenancy import Actor, Person, Role, SubjectRight
from chalicelib.services.binding.bind_by_code import bind_by_code
from chalicelib.services.binding.issue_code import issue_code, revoke_code
from chalicelib.services.binding.request_binding import (
    confirm_binding,
    refuse_binding,
    request_binding,
    withdraw_request,
)
from chalicelib.services.binding.revoke_binding import change_rights, revoke_binding
from chalicelib.services.register.register_subject import register_subject
from chalicelib.services.tenancy.add_person import add_person
from chalicelib.services.visit.uploads import keep_upload
from tests.builders import NOW, TENANT, act, actor

OFFICER = actor(Role.DEPARTMENT_OFFICER)
CODE = "91450105MA5NABCD1W"
PDF = b"%PDF-1.4 licence"


@pytest.fixture
def subject(store):
    draft = SubjectDraft(
        kind=SubjectKind.COMPANY, name="邕江加油站", code=CODE, division="450105000000", address="邕江大道1号"
    )
    return register_subject(store, TENANT, act(), draft=draft)


def user(store, id="p-one", name="韦一"):
    add_person(
        store,
        TENANT,
        act(actor(Role.SECURITY_ADMINISTRATOR)),
        person=Person(id=id, name=name, roles=frozenset({Role.SUBJECT_USER})),
    )
    return now(store, id)


def now(store, id):
    return Actor.of(TENANT, store.people.get(TENANT, id))


def issued(store, subject, role=BindingRole.OWNER, *, minutes=0, **more):
    code = make_code()
    return code, issue_code(
        store, TENANT, act(OFFICER, minutes=minutes), subject_id=subject.id, code=code, role=role, **more
    )


def problem(raised):
    return raised.value.problems[0].code


def test_a_served_code_binds_once_and_lies_hashed(store, subject):
    code, record = issued(store, subject)
    first, second = user(store), user(store, "p-two")

    binding = bind_by_code(store, TENANT, act(first), code=code.lower().replace("-", " "))

    assert code.replace("-", "") not in record.model_dump_json()
    assert record.code_sha256 == code_digest(code)
    assert (binding.role, binding.person_id, binding.source_id) == (BindingRole.OWNER, "p-one", record.id)
    assert now(store, "p-one").subject_ids == {subject.id}
    with pytest.raises(InvalidInputError) as raised:
        bind_by_code(store, TENANT, act(second), code=code)
    assert problem(raised) == "code_used"


def test_a_code_for_agents_serves_several_until_it_is_revoked(store, subject):
    code, record = issued(store, subject, BindingRole.AGENT, rights={SubjectRight.RECTIFY}, is_single_use=False)
    for id in ("p-one", "p-two"):
        bind_by_code(store, TENANT, act(user(store, id)), code=code)
    agent = now(store, "p-two")

    assert allowed(agent, Permission.OWN_SUBJECT_READ, subject.resource)
    assert allowed(agent, Permission.RECTIFICATION_SUBMIT, subject.resource)
    assert not allowed(agent, Permission.BINDING_MANAGE, subject.resource)
    revoke_code(store, TENANT, act(OFFICER), code_id=record.id)
    with pytest.raises(InvalidInputError) as raised:
        bind_by_code(store, TENANT, act(user(store, "p-three")), code=code)
    assert problem(raised) == "code_revoked"


def test_an_old_code_and_a_guessed_one_are_refused_and_tries_are_counted(store, subject):
    code, _ = issued(store, subject)
    guest = user(store)
    late = act(guest).model_copy(update={"at": NOW + timedelta(days=31)})

    with pytest.raises(InvalidInputError) as raised:
        bind_by_code(store, TENANT, late, code=code)
    assert problem(raised) == "code_expired"
    with pytest.raises(InvalidInputError) as raised:
        bind_by_code(store, TENANT, act(guest), code="hello")
    assert problem(raised) == "binding_code_form"
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(InvalidInputError) as raised:
            bind_by_code(store, TENANT, act(guest), code=make_code())
        assert (problem(raised), raised.value.problems[0].details) == ("binding_code_unknown", {"left": left})
    with pytest.raises(TooManyTriesError) as limited:
        bind_by_code(store, TENANT, act(guest), code=code)
    assert limited.value.details["retry_after"] > 0


def test_only_a_department_serves_codes(store, subject):
    with pytest.raises(NotAllowedError):
        issue_code(
            store,
            TENANT,
            act(actor(Role.INSPECTOR)),
            subject_id=subject.id,
            code=make_code(),
            role=BindingRole.OWNER,
        )


def asked(store, who, **more):
    person = store.people.get(TENANT, who.person_id)
    upload = keep_upload(store, TENANT, owner=person, content=PDF, allowed=("application/pdf",))
    values = {"code": CODE, "role": BindingRole.OWNER, "statement": "本人是负责人", "upload_ids": [upload]} | more
    return request_binding(store, TENANT, act(who), **values)


def test_a_confirmed_request_binds_and_leaves_the_to_do_list(store, subject):
    request = asked(store, user(store))
    waiting = store.todos.of_owner(TENANT, "role.coordinator").records

    confirm_binding(store, TENANT, act(OFFICER), request_id=request.id)

    assert [todo.topic for todo in waiting] == ["binding_to_confirm"]
    assert store.todos.of_owner(TENANT, "role.coordinator").records == []
    assert now(store, "p-one").subject_ids == {subject.id}
    assert store.binding_requests.get(TENANT, request.id).state is BindingRequestState.CONFIRMED
    with pytest.raises(IllegalTransitionError):
        refuse_binding(store, TENANT, act(OFFICER), request_id=request.id, reason="晚了")


def test_a_refusal_needs_a_reason_and_leaves_no_binding(store, subject):
    request = asked(store, user(store))

    with pytest.raises(InvalidInputError):
        refuse_binding(store, TENANT, act(OFFICER), request_id=request.id, reason=" ")
    refused = refuse_binding(store, TENANT, act(OFFICER), request_id=request.id, reason="照片看不清")

    assert (refused.reason, now(store, "p-one").subject_ids) == ("照片看不清", frozenset())


def test_a_request_names_everything_that_is_wrong_and_is_made_once(store, subject):
    guest = user(store)

    with pytest.raises(InvalidInputError) as raised:
        request_binding(store, TENANT, act(guest), code="x", role=BindingRole.OWNER, statement="", upload_ids=[])
    assert [one.field for one in raised.value.problems] == ["code", "statement", "evidence"]
    request = asked(store, guest)
    with pytest.raises(InvalidInputError) as raised:
        asked(store, guest)
    assert problem(raised) == "request_waits"
    withdraw_request(store, TENANT, act(guest), request_id=request.id)
    assert store.binding_requests.in_state(TENANT, is_waiting=True).records == []


def bound(store, subject, id, role=BindingRole.OWNER):
    code, _ = issued(store, subject, role)
    return bind_by_code(store, TENANT, act(user(store, id)), code=code)


def test_the_owner_manages_agents_and_nobody_takes_the_owner_away(store, subject):
    owner, agent = bound(store, subject, "p-owner"), bound(store, subject, "p-agent", BindingRole.AGENT)

    changed = change_rights(store, TENANT, act(now(store, "p-owner")), binding_id=agent.id, rights=[])
    assert changed.rights == {SubjectRight.READ}
    assert not allowed(now(store, "p-agent"), Permission.RECTIFICATION_SUBMIT, subject.resource)
    with pytest.raises((NotAllowedError, RecordNotFoundError)):
        revoke_binding(store, TENANT, act(now(store, "p-agent")), binding_id=owner.id, reason="换人")
    revoke_binding(store, TENANT, act(now(store, "p-owner")), binding_id=agent.id, reason="离职")
    assert now(store, "p-agent").subject_ids == frozenset()
    assert not allowed(now(store, "p-agent"), Permission.OWN_SUBJECT_READ, subject.resource)


def test_an_agent_leaves_and_a_department_ends_an_owner(store, subject):
    owner, agent = bound(store, subject, "p-owner"), bound(store, subject, "p-agent", BindingRole.AGENT)

    revoke_binding(store, TENANT, act(now(store, "p-agent")), binding_id=agent.id)
    with pytest.raises(InvalidInputError):
        revoke_binding(store, TENANT, act(OFFICER), binding_id=owner.id)
    revoke_binding(store, TENANT, act(OFFICER), binding_id=owner.id, reason="企业来函")

    assert [one.is_held for one in store.bindings.of_subject(TENANT, subject.id)] == [False, False]
    again = bound(store, subject, "p-late")
    assert again.is_held


def test_an_owner_is_no_match_for_another_owner(store, subject):
    first, _ = bound(store, subject, "p-owner"), bound(store, subject, "p-other")

    with pytest.raises((NotAllowedError, RecordNotFoundError)):
        revoke_binding(store, TENANT, act(now(store, "p-other")), binding_id=first.id, reason="抢")
