"""Sealing and revealing a seed in a real Chromium: it never leaves the device but as its SHA-256, and is not lost."""

import hashlib
import re
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page

from chalicelib.web.render import STATIC
from tests.browser.conftest import OpenPage

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; object-src 'none'"
HEAD = '<!doctype html><html lang="zh"><meta charset="utf-8"><title>封存</title><script src="draw.js" defer></script>'
SEAL = """<div data-draw-seal data-store="draw-seed-1-commerce" data-file="18-1.txt" data-words-made="已生成">
<p data-seal-tools hidden><button data-seal-make>生成</button><a data-seal-file hidden href="#">下载</a></p>
<code data-seal-secret hidden></code><p data-seal-words></p><form><input name="sha256"></form></div>"""
REVEAL = """<div data-draw-reveal data-store="draw-seed-1-commerce" data-sha256="{sha256}" data-words-found="一致"
 data-words-other="不一致"><p data-reveal-tools hidden><input type="file" data-reveal-file></p>
<p data-reveal-words></p><form><input name="secret"></form></div>"""


class _Handler(SimpleHTTPRequestHandler):
    def end_headers(self) -> None:
        self.send_header("Content-Security-Policy", POLICY)
        # Two pages written within one second are the same to If-Modified-Since.
        self.send_header("Cache-Control", "no-store")
        super().end_headers()

    def log_message(self, *arguments: object) -> None:
        """Quiet."""


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[Path, str]]:
    (tmp_path / "draw.js").write_bytes((STATIC / "js" / "draw.js").read_bytes())
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, directory=str(tmp_path))) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield tmp_path, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def show(site: tuple[Path, str], page: Page, body: str) -> Page:
    (site[0] / "index.html").write_text(HEAD + body, encoding="utf-8")
    page.goto(site[1] + "/index.html")
    return page


def sealed(site: tuple[Path, str], page: Page) -> str:
    """The seed that a fresh page makes."""
    show(site, page, SEAL).click("[data-seal-make]")
    page.wait_for_selector("[data-seal-secret]:not([hidden])")
    return page.inner_text("[data-seal-secret]")


def test_the_form_gets_the_digest_and_the_file_the_seed(site: tuple[Path, str], open_page: OpenPage) -> None:
    page = open_page(accept_downloads=True)
    secret = sealed(site, page)
    assert re.fullmatch(r"[0-9a-f]{64}", secret)
    assert page.input_value("[name=sha256]") == hashlib.sha256(bytes.fromhex(secret)).hexdigest()
    with page.expect_download() as download:
        page.click("[data-seal-file]")
    assert download.value.suggested_filename == "18-1.txt"
    assert download.value.path().read_text().strip() == secret


def test_the_seed_is_still_there_after_a_reload_and_at_the_reveal(site: tuple[Path, str], open_page: OpenPage) -> None:
    page = open_page()
    secret = sealed(site, page)
    page.reload()
    page.wait_for_selector("[data-seal-secret]:not([hidden])")
    assert page.inner_text("[data-seal-secret]") == secret
    show(site, page, REVEAL.format(sha256=hashlib.sha256(bytes.fromhex(secret)).hexdigest()))
    page.wait_for_selector("[data-reveal-words]:text('一致')")
    assert page.input_value("[name=secret]") == secret


def test_another_device_takes_the_file_and_refuses_another_seed(site: tuple[Path, str], open_page: OpenPage) -> None:
    secret = hashlib.sha256(b"one").hexdigest()
    page = show(site, open_page(), REVEAL.format(sha256=hashlib.sha256(bytes.fromhex(secret)).hexdigest()))
    for content, words, value in (("0" * 64, "不一致", ""), ("没有", "不一致", ""), (f"{secret}\n", "一致", secret)):
        chosen = {"name": "seed.txt", "mimeType": "text/plain", "buffer": content.encode()}
        page.set_input_files("[data-reveal-file]", chosen)
        page.wait_for_selector(f"[data-reveal-words]:text-is('{words}')")
        assert page.input_value("[name=secret]") == value
