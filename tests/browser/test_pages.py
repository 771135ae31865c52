"""Every page of the path as a person meets it: on a phone and at a desk, in both languages.

The pages come from the declarations of the routes, so that a new one is opened here by itself, or named as no page.
"""

import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page

import app  # noqa: F401  declares the routes
from chalicelib.contract.registry import registry
from chalicelib.domain.access import PERMISSIONS, Permission
from chalicelib.domain.division import children
from chalicelib.domain.tenancy import Role
from chalicelib.web import routing
from chalicelib.web.routing import Face, RouteDeclaration
from infra.local.demo_roster import TENANTS, platform_operator, roster
from infra.local.synthetic import HEADERS
from tests.browser.harness import DESK, PHONE, TABLET, assert_accessible, overflowing
from tests.browser.journey import disposals, more_asides
from tests.browser.journey.asides import NAMES
from tests.browser.journey.chrome import messages, untranslated
from tests.browser.journey.city import SUBJECT_LOGIN, TENANT, stations
from tests.browser.journey.console import PLAN_TITLE
from tests.browser.journey.walk import COORDINATOR, DRAFT_TITLE, JUSTICE, NEXT_TITLE, REGISTER_FILE, Walk

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("site")]

NO_PAGES = {
    "/service-worker.js": "a file",
    "/{proxy+}": "whatever is not there",
    "/login": "leads to the provider",
    "/login/callback": "comes back from the provider",
    "/console/imports/sample.csv": "a file",
    "/console/imports/{job_id}/errors.xlsx": "a file",
    "/console/draws/{draw_id}/progress": "a part of a page",
    "/console/plans/{plan_id}/draw": "leads to the draw once there is one",
    "/console/figures.csv": "a file",
    "/console/plans/{plan_id}/schedule": "leads back to the plan once it has dates",
    "/p/{tenant}/draws/{draw_id}/{file_name}": "a file",
    "/console/draws/{draw_id}/excluded/{reason}": "nobody was excluded on this path",
    "/console/calendars/sample.csv": "a file",
    "/console/exports/{job_id}/file": "a file",
    "/console/imports/{job_id}/changes.csv": "a file",
    "/console/onboarding/files/{upload_id}/marked.xlsx": "a file",
    "/console/onboarding/template.xlsx": "a file",
    "/console/notifications/unread": "a part of a page",
    "/subject/notifications/unread": "a part of a page",
    "/console/onboarding/{job_id}": "another kind of job than the import of this path",
    "/console/exports/{job_id}": "another kind of job than the import of this path",
    "/subject/bindings/{binding_id}/rights": "an agent's, and the firm of this path has none",
    "/console/tenant/reset/{job_id}": "another kind of job than the import of this path",
    "/console/tenant/archives/{job_id}": "another kind of job than the import of this path",
    "/console/tenant/archives/{job_id}/file": "a file",
    "/console/handbook-pushes/{handbook_push_id}/file": "a file",
    "/console/subjects/{subject_id}/handbook/file": "a file",
    "/p/{tenant}/handbooks/{scenario}/file": "a file",
    "/subject/handbook/file": "a file",
    "/login/join": "asks for the code of a notice, which is given once",
    "/console/bases/limits/{question_key}": "the departments of this path have the same limits",
    "/console/reports/file": "a file",
    "/console/reports/sheets/template": "a file",
    "/console/reports/sheets/{job_id}": "another kind of job than the import of this path",
    "/console/reports/sheets/{job_id}/errors.xlsx": "a file",
    "/console/bases/changes/{mark_id}/file": "a file",
    "/subject/reports/new": "opened from a row of the list, which says what is reported",
    "/console/orders/{order_id}/docx": "a file",
    "/subject/orders/{order_id}/docx": "a file",
    "/console/scenarios/{scenario}/files/{name}": "a file",
    "/closed/{closed_id}": "the city of this path is not closed; the tests of the web open the page of one that is",
    "/closed/{closed_id}/certificate-of-deletion.json": "a file",
}
ASIDES = {
    "binding_id",
    "binding_request_id",
    "access_change_id",
    "client_id",
    "endpoint_id",
    "filter_id",
    "proposal_id",
    "regrouping_id",
    "upload_id",
    "code",
    "hand_over_id",
    "patrol_id",
    "report_id",
    "mark_id",
    "handbook_push_id",
    "message_id",
    "disposal_id",
    "order_id",
    "self_check_id",
}
"""Records beside the path, made at night when the first of their pages is opened."""
OFTEN = (
    "/p/{tenant}",
    "/p/{tenant}/draws/{draw_id}",
    "/p/{tenant}/subjects/{subject_id}",
    "/console",
    "/console/imports/{job_id}",
    "/console/subjects",
    "/console/subjects/{subject_id}",
    "/console/plans/new",
    "/console/plans/{plan_id}",
    "/console/draws/{draw_id}",
    "/console/visits/{visit_id}",
    "/console/results/{result_id}",
    "/field",
    "/field/visits/{visit_id}/items/{question_key}",
    "/subject",
)
"""The path itself, opened at every change; the rest at night."""

PAGES = {
    d.path: d
    for d in routing.declarations()
    if d.is_safe and d.face not in (Face.API, Face.STATIC) and d.path not in NO_PAGES and "sha256" not in d.path
}
ENDLESS = """document.getAnimations().filter(one => one.effect.getTiming().iterations === Infinity)
    .map(one => one.effect.target.outerHTML)"""
LOGINS = {
    Role.COORDINATOR: COORDINATOR,
    Role.SECURITY_ADMINISTRATOR: "nanning.security",
    Role.SYSTEM_ADMINISTRATOR: "nanning.system",
    Role.AUDIT_ADMINISTRATOR: "nanning.audit",
    Role.JUSTICE_SUPERVISOR: JUSTICE,
    Role.PLATFORM_OPERATOR: "platform.operator",
    Role.SCENARIO_AUTHOR: "nanning.author",
    Role.DEPARTMENT_OFFICER: "nanning.commerce.officer",
}


def login_of(walked: Walk, page: RouteDeclaration) -> str:
    """Somebody who may open it: officer and firm of the walk on their own faces, else the first role that may."""
    if page.is_open or page.face is Face.AUTH:
        return COORDINATOR if page.path == "/login/tenant" else ""
    if page.face is Face.FIELD:
        return walked.inspectors["市市场监督管理局"]
    if page.face is Face.SUBJECT:
        return SUBJECT_LOGIN
    if page.permission == routing.SIGNED_IN:
        return COORDINATOR
    if not {"disposal_id", "order_id"}.isdisjoint(page.parameters):
        return disposals.OFFICER
    return next(login for role, login in LOGINS.items() if Permission(page.permission) in PERMISSIONS[role])


def path_of(walked: Walk, page: RouteDeclaration) -> str:
    """The page of a record of the walk."""
    values = {
        "tenant": TENANT,
        "tenant_id": TENANT,
        "person_id": f"{TENANT}-coordinator",
        "department_id": f"{TENANT}-commerce",
        "acting_body_id": f"{TENANT}-body-commerce",
        "plan_id": plan_of(walked, page),
        "draw_id": walked.draw_id,
        "visit_id": walked.other_visit_id if page.path.endswith(("/move", "/cancel")) else walked.visit_id,
        "result_id": walked.visit_id,
        "subject_id": walked.subject_id,
        "finding_id": walked.finding_id,
        "job_id": walked.job_id,
        "question_key": "dispenser_seals_intact",
        "item_id": "dispenser_seals_intact",
        "scenario": "refined_oil",
        "basis_id": registry().get("refined_oil").legal_basis.bases[0].id,
        "part": "handbook",
        "step": "cancel",
    }
    if is_aside(page):
        values |= walked.asides
        if "question_key" in page.parameters:
            values |= {
                "self_check_id": walked.asides["open_self_check_id"],
                "question_key": walked.asides["self_check_question"],
            }
        if page.path.endswith("/orders/{order_id}/edit"):
            values["order_id"] = walked.asides["draft_order_id"]
        if "regrouping_id" in page.parameters:
            values["subject_id"] = walked.asides["regrouped_id"]
    return page.concrete_path(**{name: values[name] for name in page.parameters if name in values})


def is_aside(page: RouteDeclaration) -> bool:
    """Whether it is of a record beside the path; the pages of local adjustments are, once there is a draft."""
    return not ASIDES.isdisjoint(page.parameters) or "/overlay" in page.path


def plan_of(walked: Walk, page: RouteDeclaration) -> str:
    """The plan that was carried out; a draft where one is changed; one before its draw where it may be cancelled."""
    if page.path.endswith("/plans/{plan_id}/edit"):
        return walked.draft_id
    return walked.next_plan_id if page.path.endswith("/confirm/{step}") else walked.plan_id


@pytest.fixture(scope="module")
def tabs(walked: Walk) -> Iterator[dict[str, Page]]:
    """A tab for each login, kept over the tests of this module."""
    found: dict[str, Page] = {}
    yield found
    walked.people.assert_clean()


def opened(walked: Walk, tabs: dict[str, Page], page: RouteDeclaration, locale: str, size: dict[str, int]) -> Page:
    login, path = login_of(walked, page), path_of(walked, page)
    if login not in tabs:
        if login:
            walked.people.at(login, path)
        tabs[login] = walked.people.fresh(size, login)
    tab = tabs[login]
    tab.set_viewport_size(size)  # type: ignore[arg-type]
    reply = tab.goto(f"{path}?lang={locale}")
    assert reply is not None and reply.status == 200, (path, reply and reply.status)
    return tab


def check(tab: Page) -> None:
    """Accessible and as wide as the screen; nothing turns for ever, seen or unseen, which costs a battery."""
    assert tab.title().partition("–")[0].strip()
    assert tab.locator("h1").count() == 1
    assert tab.evaluate(ENDLESS) == []
    assert_accessible(tab)
    assert overflowing(tab) == []


@pytest.mark.parametrize("path", OFTEN)
def test_a_page_of_the_path(walked: Walk, tabs: dict[str, Page], path: str) -> None:
    page = PAGES[path]
    tab = opened(walked, tabs, page, "zh", PHONE)
    check(tab)
    tab = opened(walked, tabs, page, "en", DESK)
    assert overflowing(tab) == []
    assert untranslated(tab, data_of(walked)) == []
    tab.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert overflowing(tab) == []


@pytest.mark.nightly
@pytest.mark.parametrize("locale", ["zh", "en"])
@pytest.mark.parametrize("path", sorted(PAGES))
def test_every_page_in_every_size(walked: Walk, tabs: dict[str, Page], path: str, locale: str) -> None:
    tab = opened(walked, tabs, PAGES[path], locale, DESK)
    check(tab)
    for size in (TABLET, PHONE):
        tab.set_viewport_size(size)  # type: ignore[arg-type]
        check(tab)
    if locale == "en":
        assert untranslated(tab, data_of(walked)) == []


def data_of(walked: Walk) -> list[str]:
    """Chinese words that are data, which no catalogue translates: longest first, so that parts do not break wholes."""
    people = roster(next(one for one in TENANTS if one.id == TENANT))[0]
    names = [one.name for one in (*people.people, platform_operator()[0])]
    names += [word for one in stations() for word in (one["responsible_person"], one["name"])]
    names += [*NAMES, *more_asides.NAMES, *disposals.NAMES]
    bodies = [one.label for one in (*people.departments, *people.acting_bodies, *TENANTS)]
    places = [one.name for tenant in TENANTS for code in tenant.divisions for one in children(code)]
    items = [item.name for item in registry().get("refined_oil").checklist.items]
    mine = [walked.firm, PLAN_TITLE, NEXT_TITLE, DRAFT_TITLE, REGISTER_FILE, *HEADERS.values(), "中文"]
    return sorted({*names, *bodies, *places, *items, *mine}, key=len, reverse=True)


def test_what_is_left_out_is_there_and_what_is_opened_often_is_a_page() -> None:
    assert {d.path for d in routing.declarations()} >= set(NO_PAGES)
    assert set(PAGES) >= set(OFTEN)


@pytest.mark.nightly
def test_what_is_not_reached_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    left = {path: why for path, why in NO_PAGES.items() if why not in ("a file", "a part of a page")}
    with capsys.disabled():
        sys.stdout.write(
            "\n".join(["", "not opened:", *(f"  {path}: {why}" for path, why in sorted(left.items())), ""])
        )

    assert set(left).isdisjoint(PAGES)


def test_chinese_left_in_an_english_page_is_seen(page: Page) -> None:
    page.set_content(
        "<nav>监管对象</nav><p>提交审批</p><p>某某公司</p><button>Save 南宁市</button><p lang='zh-CN'>状态</p>"
    )

    assert untranslated(page, ["南宁市"]) == ["提交审批", "监管对象"]
    assert {"提交审批", "监管对象", "状态"} <= messages()
