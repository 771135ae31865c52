"""The first page by role: what waits, in order; what to do when nothing does; no business data for administrators."""

import inspect
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlencode

import pytest

from chalicelib import bootstrap
from chalicelib.domain import draw_todo, webhook
from chalicelib.domain.plan_todo import plan_todos
from chalicelib.domain.record import Ref
from chalicelib.domain.tenancy import Role
from chalicelib.domain.todo import Todo
from chalicelib.storage import todos
from chalicelib.web.console.home_todos import owners_of
from chalicelib.web.todo_words import TOPICS
from tests.builders import actor
from tests.table_items import items_of, write
from tests.web.console.test_plans import created, step
from tests.web.planning import LEAD, Office
from tests.web.site import NOW, TENANT_A, TENANT_B, at, open_site


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with open_site() as site:
        yield Office(site)


def test_an_empty_city_is_told_what_to_do_first(office):
    page = office.site.browser(Role.COORDINATOR, TENANT_B).get("/console")

    assert "今天没有等您处理的事" in page.text
    assert "先导入监管对象，再编制第一份计划" in page.text
    assert 'href="/console/plans/new"' in page.text


def test_everybody_sees_what_waits_for_them(office):
    plan_id = created(office, title="等着办的计划")
    assert "今天有1件事等您处理" in office.coordinator.get("/console").text
    step(office.coordinator, plan_id, "submit")
    waiting = office.lead_head.get("/console").text
    assert "等着办的计划，等您审批" in waiting
    assert f'href="/console/plans/{plan_id}"' in waiting
    assert "今天没有等您处理的事" in office.second_head.get("/console").text
    step(office.lead_head, plan_id, "approve")
    step(office.coordinator, plan_id, "tasks")

    asked = office.lead_officer.get("/console").text

    assert "等着办的计划，征求本单位意见" in asked
    assert "还剩5个工作日" in asked
    assert "第3步 意见征集" in asked, "plans under way"
    at(NOW + timedelta(days=10))
    late = office.sign_in("lead-officer").get("/console").text
    at(NOW)
    assert "1件已逾期" in late
    assert "逾期" in late


def test_the_list_is_filtered_by_kind(office):
    created(office, title="另一份草稿")

    drafts = office.coordinator.get("/console?kind=计划起草").text

    assert "另一份草稿" in drafts
    assert "没有这一类的事" in office.coordinator.get("/console?kind=没有").text


@pytest.mark.parametrize(
    ("role", "status", "place"), [(Role.INSPECTOR, 303, "/field"), (Role.SUBJECT_USER, 303, "/subject")]
)
def test_those_whose_work_is_elsewhere_are_led_there(office, role, status, place):
    reply = office.site.browser(role).get("/console")

    assert (reply.status, reply.location) == (status, place)


@pytest.mark.parametrize(
    "role",
    [Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR, Role.EVALUATOR],
)
def test_others_have_a_page_without_business_data(office, role):
    created(office, title="业务数据的名称")

    page = office.site.browser(role).get("/console")

    assert page.status == 200
    assert "业务数据的名称" not in page.text


def test_many_entries_are_counted_and_told_page_by_page(office, monkeypatch):
    person = office.site.people[TENANT_A, Role.LEGAL_REVIEWER].id
    owners = [person, f"role.{Role.LEGAL_REVIEWER}"]
    topics = ["overlay_to_publish"] * 60 + ["result_to_publish"] * 2
    entries = [
        Todo.of(
            Ref(kind="visit", id=f"{number:04}"),
            owners[number % 3 // 2],
            topic,
            f"第{number:02}件",
            at=NOW,
            due_at=_hours(number),
        )
        for number, topic in enumerate(topics)
    ]
    with bootstrap.scope(TENANT_A):
        write(item for one in entries for item in items_of(TENANT_A, one))
    browser = office.site.browser(Role.LEGAL_REVIEWER)

    first = browser.get("/console").text
    second = browser.get(_more(first)).text

    assert _titles(first) == [f"第{number:02}件" for number in range(50)]
    assert _titles(second) == [f"第{number:02}件" for number in range(50, 62)]
    assert "今天有62件事等您处理" in first
    assert "今天有62件事等您处理" in second
    assert "cursor=" not in second
    assert _titles(browser.get("/console?kind=结果公示").text) == ["第60件", "第61件"]
    # An owner of whom more waits than is read at once.
    monkeypatch.setattr(todos, "READ", 7)
    assert "等您处理的事多于" in browser.get("/console").text
    found, path = [], "/api/v1/todos?limit=5"
    while path:
        answer = browser.call("GET", path).json
        found += answer["items"]
        path = answer["cursor"] and f"/api/v1/todos?{urlencode({'limit': 5, 'cursor': answer['cursor']})}"
    assert [one["title"] for one in found] == [f"第{number:02}件" for number in range(62)]
    late = browser.call("GET", "/api/v1/todos?topic=result_to_publish").json
    assert late["cursor"] or late["items"]


def test_certificates_of_many_are_one_thing_to_do(office):
    keeper = f"role.{Role.SECURITY_ADMINISTRATOR}"
    entries = [
        Todo.of(Ref(kind="person", id=f"late-{number}"), keeper, topic, f"韦{number}", at=NOW, due_at=_hours(number))
        for number, topic in enumerate(["certificate_expiring"] * 3 + ["access_change_waiting"])
    ]
    with bootstrap.scope(TENANT_A):
        write(item for one in entries for item in items_of(TENANT_A, one))
    browser = office.site.browser(Role.SECURITY_ADMINISTRATOR)

    page = browser.get("/console").text

    assert "今天有2件事等您处理" in page
    assert "3人的执法证快到期或已过期" in page
    assert "韦3，等您复核" in page
    assert len(browser.call("GET", "/api/v1/todos").json["items"]) == 4


def _hours(number: int) -> datetime:
    return NOW + timedelta(hours=number)


def _more(page: str) -> str:
    return re.findall(r'href="(/console\?[^"]*cursor=[^"]*)"', page)[0].replace("&amp;", "&")


def _titles(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"第\d\d件", page)))


def test_the_api_tells_the_same(office):
    entries = office.coordinator.call("GET", "/api/v1/todos").json["items"]

    assert {one["topic"] for one in entries} <= set(TOPICS)
    assert entries


def test_a_person_is_asked_for_under_few_keys():
    assert owners_of(actor(Role.COORDINATOR, person_id="p")) == ["p", "role.coordinator"]
    assert owners_of(actor(Role.APPROVER, person_id="p", acting_body_id="b")) == ["p", "b.head", "b"]
    officer = actor(Role.DEPARTMENT_OFFICER, person_id="p", acting_body_id="b", department_id="d")
    assert owners_of(officer) == ["p", "b", "d"]
    assert owners_of(actor(Role.INSPECTOR, person_id="p", acting_body_id="b", department_id="d")) == ["p", "b"]
    supervisor = actor(Role.JUSTICE_SUPERVISOR, person_id="p", department_id="p")
    assert owners_of(supervisor) == ["p", "role.justice_supervisor"]


def test_every_topic_of_a_draw_and_of_a_webhook_has_words():
    sources = [inspect.getsource(draw_todo), inspect.getsource(webhook.WebhookEndpoint.todos)]
    topics = {found for text in sources for found in re.findall(r'"([a-z]+_(?:[a-z]+_)?[a-z]+)"', text)}

    assert {"seed_to_commit", "void_to_confirm", "webhook_disabled"} <= topics <= {*TOPICS, "system"}


def test_every_topic_of_a_plan_has_words(office):
    plan = office.plan(created(office))
    states = ("plan", "plan_submitted", "task_generation", "opinion", "scheduling", "pool_frozen", "drawn")
    topics = {
        todo.topic
        for state in (*states, "disposition", "closing")
        for task in ("opinion_requested", "consented", "change_proposed")
        for todo in plan_todos(
            plan.with_changes(state=state, tasks=[each.model_copy(update={"state": task}) for each in plan.tasks])
        )
    }

    assert topics
    assert topics <= set(TOPICS)
    assert plan.lead.acting_body_id == LEAD
