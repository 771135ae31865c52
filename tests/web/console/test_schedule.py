"""Dates in a browser: asked for, found again as a job, one visit moved; what did not fit is named."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.domain.event import EventType
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import Role
from chalicelib.services.draw.drawn_subjects import drawn_subjects
from tests.web.console.test_draws import Stage
from tests.web.site import TENANT_A, open_site


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with open_site() as site:
        stage = Stage(site)
        with bootstrap.scope(TENANT_A):
            stage.city.drawn()
        yield stage


def form(**changes: str) -> dict[str, str]:
    return {"first_on": "2026-12-01", "visits_per_day": "2", "leave_out_reason": ""} | changes


def test_from_the_form_to_the_visits(stage):
    schedule = f"/console/plans/{stage.city.plan_id}/schedule"
    page = stage.coordinator.get(schedule)
    assert page.status == 200
    assert 'value="2026-12-01"' in page.text
    assert stage.commerce.get(schedule).status == 403

    wrong = stage.coordinator.post(schedule, form(first_on="2026-11-20", visits_per_day="40", leave_out_reason="留着"))
    assert wrong.status == 422
    assert "“最早从哪天开始”不能早于今天" in wrong.text
    assert "留着" in wrong.text

    asked = stage.coordinator.post(schedule, form())
    assert asked.status == 303
    job_url = asked.location
    waiting = stage.coordinator.get(job_url)
    assert "排定检查日期：排队中" in waiting.text
    assert f'hx-get="{job_url}"' in waiting.text
    part = stage.coordinator.get(job_url, {"hx-request": "true"})
    assert "<html" not in part.text
    assert stage.coordinator.post(schedule, form()).status == 409, "one job at a time"

    stage.run_jobs()

    assert stage.coordinator.get(job_url, {"hx-request": "true"}).headers["hx-refresh"] == "true"
    assert "排定检查日期：已完成" in stage.coordinator.get(job_url).text
    assert "排定检查日期" in stage.coordinator.get("/console/jobs").text
    shown = stage.coordinator.get(f"/console/plans/{stage.city.plan_id}")
    assert "入企检查" in shown.text
    assert "部门处置中" in shown.text
    with bootstrap.scope(TENANT_A):
        visit = stage.city.store.visits.of_plan(TENANT_A, stage.city.plan_id)[0]
    assert f"/console/visits/{visit.id}/move" in shown.text


def test_one_visit_is_moved(stage):
    with bootstrap.scope(TENANT_A):
        visit = stage.city.store.visits.of_plan(TENANT_A, stage.city.plan_id)[1]
    move = f"/console/visits/{visit.id}/move"
    assert visit.subject.name in stage.coordinator.get(move).text

    weekend = {"scheduled_on": "2026-12-05", "scheduled_at": "10:30", "reason": "对象停业"}
    refused = stage.coordinator.post(move, weekend)
    assert refused.status == 422
    assert "不是工作日" in refused.text
    assert "对象停业" in refused.text
    assert stage.coordinator.post(move, weekend | {"scheduled_on": "2026-12-04"}).status == 303
    with bootstrap.scope(TENANT_A):
        moved = stage.city.store.visits.get(TENANT_A, visit.id)
    assert (str(moved.scheduled_on), moved.scheduled_at) == ("2026-12-04", "10:30")
    assert stage.commerce.post(move, weekend).status == 403


def test_over_the_api(stage):
    with bootstrap.scope(TENANT_A):
        visit = stage.city.store.visits.of_plan(TENANT_A, stage.city.plan_id)[2]
    jobs = stage.coordinator.call("GET", "/api/v1/jobs").json["items"]
    assert "schedule_visits" in {job["name"] for job in jobs}
    assert all(isinstance(job["requested_by"], str) for job in jobs), "an identifier, never the person"
    one = stage.coordinator.call("GET", f"/api/v1/jobs/{jobs[0]['id']}")
    assert one.json["state"] == "done"

    body = {"scheduled_on": "2026-12-08", "scheduled_at": "14:30", "reason": "对象停业"}
    moved = stage.coordinator.call("PUT", f"/api/v1/visits/{visit.id}/schedule", body)

    assert moved.json["scheduled_on"] == "2026-12-08"
    late = stage.coordinator.call(
        "POST", f"/api/v1/plans/{stage.city.plan_id}/schedule", {"first_on": "2026-12-01", "visits_per_day": 1}
    )
    assert (late.status, late.json["code"]) == (409, "illegal_transition")


def test_somebody_elses_job_does_not_exist(stage):
    with bootstrap.scope(TENANT_A):
        job = stage.city.store.jobs.recent(TENANT_A).records[0]
    officer = stage.site.browser(Role.DEPARTMENT_OFFICER)

    assert officer.get(f"/console/jobs/{job.id}").status == 404
    assert officer.call("GET", f"/api/v1/jobs/{job.id}").status == 404
    assert job.id not in officer.get("/console/jobs").text


def test_who_left_since_the_draw_is_named_with_the_reason_and_the_plan_keeps_it():
    with open_site() as site:
        stage = Stage(site)
        with bootstrap.scope(TENANT_A):
            stage.city.drawn()
            drawn = drawn_subjects(stage.city.store, TENANT_A, stage.city.plan.draw_id)[0].subject
            left = Subject(id=drawn.subject_id, name=drawn.name, kind="premises", division=drawn.division)
            with stage.city.store.change(TENANT_A, stage.city.act()) as change:
                change.save(left)
                change.event(EventType.SUBJECT_CHANGED, left)
        plan = f"/console/plans/{stage.city.plan_id}"

        job_url = stage.coordinator.post(f"{plan}/schedule", form()).location
        stage.run_jobs()
        for page in (job_url, f"{plan}/schedule"):
            shown = stage.coordinator.get(page).text
            assert left.name in shown and "已退出这个场景" in shown

        stage.coordinator.post(f"{plan}/schedule", form(leave_out_reason="已经不发卡"))
        stage.run_jobs()
        kept = stage.coordinator.get(plan).text
        assert "已退出这个场景" in kept and "已经不发卡" in kept
