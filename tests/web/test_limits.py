"""Limits: counted apart for each address, person and tenant, and forgotten after their window."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.domain.errors import YijianshiError
from chalicelib.web import middleware
from chalicelib.web.limits import limit_address, limit_person, limit_tenant
from chalicelib.web.request import WebRequest
from tests.web.site import NOW, TENANT_B, Site
from tests.web.test_request import _request

Limit = Callable[[WebRequest, str, int, int], None]


@pytest.mark.parametrize("limit", [limit_address, limit_person, limit_tenant])
def test_the_one_too_many_is_told_when_to_come_back(site: Site, limit: Limit) -> None:
    for _ in range(3):
        limit(_request(), limit.__name__, 3, 60)

    with pytest.raises(YijianshiError) as error:
        limit(_request(), limit.__name__, 3, 60)

    assert middleware.status_of(error.value) == 429
    assert 0 < error.value.details["retry_after"] <= 60
    later = _request()
    later.now = NOW + timedelta(seconds=61)
    limit(later, limit.__name__, 3, 60)


def test_others_are_not_kept_waiting(site: Site) -> None:
    limit_person(_request(person="p1"), "export", 1, 60)
    limit_person(_request(person="p2"), "export", 1, 60)
    limit_person(_request(person="p1", tenant=TENANT_B), "export", 1, 60)
    limit_tenant(_request(person="p1"), "export", 1, 60)
    limit_tenant(_request(tenant=TENANT_B), "export", 1, 60)

    with pytest.raises(YijianshiError):
        limit_tenant(_request(person="p2"), "export", 1, 60)
