"""Nobody is told of a record that the access rules would refuse them."""

from typing import ClassVar

from chalicelib.domain.need_to_know import READERS, may_know, may_leave
from chalicelib.domain.record import Record
from chalicelib.domain.tenancy import Person, Role
from chalicelib.web.todo_words import _PAGES
from tests.builders import actor


class Unlisted(Record):
    KIND: ClassVar[str] = "unlisted"


class Secret(Record):
    KIND: ClassVar[str] = "visit"

    known_to: frozenset[str] = frozenset({"p-inspector"})


def test_a_kind_that_nobody_listed_is_told_to_nobody():
    assert not any(may_know(actor(role), Unlisted()) for role in Role)


def test_every_kind_that_waits_for_somebody_is_listed():
    assert set(_PAGES) - {"job"} <= set(READERS)


def test_a_need_to_know_list_goes_before_every_office():
    assert may_know(actor(Role.INSPECTOR), Secret())
    assert not may_know(actor(Role.COORDINATOR), Secret())
    assert not may_leave(Secret()) and may_leave(Unlisted())


def test_people_are_told_of_themselves_and_administrators_of_no_business():
    me = Person(id="p-inspector", name="韦一", roles=frozenset({Role.INSPECTOR}))

    assert may_know(actor(Role.INSPECTOR), me) and may_know(actor(Role.SECURITY_ADMINISTRATOR), me)
    assert not may_know(actor(Role.EVALUATOR), me)
