"""Helpers for tests in a real Chromium: start it, watch a page for violations, check accessibility and overflow.

`Watch(page)` collects what must never happen on any page: content policy violations, script errors, requests to another
host; `watch.assert_clean()` fails with all of them. Widths: PHONE 390, TABLET 768, DESK 1440.
"""

import json
import os
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Error, Page, Playwright, Request

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
TABLET = {"width": 768, "height": 1024}
DESK = {"width": 1440, "height": 900}
AXE = next((Path(__file__).parent / "vendor").glob("axe-core-*/axe.min.js"))
OUR_HOSTS = {"127.0.0.1", "localhost"}

_LISTENER = """
document.addEventListener("securitypolicyviolation", (event) => {
  window.reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`);
});
"""


def launch(playwright: Playwright) -> Browser:
    """Headless Chromium with a fresh profile that Playwright throws away afterwards."""
    return playwright.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)


class Watch:
    """Collects violations of a page, over all its navigations, from the moment it is made."""

    def __init__(self, page: Page) -> None:
        self.problems: list[str] = []
        page.expose_function("reportViolation", lambda text: self.problems.append(f"content policy: {text}"))
        page.add_init_script(_LISTENER)
        page.on("console", self._on_console)
        page.on("pageerror", self._on_error)
        page.on("request", self._on_request)

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.problems.append(f"content policy: {message.text}")

    def _on_error(self, error: Error) -> None:
        self.problems.append(f"script error: {error}")

    def _on_request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname not in OUR_HOSTS:
            self.problems.append(f"request to another host: {request.url}")

    def assert_clean(self) -> None:
        """Fails with every violation seen so far."""
        assert self.problems == []


def axe_violations(page: Page) -> list[dict[str, Any]]:
    """Serious and critical findings of axe-core on the page as it is now."""
    if page.evaluate("typeof axe === 'undefined'"):
        # evaluate() runs outside the page's content policy, which a script element would not
        page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations)")
    return [each for each in found if each["impact"] in {"serious", "critical"}]


def assert_accessible(page: Page) -> None:
    """No serious and no critical finding; the message names rule, element and reason."""
    lines = [
        f"{each['impact']} {each['id']}: {node['target']} {node['failureSummary']}"
        for each in axe_violations(page)
        for node in each["nodes"]
    ]
    assert lines == [], "\n".join(lines)


def overflowing(page: Page) -> list[str]:
    """Elements that stick out at the right when the page can be moved sideways; empty when it cannot."""
    found = page.evaluate(
        """() => {
          const width = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= width) return "[]";
          const right = (each) => Math.round(each.getBoundingClientRect().right);
          const out = [...document.querySelectorAll("body *")].filter((each) => right(each) > width + 1);
          const named = out.slice(0, 12).map((each) => `${each.tagName}.${each.getAttribute("class")} ${right(each)}`);
          return JSON.stringify(named.concat(`scrollWidth ${document.documentElement.scrollWidth}`));
        }"""
    )
    return list(json.loads(found))


def small_targets(page: Page, least: int = 44) -> list[str]:
    """Buttons, inputs and row links of a phone page that are lower than `least` px."""
    found = page.evaluate(
        """(least) => {
          const all = document.querySelectorAll("button, .btn, .yj-tap, .yj-field, .yj-answer, .yj-day a, summary");
          const height = (each) => each.getBoundingClientRect().height;
          const low = [...all].filter((each) => each.offsetParent && height(each) < least - 0.5);
          return JSON.stringify(low.map((each) => `${each.tagName}.${each.className} ${height(each)}`));
        }""",
        least,
    )
    return list(json.loads(found))


def screenshots(page: Page, folder: Path, name: str) -> list[Path]:
    """Full-page pictures at 390 and 1440 px: `<name>-390.png`, `<name>-1440.png`."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for size in (PHONE, DESK):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        made.append(folder / f"{name}-{size['width']}.png")
        page.screenshot(path=str(made[-1]), full_page=True)
    return made
