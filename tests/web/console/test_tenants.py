"""The own tenant with its scenarios, and onboarding by the platform's operator."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.domain.errors import AlreadyExistsError, InvalidInputError, NotAllowedError
from chalicelib.domain.session import Membership
from chalicelib.domain.tenancy import PLATFORM, Person, Role
from chalicelib.services.tenancy.open_platform import open_platform
from tests.builders import act, actor
from tests.web.site import TENANT_A, Browser, Site, open_site

OPERATOR = Person(id="platform-operator", name="运营甲", roles=frozenset({Role.PLATFORM_OPERATOR}))
FORM = {
    "id": "gx450200",
    "label": "柳州市",
    "label_en": "Liuzhou",
    "short_label": "柳",
    "kind": "city",
    "divisions": "450200000000",
    "scenarios": ["refined_oil"],
    "system_administrator": "甲一",
    "security_administrator": "乙二",
    "audit_administrator": "丙三",
}


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site() as opened:
        by = act(actor(Role.PLATFORM_OPERATOR, PLATFORM))
        open_platform(bootstrap.store(), by, label="平台", label_en="Platform", operators=[OPERATOR])
        yield opened


@pytest.fixture
def operator(site: Site) -> Browser:
    browser = Browser(site)
    site.sign_in(browser, Membership(tenant=PLATFORM, person_id=OPERATOR.id, label="平台"))
    return browser


def test_the_platform_is_opened_once_with_operators_only(site: Site) -> None:
    store, by = bootstrap.store(), actor(Role.PLATFORM_OPERATOR, PLATFORM)
    done = act(by)
    coordinator = Person(id="x", name="甲", roles=frozenset({Role.COORDINATOR}))

    with pytest.raises(AlreadyExistsError):
        open_platform(store, done, label="平台", operators=[OPERATOR])
    with pytest.raises(InvalidInputError):
        open_platform(store, act(by), label="平台", operators=[coordinator])
    with pytest.raises(NotAllowedError):
        open_platform(store, act(actor(Role.COORDINATOR)), label="平台", operators=[])


def test_onboarded_by_form_its_security_administrator_can_begin(site: Site, operator: Browser) -> None:
    done = operator.post("/console/tenants", FORM)

    assert done.location == "/console/tenants/gx450200"
    assert "柳州市" in operator.get(done.location).text
    listed = operator.get("/console/tenants").text
    assert "柳州市" in listed
    assert "已开通3个单位" in listed
    security = Browser(site)
    member = Membership(tenant="gx450200", person_id="gx450200-security", label="柳州市")
    site.sign_in(security, member)
    page = security.get("/console/people").text
    assert all(name in page for name in ("甲一", "乙二", "丙三"))


def test_the_same_form_twice_is_one_tenant(operator: Browser) -> None:
    form = FORM | {"key": "01JD0000000000000000000009"}

    assert operator.post("/console/tenants", form).status == 303
    assert operator.post("/console/tenants", form).status == 303


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"id": ""}, "请填写“单位代码”"),
        ({"id": "GX450200"}, "要8个字符"),
        ({"id": "platform"}, "“platform”是保留的"),
        ({"id": TENANT_A}, "已经有单位在用"),
        ({"label": ""}, "请填写“单位名称”"),
        ({"kind": ""}, "请选择“单位类型”"),
        ({"kind": "platform"}, "“单位类型”不在可选范围内"),
        ({"divisions": ""}, "请填写“管辖的行政区划”"),
        ({"divisions": "450200000000\n459900000000"}, "“459900000000”不是行政区划代码"),
        ({"scenarios": ["unknown"]}, "“启用的场景”不在可选范围内"),
        ({"audit_administrator": "乙二"}, "三员必须是三个不同的人"),
        ({"audit_administrator": ""}, "请填写“审计管理员”"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(operator: Browser, changes, words: str) -> None:
    reply = operator.post("/console/tenants", FORM | changes)

    assert reply.status == 422
    assert words in reply.text
    assert "已开通2个单位" in operator.get("/console/tenants").text


def test_the_operator_sees_no_business(operator: Browser) -> None:
    for path in ("/console/subjects", "/console/people", "/console/plans", "/console/tenant"):
        assert operator.get(path).status == 403, path


def test_an_operator_of_elsewhere_onboards_nobody(site: Site) -> None:
    stray = site.browser(Role.PLATFORM_OPERATOR, TENANT_A)

    assert stray.get("/console/tenants").status == 403
    assert stray.post("/console/tenants", FORM).status == 403
    assert stray.call("POST", "/api/v1/tenants", FORM | {"divisions": ["450200000000"]}).status == 403


def test_the_own_tenant_switches_a_scenario_on_and_off(site: Site) -> None:
    browser = site.browser(Role.COORDINATOR)

    browser.post("/console/tenant/scenarios", {"scenario": "refined_oil", "is_enabled": "yes"})
    on = browser.get("/console/tenant").text
    browser.post("/console/tenant/scenarios", {"scenario": "refined_oil", "is_enabled": ""})
    off = browser.get("/console/tenant").text

    assert "南宁市启用了1个场景" in on
    assert "南宁市启用了0个场景" in off
    assert "启用成品油流通" in off
    assert browser.post("/console/tenant/scenarios", {"scenario": "unknown", "is_enabled": "yes"}).status == 422
    system = site.browser(Role.SYSTEM_ADMINISTRATOR)
    assert system.get("/console/tenant").status == 200
    assert system.post("/console/tenant/scenarios", {"scenario": "refined_oil", "is_enabled": "yes"}).status == 403


def test_the_api(site: Site, operator: Browser) -> None:
    coordinator = site.browser(Role.COORDINATOR)
    own = coordinator.get("/api/v1/tenant")
    path, body = "/api/v1/tenant/scenarios/refined_oil", {"is_enabled": True}

    switched = coordinator.call("PUT", path, body, {"if-match": own.headers["etag"]})
    stale = coordinator.call("PUT", path, {"is_enabled": False}, {"if-match": own.headers["etag"]})
    wrong = coordinator.call("PUT", path, {"is_enabled": "perhaps"})
    made = operator.call("POST", "/api/v1/tenants", FORM | {"divisions": ["450200000000"]})
    again = operator.call("POST", "/api/v1/tenants", FORM | {"divisions": ["450200000000"]})

    assert (switched.status, switched.json["scenarios"]) == (200, ["refined_oil"])
    assert (stale.status, wrong.status) == (412, 422)
    assert (made.status, made.headers["location"]) == (201, "/api/v1/tenants/gx450200")
    assert again.json["problems"][0]["code"] == "tenant_taken"
    assert operator.get("/api/v1/tenants/gx450200").json["label"] == "柳州市"
    assert {one["id"] for one in operator.get("/api/v1/tenants").json["items"]} == {TENANT_A, "gx450500", "gx450200"}
