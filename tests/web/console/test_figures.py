"""Figures open to their records, keep to what the reader may see, and cost one query a box."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import quote

import pytest

from chalicelib import bootstrap
from chalicelib.domain.metric import metrics
from chalicelib.domain.tenancy import Role, TenantKind
from chalicelib.services.metrics.count_record import count_record
from chalicelib.services.metrics.roll_up import make_roll_up
from tests.web.console.test_plans import created
from tests.web.planning import Office
from tests.web.site import NOW, TENANT_A, TENANT_B, open_site


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with open_site() as site:
        yield Office(site)


def counted(office: Office, title: str = "数得到的计划") -> str:
    """A plan whose events were delivered."""
    plan_id = created(office, title=title)
    with bootstrap.scope(TENANT_A):
        count_record(bootstrap.store(), TENANT_A, office.plan(plan_id).ref)
    return plan_id


@contextmanager
def table_calls(monkeypatch) -> Iterator[list[str]]:
    """Names of the table operations that a block makes."""
    from chalicelib.storage import guard

    found: list[str] = []
    real = guard.requests_of

    def seen(operation, body, arn):
        found.append(operation)
        return real(operation, body, arn)

    monkeypatch.setattr(guard, "requests_of", seen)
    yield found


def test_a_figure_opens_to_its_records(office):
    plan_id = counted(office)

    shown = office.coordinator.get("/console/figures").text
    records = office.coordinator.get("/console/figures/plan_open").text

    assert 'href="/console/figures/plan_open?when="' in shown
    assert f'href="/console/plans/{plan_id}"' in records
    assert "数得到的计划" in records


def test_who_may_not_read_the_records_sees_the_figure_only(office):
    counted(office, "只给办案人看的计划")
    evaluator = office.site.browser(Role.EVALUATOR)

    home, records = evaluator.get("/console"), evaluator.get("/console/figures/plan_open")

    assert "运行指标" in home.text
    assert "您的角色看得到数，看不到逐条记录" in home.text
    assert records.status == 200
    assert "只给办案人看的计划" not in records.text


def test_the_month_is_exported_with_its_formulas(office):
    counted(office)
    reply = office.site.browser(Role.EVALUATOR).get("/console/figures.csv?month=2026-11")

    assert reply.headers["content-type"].startswith("text/csv")
    assert reply.body.startswith(b"\xef\xbb\xbf")
    assert all(one.label.zh in reply.text for one in metrics() if one.name == "plan_open")
    assert "按期整改合格的问题÷销号的问题" in reply.text


@pytest.mark.parametrize(
    "path",
    ["/console/figures?month=2019-01", "/console/figures?county=x", "/console/figures/plan_open?when=never"],
)
def test_what_is_no_month_county_or_time_is_told(office, path):
    assert office.coordinator.get(path).status == 422


def test_an_unknown_figure_is_not_found(office):
    assert office.coordinator.get("/console/figures/happiness").status == 404
    assert office.coordinator.get("/console/figures?member=gx459999").status == 404


def test_a_rebuild_is_a_job(office):
    reply = office.coordinator.post("/console/figures/rebuild")

    assert reply.status == 303
    assert reply.location.startswith("/console/jobs/")
    assert office.site.browser(Role.EVALUATOR).post("/console/figures/rebuild").status == 403


def test_an_overseer_compares_its_cities(office):
    counted(office)
    with bootstrap.scope(TENANT_A):
        city = bootstrap.store().tenants.get(TENANT_A, TENANT_A)
        told = make_roll_up(bootstrap.store(), city, NOW).model_dump_json()
    with bootstrap.scope(TENANT_B):
        store = bootstrap.store()
        region = store.tenants.get(TENANT_B, TENANT_B)
        store.metrics.give_up(TENANT_B, TENANT_A, told)
    with bootstrap.scope(TENANT_B):
        changed = region.with_changes(kind=TenantKind.REGION)
        _replace(changed)
        try:
            for role in (Role.EVALUATOR, Role.COORDINATOR):
                page = office.site.browser(role, TENANT_B).get("/console").text
                assert "南宁市" in page
                assert "未接入" in page
                assert f"/console/figures?member={TENANT_A}" in page
            (given,) = office.site.browser(Role.EVALUATOR, TENANT_B).get("/api/v1/figures/members").json["items"]
            assert (given["tenant"], given["totals"]["label"]) == (TENANT_A, "南宁市")
            assert (
                "只有汇总数"
                in office.site.browser(Role.EVALUATOR, TENANT_B).get(f"/console/figures?member={TENANT_A}").text
            )
        finally:
            _replace(bootstrap.store().tenants.get(TENANT_B, TENANT_B).with_changes(kind=TenantKind.CITY))


def _replace(tenant) -> None:
    from chalicelib.domain.event import EventType
    from tests.builders import act, actor

    store = bootstrap.store()
    with store.change(TENANT_B, act(actor(Role.SYSTEM_ADMINISTRATOR, TENANT_B))) as change:
        change.save(tenant)
        change.event(EventType.SCENARIO_ENABLED, tenant)


@pytest.mark.parametrize(
    ("role", "queries"),
    [(Role.COORDINATOR, 4), (Role.DEPARTMENT_OFFICER, 4), (Role.APPROVER, 5), (Role.JUSTICE_SUPERVISOR, 4)],
)
def test_each_box_of_the_first_screen_is_one_query(office, monkeypatch, role, queries):
    """To-dos by owner, figures, findings, plans: nothing is walked; reads by key (session, person) come on top."""
    counted(office)
    browser = office.site.browser(role)
    with table_calls(monkeypatch) as calls:
        assert browser.get("/console").status == 200

    asked = [name for name in calls if name == "Query"]
    assert 2 <= len(asked) <= queries + SHELL, calls
    assert "Scan" not in calls


SHELL = 2
"""Queries that the frame of every page may make: unread notifications, what is missing before the first plan."""


def test_programs_read_the_figures_and_what_is_behind_them(office):
    plan_id = counted(office, "接口数的计划")
    api = "/api/v1/figures"

    told = office.coordinator.get(api).json
    open_plans = next(one for one in told["standing"] if one["name"] == "plan_open")
    behind = office.coordinator.get(f"{api}/plan_open?limit=100").json
    assert (told["month"], told["as_of"][:7]) == (f"{NOW:%Y-%m}", f"{NOW:%Y-%m}")
    assert open_plans["meaning"].startswith("已起草") and open_plans["count"] == behind["count"]
    assert {"kind": "inspection_plan", "id": plan_id} in [one["about"] for one in behind["items"]]
    ratio = told["ratios"][0]
    assert (ratio["numerator"], ratio["denominator"]) == ("finding_passed_on_time", "finding_closed")
    assert office.coordinator.get(f"{api}?lang=en").json["standing"][0]["label"] == "Plans under way"
    for wrong in (
        "?month=2019-01",
        "?county=45",
        "?county=" + quote("４" * 12),
        "/plan_open?month=2026-01",
        "/plan_closed?when=late",
        "?cat=1",
    ):
        assert office.coordinator.get(f"{api}{wrong}").status == 422, wrong
    assert office.coordinator.get(f"{api}/happiness").status == 404
    assert office.site.browser(Role.EVALUATOR).get(f"{api}/plan_open").json["items"] == []
    rebuilt = office.coordinator.call("POST", f"{api}/rebuild")
    assert (rebuilt.status, rebuilt.json["name"]) == (202, "rebuild_metrics")
