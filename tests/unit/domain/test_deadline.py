from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from chalicelib.domain.calendar import SHANGHAI, WorkingCalendar
from chalicelib.domain.deadline import (
    Consequence,
    DeadlineBasis,
    DeadlineRule,
    DeadlineUnit,
    Due,
    Pause,
    ToBeDetermined,
    deadline_rule,
    deadline_rules,
    due_at,
    remaining,
)
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from chalicelib.domain.event import EventType
from tests.unit.domain.test_calendar import invented_2027

CALENDAR = WorkingCalendar()


def rule(unit: str, length: int, **changes: object) -> DeadlineRule:
    values = {
        "id": "test_rule",
        "version": 1,
        "label": "测试",
        "unit": unit,
        "length": length,
        "start_event": "plan_submitted",
        "consequence": "overdue",
        "legal_basis": [{"status": "product_rule", "note": "测试"}],
        "effective_from": "2026-01-01",
    }
    return DeadlineRule.model_validate(values | changes)


def local(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=SHANGHAI)  # type: ignore[arg-type,misc]


def known(found: Due | ToBeDetermined) -> Due:
    assert isinstance(found, Due)
    return found


def test_fifteen_working_days_over_mid_autumn_and_national_day() -> None:
    due = known(due_at(rule("working_day", 15), local(2026, 9, 18, 9, 0), CALENDAR))

    assert due.due_on == date(2026, 10, 15)
    assert due.due_at == datetime(2026, 10, 15, 15, 59, 59, 999000, tzinfo=UTC)
    assert due.calendar_version == "chinesecalendar@1.11.0"


def test_the_start_is_the_day_in_shanghai_not_in_utc() -> None:
    just_after_midnight = datetime(2026, 9, 17, 16, 30, tzinfo=UTC)

    assert known(due_at(rule("working_day", 15), just_after_midnight, CALENDAR)).due_on == date(2026, 10, 15)


@pytest.mark.parametrize(
    ("length", "due_on"), [(1, date(2026, 10, 1)), (3, date(2026, 10, 3)), (90, date(2026, 12, 29))]
)
def test_calendar_days_need_no_calendar_and_are_not_carried_over_a_holiday(length: int, due_on: date) -> None:
    assert known(due_at(rule("day", length), local(2026, 9, 30, 12, 0), CALENDAR)).due_on == due_on


def test_hours_run_through_nights_and_holidays() -> None:
    due = known(due_at(rule("hour", 24), local(2026, 9, 30, 17, 5), CALENDAR))

    assert due.due_at == datetime(2026, 10, 1, 9, 5, tzinfo=UTC)


def test_a_year_without_a_calendar_is_to_be_determined_until_it_is_uploaded() -> None:
    start = local(2026, 12, 21, 9, 0)
    found = due_at(rule("working_day", 15), start, CALENDAR)

    assert isinstance(found, ToBeDetermined)
    assert (found.reason, found.year) == ("calendar_missing", 2027)

    uploaded = WorkingCalendar([invented_2027()])
    due = known(due_at(rule("working_day", 15), start, uploaded))
    assert due.due_on == date(2027, 1, 12)  # off: 31 December, 1 January; 9 January is worked
    assert due.calendar_version.endswith("+2027@1")


def test_a_paused_day_is_not_counted() -> None:
    start = local(2026, 11, 2, 9, 0)
    unpaused = known(due_at(rule("working_day", 5), start, CALENDAR))
    pauses = [Pause(paused_at=local(2026, 11, 4, 10, 0), resumed_at=local(2026, 11, 6, 8, 0))]
    paused = known(due_at(rule("working_day", 5), start, CALENDAR, pauses))

    assert (unpaused.due_on, paused.due_on) == (date(2026, 11, 9), date(2026, 11, 11))


def test_pause_and_resume_within_one_day_changes_nothing() -> None:
    pauses = [Pause(paused_at=local(2026, 11, 4, 10, 0), resumed_at=local(2026, 11, 4, 15, 0))]

    assert known(due_at(rule("day", 5), local(2026, 11, 2, 9, 0), CALENDAR, pauses)).due_on == date(2026, 11, 7)


@pytest.mark.parametrize("unit", ["hour", "day", "working_day"])
def test_an_open_pause_leaves_the_deadline_open_unless_it_had_passed(unit: str) -> None:
    start = local(2026, 11, 2, 9, 0)
    late_pause = [Pause(paused_at=local(2026, 11, 20, 9, 0))]
    open_pause = [Pause(paused_at=local(2026, 11, 2, 10, 0))]

    assert isinstance(due_at(rule(unit, 3), start, CALENDAR, late_pause), Due)
    found = due_at(rule(unit, 3), start, CALENDAR, open_pause)
    assert isinstance(found, ToBeDetermined)
    assert found.reason == "clock_paused"


def test_overlapping_pauses_of_an_hour_clock_count_once() -> None:
    start = local(2026, 11, 2, 9, 0)
    pauses = [
        Pause(paused_at=start + timedelta(hours=2), resumed_at=start + timedelta(hours=6)),
        Pause(paused_at=start + timedelta(hours=1), resumed_at=start + timedelta(hours=4)),
        Pause(paused_at=start - timedelta(hours=9), resumed_at=start - timedelta(hours=1)),
    ]

    assert known(due_at(rule("hour", 24), start, CALENDAR, pauses)).due_at == start + timedelta(hours=29)


def test_a_time_without_zone_is_a_fault() -> None:
    with pytest.raises(ValueError, match="zone"):
        due_at(rule("hour", 1), datetime(2026, 11, 2, 9, 0), CALENDAR)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("now", "state", "days"),
    [
        (local(2026, 10, 9, 9, 0), "left", 5),
        (local(2026, 10, 15, 23, 59), "today", 0),
        (local(2026, 10, 16, 0, 0), "overdue", -1),
        (local(2026, 10, 18, 9, 0), "overdue", -1),
        (local(2026, 10, 19, 9, 0), "overdue", -2),
    ],
)
def test_remaining_is_signed(now: datetime, state: str, days: int) -> None:
    due = known(due_at(rule("working_day", 15), local(2026, 9, 18, 9, 0), CALENDAR))
    left = remaining(due, now, CALENDAR)

    assert (left.state, left.working_days, left.is_overdue) == (state, days, state == "overdue")


def test_remaining_of_hours_and_of_an_unknown_calendar() -> None:
    due = known(due_at(rule("hour", 24), local(2026, 12, 31, 9, 0), CALENDAR))

    left = remaining(due, local(2026, 12, 31, 10, 30), CALENDAR)
    assert (left.hours, left.working_days, left.state) == (22, None, "left")
    assert remaining(due, local(2027, 1, 1, 11, 30), CALENDAR).hours == -2


def test_every_shipped_rule_is_unique_and_statutory_ones_cite_a_looked_up_text() -> None:
    rules = deadline_rules()

    assert len({(one.id, one.version) for one in rules}) == len(rules) > 30
    for one in rules:
        if one.is_law:
            assert not one.is_configurable
            assert all(basis.title and basis.article for basis in one.legal_basis if basis.status != "product_rule")
        else:
            assert all(basis.note and not basis.title for basis in one.legal_basis)


def test_only_the_opinion_is_deemed() -> None:
    assert [one.id for one in deadline_rules() if one.consequence is Consequence.DEEMED_CONSENT] == ["opinion_reply"]


def test_clocks_of_the_loop_start_with_events_that_exist() -> None:
    types = {event.value for event in EventType}
    loop_rules = {
        "plan_approval", "task_generation", "opinion_reply", "inspection_approval", "task_scheduling", "rectification",
        "department_disposition", "task_closing", "public_result", "result_confirmation", "reinspection",
    }  # fmt: skip

    assert {one.start_event for one in deadline_rules() if one.id in loop_rules} <= types


@pytest.mark.parametrize(
    ("rule_id", "unit", "length", "is_law"),
    [
        ("public_result", DeadlineUnit.WORKING_DAY, 20, False),
        ("opinion_reply", DeadlineUnit.WORKING_DAY, 5, False),
        ("referral_decision", DeadlineUnit.DAY, 3, True),
        ("referral_transfer", DeadlineUnit.HOUR, 24, True),
        ("hearing_request", DeadlineUnit.WORKING_DAY, 5, True),
    ],
)
def test_terms_that_law_or_design_fix(rule_id: str, unit: DeadlineUnit, length: int, is_law: bool) -> None:
    found = deadline_rule(rule_id, date(2026, 11, 23))

    assert (found.unit, found.length, found.is_law) == (unit, length, is_law)


def test_a_rule_that_is_not_in_force_is_not_found() -> None:
    with pytest.raises(RecordNotFoundError):
        deadline_rule("public_result", date(2020, 1, 1))


def test_a_tenant_changes_our_default_but_never_a_statutory_term() -> None:
    assert deadline_rule("public_result", date(2026, 11, 23)).with_length(10).length == 10
    with pytest.raises(InvalidInputError):
        deadline_rule("public_result", date(2026, 11, 23)).with_length(0)
    with pytest.raises(InvalidInputError):
        deadline_rule("referral_transfer", date(2026, 11, 23)).with_length(48)


@pytest.mark.parametrize(
    "changes",
    [
        {"legal_basis": [{"status": "product_rule", "title": "行政处罚法", "article": "60"}]},
        {"legal_basis": [{"status": "verified", "title": "行政处罚法", "article": "60"}]},
        {
            "legal_basis": [{"status": "verified", "title": "行政处罚法", "article": "60", "text_date": "2021-01-22"}],
            "is_configurable": True,
        },
    ],
)
def test_a_product_rule_cannot_dress_as_law(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        rule("day", 1, **changes)


@pytest.mark.parametrize(
    ("basis", "citation"),
    [
        ({"status": "to_be_confirmed", "title": "消防法", "article": "16"}, "《消防法》第16条"),
        ({"status": "to_be_confirmed", "title": "消防法"}, "《消防法》"),
        ({"status": "product_rule", "note": "产品默认时限"}, ""),
    ],
)
def test_a_basis_is_cited_as_it_is_printed(basis, citation):
    assert DeadlineBasis.model_validate(basis).citation == citation
