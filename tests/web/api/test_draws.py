"""The draw over the API, and who may not come near it."""

import hashlib
from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.domain.tenancy import Role
from tests.services.draw.case import SECRETS
from tests.web.console.test_draws import Stage
from tests.web.site import TENANT_B, open_site

BODY = {
    "seed_departments": ["commerce", "justice"],
    "reveal_due_at": "2026-11-25T09:00:00Z",
    "fallback": {"lottery": "double_colour_ball", "round": "2026136", "due_at": "2026-11-27T13:15:00Z"},
}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with open_site() as site:
        yield Stage(site)


def test_every_step_with_json(stage: Stage) -> None:
    draw = f"/api/v1/plans/{stage.city.plan_id}/draw"
    call = stage.coordinator.call
    assert stage.coordinator.get(draw).status == 404
    refused = call("POST", draw, BODY | {"reveal_due_at": "2026-11-25T09:00:00"})
    assert refused.status == 422
    assert refused.json["problems"][0]["field"] == "reveal_due_at"
    key = {"idempotency-key": "01JD0000000000000000000001"}
    first = call("POST", draw, BODY, key)
    assert first.status == 201
    assert call("POST", draw, BODY, key).json["id"] == first.json["id"], "a retry is the same act"
    assert call("POST", draw, BODY).status == 409
    for browser, code in ((stage.commerce, "commerce"), (stage.justice, "justice")):
        digest = hashlib.sha256(bytes.fromhex(SECRETS[code])).hexdigest()
        assert browser.call("POST", f"{draw}/seed", {"sha256": digest}).status == 200
    assert call("POST", f"{draw}/freeze").status == 202
    stage.run_jobs()
    assert stage.coordinator.get(draw).json["checkpoint"] is None
    early = stage.commerce.call("POST", f"{draw}/reveal", {"secret": SECRETS["commerce"]})
    assert (early.status, early.json["code"]) == (409, "commitment_not_logged")
    stage.sequence()
    assert stage.coordinator.get(draw).json["checkpoint"]["kind"] == "checkpoint/1"
    swapped = stage.commerce.call("POST", f"{draw}/reveal", {"secret": SECRETS["justice"]})
    assert (swapped.status, swapped.json["code"]) == (422, "invalid_beacon")
    assert call("POST", f"{draw}/result").status == 409
    for browser, code in ((stage.commerce, "commerce"), (stage.justice, "justice")):
        assert browser.call("POST", f"{draw}/reveal", {"secret": SECRETS[code]}).status == 200
    assert call("POST", f"{draw}/result").status == 202
    stage.run_jobs()
    listed = stage.commerce.get(f"{draw}/subjects").json["items"]
    assert [each["order"] for each in listed] == list(range(1, len(listed) + 1))
    assert [each["id"] for each in stage.coordinator.get("/api/v1/draws").json["items"]] == [first.json["id"]]
    own = f"/api/v1/draws/{first.json['id']}/openings/{listed[0]['subject']['subject_id']}"
    assert stage.coordinator.get(own).status == 403, "an opening is its subject's own"


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.EVALUATOR, Role.SUBJECT_USER, Role.SYSTEM_ADMINISTRATOR])
def test_who_is_not_in_the_plans_group_sees_nothing(stage: Stage, role: Role) -> None:
    browser = stage.site.browser(role)
    assert browser.get(f"/api/v1/plans/{stage.city.plan_id}/draw/subjects").status == 403
    assert browser.get(f"/console/plans/{stage.city.plan_id}/draw").status == 403


def test_another_department_and_another_tenant(stage: Stage) -> None:
    with bootstrap.scope("gx450100"):
        draw_id = stage.city.plan.draw_id
    market = stage.site.browser(Role.APPROVER)
    assert market.get(f"/console/draws/{draw_id}").status == 403, "emergency_management takes no part in this plan"
    assert market.get("/api/v1/draws").json["items"] == []
    other = stage.site.browser(Role.COORDINATOR, TENANT_B)
    assert other.get(f"/console/draws/{draw_id}").status == 404
    assert stage.site.browser().get(f"/p/{TENANT_B}/draws/{draw_id}").status == 404
    assert stage.site.browser().get(f"/console/draws/{draw_id}").status == 303
