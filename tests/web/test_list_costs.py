"""Every list page costs three table calls and fifty read units at most, however much the tenant holds."""

import re
from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.domain.session import Membership
from chalicelib.domain.tenancy import PLATFORM, Role
from tests.architecture.route_calls import ROUTES
from tests.architecture.route_seeds import World, build_world
from tests.large_tenant import write_platform, write_subjects
from tests.list_costs import LIST_PAGES, MAX_CALLS, MAX_UNITS, MORE_CALLS, NO_LISTS, WITHOUT_A_LIST, ListPage, may_list
from tests.table_costs import Cost, metered
from tests.table_items import items_of, write, write_copies
from tests.web.site import TENANT_A, Browser, open_site

COPIED = (
    *("job", "inspection_plan", "random_draw", "visit", "visit_member", "finding", "todo", "inspection_result"),
    *("subject_evaluation", "person", "department", "acting_body", "notification", "notification_message"),
    *("binding", "binding_request", "hand_over", "access_change", "webhook_endpoint", "system_client"),
    *(
        "public_draw",
        "public_result",
        "public_name",
        "handbook_push",
        "patrol",
        "self_check",
        "periodic_report",
        "basis_mark",
        "confirmed_basis",
    ),
)
"""Kinds of which a list shows pages; each gets more records than a page holds."""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with open_site() as site:
        world = build_world(site, TENANT_A)
        with bootstrap.scope(TENANT_A):
            write_subjects(TENANT_A, 300)
            waiting = world.records["visit_member"].with_changes(state="scheduled")
            write(items_of(TENANT_A, waiting))
            write_copies(TENANT_A, [world.records[kind] for kind in COPIED if kind in world.records], 60)
        write_platform()
        yield world


def browser_of(world: World, role: Role | None) -> Browser:
    if role is Role.PLATFORM_OPERATOR:
        browser = world.site.browser()
        world.site.sign_in(browser, Membership(tenant=PLATFORM, person_id="operator", label="平台"))
        return browser
    return world.site.browser() if role is None else world.browser(role)


def cost_of(world: World, listed: ListPage) -> Cost:
    """Of the page itself: without what every page reads to know who is there."""
    browser, path = browser_of(world, listed.role), listed.path
    if listed.next_page:
        found = re.search(r'href="([^"]*cursor=[^"]*)"', browser.get(path).text)
        assert found, f"{path} has no second page"
        path = found[1].replace("&amp;", "&")
    plain = WITHOUT_A_LIST.get(listed.role, WITHOUT_A_LIST[Role.COORDINATOR])
    # What a process keeps for a minute (published calendars, local divisions) is read by then.
    assert browser.get(path).status == 200, path
    with metered() as known:
        assert browser.get(plain).status in (200, 403)
    with metered() as cost:
        reply = browser.get(path)
    assert reply.status == 200, (path, reply.status)
    return Cost(cost.calls - known.calls, cost.units - known.units)


def test_every_page_that_may_show_a_list_is_measured_or_tells_what_it_shows() -> None:
    measured = {listed.path.partition("?")[0] for listed in LIST_PAGES}
    pages = {one.path for one in ROUTES if one.is_safe and may_list(one.path)}

    assert pages - measured == set(NO_LISTS)
    assert set(MORE_CALLS) <= measured


@pytest.mark.parametrize("listed", LIST_PAGES, ids=lambda one: f"{one.role or 'visitor'} {one.path} {one.next_page}")
def test_a_list_reads_little_more_than_it_shows(world: World, listed: ListPage) -> None:
    cost = cost_of(world, listed)

    most, _ = MORE_CALLS.get(listed.path.partition("?")[0], (MAX_CALLS, ""))
    assert cost.calls <= most, cost
    assert cost.units <= MAX_UNITS, cost
