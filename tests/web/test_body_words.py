"""Names of acting bodies in records: as they were kept, and on English pages in English where the body has a name."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.domain.finding import Finding
from chalicelib.domain.tenancy import Role
from tests.builders import TENANT
from tests.visiting import save
from tests.web.inspected import as_person, inspected_site
from tests.web.site import Browser, Site

ENGLISH = "Meteorological Service"


@pytest.fixture(scope="module")
def case() -> Iterator[tuple[Site, list[Finding]]]:
    """Two findings, of a body with an English name and of one without."""
    with inspected_site(bad=("sales_declared", "lightning_protection_tested")) as (site, visit):
        store = bootstrap.store()
        with bootstrap.scope(TENANT):
            found = sorted(
                store.findings.of_plan(TENANT, visit.plan_id), key=lambda one: "气象" not in one.acting_body_label
            )
            body = store.acting_bodies.get(TENANT, found[0].acting_body_id)
            save(store, body.with_changes(label_en=ENGLISH))
        yield site, found


def texts(browser: Browser, path: str) -> tuple[str, str]:
    """The page in Chinese and in English."""
    pages = [browser.get(f"{path}?lang={one}") for one in ("zh", "en")]
    assert [one.status for one in pages] == [200, 200], path
    return pages[0].text, pages[1].text


def test_a_finding_names_its_body_in_the_readers_language(case: tuple[Site, list[Finding]]) -> None:
    site, (named, other) = case
    owner = as_person(site, "p-owner")

    chinese, english = texts(owner, f"/subject/findings/{named.id}")

    assert named.acting_body_label in chinese and ENGLISH not in chinese
    assert ENGLISH in english and named.acting_body_label not in english
    assert other.acting_body_label in texts(owner, f"/subject/findings/{other.id}")[1]
    assert ENGLISH in texts(owner, "/subject")[1]


def test_plans_and_their_forms_name_bodies_so_too(case: tuple[Site, list[Finding]]) -> None:
    site, (named, _) = case
    coordinator = site.browser(Role.COORDINATOR)

    for path in (f"/console/plans/{named.plan_id}", "/console/plans/new", f"/console/findings/{named.id}"):
        chinese, english = texts(coordinator, path)
        assert named.acting_body_label in chinese and ENGLISH not in chinese
        assert ENGLISH in english, path
