"""Periodic reports over the pages and the API: filled in, refused with everything kept, corrected, returned, listed."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.domain.record import new_id
from chalicelib.domain.subject import ScenarioMembership
from chalicelib.domain.tenancy import Role
from tests.builders import TENANT
from tests.resulting import registered, staff
from tests.visiting import SCENARIO, SUBJECT_ID, save
from tests.web.inspected import as_person
from tests.web.site import Site, open_site

FORM, PERIOD = "fuel_month", "2026-M10"
ASKED = {"subject": SUBJECT_ID, "scenario": SCENARIO, "form_id": FORM, "period": PERIOD}
QUERY = "&".join(f"{name}={value}" for name, value in ASKED.items())
TYPED = {
    "value_fuel_opening_litres": "90,000",
    "value_fuel_purchases_litres": "４００００",
    "value_fuel_sales_litres": "50000",
    "value_fuel_closing_litres": "79000",
}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        with bootstrap.scope(TENANT):
            store = bootstrap.store()
            registered(store)
            subject = store.subjects.get(TENANT, SUBJECT_ID)
            membership = ScenarioMembership(scenario=SCENARIO, attributes={"has_storage_tank": True})
            save(store, subject.with_changes(memberships=(membership,)))
            save(store, *[one for one in staff() if one.id == "p-owner"])
        yield opened


def test_a_subject_reports_corrects_and_reports_again_after_a_return(site: Site) -> None:
    owner, coordinator = as_person(site, "p-owner"), site.browser(Role.COORDINATOR)
    assert "2026年10月" in owner.get("/subject/reports").text
    assert 'inputmode="decimal"' in owner.get(f"/subject/reports/new?{QUERY}").text

    wrong = TYPED | {"value_fuel_sales_litres": "五万", "value_fuel_closing_litres": "", "key": new_id()}
    refused = owner.post("/subject/reports", ASKED | wrong)
    assert refused.status == 422 and 'value="90,000"' in refused.text and 'value="五万"' in refused.text
    assert "“本月销售”要填数字" in refused.text and "请填写“期末库存”" in refused.text

    made = owner.post("/subject/reports", ASKED | TYPED | {"key": new_id()})
    shown = owner.get(made.location).text
    assert "40,000升" in shown and "进销存差异率" not in shown, "what figures come to is for who receives them"
    unsaid = owner.post("/subject/reports", ASKED | TYPED | {"key": new_id()})
    assert unsaid.status == 422 and "更正的原因" in unsaid.text
    more = {"value_fuel_closing_litres": "80000", "reason": "漏抄一罐", "key": new_id()}
    assert owner.post("/subject/reports", ASKED | TYPED | more).location == made.location

    one = made.location.replace("/subject/", "/console/")
    page = coordinator.get(one).text
    assert "进销存差异率" in page and "漏抄一罐" in page and "第2次" in page
    assert coordinator.post(f"{one}/return", {"reason": "", "key": new_id()}).status == 422
    assert coordinator.post(f"{one}/return", {"reason": "和台账不一致", "key": new_id()}).status == 303
    assert "和台账不一致" in owner.get("/subject/reports/new?" + QUERY).text
    listed = coordinator.get(f"/console/reports?form={SCENARIO}.{FORM}&period={PERIOD}&state=returned").text
    assert made.location.rsplit("/", 1)[1] in listed
    file = coordinator.get(f"/console/reports/file?form={SCENARIO}.{FORM}&period={PERIOD}&state=")
    assert file.headers["content-type"].startswith("text/csv") and "80000" in file.text


def test_an_official_enters_paper_and_another_department_sees_nothing(site: Site) -> None:
    coordinator, url = site.browser(Role.COORDINATOR), f"/console/subjects/{SUBJECT_ID}/reports"
    assert "2026年9月" in coordinator.get(f"{url}/new?{QUERY.replace('M10', 'M09')}").text
    bare = coordinator.post(url, ASKED | TYPED | {"period": "2026-M09", "key": new_id()})

    assert bare.status == 422 and "纸质报表" in bare.text and 'value="79000"' in bare.text
    assert coordinator.get(f"{url}/new").status == 200
    assert coordinator.get(f"{url}/new?{QUERY.replace('M10', 'M13')}").status == 422
    assert coordinator.get(f"{url}/new?{QUERY.replace('2026-M10', '2030-M10')}").status == 422
    assert coordinator.get("/console/reports?form=made_up.form").status == 422


def test_the_same_over_the_api(site: Site) -> None:
    owner, coordinator = as_person(site, "p-owner"), site.browser(Role.COORDINATOR)
    body = {key: ASKED[key] for key in ("scenario", "form_id")} | {"period": "2026-M08"}
    values = {"fuel_opening_litres": 1000, "fuel_purchases_litres": 500, "fuel_sales_litres": 700}
    own, entries = f"/api/v1/subjects/{SUBJECT_ID}/reports", f"/api/v1/subjects/{SUBJECT_ID}/report-entries"

    missing = owner.call("POST", own, body | {"values": values})
    made = owner.call("POST", own, body | {"values": values | {"fuel_closing_litres": 800}})
    paper = coordinator.call(
        "POST", entries, body | {"values": values | {"fuel_closing_litres": 800}, "reason": "重抄"}
    )

    assert missing.status == 422 and made.status == 201 and made.json["state"] == "submitted"
    assert paper.status == 422 and "paper" in paper.text
    query = f"scenario={SCENARIO}&form_id={FORM}&period=2026-M08"
    assert [one["id"] for one in coordinator.call("GET", f"/api/v1/reports?{query}").json["items"]] == [made.json["id"]]
    assert coordinator.call("GET", entries).json["items"][0]["period"] in (PERIOD, "2026-M08")
    back = coordinator.call("POST", f"/api/v1/reports/{made.json['id']}/return", {"reason": "不一致"})
    assert back.json["state"] == "returned" and owner.call("GET", own).json["items"] != []
