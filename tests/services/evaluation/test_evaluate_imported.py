"""What an import tells of buildings is evaluated after it, by a job that goes on where it was stopped."""

import csv
import io
from datetime import timedelta

import pytest

from chalicelib.domain.job import JobState
from chalicelib.domain.record import new_id
from chalicelib.domain.tenancy import PLATFORM, Role
from chalicelib.services.evaluation import evaluate_imported as service
from chalicelib.services.evaluation import evaluate_in_parts, evaluate_subject
from chalicelib.services.jobs.run_job import run_job
from chalicelib.services.register.import_register import import_register
from chalicelib.services.register.import_report import read_rows_of
from chalicelib.services.register.leave_scenario import leave_scenario
from chalicelib.services.register.request_import import request_import
from chalicelib.services.tenancy.onboard_tenant import Roster, onboard_tenant
from infra.local.demo_roster import TENANTS
from infra.local.synthetic import synthetic_code
from tests.builders import NOW, TENANT, act, actor
from tests.table_costs import metered

HOUSE = "self_built_housing"
D = {"鉴定等级": "D级", "鉴定机构": "示例鉴定公司", "鉴定日期": "2026-05-06", "已停止经营使用": "否"}


@pytest.fixture
def store(store):
    operator = actor(Role.PLATFORM_OPERATOR, tenant=PLATFORM)
    tenant = TENANTS[0].model_copy(update={"scenarios": [HOUSE, "refined_oil"]})
    onboard_tenant(store, PLATFORM, act(operator), tenant=tenant, roster=Roster())
    return store


def building(number, **more):
    place = {
        "统一社会信用代码": synthetic_code("450108", number),
        "单位名称": f"示例巷{number}号",
        "类型": "建筑物",
        "区县": "良庆区",
        "地址": f"南宁市良庆区示例巷{number}号",
    }
    return place | more


def imported(store, *rows, **more):
    text = io.StringIO()
    writer = csv.DictWriter(text, list({title: None for row in rows for title in row}))
    writer.writeheader()
    writer.writerows(rows)
    job = request_import(
        store,
        TENANT,
        act(),
        upload_id=new_id(),
        filename="房屋.csv",
        scenario=HOUSE,
        content=text.getvalue().encode(),
        **more,
    )
    done = run_job(store, TENANT, job.id, lambda name: import_register, lambda: NOW)
    assert done.result["rejected"] == 0, [one.problems for one in read_rows_of(store, TENANT, done, "problems")]
    return done


def followed(store, job):
    asked = service.request_evaluations(store, TENANT, act(), job_id=job.id)
    assert asked is not None
    return run(store, asked)


def run(store, job, clock=lambda: NOW, stop_at=None):
    return run_job(store, TENANT, job.id, lambda name: service.evaluate_imported, clock, stop_at=stop_at)


def levels(store):
    members = sorted(store.members.of_scenario(TENANT, HOUSE), key=lambda one: one.name)
    found = [store.evaluations.of_subject(TENANT, one.subject_id) for one in members]
    return [one[0].result.risk_level.value if one else "" for one in found]


def test_buildings_of_grade_d_are_red_and_what_says_nothing_costs_nothing(store):
    job = imported(store, building(1, **D), building(2), building(3, **D | {"鉴定等级": "A级"}))

    done = followed(store, job)

    assert (done.state, done.result) == (JobState.DONE, {"evaluated": 2})
    assert levels(store)[0] == "high"
    assert levels(store)[1] == ""
    assert levels(store)[2] not in ("", "high")


def test_of_a_change_only_what_moves_an_evaluation_does(store):
    imported(store, building(1, **D), building(2, **D))
    again = imported(store, building(1, 地上层数="5"), building(2, 已停止经营使用="是"))
    assert again.result["changed"] == 2

    assert followed(store, again).result == {"evaluated": 1}
    assert levels(store)[0] == ""
    assert levels(store)[1] != ""


def test_a_trial_and_a_scenario_whose_register_moves_nothing_ask_for_no_job(store):
    trial = imported(store, building(1, **D), is_trial=True)
    real = imported(store, building(1, **D))
    other = real.with_changes(values=real.values | {"scenario": "refined_oil"})
    with store.change(TENANT, act()) as change:
        change.save(other)
        change.event("job_progressed", other)

    asked = [service.request_evaluations(store, TENANT, act(), job_id=one.id) for one in (trial, real)]

    assert asked == [None, None]


def test_a_job_that_is_stopped_goes_on_and_evaluates_nobody_twice(store, monkeypatch):
    monkeypatch.setattr(service, "_EVENTS", 1)
    first = imported(store, *(building(number, **D) for number in range(30)))
    asked = service.request_evaluations(store, TENANT, act(), job_id=first.id)
    really, made = evaluate_in_parts.evaluate_subject, []

    def die(*given, **named):
        if len(made) == 3:
            raise RuntimeError("killed")
        made.append(named["subject_id"])
        return really(*given, **named)

    monkeypatch.setattr(evaluate_in_parts, "evaluate_subject", die)
    with pytest.raises(RuntimeError):
        run(store, asked)
    monkeypatch.setattr(evaluate_in_parts, "evaluate_subject", really)
    handed_on = run(store, asked, lambda: NOW + timedelta(minutes=20), NOW)
    assert (handed_on.state, handed_on.parts) == (JobState.RUNNING, 1)

    done = run(store, asked)

    assert (done.state, done.result) == (JobState.DONE, {"evaluated": 30})
    assert levels(store) == ["high"] * 30
    versions = {one.version for id in made for one in store.evaluations.of_subject(TENANT, id)}
    assert versions == {1}


def test_who_is_evaluated_in_the_same_moment_is_judged_anew_and_stops_nothing(store, monkeypatch):
    job = imported(store, building(1, **D), building(2, **D))
    really, met = evaluate_subject.gather_facts, []

    def beside_another(store, tenant, act_, subject_id, *given, **named):
        if not met:
            met.append(subject_id)
            evaluate_subject.evaluate_subject(store, TENANT, act(), subject_id=subject_id, scenario=HOUSE, cause="x")
        return really(store, tenant, act_, subject_id, *given, **named)

    monkeypatch.setattr(evaluate_subject, "gather_facts", beside_another)
    done = followed(store, job)

    assert (done.state, done.result) == (JobState.DONE, {"evaluated": 2})
    assert store.evaluations.of_subject(TENANT, met[0])[0].version == 2


def test_a_subject_costs_eight_calls_at_most(store):
    asked = service.request_evaluations(
        store, TENANT, act(), job_id=imported(store, *(building(n, **D) for n in range(20))).id
    )

    with metered(store) as cost:
        run(store, asked)

    assert cost.calls <= 20 * 7 + 20, cost.calls


def test_who_joins_by_a_sheet_is_evaluated_whatever_the_sheet_says(store):
    imported(store, building(1), building(2))
    before = next(iter(store.members.of_scenario(TENANT, HOUSE)))
    subject = store.subjects.get(TENANT, before.subject_id)
    leave_scenario(store, TENANT, act(), subject_id=subject.id, scenario=HOUSE, reason="加错了")

    again = imported(store, building(1), building(2))

    assert (again.result["changed"], again.result["unchanged"]) == (1, 1)
    assert followed(store, again).result == {"evaluated": 1}
