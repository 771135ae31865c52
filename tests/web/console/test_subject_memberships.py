"""Joining and leaving a scenario on the pages and over the API, and the question about a plate that another has."""

import re
from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.domain.disposal import Disposal
from chalicelib.domain.tenancy import Role
from chalicelib.services.tenancy.enable_scenario import enable_scenario
from tests.builders import NOW, act, actor
from tests.visiting import save
from tests.web.console.test_subject_pages import COUNTY, PNG, made, stored, url
from tests.web.site import TENANT_A, TENANT_B, Browser, Site, open_site

USED = ["refined_oil", "self_built_housing", "catering"]
API = "/api/v1/subjects"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        with bootstrap.scope(TENANT_A):
            for minutes, name in enumerate(USED):
                by = act(actor(Role.COORDINATOR), minutes=minutes)
                enable_scenario(bootstrap.store(), TENANT_A, by, scenario=name, known=USED)
        yield opened


@pytest.fixture(scope="module")
def browser(site: Site) -> Browser:
    return site.browser(Role.COORDINATOR)


class TestPages:
    def test_join_leave_and_join_again(self, browser: Browser) -> None:
        one = made("premises")
        path = url(one, "/memberships")
        assert f'href="{path}/new"' in browser.get(url(one)).text
        asked = browser.get(f"{path}/new?scenario=refined_oil").text
        assert 'name="refined_oil.business_form"' in asked
        assert re.search(r'<option value="retail" selected', asked)

        form = {"scenario": "refined_oil", "version": "1", "refined_oil.has_storage_tank": "yes"}
        assert browser.post(path, form).location == url(one)
        held = stored(one)
        assert held.attributes("refined_oil") == {"has_storage_tank": True}
        page = browser.get(url(one)).text
        assert f'href="{path}/refined_oil/leave"' in page
        assert "加入了场景" in page

        left = browser.post(f"{path}/refined_oil/leave", {"version": str(held.version), "reason": "加错了"})
        assert left.location == url(one)
        assert stored(one).memberships == ()
        assert "理由：加错了" in browser.get(url(one)).text
        assert browser.get(f"{path}/refined_oil/leave").location == url(one)
        assert browser.post(path, form | {"version": str(stored(one).version)}).status == 303

    def test_what_is_wrong_is_told_and_nothing_typed_is_lost(self, browser: Browser) -> None:
        one = made("premises")
        path = url(one, "/memberships")
        form = {"scenario": "refined_oil", "version": "1", "refined_oil.pump_count": "四把", "catering.seats": "77"}
        wrong = browser.post(path, form)
        assert wrong.status == 422
        assert "要填数字" in wrong.text
        assert 'value="四把"' in wrong.text
        chosen = browser.post(path, form | {"scenario": "catering", "step": "choose"})
        assert 'value="四把"' in chosen.text
        assert 'name="catering.' in chosen.text
        unseen = browser.post(path, {"scenario": "catering", "shown": "refined_oil", "version": "1"})
        assert (unseen.status, 'name="catering.' in unseen.text) == (200, True)
        for scenario, words in [("", "请选择“场景”"), ("none", "还没有启用"), ("bottled_gas", "还没有启用")]:
            refused = browser.post(path, {"scenario": scenario, "version": "1"})
            assert (refused.status, words in refused.text) == (422, True)
        stale = browser.post(path, {"scenario": "refined_oil", "version": "7", "refined_oil.pump_count": "5"})
        assert stale.status == 409
        assert 'value="5"' in stale.text
        assert "被人改过" in stale.text
        assert browser.post(path, {"scenario": "refined_oil", "version": "x"}).status == 422
        assert stored(one).memberships == ()

    def test_only_what_takes_the_kind_is_offered(self, browser: Browser) -> None:
        lorry = made("vehicle", plate="桂A50001")
        page = browser.get(url(lorry, "/memberships/new")).text
        assert 'value="refined_oil"' in page
        assert 'value="self_built_housing"' not in page
        site_of = made("site")
        assert "没有可以加入的场景" in browser.get(url(site_of, "/memberships/new")).text
        refused = browser.post(url(site_of, "/memberships"), {"scenario": "catering", "version": "1"})
        assert refused.status == 422

    def test_leaving_asks_for_a_reason_and_shows_what_is_open(self, site: Site, browser: Browser) -> None:
        one = made("premises")
        path = url(one, "/memberships")
        browser.post(path, {"scenario": "refined_oil", "version": "1"})
        empty = browser.post(f"{path}/refined_oil/leave", {"version": "2", "reason": " "})
        assert (empty.status, "请填写“理由”" in empty.text) == (422, True)
        stale = browser.post(f"{path}/refined_oil/leave", {"version": "1", "reason": "不再经营"})
        assert (stale.status, "不再经营" in stale.text) == (409, True)

        opened = Disposal(
            subject_id=one.id,
            subject_name=one.name,
            division=COUNTY,
            scenario="refined_oil",
            scenario_version="1.0.0",
            departments=("commerce",),
            opened_because="罐区漏油",
            opened_by="p",
            opened_at=NOW,
        )
        with bootstrap.scope(TENANT_A):
            save(bootstrap.store(), opened)
        asked = browser.get(f"{path}/refined_oil/leave").text
        assert f'href="/console/disposals/{opened.id}"' in asked
        assert 'name="reason"' not in asked
        refused = browser.post(f"{path}/refined_oil/leave", {"version": "2", "reason": "不再经营"})
        assert (refused.status, "处置1件" in refused.text) == (422, True)
        assert stored(one).membership("refined_oil") is not None

    def test_who_may_not(self, site: Site) -> None:
        one = made("premises")
        for who, status in [
            (site.browser(Role.INSPECTOR), 403),
            (site.browser(Role.LEGAL_REVIEWER), 403),
            (site.browser(Role.COORDINATOR, TENANT_B), 404),
        ]:
            assert who.get(url(one, "/memberships/new")).status == status
            assert who.post(url(one, "/memberships"), {"scenario": "refined_oil", "version": "1"}).status == status
        assert "/memberships" not in site.browser(Role.LEGAL_REVIEWER).get(url(one)).text


class TestCalls:
    def test_join_and_leave_under_if_match(self, browser: Browser) -> None:
        one = made("premises")
        path = f"{API}/{one.id}/memberships"
        body = {"scenario": "refined_oil", "attributes": {"pump_count": 4, "has_storage_tank": True}}
        assert browser.call("POST", path, body).status == 428
        joined = browser.call("POST", path, body, {"if-match": '"1"'})
        assert (joined.status, joined.headers["etag"]) == (200, '"2"')
        assert joined.json["memberships"][0]["attributes"] == {
            "business_form": "retail",
            "has_storage_tank": True,
            "pump_count": 4,
        }
        assert browser.call("POST", path, {"scenario": "catering"}, {"if-match": '"1"'}).status == 412
        twice = browser.call("POST", path, body, {"if-match": '"2"'})
        assert twice.json["problems"][0]["code"] == "already_in_scenario"
        patched = browser.call("PATCH", f"{API}/{one.id}", {"scenario": "catering"}, {"if-match": '"2"'})
        assert patched.json["problems"][0]["code"] == "scenario_by_membership"

        assert browser.call("POST", f"{path}/refined_oil/leave", {"reason": "误加"}).status == 428
        left = browser.call("POST", f"{path}/refined_oil/leave", {"reason": "误加"}, {"if-match": '"2"'})
        assert (left.status, left.json["memberships"]) == (200, [])
        again = browser.call("POST", f"{path}/refined_oil/leave", {"reason": "误加"}, {"if-match": '"3"'})
        assert again.json["problems"][0]["code"] == "not_in_scenario"

    @pytest.mark.parametrize(
        ("body", "field", "code"),
        [
            ({}, "scenario", "required"),
            ({"scenario": "none"}, "scenario", "unknown_scenario"),
            ({"scenario": "self_built_housing", "attributes": {"storeys": "x"}}, None, None),
            ({"scenario": "refined_oil", "attributes": {"colour": "red"}}, "refined_oil.colour", "invalid"),
            ({"scenario": "refined_oil", "attributes": {"pump_count": "四"}}, "refined_oil.pump_count", "not_a_number"),
            ({"scenario": "refined_oil", "attributes": {"pump_count": [1]}}, None, None),
            ({"scenario": "refined_oil", "draw_grade": "A"}, "draw_grade", None),
        ],
    )
    def test_bad_bodies(self, browser: Browser, body: dict, field: str | None, code: str | None) -> None:
        one = made("tank" if "self" in str(body) else "premises")
        refused = browser.call("POST", f"{API}/{one.id}/memberships", body, {"if-match": '"1"'})
        assert refused.status == 422
        problem = refused.json["problems"][0]
        assert field is None or problem["field"] == field
        assert code is None or problem["code"] == code
        assert stored(one).memberships == ()

    def test_what_is_null_is_not_known(self, browser: Browser) -> None:
        one = made("premises")
        body = {"scenario": "refined_oil", "attributes": {"business_form": None}}
        joined = browser.call("POST", f"{API}/{one.id}/memberships", body, {"if-match": '"1"'})
        assert joined.json["memberships"][0]["attributes"] == {}


def multipart(browser: Browser, fields: dict[str, str], photo: bytes = b"") -> tuple[dict[str, str], bytes]:
    parts = [
        f'--x7\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in ({"csrf_token": browser.csrf_token} | fields).items()
    ]
    if photo:
        head = '--x7\r\nContent-Disposition: form-data; name="photo"; filename="a.png"\r\n\r\n'
        parts.append(head.encode() + photo + b"\r\n")
    headers = {"content-type": "multipart/form-data; boundary=x7", "origin": "https://yijianshi.test"}
    return headers | {"sec-fetch-site": "same-origin"}, b"".join(parts) + b"--x7--\r\n"


class TestPlates:
    def test_a_page_asks_keeps_the_photo_and_goes_on(self, browser: Browser) -> None:
        first = made("unknown_operator", plate="桂A60001", name="流动加油车")
        form = {"kind": "unknown_operator", "name": "又一辆", "division": COUNTY, "plate": "桂a·60001"}
        asked = browser.send("POST", "/console/subjects", *multipart(browser, form, PNG))
        assert asked.status == 422
        assert f'<a href="{url(first)}">流动加油车</a>' in asked.text
        assert 'name="is_another"' in asked.text
        assert "已收到1张" in asked.text
        kept = re.search(r'name="kept_photos" value="([^"]+)"', asked.text)
        assert kept is not None

        more = {"is_another": "yes", "kept_photos": kept[1]}
        done = browser.send("POST", "/console/subjects", *multipart(browser, form | more))
        assert done.status == 303
        page = browser.get(done.location).text
        assert "/photos/" in page
        assert "同号牌" in page
        assert url(first) in browser.get(f"{done.location}/merge").text
        forged = browser.send(
            "POST", "/console/subjects", *multipart(browser, form | more | {"kept_photos": "x", "plate": ""})
        )
        assert forged.status == 422

    def test_a_call_is_asked_too(self, browser: Browser) -> None:
        first = made("unknown_operator", plate="桂A60002")
        body = {"kind": "unknown_operator", "name": "甲", "division": COUNTY, "address": "", "plate": "桂A60002"}
        asked = browser.call("POST", API, body)
        problem = asked.json["problems"][0]
        assert (asked.status, problem["code"]) == (422, "plate_registered")
        assert problem["details"]["subject_id"] == first.id
        assert browser.call("POST", API, body | {"is_another": True}).status == 201
        assert browser.call("POST", API, body | {"is_another": "perhaps"}).status == 422
