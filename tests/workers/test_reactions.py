"""What follows from an event: under the tenant's scope, once, however often the event is delivered."""

import pytest

from chalicelib import bootstrap
from chalicelib.domain.errors import TenantRequiredError
from chalicelib.domain.event import EventType
from chalicelib.services.finding.record_reinspection import record_reinspection
from chalicelib.storage.scope import current_scope
from chalicelib.workers.reactions import REACTIONS, react
from tests.builders import NOW, TENANT, act
from tests.cloud import moto_cloud
from tests.resulting import concluded_visit, confirmed, last_event, published
from tests.visiting import SCENARIO, SUBJECT_ID, WEATHER, officer


@pytest.fixture
def store():
    with moto_cloud():
        bootstrap.set_clock(lambda: NOW)
        yield bootstrap.store()


def deliver(event, times=2):
    for _ in range(times):
        react(event)


def evaluations(store):
    return [
        event
        for event in store.subjects.history(TENANT, store.subjects.get(TENANT, SUBJECT_ID).ref)
        if event.type is EventType.SUBJECT_EVALUATED
    ]


def test_the_path_from_a_concluded_visit_to_a_new_grade_runs_by_events(store):
    with bootstrap.scope(TENANT):
        visit = concluded_visit(store)
        concluded = last_event(store, visit, EventType.VISIT_CONCLUDED)
    deliver(concluded)
    with bootstrap.scope(TENANT):
        result = store.results.get(TENANT, visit.id)
        assert result.version == 1
        prepared_by = last_event(store, result, EventType.RESULT_PREPARED).actor_id
        assert prepared_by == "system:prepare_result"
        result = published(store, visit)
        event = last_event(store, result, EventType.RESULT_PUBLISHED)
    deliver(event, 3)
    with bootstrap.scope(TENANT):
        assert len(evaluations(store)) == 1
        evaluation = store.evaluations.of_subject(TENANT, SUBJECT_ID)[0]
        assert (evaluation.id, evaluation.cause, evaluation.earlier) == (SCENARIO, "result_published", [])
        finding = store.findings.of_subject(TENANT, SUBJECT_ID)[0]
        passed = record_reinspection(
            store, TENANT, act(officer(WEATHER), minutes=200), finding_id=finding.id, is_passed=True, text="合格"
        )
        event = last_event(store, passed, EventType.REINSPECTION_RECORDED)
    deliver(event)
    with bootstrap.scope(TENANT):
        assert store.public_results.get(TENANT, visit.id).is_rectified
        assert len(evaluations(store)) == 2
        after = store.evaluations.of_subject(TENANT, SUBJECT_ID)[0]
        assert after.result.risk_points < evaluation.result.risk_points


def test_a_reinspection_before_the_result_is_there_only_evaluates(store):
    with bootstrap.scope(TENANT):
        visit = concluded_visit(store)
        finding = store.findings.of_visit(TENANT, visit.plan_id, visit.id)[0]
        passed = record_reinspection(
            store, TENANT, act(officer(WEATHER), minutes=200), finding_id=finding.id, is_passed=True, text="合格"
        )
        event = last_event(store, passed, EventType.REINSPECTION_RECORDED)
    deliver(event)
    with bootstrap.scope(TENANT):
        assert store.results.find(TENANT, visit.id) is None
        assert len(evaluations(store)) == 1
        assert confirmed(store, visit).findings[0].is_rectified


def test_no_scope_is_left_behind(store):
    with bootstrap.scope(TENANT):
        visit = concluded_visit(store, bad=())
        event = last_event(store, visit, EventType.VISIT_CONCLUDED)

    react(event)

    with pytest.raises(TenantRequiredError):
        current_scope()


def test_every_reaction_has_a_name_of_its_own_per_event():
    assert all(names for names in REACTIONS.values())
    assert set(REACTIONS) <= set(EventType)
