"""What officers do on the phone, and the subject's user in the portal."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.journey.console import headed, press, told

SEALS, SEAL_PHOTOS = "dispenser_seals_intact", "broken_seal_photos"
"""The question that is answered with no, and the one that it opens."""
LITRES = {"opening": "30000", "purchases": "120000", "sales": "110000", "closing": "31200"}


def open_visit(page: Page, firm: str) -> str:
    """From the day page. The visit's identifier."""
    page.get_by_role("link", name=re.compile(firm)).first.click()
    page.wait_for_url("**/field/visits/*")
    return page.url.rsplit("/", 1)[1]


def start_visit(page: Page) -> None:
    page.get_by_label("已向企业出示执法证和检查码").check(force=True)
    early = page.locator("[name=early_reason]")
    if early.count():
        early.fill("企业请求提前检查")
    press(page, "开始检查")
    page.wait_for_url("**/items/**")


def questions(page: Page) -> int:
    """How many questions the visit has now, as its progress says."""
    words = page.locator("[data-progress-words]").inner_text()
    return int(words.partition("共")[2].rstrip("项"))


def answer_on(page: Page, photo: Path) -> None:
    """The question that is open, as it is asked; then on to the next."""
    key, place = page.url.rsplit("/", 1)[1], page.url
    if key == SEALS:
        find_fault(page, photo)
    else:
        answer(page, key, photo)
    page.locator(".yj-bar button[type=submit]").click()
    expect(page).not_to_have_url(place)


def answer(page: Page, key: str, photo: Path) -> None:
    """In order, with plausible figures; a photo where one is asked for."""
    number = page.locator("#field-number")
    if page.locator(".yj-answer.ok").count():
        page.click(".yj-answer.ok")
    elif number.count():
        number.fill(next((litres for name, litres in LITRES.items() if name in key), "0"))
    else:
        take_photo(page, photo)


def find_fault(page: Page, photo: Path) -> None:
    """Not in order: a photo, the clause, and the day by which it has to be."""
    with page.expect_response(lambda reply: reply.request.method == "POST"):
        page.click(".yj-answer.no")
    take_photo(page, photo)
    with page.expect_response(lambda reply: reply.request.method == "POST"):
        page.locator("#field-legal_basis_id").select_option(index=1)
    with page.expect_response(lambda reply: reply.request.method == "POST"):
        page.locator(".yj-dates button").last.click()
    expect(page.locator("label[for=field-remedy_due_on] .is-green")).to_be_visible()


def take_photo(page: Page, photo: Path) -> None:
    """It goes to the bucket from this page."""
    page.locator("#field-photo").set_input_files(photo)
    expect(page.locator("a.yj-photo img").first).to_be_visible()


def submit_visit(page: Page) -> None:
    headed(page, "全部填完，可以提交")
    press(page, "提交检查记录")
    told(page, "检查记录已提交，请作出结论")


def conclude(page: Page) -> None:
    """Adopt the shared answers as the acting body's own."""
    press(page, "全部采用，作出结论")
    told(page, re.compile("本单位已作出结论|检查已确认"))


def rectify(page: Page, evidence: Path) -> None:
    """The subject's user, from the portal."""
    page.get_by_role("link", name="去整改最急的一个").click()
    page.fill("#field-text", "已更换铅封，并请计量机构重新检定。")
    page.locator("#field-evidence").set_input_files(evidence)
    expect(page.locator(".yj-filebox .yj-state")).to_have_text("已上传")
    press(page, "提交整改")
    told(page, "整改已提交")


def reinspect(page: Page, firm: str) -> None:
    """The officer's second look, from the day page: it is in order now, and the finding is closed."""
    page.get_by_role("link", name=re.compile(firm + "，")).first.click()
    page.get_by_label("合格", exact=True).check(force=True)
    page.locator("textarea[name=text]").first.fill("铅封完好，检定证书齐全。")
    press(page, "记录复查")
    press(page, "销号")
    told(page, "问题已销号")
