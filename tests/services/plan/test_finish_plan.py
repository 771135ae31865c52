"""The end of a plan: not before everything is settled, closed, public and evaluated."""

from datetime import timedelta

import pytest

from chalicelib.domain.errors import IllegalTransitionError, InvalidInputError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import Role
from chalicelib.services.plan.finish_plan import (
    close_plan,
    complete_disposition,
    return_to_disposition,
    tally_plan,
)
from chalicelib.services.visit.cancel_visit import cancel_visit
from tests.builders import TENANT, act, actor
from tests.visiting import plan as plan_of_two_bodies
from tests.visiting import scheduled_visit


def set_state(store, record, **changes):
    changed = record.with_changes(**changes)
    with store.change(TENANT, act()) as change:
        change.save(changed)
        change.event(EventType.PLAN_CHANGED, changed)
    return changed


@pytest.fixture
def case(store):
    """A plan in disposition with one scheduled visit."""
    plan = plan_of_two_bodies()
    plan = plan.with_changes(tasks=[task.model_copy(update={"state": "disposing"}) for task in plan.tasks])
    visit = scheduled_visit(store, plan)
    return store, store.plans.get(TENANT, plan.id), visit


def missing(step, *args, **values):
    with pytest.raises(IllegalTransitionError) as raised:
        step(*args, **values)
    return raised.value.details["missing"]


def test_disposition_waits_for_every_visit(case):
    store, plan, visit = case
    assert missing(complete_disposition, store, TENANT, act(), plan_id=plan.id) == ["every_visit_is_settled"]

    cancel_visit(store, TENANT, act(), visit_id=visit.id, reason="对象已注销")
    plan = complete_disposition(store, TENANT, act(), plan_id=plan.id)

    assert plan.state == "closing"
    assert {task.state for task in plan.tasks} == {"completed"}
    assert close_plan(store, TENANT, act(), plan_id=plan.id).state == "closed"
    assert store.todos.of_owner(TENANT, "role.coordinator").records == []


def test_closing_waits_for_publication_and_evaluation(case):
    store, plan, visit = case
    at = act().at + timedelta(hours=1)
    set_state(store, visit, state="confirmed", concluded_at=at, result_id=visit.id)
    plan = complete_disposition(store, TENANT, act(), plan_id=plan.id)

    tally = tally_plan(store, TENANT, plan)
    assert (tally.concluded, tally.published, tally.evaluated, tally.is_told) == (1, 0, 0, False)
    assert missing(close_plan, store, TENANT, act(), plan_id=plan.id) == [
        "every_result_is_published",
        "every_subject_is_evaluated",
    ]


def test_back_to_the_departments_only_with_a_reason(case):
    store, plan, visit = case
    cancel_visit(store, TENANT, act(), visit_id=visit.id, reason="对象已注销")
    complete_disposition(store, TENANT, act(), plan_id=plan.id)

    with pytest.raises(InvalidInputError):
        return_to_disposition(store, TENANT, act(), plan_id=plan.id, reason=" ")
    assert return_to_disposition(store, TENANT, act(), plan_id=plan.id, reason="漏查一家").state == "disposition"
    with pytest.raises(NotAllowedError):
        complete_disposition(store, TENANT, act(actor(Role.EVALUATOR)), plan_id=plan.id)
