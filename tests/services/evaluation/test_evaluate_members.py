"""Local changes that are published, and a package's new version, are followed by the evaluations they bear on."""

from datetime import timedelta

import pytest

from chalicelib.contract.registry import registry
from chalicelib.domain.job import JobState
from chalicelib.domain.overlay import OverlayState, ScenarioOverlay, SetLabel, SetThresholds, overlay_id
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import Subject, SubjectKind
from chalicelib.domain.subject_evaluation import RULES_MOVED
from chalicelib.domain.tenancy import PLATFORM, Role, Tenant, TenantKind
from chalicelib.services.evaluation import evaluate_in_parts
from chalicelib.services.evaluation import evaluate_members as service
from chalicelib.services.evaluation.evaluate_subject import evaluate_subject
from chalicelib.services.jobs.run_job import run_job
from chalicelib.services.scenario.problems import PackageChangedError
from chalicelib.services.tenancy.onboard_tenant import Roster, onboard_tenant
from tests.builders import NOW, TENANT, act, actor
from tests.table_costs import metered
from tests.visiting import save

HOUSE = "self_built_housing"
DAY = timedelta(days=1)
WORDS = SetLabel(key="manifest.label", text="本市自建房")


@pytest.fixture
def store(store):
    tenant = Tenant(id=TENANT, label="甲市", kind=TenantKind.CITY, divisions=["450100000000"], scenarios=[HOUSE])
    operator = actor(Role.PLATFORM_OPERATOR, tenant=PLATFORM)
    onboard_tenant(store, PLATFORM, act(operator), tenant=tenant, roster=Roster())
    return store


def own_thresholds(over=0):
    known = next(one for one in registry().get(HOUSE).evaluation.indicators if one.is_configurable)
    first = known.thresholds[0]
    ours = first.model_copy(update={"above": (first.above or 0) + 1 + over})
    return SetThresholds(indicator_id=known.id, thresholds=(ours,))


def in_force(store, number, *changes):
    overlay = ScenarioOverlay(
        id=overlay_id(HOUSE, number),
        scenario=HOUSE,
        number=number,
        base_version=registry().get(HOUSE).version,
        changes=changes,
        state=OverlayState.PUBLISHED,
        edited_by="first",
        edited_at=NOW,
    )
    save(store, overlay)


def building(store, number, is_evaluated=True):
    subject = Subject(kind=SubjectKind.BUILDING, name=f"示例巷{number}号", division="450105000000").joined(HOUSE, {})
    save(store, subject, ScenarioMember.of(subject, HOUSE))
    if is_evaluated:
        evaluate_subject(store, TENANT, act(), subject_id=subject.id, scenario=HOUSE, cause="subject_registered")
    return subject


def evaluation(store, subject):
    return store.evaluations.find_child(TENANT, subject.ref, HOUSE)


def run(store, job, clock=lambda: NOW, stop_at=None):
    return run_job(store, TENANT, job.id, lambda name: service.evaluate_members, clock, stop_at=stop_at)


def behind(store, subject):
    now = store.subjects.get(TENANT, subject.id)
    return service.has_older_rules(store, TENANT, evaluation(store, subject), now)


def test_published_thresholds_are_followed_by_whoever_was_evaluated_before(store):
    old, other = building(store, 1), building(store, 2)
    silent, left = building(store, 3, is_evaluated=False), building(store, 4)
    save(store, store.subjects.get(TENANT, left.id).without(frozenset({HOUSE})))
    in_force(store, 1, own_thresholds())
    assert behind(store, old) and not behind(store, left)

    (job,) = service.follow_rules(store, TENANT, act(key="published"))
    evaluate_subject(store, TENANT, act(), subject_id=other.id, scenario=HOUSE, cause="finding_closed")
    done = run(store, job)

    assert (done.state, done.result, done.values["scenario"]) == (JobState.DONE, {"evaluated": 2}, HOUSE)
    assert not behind(store, old)
    assert [evaluation(store, one).cause for one in (old, other)] == [RULES_MOVED, "finding_closed"]
    assert evaluation(store, silent) is None


def test_words_ask_for_nothing_and_what_was_followed_once_is_not_followed_again(store):
    subject = building(store, 1)
    assert service.follow_rules(store, TENANT, act()) == []
    in_force(store, 1, WORDS)
    assert service.follow_rules(store, TENANT, act()) == [] and not behind(store, subject)

    in_force(store, 2, WORDS, own_thresholds())
    assert len(service.follow_rules(store, TENANT, act())) == 1
    assert service.follow_rules(store, TENANT, act()) == []
    in_force(store, 3, own_thresholds())
    assert service.follow_rules(store, TENANT, act()) == []
    in_force(store, 4)
    assert len(service.follow_rules(store, TENANT, act())) == 1


def test_the_clock_notices_a_package_in_a_new_version_once_and_looks_once_a_day(store, monkeypatch):
    subject = building(store, 1)
    assert service.sweep_rules(store, TENANT, NOW) == 0
    package = registry().get(HOUSE)
    newer = package.replacing(manifest=package.manifest.model_copy(update={"version": "99.0.0"}))
    monkeypatch.setitem(registry()._scenarios, HOUSE, newer)

    assert behind(store, subject)
    assert [service.sweep_rules(store, TENANT, NOW + one * DAY) for one in (0, 1, 1, 2)] == [0, 1, 0, 0]

    (job,) = store.jobs.recent(TENANT).records
    assert run(store, job).result == {"evaluated": 1}
    assert evaluation(store, subject).scenario_version == "99.0.0" and not behind(store, subject)
    assert service.sweep_rules(store, TENANT, NOW + 3 * DAY) == 0


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.CANCELLED])
def test_a_job_that_failed_or_was_cancelled_has_followed_nothing_and_is_asked_for_again(store, state):
    subject = building(store, 1)
    in_force(store, 1, own_thresholds())
    (job,) = service.follow_rules(store, TENANT, act(key="published"))
    save(store, job.with_changes(state=state, finished_at=NOW))

    assert service.sweep_rules(store, TENANT, NOW + DAY) == 1
    assert service.sweep_rules(store, TENANT, NOW + 2 * DAY) == 0
    again = store.jobs.recent(TENANT).records[0]
    assert run(store, again).result == {"evaluated": 1} and not behind(store, subject)
    assert service.sweep_rules(store, TENANT, NOW + 3 * DAY) == 0


def test_a_job_whose_message_was_lost_is_asked_for_again(store):
    building(store, 1)
    in_force(store, 1, own_thresholds())
    service.follow_rules(store, TENANT, act())

    assert [service.sweep_rules(store, TENANT, NOW + one * DAY) for one in (1, 2, 3, 4)] == [0, 0, 1, 0]


def test_rules_that_come_back_while_others_are_followed_are_followed_again(store):
    first, second = building(store, 1), building(store, 2)
    assert service.follow_rules(store, TENANT, act()) == []
    in_force(store, 1, own_thresholds())
    (own,) = service.follow_rules(store, TENANT, act())
    evaluate_subject(store, TENANT, act(), subject_id=first.id, scenario=HOUSE, cause="finding_closed")
    in_force(store, 2)
    (back,) = service.follow_rules(store, TENANT, act())

    for job in (own, back):
        run(store, job)
    assert not behind(store, first) and not behind(store, second)
    assert service.follow_rules(store, TENANT, act()) == []


def test_a_job_for_a_package_that_is_not_installed_follows_nothing(store, monkeypatch):
    subject = building(store, 1)
    in_force(store, 1, own_thresholds())
    (job,) = service.follow_rules(store, TENANT, act())
    with monkeypatch.context() as gone:
        gone.setattr(type(registry()), "holds", lambda *_: False)
        assert run(store, job).result == {"evaluated": 0}

    (again,) = service.follow_rules(store, TENANT, act())
    assert run(store, again).result == {"evaluated": 1} and not behind(store, subject)


def test_a_version_that_came_before_anybody_took_note_is_followed_too(store, monkeypatch):
    building(store, 1)
    package = registry().get(HOUSE)
    newer = package.replacing(manifest=package.manifest.model_copy(update={"version": "99.0.0"}))
    monkeypatch.setitem(registry()._scenarios, HOUSE, newer)

    assert [service.sweep_rules(store, TENANT, NOW + one * DAY) for one in (0, 1)] == [1, 0]


def test_a_job_that_is_stopped_and_killed_goes_on_and_one_that_cannot_be_evaluated_stops_nobody(store, monkeypatch):
    monkeypatch.setattr(service, "_PART", 2)
    subjects = [building(store, number) for number in range(7)]
    in_force(store, 1, own_thresholds())
    (job,) = service.follow_rules(store, TENANT, act())
    really, made = evaluate_in_parts.evaluate_subject, []

    def faulty(*given, **named):
        if named["subject_id"] == subjects[3].id:
            raise PackageChangedError(package=HOUSE)
        if len(made) == 3:
            made.append("killed")
            raise RuntimeError("killed")
        made.append(named["subject_id"])
        return really(*given, **named)

    monkeypatch.setattr(evaluate_in_parts, "evaluate_subject", faulty)
    with pytest.raises(RuntimeError):
        run(store, job)
    handed_on = run(store, job, lambda: NOW + timedelta(minutes=20), NOW)
    assert (handed_on.state, handed_on.parts) == (JobState.RUNNING, 1)
    done = run(store, job)

    assert (done.state, done.result["failed"]) == (JobState.DONE, 1)
    assert [behind(store, one) for one in subjects] == [one is subjects[3] for one in subjects]
    assert {evaluation(store, one).version for one in subjects if one is not subjects[3]} == {2}

    monkeypatch.undo()
    (again,) = service.follow_rules(store, TENANT, act())
    assert run(store, again).result == {"evaluated": 1} and not behind(store, subjects[3])


def test_two_jobs_of_one_scenario_evaluate_nobody_twice(store):
    subject = building(store, 1)
    in_force(store, 1, own_thresholds())
    jobs = service.follow_rules(store, TENANT, act())
    in_force(store, 2, own_thresholds(over=1))
    jobs += service.follow_rules(store, TENANT, act())

    assert [run(store, job).result for job in jobs] == [{"evaluated": 1}, {"evaluated": 0}]
    assert evaluation(store, subject).version == 2


def test_what_it_costs(store):
    for number in range(12):
        building(store, number)
    assert service.follow_rules(store, TENANT, act()) == []
    with metered(store) as idle:
        assert service.follow_rules(store, TENANT, act()) == []
    in_force(store, 1, own_thresholds())
    with metered(store) as asked:
        (job,) = service.follow_rules(store, TENANT, act())
    with metered(store) as cost:
        run(store, job)

    assert idle.calls <= 4 and asked.calls <= 6, (idle.calls, asked.calls)
    assert cost.calls <= 12 * 8 + 14, cost.calls
