"""The two of a two-person rule: neither who asked, nor for whom, nor whoever acts for either, is the second."""

import re
from itertools import product
from pathlib import Path

from chalicelib.domain.tenancy import Role
from tests.builders import actor

PEOPLE = ("one", "two", "three", "four")
SOURCES = Path(__file__).parents[3] / "chalicelib"
CALL = re.compile(r"\bis_behind\(([^()]*)\)")
PAIR = re.compile(r"(\w[\w.]*)_by, \1_for|by, for_id")
OWN_OFFICE = {"services/binding/request_binding.py", "domain/access_change.py"}
"""Here a call may name one person alone: whom the matter concerns, who never asks as a deputy."""


def test_requester_principal_and_whoever_acts_for_either_are_refused_and_nobody_else() -> None:
    for by, for_id, second, second_for in product(PEOPLE, (None, *PEOPLE), PEOPLE, (None, *PEOPLE)):
        confirming = actor(Role.COORDINATOR, person_id=second, acting_for=second_for)
        is_one_of_them = second in (by, for_id) or (second_for is not None and second_for in (by, for_id))

        assert confirming.is_behind(by, for_id) is is_one_of_them


def test_nobody_stands_behind_what_nobody_asked() -> None:
    assert not actor(Role.COORDINATOR).is_behind(None, None)


def test_every_two_person_act_compares_whom_the_requester_acted_for() -> None:
    found = {
        (path.relative_to(SOURCES).as_posix(), call)
        for path in SOURCES.rglob("*.py")
        for call in CALL.findall(path.read_text(encoding="utf-8"))
        if call and not call.startswith("self, by")
    }
    alone = {(path, call) for path, call in found if not PAIR.fullmatch(call)}

    assert len(found) >= 7
    assert {path for path, _ in alone} == OWN_OFFICE
    assert {call.split(", ")[1] for _, call in alone} == {"None"}
