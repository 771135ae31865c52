"""What stands beside the path, made by hand as the person who would do it: who may act for a firm, changes of access,
doors for other systems, saved filters, doubles that were merged, a year's holidays, a workbook, a village.

Nothing here is part of the path; only the nightly walk over every page asks for it.
"""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.journey.console import press, told

CODE = re.compile(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}")
VILLAGE = "450105001299"
CALLER, RECEIVER, VILLAGE_NAME = NAMES = ("第三方评估系统", "城市大脑", "示例村")
SYSTEM, SECURITY, OPERATOR = "nanning.system", "nanning.security", "platform.operator"
Opened = Callable[[str, str], Page]
"""(path, login) → that person's page, now there."""


def _last(page: Page, part: str) -> str:
    """The identifier in the newest link of the page that leads below `part`."""
    links = page.locator(f"main a[href*='{part}/']")
    address = str(links.last.get_attribute("href"))
    return address.partition(f"{part}/")[2].split("/")[0].split("?")[0]


def make_asides(opened: Opened, coordinator: str, subject_login: str, photo: Path) -> dict[str, str]:
    """Path parameter → identifier of the record that was made for it."""
    subjects = _subjects(opened("/console/subjects", coordinator))
    return {
        "binding_id": bind(opened, coordinator, subject_login, subjects[-1]),
        "binding_request_id": _request(opened, coordinator, subject_login, subjects[-2], photo),
        "access_change_id": _access_change(opened),
        "client_id": _client(opened),
        "endpoint_id": _endpoint(opened),
        "filter_id": _filter(opened, coordinator),
        "regrouping_id": _regrouping(opened, coordinator, subjects[-3], subjects[-4]),
        "regrouped_id": subjects[-3][0],
        "proposal_id": _proposal(opened, photo.parent),
        "upload_id": _upload(opened, photo.parent),
        "code": _village(opened),
    }


def _subjects(page: Page) -> list[tuple[str, str]]:
    """(identifier, code) of the firms of the first page."""
    rows = page.locator("main table tbody tr").all()
    found = [(str(row.locator("a.yj-title").get_attribute("href")), row.inner_text()) for row in rows]
    codes = [(address.rsplit("/", 1)[1], re.search(r"\b9\w{17}\b", text)) for address, text in found]
    return [(id, code[0]) for id, code in codes if code]


def bind(opened: Opened, coordinator: str, login: str, subject: tuple[str, str]) -> str:
    """The person acts for the subject from then on, by a code that the coordinator gave out."""
    page = opened(f"/console/subjects/{subject[0]}/agents", coordinator)
    press(page, "生成并打印")
    found = CODE.search(page.locator("main").inner_text())
    assert found is not None
    own = opened("/subject/bindings/enter", login)
    own.fill("main input[name=code]", found[0])
    press(own, "绑定")
    told(own, "已绑定")
    return _last(opened(f"/console/subjects/{subject[0]}/agents", coordinator), "/console/held-bindings")


def _request(opened: Opened, coordinator: str, login: str, subject: tuple[str, str], photo: Path) -> str:
    page = opened("/subject/binding-requests/new", login)
    page.fill("main input[name=code]", subject[1])
    page.fill("main textarea", "我是站长，日常办理检查整改。")
    page.set_input_files("main input[type=file]", photo)
    told(page, "已上传")
    press(page, "提交")
    told(page, "已提交，等部门核实")
    return _last(opened("/console/bindings", coordinator), "/console/bindings")


def _access_change(opened: Opened) -> str:
    page = opened("/console/people/gx450100-coordinator/edit", SECURITY)
    page.locator("main input[type=checkbox][value=evaluator]").check(force=True)
    press(page, "保存")
    told(page, "等另一位管理员复核后生效")
    return _last(opened("/console/people/changes", SECURITY), "/console/people/changes")


def _client(opened: Opened) -> str:
    page = opened("/console/clients/new", SYSTEM)
    page.fill("[name=name]", CALLER)
    page.locator("main select").select_option(index=1)
    page.locator("main input[type=radio]").first.check(force=True)
    page.fill("[name=provider_subject]", "evaluation-client")
    press(page, "登记客户端")
    told(page, "已登记")
    return _last(page, "/console/clients")


def _endpoint(opened: Opened) -> str:
    page = opened("/console/webhooks/new", SYSTEM)
    page.fill("[name=label]", RECEIVER)
    page.fill("[name=url]", "https://hooks.example.com/in")
    page.locator("main input[type=checkbox]").first.check(force=True)
    press(page, "添加")
    told(page, "请现在记下密钥")
    return page.locator("main a[href*='/console/webhooks/']:not([href$=receiving])").last.evaluate(
        "(link) => new URL(link.href).pathname.split('/')[3]"
    )


def _filter(opened: Opened, coordinator: str) -> str:
    page = opened("/console/filters/new?q=加油", coordinator)
    page.fill("main input[type=text]", "加油站")
    press(page, "保存")
    told(page, "已存为常用条件")
    return _last(opened("/console/filters", coordinator), "/console/filters")


def _regrouping(opened: Opened, coordinator: str, kept: tuple[str, str], double: tuple[str, str]) -> str:
    page = opened(f"/console/subjects/{kept[0]}/merge?with={double[1]}", coordinator)
    page.locator("#field-reason").fill("换过营业执照")
    press(page, "合并")
    told(page, "已合并")
    return _last(page, f"/console/subjects/{kept[0]}/regroupings")


def _proposal(opened: Opened, folder: Path) -> str:
    days = folder / "holidays.csv"
    off = [f"2027-02-{day:02},放假,春节" for day in range(6, 13)]
    days.write_text(
        "\n".join(["日期,类型,名称", "2027-01-01,放假,元旦", *off, "2027-02-20,上班,春节"]), encoding="utf-8"
    )
    page = opened("/console/calendars", OPERATOR)
    page.fill("[name=year]", "2027")
    page.set_input_files("main input[type=file]", days)
    page.fill("[name=source]", "关于2027年部分节假日安排的通知（示例）")
    page.fill("[name=published_on]", "2026-11-10")
    press(page, "上传并预览")
    page.wait_for_url("**/console/calendars/*")
    return page.url.partition("?")[0].rsplit("/", 1)[1]


def _upload(opened: Opened, folder: Path) -> str:
    page = opened("/console/onboarding", SECURITY)
    with page.expect_download() as download:
        page.click("main a[href$='template.xlsx']")
    workbook = folder / "tenant.xlsx"
    download.value.save_as(workbook)
    page.set_input_files("main input[type=file]", workbook)
    press(page, "上传并核对")
    page.wait_for_url("**/console/onboarding/files/*")
    return page.url.partition("?")[0].rsplit("/", 1)[1]


def _village(opened: Opened) -> str:
    page = opened("/console/divisions/new", SYSTEM)
    page.fill("[name=code]", VILLAGE)
    page.fill("[name=name]", VILLAGE_NAME)
    press(page, "添加")
    told(page, "已添加")
    return VILLAGE
