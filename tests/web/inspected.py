"""A site with one concluded inspection and the people who handle its result, for tests of several faces."""

from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib import bootstrap
from chalicelib.domain.session import Membership
from chalicelib.domain.visit import Visit
from chalicelib.services.tenancy.enable_scenario import enable_scenario
from tests.builders import TENANT, act
from tests.resulting import LIGHTNING, concluded_visit, prepared, staff
from tests.visiting import SCENARIO, roster, save
from tests.web.site import Browser, Site, open_site


@contextmanager
def inspected_site(bad: tuple[str, ...] = (LIGHTNING,), **more: object) -> Iterator[tuple[Site, Visit]]:
    """The site and the visit; its result is prepared, nobody has confirmed it."""
    with open_site() as site:
        store = bootstrap.store()
        with bootstrap.scope(TENANT):
            save(store, *[one for one in roster() if one.KIND != "person"], *staff())
            enable_scenario(store, TENANT, act(), scenario=SCENARIO, known=[SCENARIO])
            visit = concluded_visit(store, bad=bad, **more)
            prepared(store, visit)
        yield site, visit


def as_person(site: Site, person_id: str) -> Browser:
    browser = Browser(site)
    site.sign_in(browser, Membership(tenant=TENANT, person_id=person_id, label="南宁市"))
    return browser
