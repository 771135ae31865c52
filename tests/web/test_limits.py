"""Limits: counted apart for each address, person and tenant, and forgotten after their window."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from chalicelib.domain.errors import YijianshiError
from chalicelib.domain.tenancy import Role
from chalicelib.settings import settings
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


def test_exports_imports_and_archives_are_limited_for_the_person_and_the_tenant(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("YIJIANSHI_LIMITS_WORK_PERSON", "2")
    monkeypatch.setenv("YIJIANSHI_LIMITS_WORK_TENANT", "5")
    settings.cache_clear()
    try:
        first, second = site.browser(Role.COORDINATOR), site.browser(Role.DEPARTMENT_OFFICER)
        wanted = {"format": "csv", "status": "active", "reason": "核对台账"}
        asked = [first.call("POST", "/api/v1/exports", wanted) for _ in range(3)]
        assert [one.status for one in asked] == [202, 202, 429]
        assert 0 < int(asked[-1].headers["retry-after"]) <= 3600
        assert asked[-1].json["code"] == "too_often"
        assert first.post("/console/exports", wanted).status == 429
        assert [second.call("POST", "/api/v1/exports", wanted).status for _ in range(3)] == [202, 202, 429]
        body = {"scenario": "refined_oil", "upload_id": "01JD00000000000000000SAMP0", "filename": "a.csv"}
        tries = [first.call("POST", "/api/v1/imports", body).status for _ in range(3)]
        assert tries[0] != 429 and tries[2] == 429
    finally:
        monkeypatch.undo()
        settings.cache_clear()
