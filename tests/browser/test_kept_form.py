"""What was typed into a form that was refused comes back for the same person, in a real Chromium."""

import pytest
from playwright.sync_api import Page, Route

from chalicelib.web.render import STATIC
from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
BASE = "http://127.0.0.1:9"
HEAD = '<!doctype html><html lang="zh"><meta charset="utf-8"><title>表</title><meta name="owner" content="{owner}">'
TAIL = '<script src="/kept.js"></script>'
FORM = """<body data-kept-words="已经填回"><details><summary>更多</summary>
<form method="post" action="/plans/1/return" data-guard>
<input type="hidden" name="csrf_token" value="fresh"><input name="title"><textarea name="reason"></textarea>
<select name="kind"><option>a</option><option>b</option></select>
<label><input type="checkbox" name="bodies" value="tax">税务</label>
<label><input type="checkbox" name="bodies" value="fire" checked>消防</label><button>交</button></form></details>"""
REFUSED = "<body><p data-refused hidden>留在这台设备上</p>"


def serve(page: Page, owner: str, *, is_taken: bool = False) -> None:
    def answer(route: Route) -> None:
        if route.request.url.endswith("/kept.js"):
            route.fulfill(content_type="text/javascript", body=(STATIC / "js" / "kept.js").read_text("utf-8"))
        elif route.request.method == "POST" and not is_taken:
            route.fulfill(status=401, content_type="text/html", body=HEAD.format(owner="") + REFUSED + TAIL)
        else:
            route.fulfill(content_type="text/html", body=HEAD.format(owner=owner) + FORM + TAIL)

    page.unroute_all()
    page.route(f"{BASE}/**", answer)


def send(page: Page) -> None:
    page.goto(f"{BASE}/form")
    page.click("summary")
    page.fill("[name=title]", "城区抽查")
    page.fill("[name=reason]", "第一行\n第二行")
    page.select_option("[name=kind]", "b")
    page.check("[value=tax]")
    page.uncheck("[value=fire]")
    page.click("button")


def test_a_refused_form_comes_back_once_and_for_its_person_only(open_page: OpenPage) -> None:
    page = open_page()
    serve(page, "p-1")
    send(page)
    assert page.is_visible("[data-refused]")

    page.goto(f"{BASE}/form?again")

    assert page.inner_text("[role=status]") == "已经填回"
    assert page.input_value("[name=title]") == "城区抽查"
    assert page.input_value("[name=reason]") == "第一行\n第二行"
    assert page.input_value("[name=kind]") == "b"
    assert page.is_checked("[value=tax]") and not page.is_checked("[value=fire]")
    assert page.input_value("[name=csrf_token]") == "fresh"
    page.goto(f"{BASE}/form?later")
    assert page.input_value("[name=title]") == ""

    send(page)
    serve(page, "p-2")
    page.goto(f"{BASE}/form")
    assert page.input_value("[name=title]") == ""
    serve(page, "p-1", is_taken=True)
    send(page)
    page.goto(f"{BASE}/form")
    assert page.input_value("[name=title]") == ""
