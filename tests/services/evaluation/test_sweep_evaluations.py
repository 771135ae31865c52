"""A day alone changes an evaluation: found by its day, made once, and nobody else is read."""

from datetime import date, timedelta

import pytest

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.subject import Subject, SubjectKind, SubjectStatus
from chalicelib.domain.subject_evaluation import DAY_PASSED
from chalicelib.services.evaluation import sweep_evaluations as service
from chalicelib.services.evaluation.evaluate_subject import evaluate_subject
from chalicelib.services.evaluation.sweep_evaluations import sweep_evaluations
from chalicelib.storage.errors import StorageUnavailableError
from tests.builders import NOW, TENANT, act
from tests.table_costs import metered
from tests.visiting import save

HOUSE = "self_built_housing"
VALID_UNTIL = date(2026, 11, 30)
DAY = timedelta(days=1)


def building(store, number=1, valid_until=VALID_UNTIL):
    told = {
        "appraisal_grade": "c",
        "appraisal_body": "示例鉴定公司",
        "appraised_on": "2024-11-30",
        "appraisal_valid_until": valid_until.isoformat(),
        "is_use_stopped": True,
    }
    name = f"示例巷{number}号"
    subject = Subject(kind=SubjectKind.BUILDING, name=name, division="450105000000").joined(HOUSE, told)
    save(store, subject)
    evaluate_subject(store, TENANT, act(), subject_id=subject.id, scenario=HOUSE, cause="subject_registered")
    return store.subjects.get(TENANT, subject.id)


def evaluation(store, subject):
    return store.evaluations.get_child(TENANT, subject.ref, HOUSE)


def days_left(store, subject):
    reading = next(one for one in evaluation(store, subject).result.readings if "days_left" in one.indicator_id)
    return reading.value, reading.level


def test_a_report_that_lapses_is_noticed_on_its_day(store):
    subject = building(store)
    assert days_left(store, subject) == (7, "yellow")
    assert evaluation(store, subject).result.expires_on == VALID_UNTIL + DAY

    assert sweep_evaluations(store, TENANT, NOW) == 0
    assert sweep_evaluations(store, TENANT, NOW + 7 * DAY) == 0
    assert sweep_evaluations(store, TENANT, NOW + 8 * DAY) == 1

    assert days_left(store, subject) == (-1, "orange")
    assert evaluation(store, subject).cause == DAY_PASSED
    assert evaluation(store, subject).result.expires_on > VALID_UNTIL + 2 * DAY


def test_a_clock_that_stood_still_for_days_passes_nobody_over_and_a_day_is_looked_at_once(store):
    subjects = [building(store, n, VALID_UNTIL + n * DAY) for n in range(3)]
    sweep_evaluations(store, TENANT, NOW)

    assert sweep_evaluations(store, TENANT, NOW + 14 * DAY) == 3
    with metered(store) as cost:
        assert sweep_evaluations(store, TENANT, NOW + 14 * DAY) == 0

    assert [days_left(store, one)[1] for one in subjects] == ["orange"] * 3
    assert cost.calls == 1


def test_what_one_tick_cannot_do_the_next_does(store, monkeypatch):
    for number in range(3):
        building(store, number)
    sweep_evaluations(store, TENANT, NOW)
    monkeypatch.setattr(service, "MOST_A_TICK", 1)
    monkeypatch.setattr(service, "_PAGE", 1)

    made = [sweep_evaluations(store, TENANT, NOW + 8 * DAY) for _ in range(5)]

    assert made == [1, 1, 1, 0, 0]


def test_one_that_is_gone_is_left_and_one_that_fails_keeps_no_other_waiting(store, monkeypatch):
    gone, failing, last = (building(store, number) for number in range(3))
    save(store, gone.with_changes(status=SubjectStatus.MERGED))
    sweep_evaluations(store, TENANT, NOW)
    really = service.evaluate_subject

    def fail(*given, **named):
        if named["subject_id"] == failing.id:
            raise RecordNotFoundError(kind="package")
        return really(*given, **named)

    monkeypatch.setattr(service, "evaluate_subject", fail)
    with pytest.raises(RecordNotFoundError):
        sweep_evaluations(store, TENANT, NOW + 8 * DAY)
    assert days_left(store, last) == (-1, "orange")
    monkeypatch.undo()

    assert sweep_evaluations(store, TENANT, NOW + 8 * DAY) == 0, "tried once a day"
    assert sweep_evaluations(store, TENANT, NOW + 9 * DAY) == 1
    assert days_left(store, failing) == (-2, "orange")
    assert evaluation(store, gone).version == 1
    with metered(store) as cost:
        assert sweep_evaluations(store, TENANT, NOW + 10 * DAY) == 0
    assert cost.calls <= 5, "the days before are not read again"


def test_however_many_fail_the_next_tick_goes_on_behind_them_and_the_day_ends(store, monkeypatch):
    subjects = [building(store, number) for number in range(4)]
    sweep_evaluations(store, TENANT, NOW)
    monkeypatch.setattr(service, "MOST_A_TICK", 1)
    monkeypatch.setattr(service, "_PAGE", 1)
    really, tried = service.evaluate_subject, []

    def fail(*given, **named):
        tried.append(named["subject_id"])
        if named["subject_id"] != subjects[-1].id:
            raise KeyError("what nobody foresaw")
        return really(*given, **named)

    monkeypatch.setattr(service, "evaluate_subject", fail)

    def sweep(day):
        try:
            return sweep_evaluations(store, TENANT, NOW + day * DAY)
        except KeyError:
            return "failed"

    assert sorted(map(str, [sweep(8) for _ in range(4)])) == ["1", "failed", "failed", "failed"]
    assert [sweep(8) for _ in range(3)] == [0, 0, 0] and len(tried) == 4
    assert days_left(store, subjects[-1]) == (-1, "orange")

    assert [sweep(9) for _ in range(5)] == ["failed", "failed", "failed", 0, 0]
    monkeypatch.setattr(service, "evaluate_subject", really)
    assert sum(sweep(10) for _ in range(5)) == 3
    assert {days_left(store, one)[1] for one in subjects} == {"orange"}


def test_a_fault_of_the_cloud_ends_the_tick_and_nothing_is_noted(store, monkeypatch):
    building(store)
    sweep_evaluations(store, TENANT, NOW)

    def fail(*given, **named):
        raise StorageUnavailableError(cause="throttled")

    with monkeypatch.context() as clouded:
        clouded.setattr(service, "evaluate_subject", fail)
        with pytest.raises(StorageUnavailableError):
            sweep_evaluations(store, TENANT, NOW + 8 * DAY)

    assert sweep_evaluations(store, TENANT, NOW + 8 * DAY) == 1
