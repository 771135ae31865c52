"""System clients: registered and revoked by the system administrator, whose tokens act in their own name."""

import pytest

from chalicelib import bootstrap
from chalicelib.domain.record import Ref
from chalicelib.domain.tenancy import Role
from tests.web.site import TENANT_A, TENANT_B, Browser, Reply, Site, later

BASE = "/console/clients"
API = "/api/v1/clients"


@pytest.fixture
def administrator(site: Site) -> Browser:
    return site.browser(Role.SYSTEM_ADMINISTRATOR)


def body(subject: str, **changes: object) -> dict[str, object]:
    given = {"name": "第三方评估", "department_id": f"{TENANT_A}-market", "role": "evaluator", "scopes": ["read"]}
    return {**given, "provider_subject": subject, **changes}


def call(site: Site, subject: str, method: str = "GET", path: str = "/api/v1/me", **claims: object) -> Reply:
    token = site.token(subject, **{"client_id": subject, "scope": "yijianshi/read yijianshi/write", **claims})
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    return site.browser().send(method, path, headers, b"{}" if method != "GET" else b"")


def test_a_registered_client_calls_in_its_own_name_until_it_is_revoked(site: Site, administrator: Browser) -> None:
    assert call(site, "system-one").status == 401, "its provider knows it, we do not"
    made = administrator.call("POST", API, body("system-one"))
    assert (made.status, made.json["is_active"]) == (201, True)
    one = made.headers["location"]

    me = call(site, "system-one")
    assert (me.status, me.json["person_id"], me.json["roles"]) == (200, f"client:{made.json['id']}", ["evaluator"])
    assert me.headers["ratelimit-policy"].startswith('"client";')
    assert "还没有用过" not in administrator.get(BASE).text

    assert administrator.call("POST", f"{one}/revocation", {"reason": "合同到期"}).json["is_active"] is False
    assert call(site, "system-one").status == 401
    assert administrator.call("POST", f"{one}/revocation", {"reason": "再停一次"}).status == 409


def test_what_it_may_is_bounded_by_role_register_and_token(site: Site, administrator: Browser) -> None:
    administrator.call("POST", API, body("system-two", role="coordinator"))
    administrator.call("POST", API, body("system-three", role="coordinator", scopes=["read", "write"]))

    assert call(site, "system-two", path="/api/v1/plans").status == 200
    assert call(site, "system-two", path="/api/v1/people/x").status == 404
    assert call(site, "system-two", "POST", "/api/v1/plans").status == 403, "registered for reading only"
    assert call(site, "system-three", "POST", "/api/v1/plans").status == 422
    assert call(site, "system-three", "POST", "/api/v1/plans", scope="yijianshi/read").status == 403
    assert call(site, "system-three", scope="other/read").status == 403
    assert call(site, "system-two", path=API).status == 403, "clients do not manage clients"


def test_events_name_the_client(site: Site, administrator: Browser) -> None:
    client = administrator.call("POST", API, body("system-four", role="coordinator", scopes=["read", "write"])).json
    site_call = call(site, "system-four", "PUT", "/api/v1/scenarios/refined_oil", scope="read write")
    assert site_call.status == 422
    token = site.token("system-four", client_id="system-four", scope="write")
    headers = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    site.browser().send("PUT", "/api/v1/scenarios/refined_oil", headers, b'{"is_enabled": true}')

    with bootstrap.scope(TENANT_A):
        events = bootstrap.store().tenants.history(TENANT_A, Ref(kind="tenant", id=TENANT_A))
    assert events[0].actor_id == f"client:{client['id']}"


def test_a_subject_means_one_caller_everywhere(site: Site, administrator: Browser) -> None:
    administrator.call("POST", API, body("system-five"))

    other = site.browser(Role.SYSTEM_ADMINISTRATOR, TENANT_B)
    taken = other.call("POST", API, body("system-five", department_id=f"{TENANT_B}-market"))
    assert (taken.status, taken.json["code"]) == (409, "already_exists")
    key = {"idempotency-key": "01JD00000000000000000CLNT1"}
    first = administrator.call("POST", API, body("system-six"), key)
    later(hours=30)
    again = site.browser(Role.SYSTEM_ADMINISTRATOR).call("POST", API, body("system-six"), key)
    later(hours=0)
    assert (first.status, again.status, again.json.get("id")) == (201, 201, first.json["id"]), again.text


@pytest.mark.parametrize(
    ("field", "value"),
    [("role", "approver"), ("department_id", "nobody"), ("scopes", []), ("provider_subject", "a b"), ("name", "")],
)
def test_what_cannot_be_registered_is_named(administrator: Browser, field: str, value: object) -> None:
    refused = administrator.call("POST", API, body("system-bad", **{field: value}))

    assert (refused.status, [one["field"] for one in refused.json["problems"]]) == (422, [field])


def test_the_pages_register_and_revoke(site: Site, administrator: Browser) -> None:
    form = {"name": "统一监测", "department_id": f"{TENANT_A}-market", "role": "evaluator", "scopes": ["read"]}
    wrong = administrator.post(BASE, form | {"provider_subject": "空 格"})
    assert wrong.status == 422 and "统一监测" in wrong.text
    assert administrator.post(BASE, form | {"provider_subject": "system-seven"}).location == BASE
    assert "统一监测" in administrator.get(BASE).text
    id = next(one["id"] for one in administrator.get(API).json["items"] if one["name"] == "统一监测")
    assert administrator.get(f"{BASE}/{id}/revoke").status == 200
    assert administrator.post(f"{BASE}/{id}/revoke", {"reason": ""}).status == 422
    assert administrator.post(f"{BASE}/{id}/revoke", {"reason": "下线"}).location == BASE
    assert site.browser(Role.COORDINATOR).get(BASE).status == 403
