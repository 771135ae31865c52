"""Fixtures of the web tests."""

from collections.abc import Iterator

import pytest

from tests.web.site import NOW, Site, at, open_site


@pytest.fixture(scope="module")
def opened_site() -> Iterator[Site]:
    with open_site() as opened:
        yield opened


@pytest.fixture
def site(opened_site: Site) -> Site:
    """The module's site with its clock at NOW; what one test writes the next one of the module can see."""
    at(NOW)
    return opened_site
