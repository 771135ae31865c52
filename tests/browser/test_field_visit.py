"""A visit and a patrol on a phone in a real Chromium: sent at once, kept while offline, and never twice."""

import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from playwright.sync_api import Browser, Page

from chalicelib import bootstrap
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.session import Membership
from chalicelib.domain.subject import ScenarioMembership, Subject, SubjectKind
from chalicelib.domain.tenancy import Person, Role
from chalicelib.services.visit.start_visit import start_visit
from chalicelib.services.visit.submit_visit import submit_visit
from tests.browser.harness import DESK, PHONE, Watch, assert_accessible, overflowing, small_targets
from tests.browser.site_server import serve
from tests.builders import act
from tests.cloud import emulator
from tests.visiting import (
    LIGHT,
    SUBJECT_ID,
    TAX,
    TENANT,
    WEATHER,
    answer_all,
    new_visit,
    officer,
    plan,
    png,
    roster,
    save,
)
from tests.web.site import Site, open_site

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PICTURES = os.environ.get("PICTURES")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site({"YIJIANSHI_UPLOAD_ORIGIN": emulator()}, emulator()) as opened:
        rule = {"AllowedMethods": ["POST"], "AllowedOrigins": ["*"], "AllowedHeaders": ["*"]}
        bucket = os.environ["YIJIANSHI_FILES_BUCKET"]
        boto3.client("s3").put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [rule]})
        yield opened


@pytest.fixture(scope="module")
def address(site: Site) -> Iterator[str]:
    with serve(site) as found:
        yield found


@pytest.fixture(scope="module")
def visit(site: Site):
    with bootstrap.scope(TENANT):
        inspection = plan()
        user = Person(id="p-subject", name="黄小明", roles=frozenset({Role.SUBJECT_USER}), subject_ids=[SUBJECT_ID])
        save(bootstrap.store(), inspection, *roster(), user)
        return new_visit(bootstrap.store(), inspection)


def signed_in(browser: Browser, site: Site, address: str, person_id: str, size: dict[str, int] = PHONE) -> Page:
    made = site.browser()
    site.sign_in(made, Membership(tenant=TENANT, person_id=person_id, label="南宁市"))
    context = browser.new_context(viewport=size, locale="zh-CN")  # type: ignore[arg-type]
    cookie = {
        "name": "__Host-session",
        "value": made.cookies["__Host-session"],
        "url": address.replace("http:", "https:"),
    }
    context.add_cookies([{**cookie, "secure": True}])  # type: ignore[list-item]
    page = context.new_page()
    page.set_default_timeout(10_000)
    return page


def picture(page: Page, name: str) -> None:
    if PICTURES:
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=f"{PICTURES}/{name}.png", full_page=True)


def checked(page: Page, name: str) -> None:
    picture(page, name)
    assert_accessible(page)
    assert overflowing(page) == []


def stored(visit, key):
    with bootstrap.scope(TENANT):
        return bootstrap.store().visit_answers.find_of(TENANT, visit.id, key)


def test_a_visit_on_the_phone(browser, site, address, visit):
    page = signed_in(browser, site, address, f"{WEATHER}-officer1")
    watch = Watch(page)
    page.goto(f"{address}/field")
    checked(page, "day-390")
    page.click(".yj-bar a")
    checked(page, "start-390")
    page.check("[name=certificates_shown]")
    page.click(".yj-bar button")
    page.wait_for_url("**/items/**")
    path = f"{address}/field/visits/{visit.id}/items"

    page.goto(f"{path}/{LIGHT}")
    with page.expect_response(lambda answer: answer.request.method == "POST") as sent:
        page.click(".yj-answer.no")
    assert sent.value.ok
    page.wait_for_selector("text=已保存10:00")
    assert page.is_visible("text=不合格要填2项")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.click(".yj-dates button:nth-child(2)")
    page.wait_for_selector("label[for=field-remedy_due_on] .is-green")

    page.set_input_files("#field-photo", {"name": "a.png", "mimeType": "image/png", "buffer": png(40, 30, 90)})
    page.wait_for_selector("a.yj-photo")
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.select_option("#field-legal_basis_id", index=1)
    page.wait_for_selector("label[for=field-legal_basis_id] .is-green")
    checked(page, "item-390")
    assert small_targets(page) == []
    answer = stored(visit, LIGHT)
    assert (len(answer.photos), answer.legal_basis_id is not None, answer.remedy_due_on is not None) == (1, True, True)

    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.type("textarea[name=text]:visible", "灯具破损")
    page.reload()
    assert page.input_value("textarea[name=text]") == "灯具破损"

    page.goto(f"{path}/business_licence")
    refusal = {"status": 422, "json": {"code": "invalid_input", "problems": [{"detail": "超出允许的范围"}]}}
    page.route("**/items/business_licence", lambda route: route.fulfill(**refusal), times=2)  # type: ignore[arg-type]
    page.click(".yj-answer.ok")
    page.wait_for_selector("text=超出允许的范围")
    page.click(".yj-bar button.btn-primary")
    page.wait_for_timeout(300)
    assert page.url.endswith("business_licence"), "what was refused is still to be mended here"
    page.unroute_all()
    page.reload()

    page.context.set_offline(True)
    page.click(".yj-answer.ok")
    page.wait_for_selector("text=待发送1项")
    picture(page, "offline-390")
    assert stored(visit, "business_licence") is None
    page.click(".yj-answer.no")
    page.context.set_offline(False)
    page.wait_for_selector("text=已保存10:00")
    answer = stored(visit, "business_licence")
    assert (answer.answer.compliance, answer.version) == ("non_compliant", 1)
    page.goto(f"{address}/field/visits/{visit.id}")
    checked(page, "list-390")
    watch.problems = [problem for problem in watch.problems if not problem.startswith("request to another host")]
    watch.assert_clean()
    page.context.close()


@pytest.mark.nightly
def test_conclusion_and_the_subject_s_side(browser, site, address, visit):
    with bootstrap.scope(TENANT):
        store = bootstrap.store()
        found = store.visits.get(TENANT, visit.id)
        if is_first := found.state == "scheduled":
            given = act(officer(WEATHER))
            found = start_visit(store, TENANT, given, visit_id=visit.id, certificates_shown=True)
        answer_all(store, found, bad=("business_licence",), skip=() if is_first else (LIGHT,))
        submit_visit(store, TENANT, act(officer(WEATHER), minutes=70), visit_id=visit.id)
    page = signed_in(browser, site, address, f"{TAX}-officer1")
    watch = Watch(page)
    page.goto(f"{address}/field/visits/{visit.id}/conclusion")
    checked(page, "conclusion-390")
    page.click(".yj-itemlist a")
    checked(page, "own-390")
    page.goto(f"{address}/field/visits/{visit.id}/conclusion")
    page.click(".yj-bar button")
    page.wait_for_selector("text=本单位已作出结论")
    other = signed_in(browser, site, address, f"{WEATHER}-officer1")
    other.goto(f"{address}/field/visits/{visit.id}/conclusion")
    other.click(".yj-bar button")
    other.wait_for_selector("text=检查已确认")

    for size in (PHONE, DESK):
        width = size["width"]
        user = signed_in(browser, site, address, "p-subject", size)
        eye = Watch(user)
        user.goto(f"{address}/subject")
        checked(user, f"subject-{width}")
        user.click(".yj-actions .btn-primary")
        checked(user, f"subject-finding-{width}")
        eye.assert_clean()
        user.context.close()
        desk = signed_in(browser, site, address, site.people[TENANT, "coordinator"].id, size)
        eye = Watch(desk)
        for name, place in (
            ("visits", f"/console/visits?plan={visit.plan_id}"),
            ("visit", f"/console/visits/{visit.id}"),
            ("findings", f"/console/findings?plan={visit.plan_id}"),
        ):
            desk.goto(address + place)
            checked(desk, f"{name}-{width}")
        desk.click(".yj-table .yj-link")
        checked(desk, f"finding-{width}")
        eye.assert_clean()
        desk.context.close()
    watch.assert_clean()


@pytest.mark.nightly
def test_a_patrol_stays_on_the_phone_until_there_is_a_network(browser, site, address, visit):
    building = Subject(
        kind=SubjectKind.BUILDING,
        name="示例大道一号楼",
        division="450105000000",
        memberships=(ScenarioMembership(scenario="self_built_housing"),),
    )
    walker = Person(id="p-walker", name="韦晨阳", roles=frozenset({Role.DEPARTMENT_OFFICER}))
    with bootstrap.scope(TENANT):
        save(bootstrap.store(), walker, building, ScenarioMember.of(building, "self_built_housing"))
    page = signed_in(browser, site, address, walker.id)
    watch = Watch(page)
    form = f"{address}/console/subjects/{building.id}/patrols/new"
    page.goto(form)
    page.check("[value=new_crack]")
    page.fill("[name=note]", "东墙")
    page.set_input_files("[name=photos]", {"name": "a.png", "mimeType": "image/png", "buffer": png(40, 30, 90)})
    page.wait_for_timeout(800)
    page.goto(form)
    page.wait_for_selector("[data-patrol-restored]:visible")
    assert page.is_checked("[value=new_crack]") and page.input_value("[name=note]") == "东墙"
    assert page.evaluate("document.querySelector('[name=photos]').files.length") == 1

    page.context.set_offline(True)
    page.click("form[data-patrol] .btn-primary")
    page.wait_for_selector("[data-patrol-box] li")
    checked(page, "patrol-kept-390")
    page.context.set_offline(False)
    page.wait_for_selector("[data-patrol-box]", state="hidden")

    with bootstrap.scope(TENANT):
        (made,) = bootstrap.store().patrols.of_subject(TENANT, building.id).records
    assert (made.note, made.observation_ids, len(made.photos)) == ("东墙", ("new_crack",), 1)
    page.goto(form)
    assert not page.is_checked("[value=new_crack]")
    watch.assert_clean()
    page.context.close()
