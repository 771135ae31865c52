"""What follows from an event follows once, in the tenant's scope, however often the event is delivered."""

import pytest

from chalicelib import bootstrap
from chalicelib.contract.registry import registry
from chalicelib.domain.event import EventType
from chalicelib.domain.inspection_result import InspectionResult
from chalicelib.domain.job import Job
from chalicelib.domain.served_scenario import VisitScenario
from chalicelib.domain.subject import Subject, SubjectKind
from chalicelib.domain.tenancy import Role
from chalicelib.services.evaluation.evaluate_imported import IMPORT
from chalicelib.services.register.register_subject import change_subject
from chalicelib.storage.scope import Scope, ScopeRole, current_scope
from chalicelib.workers import reactions
from tests.builders import NOW, TENANT, act, actor
from tests.resulting import concluded_visit, published, station
from tests.visiting import SCENARIO, SUBJECT_ID, save


@pytest.fixture
def visit(store):
    with bootstrap.scope(TENANT):
        return concluded_visit(store)


def history(store, record, type):
    with bootstrap.scope(TENANT):
        return [event for event in store.visits.history(TENANT, record) if event.type is type]


def result_of(store, visit) -> InspectionResult:
    with bootstrap.scope(TENANT):
        return store.results.get(TENANT, visit.id)


def test_a_concluded_visit_prepares_its_result_once(store, delivery, visit):
    assert delivery.stream(only="visit_concluded") == []
    assert delivery.stream(only="visit_concluded") == []

    prepared = history(store, result_of(store, visit).ref, EventType.RESULT_PREPARED)
    assert [event.actor_id for event in prepared] == ["system:prepare_result"]
    assert prepared[0].key.endswith(".prepare_result")


def test_a_published_result_evaluates_its_subject_once_in_every_scenario_that_the_visit_served(store, delivery, visit):
    card = VisitScenario(scenario="prepaid_card", scenario_version=registry().get("prepaid_card").version)
    with bootstrap.scope(TENANT):
        subject = store.subjects.get(TENANT, SUBJECT_ID).joined("prepaid_card", {"trade": "retail"})
        save(store, subject, visit.with_changes(also_serves=[card]))
        published(store, visit)

    assert delivery.stream(only="result_published") == []
    assert delivery.stream(only="result_published") == []

    with bootstrap.scope(TENANT):
        evaluations = {one.id: one.version for one in store.evaluations.of_subject(TENANT, SUBJECT_ID)}
    assert evaluations == {SCENARIO: 1, "prepaid_card": 1}


def test_a_building_of_grade_d_is_red_as_soon_as_the_register_says_so_until_it_is_appraised_anew(store, delivery):
    housing, clerk = "self_built_housing", actor(Role.COORDINATOR)
    grade = {"appraisal_grade": "d", "appraisal_body": "示例鉴定公司", "appraised_on": "2026-05-06"}

    def level(told, minutes):
        with bootstrap.scope(TENANT):
            held = store.subjects.get(TENANT, made.id)
            changes = {"memberships": held.joined(housing, held.attributes(housing) | told).memberships}
            change_subject(store, TENANT, act(clerk, minutes=minutes), subject_id=made.id, changes=changes)
        assert delivery.stream(only="subject_changed") == []
        with bootstrap.scope(TENANT):
            return [one.result.risk_level.value for one in store.evaluations.of_subject(TENANT, made.id)]

    with bootstrap.scope(TENANT):
        made = Subject(kind=SubjectKind.BUILDING, name="示例巷3号", division="450105000000").joined(housing, {})
        save(store, made)
    assert level({"is_commercial": True}, 1) == []
    assert level(grade | {"is_use_stopped": False}, 2) == ["high"]
    assert level({"is_use_stopped": True}, 3) == ["high"]
    assert level({"appraisal_grade": "c"}, 4) != ["high"]


def test_an_import_that_ended_is_followed_by_one_job_that_evaluates(store, delivery):
    values = {"scenario": "self_built_housing", "is_trial": False}
    imports = [Job(name=name, values=values, requested_by=actor(), requested_at=NOW) for name in (IMPORT, "other_work")]
    with bootstrap.scope(TENANT):
        for job in imports:
            with store.change(TENANT, act()) as change:
                change.save(job)
                change.event(EventType.JOB_FINISHED, job)

    assert delivery.stream(only="job_finished") == []
    assert delivery.stream(only="job_finished") == []

    with bootstrap.scope(TENANT):
        asked = [one for one in store.jobs.recent(TENANT).records if one.id not in {job.id for job in imports}]
    assert [(one.name, one.values["import_id"]) for one in asked] == [("evaluate_imported", imports[0].id)]


def test_a_reaction_that_fails_is_delivered_again_and_does_not_hold_its_leaf_up(store, delivery, monkeypatch):
    def fail(*_):
        raise RuntimeError("broken")

    with bootstrap.scope(TENANT), store.change(TENANT, act()) as change:
        change.save(station())
        change.event(EventType.VISIT_CONCLUDED, station())
    monkeypatch.setitem(reactions.REACTIONS, EventType.VISIT_CONCLUDED, {"fail": fail})

    assert len(delivery.stream(only="visit_concluded")) == 1

    assert len(delivery.leaves()) == 1


def test_every_reaction_runs_in_the_scope_of_its_event_with_a_key_of_its_own(store, delivery, monkeypatch):
    seen = []

    def look(store, event, act):
        seen.append((current_scope(), act.actor.person_id, act.key == f"{event.id}.{act.actor.name}"))

    monkeypatch.setitem(reactions.REACTIONS, EventType.TENANT_ONBOARDED, {"first": look, "second": look})
    with bootstrap.scope(TENANT):
        save(store, station())

    delivery.stream()

    scope = Scope(TENANT, ScopeRole.TENANT)
    assert seen == [(scope, "system:first", True), (scope, "system:second", True)]
