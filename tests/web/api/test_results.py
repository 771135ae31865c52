"""The result's path by API, and the public API without a token."""

from collections.abc import Iterator

import pytest

from chalicelib.domain.tenancy import Role
from chalicelib.domain.visit import Visit
from tests.builders import TENANT
from tests.resulting import NAME, PERSON, PHONE
from tests.visiting import SUBJECT_ID, TAX, WEATHER
from tests.web.inspected import as_person, inspected_site
from tests.web.site import Site

API = "/api/v1/results"
PUBLIC = f"/api/v1/public/{TENANT}"


@pytest.fixture(scope="module")
def opened() -> Iterator[tuple[Site, Visit]]:
    with inspected_site() as found:
        yield found


def test_confirm_publish_read_withdraw(opened: tuple[Site, Visit]) -> None:
    site, visit = opened
    one = f"{API}/{visit.id}"
    coordinator = site.browser(Role.COORDINATOR)
    assert [found["id"] for found in coordinator.get(API).json["items"]] == [visit.id]
    for body in (WEATHER, TAX):
        head = as_person(site, f"p-head-{body}")
        other = TAX if body == WEATHER else WEATHER
        assert head.call("POST", f"{one}/confirmation", {"acting_body_id": other}).status in (403, 409)
        assert head.call("POST", f"{one}/confirmation", {"acting_body_id": body}).status == 200
    assert coordinator.get(one).json["state"] == "confirmed"

    published = coordinator.call("POST", f"{one}/publication", {})

    assert (published.status, published.json["state"]) == (200, "published")
    visitor = site.browser()
    results = visitor.get(f"{PUBLIC}/subjects/{SUBJECT_ID}")
    assert results.json["items"][0]["name"] == NAME
    assert visitor.get(f"{PUBLIC}/results").json["items"][0]["id"] == visit.id
    hits = visitor.get(f"{PUBLIC}/subjects?q=甲戌").json["items"]
    assert [hit["subject_id"] for hit in hits] == [SUBJECT_ID]
    assert visitor.get(f"{PUBLIC}/subjects?q=甲").status == 422
    assert visitor.get(f"{PUBLIC}/handbooks/refined_oil?kind=premises").json["conditional"]
    for canary in (PHONE, PERSON, "韦晨", "draw_order", "order"):
        assert canary not in results.text
    refused = coordinator.call("POST", f"{one}/withdrawal", {"reason": ""})
    assert refused.json["problems"][0]["code"] == "required"
    assert coordinator.call("POST", f"{one}/withdrawal", {"reason": "名称有误"}).json["state"] == "withdrawn"
    assert visitor.get(f"{PUBLIC}/subjects/{SUBJECT_ID}").status == 404


def test_lists_take_known_states_and_plans(opened: tuple[Site, Visit]) -> None:
    site, visit = opened
    coordinator = site.browser(Role.COORDINATOR)

    assert coordinator.get(f"{API}?state=lost").status == 422
    assert [one["id"] for one in coordinator.get(f"{API}?plan_id={visit.plan_id}").json["items"]] == [visit.id]
    assert coordinator.get(f"{API}/01JD0000000000000000000000").status == 404
