"""The clock: settles what is overdue once, misses no hour, and touches nothing else."""

from datetime import timedelta

import pytest

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import PLATFORM
from chalicelib.services.plan import sweep_deadlines as sweeping
from chalicelib.services.plan.sweep_deadlines import sweep_deadlines
from chalicelib.workers import handlers
from tests.builders import NOW, TENANT
from tests.services.plan.test_collect_opinions import LEAD, SECOND, at_opinions, consent, onboard

HOUR = timedelta(hours=1)


@pytest.fixture
def store(store):
    onboard(store)
    return store


def deemed(store, plan):
    return [event for event in store.plans.history(TENANT, plan.ref) if event.type is EventType.OPINION_DEEMED]


def test_an_overdue_opinion_is_settled_once(store):
    plan = consent(store, at_opinions(store), LEAD)
    due = plan.task_of(SECOND).due_at

    assert sweep_deadlines(store, TENANT, NOW) == 0
    assert sweep_deadlines(store, TENANT, due) == 0, "the last millisecond still counts"
    assert sweep_deadlines(store, TENANT, due + timedelta(minutes=3)) == 1
    assert sweep_deadlines(store, TENANT, due + timedelta(minutes=8)) == 0

    settled = store.plans.get(TENANT, plan.id)
    assert settled.task_of(SECOND).state == "consent_deemed"
    assert settled.task_of(SECOND).approval is None
    assert [event.actor_id for event in deemed(store, plan)] == ["system:clock"]
    assert store.plans.due_within(TENANT, due) == [], "nothing is awaited: the bucket is empty"


def test_hours_that_nobody_swept_are_made_up_for(store):
    plan = at_opinions(store)
    due = plan.task_of(LEAD).due_at
    sweep_deadlines(store, TENANT, NOW)

    assert sweep_deadlines(store, TENANT, due + 60 * HOUR) == 1
    assert {task.state for task in store.plans.get(TENANT, plan.id).tasks} == {"consent_deemed"}


def test_a_plan_that_is_being_changed_is_left_to_the_next_sweep(store, monkeypatch):
    plan = at_opinions(store)
    late = plan.task_of(LEAD).due_at + 3 * HOUR

    def busy(*_args, **_more):
        raise ConflictError()

    with monkeypatch.context() as patch:
        patch.setattr(sweeping, "deem_opinions", busy)
        assert sweep_deadlines(store, TENANT, late) == 0

    assert sweep_deadlines(store, TENANT, late + HOUR) == 1


def test_an_answer_in_time_is_not_overruled(store):
    plan = consent(store, consent(store, at_opinions(store), LEAD), SECOND)

    assert sweep_deadlines(store, TENANT, plan.tasks[0].due_at + 24 * HOUR) == 0
    assert deemed(store, plan) == []


def test_the_tick_goes_through_every_tenant_of_the_directory(store):
    plan = at_opinions(store)

    handlers.sweep_deadlines(plan.task_of(LEAD).due_at + HOUR)

    assert len(deemed(store, plan)) == 1
    with bootstrap.scope(PLATFORM, ScopeRole.READER):
        assert [tenant.id for tenant in store.tenants.directory(PLATFORM)] == [TENANT]
