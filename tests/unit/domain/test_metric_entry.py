"""What a record adds to the figures follows from the record alone."""

from datetime import UTC, date, datetime

from chalicelib.domain.metric import NOW, Figure
from chalicelib.domain.metric_entry import difference, entry_of
from chalicelib.domain.tenancy import Certificate, Person, Role
from tests.visiting import plan

CLOSED_AT = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)


def figures(record):
    return {(one.metric, one.period): one.value for one in entry_of(record).figures}


def test_a_plan_is_open_until_it_ends_and_then_counts_in_its_month():
    assert figures(plan()) == {("plan_open", NOW): 1}
    assert figures(plan().with_changes(state="closed", state_since=CLOSED_AT)) == {("plan_closed", "2026-12"): 1}
    assert figures(plan().with_changes(state="cancelled")) == {}


def test_a_certificate_counts_by_its_last_day_while_its_owner_is_active():
    held = [
        Certificate(number="GX0001", valid_from=date(2020, 1, 1), valid_to=last)
        for last in (date(2025, 1, 1), date(2027, 1, 1))
    ]
    person = Person(name="韦晨阳", roles=frozenset({Role.INSPECTOR}), certificates=held)

    assert entry_of(person).due_on == date(2027, 1, 1)
    assert figures(person.with_changes(is_active=False)) == {}


def test_only_the_difference_is_written():
    monday, friday = date(2026, 11, 23), date(2026, 11, 27)
    before = [Figure(metric="finding_open", period=NOW, due_on=monday), Figure(metric="finding_made", period="2026-11")]
    after = [Figure(metric="finding_open", period=NOW, due_on=friday), Figure(metric="finding_made", period="2026-11")]

    moved = {(one.due_on, one.value) for one in difference(before, after)}

    assert moved == {(monday, -1), (friday, 1)}
    assert difference(before, before) == []
