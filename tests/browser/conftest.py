"""Fixtures of the browser tests: one clean context per test, watched for violations.

Those that walk the site are one group, all others another, so that a run starts Chromium twice and not once per worker.
"""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.browser.harness import DESK, Watch, launch
from tests.browser.harness_server import serve_gallery
from tests.browser.journey.live import STEP_MILLISECONDS, LiveSite, People
from tests.browser.journey.walk import Walk, walk

OpenPage = Callable[..., Page]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium, started once. On a busy machine a background job is waited for as long as a click is."""
    expect.set_options(timeout=STEP_MILLISECONDS)
    with sync_playwright() as playwright:
        running = launch(playwright)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """`open_page(url="", viewport=DESK, **context options)`: a page in a fresh context (own cookies, own storage).

    When the test ends, every page it opened must be free of policy violations, script errors and foreign requests.
    """
    contexts, watches = [], []

    def make(url: str = "", viewport: dict[str, int] = DESK, **options: object) -> Page:
        settings = {"locale": "zh-CN", "timezone_id": "Asia/Shanghai", "service_workers": "block"} | options
        context = browser.new_context(viewport=viewport, **settings)  # type: ignore[arg-type]
        page = context.new_page()
        contexts.append(context)
        watches.append(Watch(page))
        if url:
            page.goto(url)
        return page

    yield make
    for context in contexts:
        context.close()
    for watch in watches:
        watch.assert_clean()


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    """One watched page at desk size."""
    return open_page()


@pytest.fixture(scope="session")
def gallery_url() -> Iterator[str]:
    """Base address of the component gallery."""
    with serve_gallery() as address:
        yield address


@pytest.fixture(scope="session")
def walked(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Walk]:
    """A running site on which the whole path has been walked; its tests are one group, so that it is walked once."""
    site = LiveSite(tmp_path_factory.mktemp("site"))
    people = People(browser, site)
    try:
        site.start()
        yield walk(site, people, tmp_path_factory.mktemp("downloads"))
    finally:
        people.close()
        site.stop()
