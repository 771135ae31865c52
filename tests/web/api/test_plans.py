"""Plans over the API: the pages' services, with versions and idempotency keys."""

from collections.abc import Iterator

import pytest

from chalicelib.domain.tenancy import Role
from tests.web.planning import DRAFT, LEAD, SECOND, Office
from tests.web.site import TENANT_B, open_site

PLANS = "/api/v1/plans"
KEY = {"idempotency-key": "01JD0000000000000000000API"}


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with open_site() as site:
        yield Office(site)


def created(office: Office) -> dict:
    reply = office.coordinator.call("POST", PLANS, DRAFT)
    assert reply.status == 201, reply.text
    return reply.json


def test_made_read_changed(office):
    plan = created(office)
    one = f"{PLANS}/{plan['id']}"
    read = office.coordinator.call("GET", one)
    assert read.headers["etag"].startswith('"1.')
    assert read.json["number"].startswith("南")

    changed = office.coordinator.call("PUT", one, DRAFT | {"title": "改过的"}, {"if-match": read.headers["etag"]})
    assert (changed.status, changed.headers["etag"], changed.json["title"]) == (200, '"2"', "改过的")
    stale = office.coordinator.call("PUT", one, DRAFT, {"if-match": '"1"'})
    assert (stale.status, stale.json["code"]) == (412, "precondition_failed")


def test_the_same_key_is_the_same_act(office):
    first = office.coordinator.call("POST", PLANS, DRAFT, KEY)
    second = office.coordinator.call("POST", PLANS, DRAFT, KEY)
    assert first.json["id"] == second.json["id"]

    submit = f"{PLANS}/{first.json['id']}/submit"
    again = {"idempotency-key": "01JD0000000000000000000SUB", "if-match": '"1"'}
    assert office.coordinator.call("POST", submit, {}, again).json["state"] == "plan_submitted"
    assert office.coordinator.call("POST", submit, {}, again).json["version"] == 2, "a repeat is no conflict"


def test_problems_name_their_fields(office):
    reply = office.coordinator.call("POST", PLANS, DRAFT | {"bodies": ["nobody"], "ratios": {"E": 1}})

    assert reply.status == 422
    assert {(found["field"], found["code"]) for found in reply.json["problems"]} >= {
        ("bodies", "unknown_acting_body"),
        ("ratios.E", "out_of_range"),
    }
    loose = [
        office.coordinator.call("POST", PLANS, DRAFT | more).json["problems"][0]
        for more in ({"title": "   "}, {"period_to": "2199-01-01"})
    ]
    assert [(one["field"], one["code"]) for one in loose] == [("title", "required"), ("period_to", "period_too_far")]
    kept = office.coordinator.call("POST", PLANS, DRAFT | {"title": "  两边有空格 "}).json
    assert kept["title"] == "两边有空格"
    further = office.coordinator.call("POST", PLANS, DRAFT | {"also_serves": ["prepaid_card"]})
    assert [(found["field"], found["code"]) for found in further.json["problems"]] == [
        ("also_serves", "unknown_scenario")
    ]


def test_every_step_up_to_the_draw(office):
    one = f"{PLANS}/{created(office)['id']}"

    def take(browser, name, **body):
        reply = browser.call("POST", f"{one}/{name}", body)
        assert reply.status == 200, reply.text
        return reply.json

    take(office.coordinator, "submit")
    assert take(office.lead_head, "return", reason="再核对")["state"] == "plan"
    take(office.coordinator, "submit")
    take(office.lead_head, "approve")
    take(office.coordinator, "tasks")
    take(office.lead_officer, "opinions", agrees=True)
    refused = office.second_officer.call("POST", f"{one}/opinions", {"acting_body_id": LEAD, "agrees": True})
    assert refused.status == 403
    take(office.second_officer, "opinions", agrees=True)
    missing = office.coordinator.call("POST", f"{one}/opinions", {"acting_body_id": SECOND})
    assert missing.status == 403
    take(office.coordinator, "close-opinions")
    take(office.lead_head, "approvals")
    done = take(office.second_head, "approvals", acting_body_id=SECOND)

    assert done["state"] == "scheduling"
    assert [task["state"] for task in done["tasks"]] == ["approved", "approved"]
    early = office.coordinator.call("POST", f"{one}/complete", {})
    assert (early.status, early.json["code"]) == (409, "illegal_transition")
    assert take(office.coordinator, "cancel", reason="并入另一计划")["state"] == "cancelled"


def test_the_list_and_who_may_read_it(office):
    plan = created(office)
    listed = office.coordinator.call("GET", f"{PLANS}?year=2026&step=plan").json

    assert plan["id"] in {one["id"] for one in listed["items"]}
    assert office.site.browser(Role.INSPECTOR).call("GET", PLANS).status == 403
    assert office.site.browser(Role.COORDINATOR, TENANT_B).call("GET", f"{PLANS}/{plan['id']}").status == 404
