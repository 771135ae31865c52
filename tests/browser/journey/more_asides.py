"""More of what stands beside the path, for the pages made after it: another city and a subject handed to it, a message
that left the site, a pushed handbook, a law that changed, a patrol, a report, self-checks, a draft of
local adjustments.

Through the API where there is a call; by hand where there is none.
"""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page

from tests.browser.journey.console import press, told

COORDINATOR, OPERATOR, SYSTEM = "nanning.coordinator", "platform.operator", "nanning.system"
OFFICER = "nanning.commerce.officer"
NEIGHBOUR, NEIGHBOUR_NAME, BUILDING = "gx451400", "崇左市", "示例巷十六号楼"
LAW = "清洁生产促进法"
NAMES = (NEIGHBOUR_NAME, BUILDING, LAW, "示例巷16号")
Opened = Callable[[str, str], Page]
Called = Callable[[str, str, str, object], Any]
"""(login, method, path, value) → what the API answers; the person has a page already."""

OVERLAY = "/api/v1/scenarios/refined_oil/overlay/changes"


def before_messages(opened: Opened) -> None:
    """The coordinator wants to be told by short message, at once."""
    page = opened("/console/notifications/preference", COORDINATOR)
    page.fill("[name=mobile]", "13900000000")
    page.locator("main input[type=checkbox][value=sms]").evaluate_all(
        "(all) => all.forEach((one) => one.checked = true)"
    )
    page.locator("main input[name=quiet][value=none]").check(force=True)
    page.locator("main input[name=has_digest]").uncheck(force=True)
    press(page, "保存")
    told(page, "已保存")


def make_more(opened: Opened, call: Called, subject_id: str, subject_login: str) -> dict[str, str]:
    """Path parameter → identifier. `open_self_check_id`: one that is under way, with the question it stands at."""
    opened("/console/tenants", OPERATOR)
    opened("/console", COORDINATOR)
    opened("/console", OFFICER)
    _neighbour(call)
    call(COORDINATOR, "POST", OVERLAY, {"kind": "hide_item", "item_id": "warning_signs"})
    building = _building(call)
    open_check, question, done_check = _self_checks(opened, subject_login)
    return {
        "hand_over_id": _offered(call, building),
        "patrol_id": _patrol(call, building),
        "report_id": _reported(call, subject_login, subject_id),
        "mark_id": _marked(call),
        "handbook_push_id": _pushed(opened),
        "message_id": _sent(opened),
        "self_check_id": done_check,
        "open_self_check_id": open_check,
        "self_check_question": question,
    }


def _neighbour(call: Called) -> None:
    administrators = {f"{duty}_administrator": f"示例{duty}" for duty in ("system", "security", "audit")}
    tenant = {"id": NEIGHBOUR, "label": NEIGHBOUR_NAME, "label_en": "Chongzuo", "kind": "city"}
    call(OPERATOR, "POST", "/api/v1/tenants", tenant | {"divisions": ["451400000000"]} | administrators)


def _building(call: Called) -> str:
    place = {"name": BUILDING, "kind": "building", "division": "450105000000", "address": "示例巷16号"}
    made: dict[str, Any] = call(COORDINATOR, "POST", "/api/v1/subjects", place | {"scenario": "self_built_housing"})
    return str(made["id"])


def _offered(call: Called, subject_id: str) -> str:
    value = {"receiver": NEIGHBOUR, "reason": "迁往邻市"}
    return str(call(COORDINATOR, "POST", f"/api/v1/subjects/{subject_id}/hand-over", value)["id"])


def _patrol(call: Called, subject_id: str) -> str:
    value = {"scenario": "self_built_housing", "note": "堆放杂物"}
    return str(call(OFFICER, "POST", f"/api/v1/subjects/{subject_id}/patrols", value)["id"])


def _reported(call: Called, login: str, subject_id: str) -> str:
    """What came in, went out and is left in the firm's tanks, of a month that is over."""
    litres = {"opening": 1000, "purchases": 500, "sales": 700, "closing": 800}
    value = {"scenario": "refined_oil", "form_id": "fuel_month", "period": "2026-M10"}
    values = {f"fuel_{name}_litres": number for name, number in litres.items()}
    return str(call(login, "POST", f"/api/v1/subjects/{subject_id}/reports", value | {"values": values})["id"])


def _marked(call: Called) -> str:
    value = {"title": LAW, "change": "amended", "decided_on": "2026-11-01", "effective_on": "2027-01-01"}
    return str(call(OPERATOR, "POST", "/api/v1/basis-marks", value)["id"])


def _pushed(opened: Opened) -> str:
    page = opened("/console/handbook-pushes/new", COORDINATOR)
    page.locator("main select[name=scenario]").select_option("refined_oil")
    press(page, "推送")
    page.wait_for_url(re.compile(r"/console/handbook-pushes/(?!new)\w+"))
    return page.url.partition("?")[0].rsplit("/", 1)[1]


def _sent(opened: Opened) -> str:
    link = opened("/console/messages", SYSTEM).locator("main a[href*='/console/messages/']").first
    return str(link.get_attribute("href")).rsplit("/", 1)[1]


def _self_checks(opened: Opened, login: str) -> tuple[str, str, str]:
    """One that stands at its first question, and that question; one that was finished and is shared."""
    page = _begun(opened, login)
    while "/items/" in page.url:
        _answer(page)
    press(page, "做完了，看结果")
    press(page, "分享给监管部门")
    told(page, "当地监管部门可以看")
    done = _check_of(page)
    page = _begun(opened, login)
    return _check_of(page), page.url.rsplit("/", 1)[1], done


def _begun(opened: Opened, login: str) -> Page:
    page = opened("/subject/self-checks", login)
    page.get_by_role("button", name="开始", exact=True).last.click()
    page.wait_for_url("**/items/**")
    return page


def _answer(page: Page) -> None:
    if page.locator(".yj-answer.ok").count():
        page.click(".yj-answer.ok")
    elif page.locator("#field-number").count():
        page.fill("#field-number", "1")
    else:
        page.locator("main textarea[name=text]").first.fill("已看过")
    with page.expect_navigation():
        page.locator(".yj-bar button[type=submit]").click()


def _check_of(page: Page) -> str:
    return page.url.partition("/self-checks/")[2].split("/")[0].split("?")[0]
