"""A patrol on the pages and over the API: found, noted, listed, and said to be no inspection everywhere."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib import bootstrap
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.record import new_id
from chalicelib.domain.subject import ScenarioMembership, Subject, SubjectDraft
from chalicelib.domain.tenancy import Role
from chalicelib.services.register.register_subject import register_subject
from chalicelib.services.tenancy.enable_scenario import enable_scenario
from tests.builders import act, actor
from tests.visiting import png
from tests.web.site import HOST, NOW, TENANT_A, TENANT_B, Site, later, open_site

SCENARIO = "self_built_housing"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        yield opened


@pytest.fixture(scope="module")
def building(site: Site) -> Subject:
    with bootstrap.scope(TENANT_A):
        store, by = bootstrap.store(), actor(Role.COORDINATOR)
        enable_scenario(store, TENANT_A, act(by), scenario=SCENARIO, known=[SCENARIO])
        draft = SubjectDraft.model_validate(
            {
                "kind": "building",
                "name": "巡查示例楼",
                "division": "450105000000",
                "address": "示例大道9号",
                "memberships": [ScenarioMembership(scenario=SCENARIO)],
            }
        )
        made: Subject = register_subject(store, TENANT_A, act(by), draft=draft)
    return made


def test_a_patrol_is_noted_listed_and_shown_as_no_inspection(site: Site, building: Subject) -> None:
    officer, url = site.browser(Role.DEPARTMENT_OFFICER), f"/console/subjects/{building.id}"
    before = officer.get(url).text
    form = officer.get(f"{url}/patrols/new").text
    asked = {"scenario": SCENARIO, "observation_ids": ["new_crack", "blocked_exit"], "note": "二层"}

    refused = officer.post(f"{url}/patrols", asked | {"observation_ids": ["new_crack", "made_up"], "key": new_id()})
    made = officer.post(f"{url}/patrols", asked | {"key": new_id()})

    assert "还没有巡查过" in before and "不是行政检查" in form and "立即报告" in form
    assert refused.status == 422 and "二层" in refused.text and 'value="new_crack" checked' in refused.text
    shown = officer.get(made.location).text
    assert "不是行政检查" in shown and "出口锁闭" in shown and shown.index("裂缝") < shown.index("出口锁闭")
    assert "本地没有登记这个部门" in shown, "the site has neither of these departments"
    after = officer.get(url).text
    assert "看到2种情况" in after and "下一次不晚于" in after
    assert "巡查示例楼" in site.browser(Role.COORDINATOR).get(f"/console/patrols?scenario={SCENARIO}").text
    assert "换一个场景" in officer.get("/console/patrols?scenario=bottled_gas").text
    assert "还没有巡查" in site.browser(Role.DEPARTMENT_OFFICER, TENANT_B).get("/console/patrols").text
    later(days=45)
    assert "没有巡查" in site.browser(Role.DEPARTMENT_OFFICER).get(url).text.split("记一次巡查")[0]
    later()


def test_an_inspector_finds_the_subject_without_reading_the_register(site: Site, building: Subject) -> None:
    inspector = site.browser(Role.INSPECTOR)
    found = inspector.get("/console/patrols/new?q=巡查示例").text

    assert f"/console/subjects/{building.id}/patrols/new" in found
    assert inspector.get(f"/console/subjects/{building.id}/patrols/new").status == 200
    assert inspector.get(f"/console/subjects/{building.id}").status == 403
    assert site.browser(Role.COORDINATOR).get(f"/console/subjects/{building.id}/patrols/new").status == 403


def test_the_same_over_the_api(site: Site, building: Subject) -> None:
    officer, url = site.browser(Role.DEPARTMENT_OFFICER), f"/api/v1/subjects/{building.id}/patrols"

    made = officer.call("POST", url, {"scenario": SCENARIO, "observation_ids": ["slope_moves"]})
    refused = officer.call("POST", url, {"scenario": "refined_oil"})

    assert made.status == 201 and made.json["told"][0]["department"] == "natural_resources"
    assert refused.status == 422
    assert made.json["id"] == officer.get(url).json["items"][0]["id"]


def test_a_program_sends_photos_as_a_form(site: Site, building: Subject) -> None:
    officer, url = site.browser(Role.DEPARTMENT_OFFICER), f"/api/v1/subjects/{building.id}/patrols"
    line = "--edge\r\ncontent-disposition: form-data; name="
    values = {"scenario": SCENARIO, "observation_ids": "slope_moves", "note": "有照片"}
    body = "".join(f'{line}"{name}"\r\n\r\n{value}\r\n' for name, value in values.items()).encode()
    body += f'{line}"photos"; filename="a.png"\r\n\r\n'.encode() + png() + b"\r\n--edge--\r\n"
    sent = {"content-type": "multipart/form-data; boundary=edge", "x-csrf-token": officer.csrf_token}
    made = officer.send("POST", url, sent | {"origin": f"https://{HOST}", "sec-fetch-site": "same-origin"}, body)

    assert made.status == 201, made.text
    one = f"/api/v1/patrols/{made.json['id']}"
    assert officer.get(one).json == made.json
    assert made.json["observation_ids"] == ["slope_moves"]
    assert officer.get(f"{one}/files/{made.json['photos'][0]}").body == png()
    assert made.json["id"] in [each["id"] for each in officer.get("/api/v1/patrols").json["items"]]
    assert site.browser(Role.COORDINATOR).get(f"{one}/files/{'0' * 64}").status == 404


def test_what_is_due_is_listed_until_it_was_patrolled(site: Site, building: Subject) -> None:
    officer, url = site.browser(Role.DEPARTMENT_OFFICER), "/console/patrols/due"
    later(days=45)
    officer = site.browser(Role.DEPARTMENT_OFFICER)
    due = officer.get(url).text
    card = officer.get(url, {"hx-request": "true"}).text
    listed = officer.get("/api/v1/patrols/due?division=450105000000").json["items"]
    yesterday = shanghai_date(NOW + timedelta(days=44)).isoformat()
    asked = {"scenario": SCENARIO, "key": new_id(), "patrolled_time": "09:30"}
    refused = officer.post(f"/console/subjects/{building.id}/patrols", asked | {"patrolled_on": "2020-01-01"})
    made = officer.post(f"/console/subjects/{building.id}/patrols", asked | {"patrolled_on": yesterday})

    assert "超过" in due and f"{building.id}/patrols/new?scenario={SCENARIO}" in due and "巡查示例楼" in card
    assert [(one["subject_id"], one["days_late"]) for one in listed] == [(building.id, 15)]
    assert refused.status == 422 and "最多往前7天" in refused.text and 'value="2020-01-01"' in refused.text
    assert "事后补记" in officer.get(made.location).text
    assert "巡查示例楼" not in officer.get(url).text and officer.get(url, {"hx-request": "true"}).text == ""
    for wrong in ("scenario=refined_oil", "division=1", "division=450200000000"):
        assert officer.get(f"{url}?{wrong}").status == 422
    later()


def test_a_device_that_had_no_network_sends_once_and_is_answered_in_its_own_way(site: Site, building: Subject) -> None:
    officer, url = site.browser(Role.DEPARTMENT_OFFICER), f"/console/subjects/{building.id}/patrols"
    headers = {"accept": "application/json", "idempotency-key": new_id()}
    asked = {"scenario": SCENARIO, "note": "没有信号时记下", "kept_seconds": "7200"}

    first, again = officer.post(url, asked, headers), officer.post(url, asked, headers)
    stale = officer.post(url, asked | {"kept_seconds": str(9 * 86400)}, headers | {"idempotency-key": new_id()})

    assert first.json["url"] == again.json["url"]
    shown = officer.get(f"/api/v1/subjects/{building.id}/patrols").json["items"]
    (made,) = [one for one in shown if one["note"] == "没有信号时记下"]
    assert made["patrolled_at"].startswith(f"{NOW - timedelta(hours=2):%Y-%m-%dT%H:%M}")
    assert made["noted_at"].startswith(f"{NOW:%Y-%m-%dT%H:%M}")
    assert stale.status == 422 and "最多往前7天" in stale.json["problems"][0]["detail"]
    form = officer.get(f"{url}/new").text
    assert "data-patrol-box" in form and f'data-subject="{building.name}"' in form
