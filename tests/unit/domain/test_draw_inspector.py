"""Drawing inspectors: lowest tickets after recusal, rotation and workload, and shortages on record."""

import hashlib
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.draw_inspector import (
    InspectorShortageError,
    InspectorTeam,
    PersonRow,
    assign_inspectors,
    check_capacity,
    inspector_ticket,
)

SEED = hashlib.sha256(b"demo").digest()
SUBJECTS = [hashlib.sha256(b"subject %d" % number).hexdigest() for number in range(6)]
PEOPLE = [
    PersonRow(hashlib.sha256(b"person %d" % number).hexdigest(), ("commerce", "emergency")[number % 2])
    for number in range(8)
]
TEAMS = [InspectorTeam(acting_body="commerce"), InspectorTeam(acting_body="emergency")]


def lowest(subject: str, body: str, without: set[str] = frozenset()) -> list[str]:  # type: ignore[assignment]
    own = [row.blind for row in PEOPLE if row.acting_body == body and row.blind not in without]
    return sorted(own, key=lambda person: inspector_ticket(SEED, subject, person))


def test_every_acting_body_sends_its_lowest_tickets() -> None:
    assignments = assign_inspectors(SEED, SUBJECTS, TEAMS, PEOPLE)

    assert [(each.subject, each.acting_body) for each in assignments] == [
        (subject, team.acting_body) for subject in SUBJECTS for team in TEAMS
    ]
    for each in assignments:
        assert [pick.blind for pick in each.picks] == lowest(each.subject, each.acting_body)[:2]
        assert each.missing == 0


def test_the_recused_do_not_go() -> None:
    subject, first = SUBJECTS[0], lowest(SUBJECTS[0], "commerce")[0]

    found = assign_inspectors(SEED, [subject], TEAMS[:1], PEOPLE, recusals=[(subject, first), (SUBJECTS[1], first)])

    assert [pick.blind for pick in found[0].picks] == lowest(subject, "commerce", {first})[:2]


def test_who_went_last_time_goes_only_when_nobody_else_is_left() -> None:
    subject = SUBJECTS[0]
    ranked = lowest(subject, "commerce")

    passed_over = assign_inspectors(SEED, [subject], TEAMS[:1], PEOPLE, past_visits=[(subject, ranked[0])])
    needed = assign_inspectors(SEED, [subject], TEAMS[:1], PEOPLE, past_visits=[(subject, each) for each in ranked[:3]])

    assert [pick.blind for pick in passed_over[0].picks] == ranked[1:3]
    assert [(pick.blind, pick.is_repeat) for pick in needed[0].picks] == [(ranked[3], False), (ranked[0], True)]


def test_nobody_goes_more_often_than_allowed_and_a_gap_is_recorded() -> None:
    assignments = assign_inspectors(SEED, SUBJECTS, TEAMS, PEOPLE, max_visits=2)

    visits = Counter(pick.blind for each in assignments for pick in each.picks)
    assert max(visits.values()) == 2
    # Four people per body, twice each: eight of the twelve places.
    assert sum(each.missing for each in assignments if each.acting_body == "commerce") == 4
    assert all(len(each.picks) + each.missing == 2 for each in assignments)


@given(st.permutations(PEOPLE), st.permutations([(s, p.blind) for s in SUBJECTS[:2] for p in PEOPLE[:3]]))
def test_the_order_of_the_lists_does_not_matter(people: list[PersonRow], pairs: list[tuple[str, str]]) -> None:
    found = assign_inspectors(SEED, SUBJECTS, TEAMS, people, max_visits=3, recusals=pairs[:0], past_visits=pairs)

    assert found == assign_inspectors(SEED, SUBJECTS, TEAMS, PEOPLE, max_visits=3, past_visits=sorted(pairs))


def test_a_shortage_is_told_before_the_pool_is_frozen() -> None:
    check_capacity(TEAMS, {"commerce": 2, "emergency": 2}, visits=6, max_visits=6)

    with pytest.raises(InspectorShortageError) as few:
        check_capacity(TEAMS, {"commerce": 2, "emergency": 1}, visits=6, max_visits=None)
    with pytest.raises(InspectorShortageError) as tired:
        check_capacity(TEAMS, {"commerce": 4, "emergency": 4}, visits=6, max_visits=2)

    assert few.value.details == {"acting_body": "emergency", "needed": 2, "available": 1}
    assert tired.value.details == {"acting_body": "commerce", "needed": 12, "available": 8}
