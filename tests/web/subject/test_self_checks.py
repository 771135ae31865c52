"""A self-check over the pages: begun, answered by form and by script, private, shared, private again."""

import re
from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.domain.tenancy import Role
from tests.builders import TENANT
from tests.resulting import registered, staff
from tests.visiting import SCENARIO, SUBJECT_ID, save
from tests.web.inspected import as_person
from tests.web.site import Site, open_site

LIST = "/subject/self-checks"
SHARED = f"/console/subjects/{SUBJECT_ID}/self-checks"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        with bootstrap.scope(TENANT):
            store = bootstrap.store()
            registered(store)
            save(store, *[one for one in staff() if one.id == "p-owner"])
        yield opened


def test_a_subject_checks_itself_and_decides_who_sees_it(site: Site) -> None:
    owner, coordinator = as_person(site, "p-owner"), site.browser(Role.COORDINATOR)
    begun = owner.post(LIST, {"subject": SUBJECT_ID, "scenario": SCENARIO, "cycle": ""})
    first = begun.location
    assert re.fullmatch(rf"{LIST}/[0-9A-Z]{{26}}/items/business_licence", first)
    check = first.split("/items/")[0]
    staff_page = check.replace("/subject/", "/console/")
    assert coordinator.get(staff_page).status == 404

    at = first
    while "/items/" in at:
        text = owner.get(at).text
        number = 'name="number"' in text
        form = (
            {"number": "3"} if number else {"text": "记录"} if "field-text" in text and "yj-answers" not in text else {}
        )
        at = owner.post(at, form or {"compliance": "non_compliant" if at == first else "compliant"}).location
    assert at == check
    saved = owner.post(first, {"compliance": "non_compliant", "text": "过期"}, {"accept": "application/json"})
    assert saved.json["is_non_compliant"] and saved.json["done"] == saved.json["total"]
    assert owner.post(f"{check}/finish").location == check
    result = owner.get(check).text
    assert "项要改" in result and "怎么改：" in result and "《" in result and "只有本企业的人看得到" in result
    assert check in owner.get(LIST).text

    for role in (Role.COORDINATOR, Role.DEPARTMENT_OFFICER, Role.INSPECTOR):
        assert site.browser(role).get(staff_page).status in (403, 404)
    assert check.rsplit("/", 1)[1] not in coordinator.get(SHARED).text
    assert owner.post(f"{check}/share").status == 303
    shown = coordinator.get(staff_page)
    assert shown.status == 200 and "过期" in shown.text
    assert staff_page in coordinator.get(SHARED).text
    assert coordinator.post(f"{check}/unshare").status in (403, 404)
    assert owner.post(f"{check}/unshare").status == 303
    assert coordinator.get(staff_page).status == 404
    assert owner.get(f"{check}?lang=en").status == 200


def test_bad_input_is_refused_and_nothing_typed_is_lost(site: Site) -> None:
    owner = as_person(site, "p-owner")
    start = {"subject": SUBJECT_ID, "scenario": SCENARIO}
    check = owner.post(LIST, start | {"cycle": ""}).location.split("/items/")[0]

    assert owner.post(LIST, start | {"cycle": "hourly"}).status == 422
    assert owner.post(LIST, start | {"cycle": "daily"}).status == 422
    assert owner.post(LIST, {"subject": "01JD0000000000000000000000", "scenario": SCENARIO}).status == 404
    assert owner.get(f"{check}/items/castle_moat").status == 404
    refused = owner.post(f"{check}/items/fuel_closing_litres", {"number": "三"})
    assert refused.status == 422 and 'value="三"' in refused.text
    early = owner.post(f"{check}/finish")
    assert early.status == 422 and "还不能看结果" in early.text
