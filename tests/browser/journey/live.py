"""The running site of the journey, started, stopped and started again as a child process, and who is signed in."""

import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

from infra.local.cloud import free_port
from infra.local.demo_roster import PASSWORD
from tests.browser.harness import DESK, Watch

ROOT = Path(__file__).parents[3]
PATIENCE_SECONDS = 90
STEP_MILLISECONDS = 20_000


class LiveSite:
    """`address` while it runs; `said`: every line that it printed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.said: list[str] = []
        self._lines: queue.Queue[str] = queue.Queue()
        self._child: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Returns when the site says where it is."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "YIJIANSHI_"))}
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.browser.journey.child", str(self.port), str(self.folder)],
            cwd=ROOT,
            env=inherited,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._lines = queue.Queue()
        threading.Thread(target=self._read, args=(self._child, self._lines), daemon=True).start()
        self._wait(lambda line: self.address in line)

    def stop(self) -> int:
        """Ctrl-C; the exit code."""
        child, self._child = self._child, None
        if child is None:
            return 0
        child.send_signal(signal.SIGINT)
        try:
            return child.wait(PATIENCE_SECONDS)
        finally:
            child.kill()

    def add_subject_user(self, subject_id: str) -> str:
        """The login of somebody who acts for this subject."""
        assert self._child is not None and self._child.stdin is not None
        self._child.stdin.write(f"subject {subject_id}\n")
        self._child.stdin.flush()
        return self._wait(lambda line: line.startswith("login ") and "tenant" not in line).split()[1]

    @staticmethod
    def _read(child: "subprocess.Popen[str]", lines: "queue.Queue[str]") -> None:
        for line in child.stdout or ():
            lines.put(line)
        lines.put("")

    def _wait(self, is_it: Callable[[str], bool]) -> str:
        while line := self._lines.get(timeout=PATIENCE_SECONDS):
            self.said.append(line.rstrip())
            if is_it(line):
                return line
        raise AssertionError("the site ended:\n" + "\n".join(self.said[-30:]))


class People:
    """Everybody's own browser context, watched from the first page on."""

    def __init__(self, browser: Browser, site: LiveSite) -> None:
        self._browser = browser
        self._site = site
        self._pages: dict[str, Page] = {}
        self._contexts: list[BrowserContext] = []
        self._watches: list[Watch] = []

    def at(self, login: str, path: str, size: dict[str, int] = DESK) -> Page:
        """The person's page, now at this path. Who is not signed in yet is asked by the provider's own page."""
        if login not in self._pages:
            self._pages[login] = self.fresh(size)
        page = self._pages[login]
        page.goto(path)
        if urlsplit(page.url).port != self._site.port:
            page.fill("input[name=username]", login)
            page.fill("input[name=password]", PASSWORD)
            page.click("[type=submit]")
            page.wait_for_url(self._site.address + path)
        return page

    def call(self, login: str, method: str, path: str, value: object = None) -> Any:
        """What this person's browser gets from the API, with its own cookies and token."""
        page = self._pages[login]
        token = page.locator("meta[name=csrf-token]").get_attribute("content") or ""
        headers = {"origin": self._site.address, "sec-fetch-site": "same-origin", "x-csrf-token": token}
        reply = page.request.fetch(path, method=method, data=value, headers=headers)
        assert reply.ok, (path, reply.status, reply.text())
        return reply.json()

    def fresh(
        self, size: dict[str, int] = DESK, login: str = "", locale: str = "zh-CN", *, has_worker: bool = False
    ) -> Page:
        """A page in a context of its own: of nobody, or of somebody who has signed in before. has_worker: with the
        service worker, which each context would install anew and only a page without a network needs."""
        context = self._browser.new_context(
            base_url=self._site.address,
            viewport=size,  # type: ignore[arg-type]
            locale=locale,
            timezone_id="Asia/Shanghai",
            service_workers="allow" if has_worker else "block",
            storage_state=self._pages[login].context.storage_state() if login else None,
        )
        page = context.new_page()
        page.set_default_timeout(STEP_MILLISECONDS)
        self._contexts.append(context)
        self._watches.append(Watch(page))
        return page

    def assert_clean(self) -> None:
        """No page broke the content policy, threw an error, or asked another host for anything."""
        assert [problem for watch in self._watches for problem in watch.problems] == []

    def close(self) -> None:
        for context in self._contexts:
            context.close()
