"""A year without a calendar: told of in time, and every clock that waited for it determined once it is published."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib import bootstrap
from chalicelib.domain.calendar import WorkingCalendar
from chalicelib.domain.calendar_alert import missing_years
from chalicelib.domain.event import EventType
from chalicelib.domain.finding import Finding
from chalicelib.domain.item import Severity
from chalicelib.domain.tenancy import PLATFORM, Role
from chalicelib.services.clock import determine_clocks as service
from chalicelib.services.clock.determine_clocks import determine_page, sweep_clocks
from chalicelib.services.plan import approve_plan as approval
from chalicelib.services.plan.cancel_plan import cancel_plan
from chalicelib.services.plan.collect_opinions import generate_tasks
from chalicelib.services.plan.sweep_deadlines import sweep_deadlines
from chalicelib.services.tenancy.missing_calendar import OPERATORS, note_missing_calendar
from chalicelib.services.tenancy.publish_calendar import propose_calendar, settle_calendar
from chalicelib.services.working_calendar import forget_calendars
from chalicelib.workers import handlers
from chalicelib.workers.reactions import react
from tests.builders import NOW, TENANT, act, actor
from tests.services.plan.test_collect_opinions import LEAD, PACKAGE, drafted, head, onboard
from tests.table_costs import metered

DAY = timedelta(days=1)
LATE_DECEMBER = datetime(2026, 12, 30, 2, tzinfo=UTC)
OPERATOR, SECOND = (actor(Role.PLATFORM_OPERATOR, tenant=PLATFORM, person_id=one) for one in ("one", "two"))
NEW_YEAR = {date(2027, 1, day): "元旦" for day in (1, 2, 3)} | {date(2027, 2, day): "春节" for day in range(6, 13)}


@pytest.fixture
def store(store):
    onboard(store)
    return store


def at(moment):
    return round((moment - NOW).total_seconds() / 60)


def publish(store, moment):
    """As the two operators do it; then what the stream and the queue do with it."""
    with bootstrap.scope(PLATFORM):
        proposal = propose_calendar(
            store, PLATFORM, act(OPERATOR, minutes=at(moment)), year=2027, holidays=NEW_YEAR, make_up_days={},
            source="示例通知〔2026〕9号", link="", published_on=date(2026, 11, 20),
        )  # fmt: skip
        asked = act(SECOND, minutes=at(moment))
        settle_calendar(store, PLATFORM, asked, proposal_id=proposal.id, is_confirmed=True)
        event = store.told(PLATFORM, asked)
    for _ in range(2):
        react(event)
    with bootstrap.scope(PLATFORM):
        history = store.jobs.recent(PLATFORM).records
    return [one for one in history if one.name == "determine_clocks"]


def opinions_in_late_december(store):
    plan = approval.submit_plan(store, TENANT, act(), plan_id=drafted(store).id)
    plan = approval.approve_plan(store, TENANT, act(head(LEAD)), plan_id=plan.id, package=PACKAGE)
    return generate_tasks(store, TENANT, act(minutes=at(LATE_DECEMBER)), plan_id=plan.id)


def test_an_opinion_asked_for_at_the_end_of_december_is_settled_once_the_year_is_known(store):
    plan = opinions_in_late_december(store)
    assert plan.is_due_undetermined
    assert [task.due_at for task in plan.tasks] == [None, None]
    for day in range(3):
        assert sweep_deadlines(store, TENANT, LATE_DECEMBER + day * DAY) == 0

    published = LATE_DECEMBER + 4 * DAY
    (job,) = publish(store, published)
    handlers.run_job_message(f'{{"tenant": "{PLATFORM}", "job_id": "{job.id}"}}')

    counted = store.plans.get(TENANT, plan.id)
    # 31 December, then 4 to 7 January: the days of the New Year are off.
    assert counted.task_of(LEAD).due_at.date() == counted.due_at.date() == date(2027, 1, 7)
    assert not counted.awaits_calendar
    assert store.awaiting_calendar(TENANT) == ([], None)
    told = [one for one in store.plans.history(TENANT, plan.ref) if one.type is EventType.DEADLINE_DETERMINED]
    assert [set(one.data["tasks"]) for one in told] == [{one.acting_body_id for one in plan.tasks}]
    assert {one.due_at for one in store.todos.children(TENANT, plan.ref)} == {counted.due_at}

    settled = sum(sweep_deadlines(store, TENANT, LATE_DECEMBER + day * DAY) for day in range(4, 80))
    assert settled == 1
    assert {one.state for one in store.plans.get(TENANT, plan.id).tasks} == {"consent_deemed"}


def test_a_term_that_was_over_when_its_year_came_is_settled_at_once(store, monkeypatch):
    plan = opinions_in_late_december(store)
    sweep_deadlines(store, TENANT, LATE_DECEMBER + 60 * DAY)
    (job,) = publish(store, LATE_DECEMBER + 60 * DAY)
    monkeypatch.setattr(bootstrap, "clock", lambda: lambda: LATE_DECEMBER + 60 * DAY)
    handlers.run_job_message(f'{{"tenant": "{PLATFORM}", "job_id": "{job.id}"}}')

    assert {one.state for one in store.plans.get(TENANT, plan.id).tasks} == {"consent_deemed"}


def test_what_is_still_unknown_or_moved_on_is_left_as_it_is(store):
    plan = opinions_in_late_december(store)
    assert determine_page(store, TENANT, LATE_DECEMBER, []) == (0, None)
    assert [one.ref for one in store.awaiting_calendar(TENANT)[0]] == [plan.ref]

    cancel_plan(store, TENANT, act(minutes=at(LATE_DECEMBER)), plan_id=plan.id, reason="并入另一计划")
    assert determine_page(store, TENANT, LATE_DECEMBER, []) == (0, None)
    assert store.awaiting_calendar(TENANT) == ([], None), "nothing waits any more"


def handed_in(store, **more):
    """A rectification of late December, whose reinspection has no term yet."""
    finding = Finding.model_validate(
        more
        | {
            "visit_id": "v", "plan_id": "p", "scenario": "refined_oil", "scenario_version": "1", "subject_id": "s",
            "subject_name": "甲", "division": "450102000000", "acting_body_id": LEAD, "acting_body_label": "商务局",
            "department": "commerce", "item_id": "i", "title": "t", "severity": Severity.MINOR,
            "found_on": "2026-12-20",
            "remedy_due_on": "2026-12-29", "due_at": LATE_DECEMBER, "state": "rectification_submitted",
            "is_due_undetermined": True,
            "rectifications": [
                {"submitted_by": "u", "submitted_at": LATE_DECEMBER, "text": "已改", "evidence": [_photo()]}
            ],
        }
    )  # fmt: skip
    with store.change(TENANT, act()) as change:
        change.save(finding)
        change.event(EventType.RECTIFICATION_SUBMITTED, finding)
    return finding


def test_a_reinspection_whose_term_was_unknown_gets_it_from_the_day_of_the_report(store):
    finding = handed_in(store)
    publish(store, LATE_DECEMBER + 3 * DAY)
    forget_calendars()

    assert sweep_clocks(store, TENANT, LATE_DECEMBER + 3 * DAY) == 1
    found = store.findings.get(TENANT, finding.id)
    assert (found.due_at.date(), found.is_due_undetermined) == (date(2027, 1, 14), False)
    assert sweep_clocks(store, TENANT, LATE_DECEMBER + 3 * DAY) == 0


def test_clocks_of_records_with_long_identifiers_are_acts_of_their_own(store):
    for last in "ab":
        handed_in(store, id="f" * 75 + last)
    publish(store, LATE_DECEMBER + 3 * DAY)

    assert sweep_clocks(store, TENANT, LATE_DECEMBER + 3 * DAY) == 2


def waiting(store, monkeypatch, number):
    """So many reinspections whose term is unknown though its year is; a tick of the clock looks at one."""
    findings = [handed_in(store, id=f"{'f' * 25}{one}") for one in range(number)]
    publish(store, LATE_DECEMBER + 3 * DAY)
    forget_calendars()
    monkeypatch.setattr(service, "PAGE", 1)
    monkeypatch.setattr(service, "MOST_A_TICK", 1)
    return findings


def test_what_one_tick_cannot_look_at_the_next_does_and_the_day_ends(store, monkeypatch):
    *still, last = waiting(store, monkeypatch, 3)
    really = service._determined
    known = lambda *given: really(*given) if given[-1].id == last.id else given[-1]  # noqa: E731
    monkeypatch.setattr(service, "_determined", known)

    assert [sweep_clocks(store, TENANT, LATE_DECEMBER + 3 * DAY) for _ in range(5)].count(1) == 1
    assert not store.findings.get(TENANT, last.id).is_due_undetermined
    with metered(store) as cost:
        assert sweep_clocks(store, TENANT, LATE_DECEMBER + 3 * DAY) == 0
    assert cost.calls == 1

    monkeypatch.setattr(service, "_determined", really)
    assert sum(sweep_clocks(store, TENANT, LATE_DECEMBER + 4 * DAY) for _ in range(4)) == len(still)


def test_a_record_that_fails_keeps_no_other_waiting_and_is_tried_once_a_day(store, monkeypatch):
    failing, *others = waiting(store, monkeypatch, 3)
    really, tried = service._determined, []

    def fail(*given):
        tried.append(given[-1].id)
        if given[-1].id == failing.id:
            raise KeyError("what nobody foresaw")
        return really(*given)

    monkeypatch.setattr(service, "_determined", fail)
    found = []
    for _ in range(6):
        try:
            found.append(sweep_clocks(store, TENANT, LATE_DECEMBER + 3 * DAY))
        except KeyError:
            found.append("failed")

    assert (found.count("failed"), found.count(1), tried.count(failing.id)) == (1, 2, 1)
    assert not any(store.findings.get(TENANT, one.id).is_due_undetermined for one in others)
    monkeypatch.undo()
    assert sweep_clocks(store, TENANT, LATE_DECEMBER + 4 * DAY) == 1


def _photo():
    return {"sha256": "a" * 64, "object_key": "t/x", "content_type": "image/jpeg", "taken_at": LATE_DECEMBER, "size": 1}


def test_from_november_on_the_operators_are_told_of_a_year_without_a_calendar(store):
    calendar = WorkingCalendar()
    assert missing_years(calendar, date(2026, 10, 31)) == []
    assert missing_years(calendar, date(2026, 11, 1)) == [2027]
    assert missing_years(calendar, date(2027, 1, 1)) == [2027]

    with bootstrap.scope(PLATFORM):
        assert [note_missing_calendar(store, NOW), note_missing_calendar(store, NOW)] == [1, 0]
        (waiting,) = store.todos.of_owner(PLATFORM, OPERATORS).records
        assert (waiting.topic, waiting.title) == ("calendar_missing", "2027")
    publish(store, LATE_DECEMBER)
    with bootstrap.scope(PLATFORM):
        assert store.todos.of_owner(PLATFORM, OPERATORS).records == []
        assert note_missing_calendar(store, LATE_DECEMBER) == 0
