"""The path of one city, from a messy file to a published result and the next plan's pool, in browsers; what was
clicked once already goes through the API after that, as the same people.

Every step checks what its page says; what the pages say at the end is checked by the tests that use a `Walk`.
"""

import re
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from infra.local.demo_roster import TENANTS, roster
from tests.browser.harness import PHONE
from tests.browser.journey import console
from tests.browser.journey import field as phone
from tests.browser.journey.asides import make_asides
from tests.browser.journey.city import TENANT, register_csv
from tests.browser.journey.disposals import make_disposal
from tests.browser.journey.live import LiveSite, People
from tests.browser.journey.more_asides import before_messages, make_more
from tests.visiting import png

COORDINATOR = "nanning.coordinator"
JUSTICE = "nanning.justice"
SHORT = {"市商务局": "commerce", "市应急管理局": "emergency", "市市场监督管理局": "market"}
NEXT_TITLE = "江南区和西乡塘区加油站下一轮抽查"
DRAFT_TITLE = "江南区和西乡塘区加油站年末抽查"
REGISTER_FILE = "成品油零售企业名录.csv"
SEEDS = ("nanning.commerce.officer", JUSTICE)


@dataclass
class Walk:
    """What the walk left behind: identifiers, logins by duty, and figures that pages showed on the way."""

    site: LiveSite
    people: People
    folder: Path
    plan_id: str = ""
    draw_id: str = ""
    next_plan_id: str = ""
    visit_id: str = ""
    other_visit_id: str = ""
    subject_id: str = ""
    finding_id: str = ""
    job_id: str = ""
    firm: str = ""
    inspectors: dict[str, str] = field(default_factory=dict)
    subject_login: str = ""
    refused_rows: Path = Path()
    refused_words: str = ""
    mended_words: str = ""
    question_counts: tuple[int, int] = (0, 0)
    drawn_count: int = 0
    pools: list[dict[str, int]] = field(default_factory=list)

    @property
    def public(self) -> str:
        return f"/p/{TENANT}"

    @cached_property
    def draft_id(self) -> str:
        """A plan that nobody has submitted, made when a test first asks for it."""
        return console.draft_plan(self.page("/console/plans"), DRAFT_TITLE)

    @cached_property
    def asides(self) -> dict[str, str]:
        """Identifier by path parameter of what stands beside the path, made when a test first asks for it."""
        before_messages(self.page)
        made = make_asides(self.page, COORDINATOR, self.subject_login, self.folder / "photo.png")
        made |= make_more(self.page, self.people.call, self.subject_id, self.subject_login)
        return made | make_disposal(self.page, self.people.call, self.subject_login)

    def page(self, path: str, login: str = COORDINATOR) -> Page:
        return self.people.at(login, path)


def walk(site: LiveSite, people: People, folder: Path) -> Walk:
    """All of it, in order."""
    done = Walk(site, people, folder)
    photo = folder / "photo.png"
    photo.write_bytes(png(320, 240, 90))
    _register(done)
    done.plan_id = _planned(done, console.PLAN_TITLE)
    done.draw_id = _frozen(done, done.plan_id)
    _drawn(done)
    _inspected(done, photo)
    _rectified(done, photo)
    _published(done)
    _next_plan(done)
    return done


def _register(done: Walk) -> None:
    file = done.folder / REGISTER_FILE
    file.write_bytes(register_csv())
    page = done.page("/console/subjects")
    done.refused_rows = console.import_register(page, file)
    done.job_id = console.last_part(page)
    done.refused_words = console.card(page, "要改的行").inner_text()
    done.mended_words = console.card(page, "自动改好的").inner_text()


def _planned(done: Walk, title: str) -> str:
    """A plan that every acting body has answered and every head has approved."""
    plan_id = console.draft_plan(done.page("/console/plans"), title)
    path = f"/console/plans/{plan_id}"
    console.submit_plan(done.page(path))
    console.approve_plan(done.page(path, "nanning.commerce.head"))
    console.generate_tasks(done.page(path))
    for body in SHORT.values():
        console.agree(done.page(path, f"nanning.{body}.officer"))
    console.close_opinions(done.page(path))
    for body in SHORT.values():
        console.approve_inspection(done.page(path, f"nanning.{body}.head"))
    return plan_id


def _planned_again(done: Walk) -> str:
    """The same plan once more under another title, with nobody clicking."""
    first = done.people.call(COORDINATOR, "GET", f"/api/v1/plans/{done.plan_id}")
    names = ("scenario", "divisions", "uniform_k", "period_from", "period_to")
    draft = {name: first[name] for name in names} | {
        "title": NEXT_TITLE,
        "bodies": [task["acting_body_id"] for task in first["tasks"]],
        "ratios": {one["grade"]: one["ratio"] for one in first["ratios"]},
    }
    plan_id: str = done.people.call(COORDINATOR, "POST", "/api/v1/plans", draft)["id"]

    def step(login: str, name: str, **values: object) -> None:
        done.people.call(login, "POST", f"/api/v1/plans/{plan_id}/{name}", values)

    step(COORDINATOR, "submit")
    step("nanning.commerce.head", "approve")
    step(COORDINATOR, "tasks")
    for body in SHORT.values():
        step(f"nanning.{body}.officer", "opinions", agrees=True)
    step(COORDINATOR, "close-opinions")
    for body in SHORT.values():
        step(f"nanning.{body}.head", "approvals")
    return plan_id


def _frozen(done: Walk, plan_id: str) -> str:
    """A draw whose sources of randomness are sealed and whose pool the log has signed."""
    draw_id = console.open_draw(done.page(f"/console/plans/{plan_id}"))
    path = f"/console/draws/{draw_id}"
    digests = [console.seal_seed(done.page(path, login)) for login in SEEDS]
    assert len(set(digests)) == len(SEEDS)
    page = done.page(path)
    console.freeze_pool(page)
    done.pools.append(console.pool_of(page))
    return draw_id


def _drawn(done: Walk) -> None:
    path = f"/console/draws/{done.draw_id}"
    for login in SEEDS:
        console.reveal_seed(done.page(path, login))
    drawn = console.draw(done.page(path))
    done.drawn_count = len(drawn)
    done.firm, teams = drawn[0]
    done.inspectors = {body: _logins()[body, names[0]] for body, names in teams.items()}
    done.other_visit_id = console.schedule(done.page(path))


@cache
def _logins() -> dict[tuple[str, str], str]:
    """Login of each officer by acting body and name."""
    city = next(one for one in TENANTS if one.id == TENANT)
    everybody, logins = roster(city)
    bodies = {body.id: body.label for body in everybody.acting_bodies}
    people = {one.id: one for one in everybody.people}
    found = [(people[login.person_id], login.username) for login in logins if "inspector" in login.username]
    return {(bodies[person.acting_body_id or ""], person.name): name for person, name in found}


def _inspected(done: Walk, photo: Path) -> None:
    """One officer answers everything on the phone; then each acting body draws its own conclusion."""
    lead = done.inspectors["市商务局"]
    page = done.people.at(lead, "/field", PHONE)
    done.visit_id = phone.open_visit(page, done.firm)
    phone.start_visit(page)
    done.question_counts = _answered(done, lead, page, photo)
    phone.submit_visit(page)
    for login in done.inspectors.values():
        phone.conclude(done.people.at(login, f"/field/visits/{done.visit_id}/conclusion", PHONE))


def _answered(done: Walk, lead: str, page: Page, photo: Path) -> tuple[int, int]:
    """Every kind of question on the phone; the others of the first kind through the API. How many questions there were
    at first and at the end."""
    before = phone.questions(page)
    phone.answer_on(page, photo)
    for one in _sheet(done, lead):
        entry = one["entry"]
        if one["answer"] is None and entry["answer_type"] == "compliance" and entry["key"] != phone.SEALS:
            answer = {"base_version": 0, "compliance": "compliant"}
            done.people.call(lead, "PUT", f"/api/v1/visits/{done.visit_id}/answers/{entry['key']}", answer)
    while missing := [one["entry"]["key"] for one in _sheet(done, lead) if one["answer"] is None or one["gaps"]]:
        page.goto(f"/field/visits/{done.visit_id}/items/{missing[0]}")
        phone.answer_on(page, photo)
        after = phone.questions(page)
    page.goto(f"/field/visits/{done.visit_id}")
    return before, after


def _sheet(done: Walk, login: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = done.people.call(login, "GET", f"/api/v1/visits/{done.visit_id}/questions")["items"]
    return found


def _rectified(done: Walk, photo: Path) -> None:
    """The firm's own user shows what was done; the officer of the body that found the fault looks again."""
    page = done.page("/console/subjects")
    page.get_by_label("名称").first.fill(done.firm)
    page.keyboard.press("Enter")
    page.locator("main").get_by_role("link", name=done.firm).first.click()
    console.headed(page, re.compile(done.firm))
    done.subject_id = console.last_part(page)
    done.subject_login = done.site.add_subject_user(done.subject_id)
    portal = done.page("/subject", done.subject_login)
    phone.rectify(portal, photo)
    done.finding_id = console.last_part(portal)
    officer = done.people.at(done.inspectors["市市场监督管理局"], "/field", PHONE)
    phone.reinspect(officer, done.firm)


def _published(done: Walk) -> None:
    path = f"/console/results/{done.visit_id}"
    for body in SHORT.values():
        console.confirm_result(done.page(path, f"nanning.{body}.officer"))
    console.publish_result(done.page(path))


def _next_plan(done: Walk) -> None:
    """The evaluation follows the result; the next pool is made of the new grades."""
    page = done.page(f"/console/subjects/{done.subject_id}/evaluation")
    expect(console.card(page, "信用等级的依据")).to_be_visible()
    done.next_plan_id = _planned_again(done)
    _frozen(done, done.next_plan_id)
