"""Who can take a visit, and when an office would be empty."""

from datetime import date

import pytest

from chalicelib.domain.departure import offices_left_empty, visit_problem, with_successor
from chalicelib.domain.tenancy import Certificate, Person, Role
from chalicelib.domain.visit import TeamMember, Visit, VisitBody
from tests.visiting import subject

DAY = date(2026, 12, 1)
HOLDS = Certificate(number="450001", valid_from=date(2025, 1, 1), valid_to=date(2027, 1, 1))


def officer(id, **more):
    values = {"roles": frozenset({Role.INSPECTOR}), "acting_body_id": "body", "certificates": [HOLDS]} | more
    return Person(id=id, name="韦一", **values)


def visit(*ids):
    team = [TeamMember(person_id=id, name="韦一", acting_body_id="body", certificate_number="450000") for id in ids]
    body = VisitBody(acting_body_id="body", label="商务局", departments=["commerce"])
    return Visit(
        plan_id="plan", scenario="refined_oil", scenario_version="1", subject=subject(), bodies=[body], team=team
    )


@pytest.mark.parametrize(
    ("successor", "problem"),
    [
        (officer("three"), ""),
        (officer("one"), "successor_self"),
        (officer("two"), "successor_in_team"),
        (officer("three", is_active=False), "successor_inactive"),
        (officer("three", roles=frozenset({Role.APPROVER})), "successor_role"),
        (officer("three", acting_body_id="away"), "successor_unit"),
        (officer("three", certificates=[]), "successor_certificate"),
        (officer("three", recused_subjects={subject().subject_id: "亲属"}), "successor_recused"),
    ],
)
def test_who_can_take_a_visit(successor, problem):
    assert visit_problem(visit("one", "two"), officer("one"), successor, DAY) == problem


def test_the_successor_stands_in_the_same_place_with_their_own_certificate():
    moved = with_successor(visit("one", "two"), officer("one"), officer("three"), DAY)

    assert [(one.person_id, one.certificate_number) for one in moved.team] == [("three", "450001"), ("two", "450000")]


def test_an_office_of_a_body_is_counted_within_the_body():
    head = officer("head", roles=frozenset({Role.APPROVER}))
    away = officer("away", roles=frozenset({Role.APPROVER}), acting_body_id="other")
    second = officer("second", roles=frozenset({Role.APPROVER}))

    assert offices_left_empty(head, [head, away]) == [Role.APPROVER]
    assert offices_left_empty(head, [head, away, second]) == []
    assert offices_left_empty(head, [head, second.with_changes(is_active=False)]) == [Role.APPROVER]
