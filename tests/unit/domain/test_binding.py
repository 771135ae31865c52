"""Codes and rights of bindings; who confirms whose change of access."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from chalicelib.domain.access import Permission, Resource, allowed
from chalicelib.domain.access_change import access_rules
from chalicelib.domain.binding import (
    ALPHABET,
    Binding,
    BindingRole,
    BindingSource,
    code_digest,
    make_code,
    reaching,
    read_code,
    with_binding,
)
from chalicelib.domain.tenancy import Actor, Person, Role, SubjectRight
from tests.builders import NOW, TENANT


def binding(role=BindingRole.AGENT, rights=frozenset({SubjectRight.READ}), **more):
    values = {"subject_id": "s", "subject_name": "邕江", "division": "450105000000", "person_id": "p"} | more
    return Binding(
        id="s.p",
        person_name="韦一",
        role=role,
        rights=rights,
        source=BindingSource.SERVED_CODE,
        bound_at=NOW,
        bound_by="x",
        **values,
    )


def test_a_code_has_sixteen_characters_without_look_alikes_and_is_read_as_typed():
    code = make_code()

    assert len(code) == 19 and set(code) <= set(ALPHABET) | {"-"}
    assert not set("01ILO") & set(ALPHABET)
    assert read_code(f" {code.lower()} ") == code.replace("-", "")
    assert code_digest(code) == code_digest(code.replace("-", ""))
    assert make_code(b"x" * 32) == make_code(b"x" * 32) != make_code(b"y" * 32)


@pytest.mark.parametrize("typed", ["", "ABC", "0000-0000-0000-0000", "ABCD-EFGH-JKMN-PQRSA", "#" * 16])
def test_what_is_no_code(typed):
    assert read_code(typed) is None


@pytest.mark.parametrize(
    ("role", "rights"),
    [
        (BindingRole.OWNER, frozenset({SubjectRight.READ})),
        (BindingRole.AGENT, frozenset(SubjectRight)),
        (BindingRole.AGENT, frozenset({SubjectRight.RECTIFY})),
    ],
)
def test_rights_that_do_not_fit_the_role(role, rights):
    with pytest.raises(ValidationError):
        binding(role, rights)


def test_the_person_repeats_what_holds():
    person = Person(id="p", name="韦一", roles=frozenset({Role.SUBJECT_USER}))
    agent = with_binding(person, binding())
    owner = with_binding(agent, binding(BindingRole.OWNER, frozenset(SubjectRight)))
    ended = with_binding(agent, binding(revoked_at=NOW + timedelta(days=1)))

    about = Resource(subjects=frozenset({"s"}))
    assert [allowed(Actor.of(TENANT, one), Permission.OWN_SUBJECT_READ, about) for one in (person, agent, owner)] == [
        False,
        True,
        True,
    ]
    assert not allowed(Actor.of(TENANT, agent), Permission.RECTIFICATION_SUBMIT, about)
    assert allowed(Actor.of(TENANT, owner), Permission.BINDING_MANAGE, about)
    assert (ended.subject_ids, ended.agent_of) == ([], [])


def test_bound_to_one_identifier_of_a_merged_subject_all_are_reached_with_the_most_that_is_held():
    agent = Actor.of(TENANT, with_binding(Person(id="p", name="韦一", roles=frozenset({Role.SUBJECT_USER})), binding()))
    wide = reaching(agent, [frozenset({"s", "old"}), frozenset({"x", "y"})])
    owner = reaching(agent.model_copy(update={"subject_ids": frozenset({"s", "old"})}), [frozenset({"s", "old"})])

    assert wide.subject_ids == {"s", "old"} and reaching(agent, []) == agent
    assert {one.subject_id: one.rights for one in wide.agent_of} == dict.fromkeys(
        ("old", "s"), agent.agent_of[0].rights
    )
    assert owner.agent_of == (), "an owner under one identifier is the owner"


def test_the_two_administrators_confirm_each_other_and_nobody_themselves():
    for asking, confirming in access_rules().confirmed_by.items():
        assert asking not in confirming
    assert Role.AUDIT_ADMINISTRATOR not in access_rules().confirmed_by
