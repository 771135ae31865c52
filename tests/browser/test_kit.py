"""The kit in a real browser: accessible, clean under the content policy, no overflow, usable without script.

How the gallery looks is checked at night; at every change the real pages are (test_pages.py).
"""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import gallery
from tests.browser.conftest import OpenPage
from tests.browser.harness import DESK, PHONE, Watch, assert_accessible, axe_violations, overflowing, small_targets
from tests.browser.harness_server import GalleryHandler

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]


@pytest.mark.nightly
@pytest.mark.parametrize("page_name", gallery.PAGES)
def test_page_is_accessible_and_fits(open_page: OpenPage, gallery_url: str, page_name: str) -> None:
    """The longer English words have to fit as well; what makes a page accessible is the same in both languages."""
    page = open_page(f"{gallery_url}/{page_name}?lang=zh")

    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert_accessible(page)
        assert overflowing(page) == []
    assert page.evaluate("document.querySelectorAll('h1').length") == 1
    page.goto(f"{gallery_url}/{page_name}?lang=en")
    for size in (DESK, PHONE):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        assert overflowing(page) == []


@pytest.mark.nightly
@pytest.mark.parametrize("page_name", ["console", "form", "public", "visit"])
def test_large_type_fits_and_stays(open_page: OpenPage, gallery_url: str, page_name: str) -> None:
    page = open_page(f"{gallery_url}/{page_name}", DESK)
    page.evaluate("document.cookie = 'type=large; path=/'")
    page.reload()

    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
    assert overflowing(page) == []


@pytest.mark.nightly
def test_large_type_button_remembers(open_page: OpenPage, gallery_url: str) -> None:
    page = open_page(f"{gallery_url}/console")
    button = page.get_by_role("button", name="大字")

    button.click()
    page.reload()

    expect(button).to_have_attribute("aria-pressed", "true")
    button.click()
    page.reload()
    expect(button).to_have_attribute("aria-pressed", "false")


@pytest.mark.nightly
@pytest.mark.parametrize("page_name", ["visit", "day"])
def test_field_targets_are_big_enough_for_a_thumb(open_page: OpenPage, gallery_url: str, page_name: str) -> None:
    page = open_page(f"{gallery_url}/{page_name}", PHONE)

    assert small_targets(page) == []
    for answer in page.locator(".yj-answer span").all():
        box = answer.bounding_box()
        assert box is not None
        assert box["height"] >= 76


@pytest.mark.nightly
def test_icons_are_drawn(open_page: OpenPage, gallery_url: str) -> None:
    page = open_page(f"{gallery_url}/console")

    empty = page.evaluate(
        """() => [...document.querySelectorAll("svg.i use")]
             .filter((use) => use.parentNode.getClientRects().length && use.getBBox().width === 0)
             .map((use) => use.getAttribute("href"))"""
    )

    assert page.locator("svg.i").count() > 40
    assert empty == []


@pytest.mark.nightly
def test_console_measures_are_those_of_the_mockups(open_page: OpenPage, gallery_url: str) -> None:
    page = open_page(f"{gallery_url}/console", DESK)

    def height(selector: str) -> float:
        return float(
            page.evaluate("(selector) => document.querySelector(selector).getBoundingClientRect().height", selector)
        )

    assert height(".yj-topbar") == 56
    assert page.evaluate("document.querySelector('.yj-side').getBoundingClientRect().width") == 232
    assert (
        page.evaluate("getComputedStyle(document.querySelector('.btn-primary')).backgroundColor") == "rgb(26, 86, 168)"
    )
    assert page.evaluate("getComputedStyle(document.querySelector('h1')).fontSize") == "26px"
    assert page.evaluate("getComputedStyle(document.body).fontSize") == "16px"


@pytest.mark.nightly
def test_top_bar_and_navigation_stay_in_sight(open_page: OpenPage, gallery_url: str) -> None:
    page = open_page(f"{gallery_url}/console", DESK)

    page.evaluate("window.scrollTo(0, 1500)")

    assert page.evaluate("document.querySelector('.yj-topbar').getBoundingClientRect().top") == 0
    expect(page.get_by_role("link", name="计划与抽查").first).to_be_in_viewport()


def test_focus_moves_to_the_error_summary_and_from_there_to_the_field(open_page: OpenPage, gallery_url: str) -> None:
    page = open_page(f"{gallery_url}/form")

    expect(page.locator("[data-error-summary]")).to_be_focused()
    page.get_by_role("link", name="请填写“计划名称”").click()
    expect(page.locator("#field-title")).to_be_focused()
    page.get_by_role("link", name="请选择“参加部门”").click()
    expect(page.locator("#field-bodies input").first).to_be_focused()
    assert page.locator("#field-title").get_attribute("aria-describedby") == "hint-title error-title"


@pytest.mark.nightly
def test_keyboard_reaches_the_content_first(open_page: OpenPage, gallery_url: str) -> None:
    page = open_page(f"{gallery_url}/console")

    page.keyboard.press("Tab")

    focused = page.evaluate(
        "[document.activeElement.className, document.activeElement.getBoundingClientRect().left >= 0]"
    )
    assert focused == ["skip", True]


@pytest.mark.nightly
@pytest.mark.parametrize("page_name", ["console", "public"])
def test_a_button_reached_by_keyboard_is_outlined(open_page: OpenPage, gallery_url: str, page_name: str) -> None:
    page = open_page(f"{gallery_url}/{page_name}")
    page.keyboard.press("Tab")

    page.locator("main .btn").first.focus()

    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


@pytest.mark.nightly
def test_language_link_keeps_the_filters(open_page: OpenPage, gallery_url: str) -> None:
    page = open_page(f"{gallery_url}/console?q=加油站")

    page.get_by_role("link", name="English").click()

    assert page.evaluate("new URLSearchParams(location.search).get('q')") == "加油站"
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_dialog_asks_and_is_left_again(open_page: OpenPage, gallery_url: str) -> None:
    page = open_page(f"{gallery_url}/console")

    page.get_by_role("link", name="作废本次抽取").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    assert_accessible(page)
    dialog.get_by_role("button", name="取消").click()

    expect(dialog).to_be_hidden()
    assert page.url.endswith("/console")


def test_a_form_is_sent_once(open_page: OpenPage, gallery_url: str) -> None:
    page = open_page(f"{gallery_url}/confirm")
    GalleryHandler.received.clear()

    page.evaluate(
        "const button = document.querySelector('form button'); button.click(); button.click(); button.click();"
    )
    page.wait_for_load_state("networkidle")

    assert len(GalleryHandler.received) == 1
    assert b"csrf_token=gallery-token" in GalleryHandler.received[0][2]


def test_htmx_asks_for_the_job_and_sends_the_token(open_page: OpenPage, gallery_url: str) -> None:
    page = open_page(f"{gallery_url}/console")
    tokens: list[str] = []
    page.on(
        "request",
        lambda request: tokens.append(request.headers.get("x-csrf-token", "")) if "/job" in request.url else None,
    )

    expect(page.locator("#job-done")).to_have_text("done", timeout=10_000)

    assert tokens[0] == "gallery-token"


def test_a_file_is_uploaded_by_presigned_post(open_page: OpenPage, gallery_url: str, tmp_path: Path) -> None:
    chosen = tmp_path / "approval.pdf"
    chosen.write_bytes(b"%PDF-1.4 a small file")
    page = open_page(f"{gallery_url}/form")
    GalleryHandler.received.clear()

    page.locator("#field-approval").set_input_files(str(chosen))
    expect(page.locator(".yj-filebox .yj-state")).to_have_text("已上传")

    (sign_path, token, signed), (bucket_path, _, body) = GalleryHandler.received
    assert (sign_path, token, bucket_path) == ("/sign", "gallery-token", "/bucket")
    assert b"filename=approval.pdf" in signed
    assert re.search(rb"sha256=[0-9a-f]{64}", signed)
    assert b"uploads/1" in body
    assert b"a small file" in body
    expect(page.locator("input[name=approval_id]")).to_have_value("01UPLOAD")


def test_a_form_sent_at_once_waits_for_its_file(open_page: OpenPage, gallery_url: str, tmp_path: Path) -> None:
    chosen = tmp_path / "approval.pdf"
    chosen.write_bytes(b"%PDF-1.4 a small file")
    page = open_page(f"{gallery_url}/form")
    GalleryHandler.received.clear()
    page.evaluate(
        """() => document.querySelector("#field-approval").addEventListener("change", (event) => {
            const form = event.target.form;
            form.noValidate = true;
            setTimeout(() => { form.requestSubmit(); form.requestSubmit(); });
        })"""
    )

    with page.expect_response("**/post"):
        page.locator("#field-approval").set_input_files(str(chosen))

    assert [path for path, _, _ in GalleryHandler.received] == ["/sign", "/bucket", "/post"]
    assert b"01UPLOAD" in GalleryHandler.received[-1][2]


def test_without_script_everything_is_there(open_page: OpenPage, gallery_url: str) -> None:
    page = open_page(f"{gallery_url}/console", java_script_enabled=False)

    expect(page.get_by_role("heading", name="抽取证明")).to_be_visible()
    page.get_by_role("link", name="作废本次抽取").click()
    expect(page.get_by_role("heading", name="作废本次抽取？")).to_be_visible()
    expect(page.get_by_role("button", name="大字")).to_have_count(0)


def test_offline_chip_follows_the_network(open_page: OpenPage, gallery_url: str) -> None:
    page = open_page(f"{gallery_url}/visit", PHONE)
    chip = page.locator("[data-net]")

    expect(chip).to_contain_text("联网")
    page.context.set_offline(True)
    expect(chip.locator("b.is-off")).to_be_visible()
    page.context.set_offline(False)
    expect(chip.locator("b.is-on")).to_be_visible()


@pytest.mark.nightly
def test_print_shows_the_content_only(open_page: OpenPage, gallery_url: str) -> None:
    page = open_page(f"{gallery_url}/console")

    page.emulate_media(media="print")

    expect(page.locator(".yj-side")).to_be_hidden()
    expect(page.locator(".yj-topbar")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def test_the_watch_sees_what_it_must(browser: Browser, gallery_url: str) -> None:
    page: Page = browser.new_context().new_page()
    watch = Watch(page)
    page.goto(f"{gallery_url}/plain")
    assert watch.problems == []

    page.evaluate("const s = document.createElement('script'); s.textContent = '1'; document.body.append(s)")
    page.evaluate("setTimeout(() => { throw new Error('spoiled') }, 0)")
    page.evaluate("fetch('http://other.invalid/').catch(() => 0)")
    page.wait_for_timeout(200)

    seen = json.dumps(watch.problems)
    assert "content policy: script-src" in seen
    assert "script error" in seen
    assert "connect-src" in seen
    page.context.close()


def test_the_accessibility_check_sees_what_it_must(browser: Browser, gallery_url: str) -> None:
    page = browser.new_page()
    page.goto(f"{gallery_url}/plain")

    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/static/icon.svg\"><input>')"
    )

    assert {each["id"] for each in axe_violations(page)} >= {"image-alt", "label"}
    page.close()
