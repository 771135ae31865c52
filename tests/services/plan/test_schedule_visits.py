"""From a draw to dates: who is visited when, who is not and why, what a killed job leaves behind."""

from collections import Counter
from datetime import date

import pytest

from chalicelib.domain.calendar import WorkingCalendar
from chalicelib.domain.errors import (
    ConflictError,
    IllegalTransitionError,
    InvalidInputError,
    NotAllowedError,
)
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.subject import Subject
from chalicelib.services.plan import schedule_visits as scheduling
from chalicelib.services.plan.schedule_visits import request_schedule
from chalicelib.services.register.leave_scenario import open_matters
from chalicelib.services.visit.create_visit import create_visit
from chalicelib.storage import keys
from chalicelib.storage.errors import StorageUnavailableError
from tests.services.draw.case import COMMERCE, TENANT, City

FIRST_ON = date(2026, 12, 1)


@pytest.fixture
def city(store) -> City:
    city = City(store)
    city.drawn()
    return city


def ask(city: City, **changes: object) -> Job:
    values = {"plan_id": city.plan_id, "first_on": FIRST_ON, "visits_per_day": 1} | changes
    return request_schedule(city.store, TENANT, city.act(), **values)  # type: ignore[arg-type]


def use_up_cap(city: City, subject_id: str) -> None:
    """One visit by the commerce bureau is on record and one is allowed."""
    draw = city.store.draws.get(TENANT, city.plan.draw_id or "")
    with city.store.change(TENANT, city.act()) as change:
        change.save(draw.with_changes(annual_caps={"body-commerce": 1}))
        change.count(keys.annual_cap(TENANT, subject_id, "body-commerce", 2026), name="annual_cap")
        change.event(EventType.DRAW_OPENED, draw)


def test_every_drawn_subject_gets_a_working_day_and_the_plan_goes_on(city):
    drawn = city.store.draws.get(TENANT, city.plan.draw_id).drawn_count
    assert [todo.topic for todo in city.store.todos.of_owner(TENANT, "role.coordinator").records] == [
        "visits_to_schedule"
    ]

    job = city.run(ask(city))

    assert (job.state, job.progress, job.total) == (JobState.DONE, drawn, drawn)
    assert job.result == {"plan_id": city.plan_id, "visits": drawn, "skipped": [], "is_complete": True}
    visits = city.store.visits.of_plan(TENANT, city.plan_id)
    assert [visit.order for visit in visits] == list(range(1, drawn + 1))
    calendar = WorkingCalendar()
    assert all(FIRST_ON <= visit.scheduled_on <= date(2026, 12, 25) for visit in visits)
    assert all(calendar.is_working_day(visit.scheduled_on) and visit.scheduled_at for visit in visits)
    assert max(visit.scheduled_on for visit in visits) > date(2026, 12, 15), "spread over the period"
    engaged = Counter((member.person_id, visit.scheduled_on) for visit in visits for member in visit.team)
    assert max(engaged.values()) == 1
    assert (city.plan.state, city.plan.visit_count) == ("disposition", drawn)
    assert {task.state for task in city.plan.tasks} == {"disposing"}
    assert city.plan.due_rule == "department_disposition"


def test_nobody_leaves_the_scenario_between_draw_and_visit(city):
    first = scheduling.drawn_subjects(city.store, TENANT, city.plan.draw_id)[0].subject
    subject = Subject(id=first.subject_id, name=first.name, kind="premises", division=first.division)

    def counted():
        return open_matters(city.store, TENANT, subject, city.plan.scenario).counts

    assert counted() == {"disposals": 0, "findings": 0, "visits": 0, "drawn": 1}
    city.run(ask(city))
    assert counted() == {"disposals": 0, "findings": 0, "visits": 1, "drawn": 0}


def test_a_used_up_cap_leaves_a_subject_out_and_says_so(city):
    first = scheduling.drawn_subjects(city.store, TENANT, city.plan.draw_id)[0].subject
    use_up_cap(city, first.subject_id)

    job = city.run(ask(city))

    assert [(one["subject_id"], one["reason"]) for one in job.result["skipped"]] == [
        (first.subject_id, "annual_cap_reached")
    ]
    assert job.result["is_complete"]
    event = next(e for e in city.store.plans.history(TENANT, city.plan.ref) if e.type is EventType.VISITS_SCHEDULED)
    assert event.data["skipped"] == {first.subject_id: "annual_cap_reached"}
    assert first.subject_id not in {v.subject.subject_id for v in city.store.visits.of_plan(TENANT, city.plan_id)}


def registered(city: City, order: int = 0, **changes: object) -> Subject:
    """What was drawn at this place, as the register has it now."""
    drawn = scheduling.drawn_subjects(city.store, TENANT, city.plan.draw_id or "")[order].subject
    kept = {"id": drawn.subject_id, "name": drawn.name, "kind": "premises", "division": drawn.division}
    subject = Subject.model_validate(kept | changes)
    with city.store.change(TENANT, city.act()) as change:
        change.save(subject)
        change.event(EventType.SUBJECT_CHANGED, subject)
    return subject


@pytest.mark.parametrize("order", [0, 1])
def test_who_left_the_scenario_after_the_freeze_is_named_and_waits_for_a_decision_or_comes_back(city, order):
    subject = registered(city, order)
    asked = {"tank_count": 3}

    waiting = city.run(ask(city))

    assert [(one["subject_id"], one["reason"]) for one in waiting.result["skipped"]] == [(subject.id, "left_scenario")]
    assert (waiting.result["is_complete"], city.plan.state) == (False, "drawn")

    with city.store.change(TENANT, city.act()) as change:
        change.save(city.store.subjects.get(TENANT, subject.id).joined("refined_oil", asked))
        change.event(EventType.SUBJECT_CHANGED, subject)
    assert city.run(ask(city)).result["skipped"] == []
    visits = {one.subject.subject_id: one for one in city.store.visits.of_plan(TENANT, city.plan_id)}
    assert visits[subject.id].subject.attributes == asked


def test_who_is_closed_or_gone_by_then_is_left_out_only_with_a_reason(city):
    member = {"memberships": [{"scenario": "refined_oil"}]}
    closed = registered(city, 0, status="closed", **member)
    gone = registered(city, 1, status="handed_over", **member)
    draw = city.store.draws.get(TENANT, city.plan.draw_id)

    assert not city.run(ask(city)).result["is_complete"]
    done = city.run(ask(city, leave_out_reason="已经不在本市经营"))

    assert done.result["is_complete"]
    assert {one["reason"] for one in done.result["skipped"]} == {"closed_or_moved"}
    event = next(e for e in city.store.plans.history(TENANT, city.plan.ref) if e.type is EventType.VISITS_SCHEDULED)
    assert event.data["skipped"] == dict.fromkeys([closed.id, gone.id], "closed_or_moved")
    assert city.store.draws.get(TENANT, city.plan.draw_id) == draw


@pytest.mark.parametrize(("merged", "survivor"), [(0, 1), (1, 0)])
def test_two_that_were_drawn_and_merged_are_one_visit_with_what_the_survivor_tells(city, merged, survivor):
    told = {"memberships": [{"scenario": "refined_oil", "attributes": {"tank_count": 3}}]}
    drawn = [one.subject.subject_id for one in scheduling.drawn_subjects(city.store, TENANT, city.plan.draw_id)]
    registered(city, merged, status="merged", merged_into=drawn[survivor])
    registered(city, survivor, absorbed=(drawn[merged],), **told)

    done = city.run(ask(city))

    assert [(one["subject_id"], one["reason"]) for one in done.result["skipped"]] == [(drawn[1], "merged_with_drawn")]
    assert done.result["is_complete"], "no decision is needed: it is visited"
    visits = {one.subject.subject_id: one for one in city.store.visits.of_plan(TENANT, city.plan_id)}
    assert visits[drawn[0]].subject.attributes == {"tank_count": 3}


def test_without_room_the_plan_waits_until_somebody_decides(city):
    with city.store.change(TENANT, city.act()) as change:
        change.save(city.plan.with_changes(period_to=FIRST_ON))
        change.event(EventType.PLAN_CHANGED, city.plan)

    waiting = city.run(ask(city))

    assert waiting.state is JobState.DONE
    assert not waiting.result["is_complete"]
    assert {one["reason"] for one in waiting.result["skipped"]} == {"no_room_in_period"}
    assert city.plan.state == "drawn"
    made = {visit.id for visit in city.store.visits.of_plan(TENANT, city.plan_id)}

    decided = city.run(ask(city, leave_out_reason="本期人员不足，转下期"))

    assert decided.result["is_complete"]
    assert {visit.id for visit in city.store.visits.of_plan(TENANT, city.plan_id)} == made
    assert city.plan.state == "disposition"
    event = next(e for e in city.store.plans.history(TENANT, city.plan.ref) if e.type is EventType.VISITS_SCHEDULED)
    assert event.data["leave_out_reason"] == "本期人员不足，转下期"


@pytest.mark.parametrize("killed_after", [0, 1, 3])
def test_a_killed_job_converges(city, monkeypatch, killed_after):
    calls = Counter()

    def dying(*args, **kwargs):
        calls["n"] += 1
        if calls["n"] > killed_after:
            raise StorageUnavailableError(cause="killed")
        return create_visit(*args, **kwargs)

    job = ask(city)
    monkeypatch.setattr(scheduling, "create_visit", dying)
    with pytest.raises(StorageUnavailableError):
        city.run(job)
    monkeypatch.setattr(scheduling, "create_visit", create_visit)

    finished = city.run(job)
    again = scheduling.schedule_visits(
        city.store, TENANT, city.act(key=job.id), city.store.jobs.get(TENANT, job.id), lambda done, total: None
    )

    visits = city.store.visits.of_plan(TENANT, city.plan_id)
    assert finished.state is JobState.DONE
    assert again == finished.result
    assert len(visits) == len({visit.subject.subject_id for visit in visits}) == finished.result["visits"]
    assert city.plan.state == "disposition"


def test_who_may_ask_and_with_what(city):
    with pytest.raises(NotAllowedError):
        request_schedule(
            city.store, TENANT, city.act(COMMERCE), plan_id=city.plan_id, first_on=FIRST_ON, visits_per_day=1
        )
    for changes, field, code in (
        ({"first_on": date(2026, 11, 1)}, "first_on", "date_in_past"),
        ({"first_on": date(2026, 12, 26)}, "first_on", "outside_period"),
        ({"visits_per_day": 9}, "visits_per_day", "out_of_range"),
    ):
        with pytest.raises(InvalidInputError) as raised:
            ask(city, **changes)
        assert [(p.field, p.code) for p in raised.value.problems] == [(field, code)]
    ask(city)
    with pytest.raises(ConflictError):
        ask(city)


def test_nothing_is_scheduled_before_the_draw(store):
    with pytest.raises(IllegalTransitionError):
        ask(City(store))
