"""Results in the console: each acting body confirms its own part, the coordinator publishes what the preview shows."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.domain.tenancy import Role
from chalicelib.domain.visit import Visit
from tests.builders import TENANT
from tests.resulting import NAME, PERSON, PHONE
from tests.visiting import SUBJECT_ID, TAX, WEATHER
from tests.web.inspected import as_person, inspected_site
from tests.web.site import Site

LIST = "/console/results"


@pytest.fixture(scope="module")
def opened() -> Iterator[tuple[Site, Visit]]:
    with inspected_site() as found:
        yield found


def test_a_result_goes_from_confirmation_to_publication_and_back(opened: tuple[Site, Visit]) -> None:
    site, visit = opened
    url = f"{LIST}/{visit.id}"
    weather, tax = as_person(site, f"p-head-{WEATHER}"), as_person(site, f"p-head-{TAX}")
    coordinator = site.browser(Role.COORDINATOR)

    waiting = weather.get(LIST)
    shown = weather.get(url)
    assert "1份结果等部门确认" in waiting.text
    assert "还差市气象局、市税务局确认" in shown.text
    assert shown.text.count("确认本部门结果") == 1
    assert "确认本部门结果" not in coordinator.get(url).text
    assert coordinator.post(f"{url}/publish").status == 409
    refused = weather.post(f"{url}/confirm", {"acting_body_id": TAX})
    assert refused.status == 403

    assert weather.post(f"{url}/confirm", {"acting_body_id": WEATHER}).location == url
    assert tax.post(f"{url}/confirm", {"acting_body_id": TAX}).location == url
    ready = coordinator.get(url)
    assert "的结果可以公示" in ready.text
    assert weather.post(f"{url}/publish").status == 403
    assert coordinator.post(f"{url}/publish").location == url

    done = coordinator.get(url)
    assert "公众看到的内容" in done.text
    assert site.browser().get(f"/p/{TENANT}/subjects/{SUBJECT_ID}").status == 200
    assert NAME in coordinator.get(f"{LIST}?state=published").text

    empty = coordinator.post(f"{url}/withdraw", {"reason": " "})
    assert empty.status == 422
    assert "请填写“理由”" in empty.text
    too_long = coordinator.post(f"{url}/withdraw", {"reason": "长" * 501})
    assert "长" * 501 in too_long.text, "what was typed stays"
    assert coordinator.post(f"{url}/withdraw", {"reason": "名称有误"}).location == url
    assert "已撤下。理由：名称有误" in coordinator.get(url).text
    assert site.browser().get(f"/p/{TENANT}/subjects/{SUBJECT_ID}").status == 404


def test_the_preview_is_the_projection_and_names_nobody(opened: tuple[Site, Visit]) -> None:
    site, visit = opened
    page = site.browser(Role.COORDINATOR).get(f"{LIST}/{visit.id}")

    assert "逐项如下，此外没有别的" in page.text
    for canary in (PHONE, PERSON):
        assert canary not in page.text


def test_a_body_that_takes_no_part_sees_nothing_of_it(opened: tuple[Site, Visit]) -> None:
    site, visit = opened
    stranger = site.browser(Role.DEPARTMENT_OFFICER)

    assert stranger.get(f"{LIST}/{visit.id}").status == 403
    assert NAME not in stranger.get(f"{LIST}?state=withdrawn").text


def test_lists_speak_english_and_refuse_an_unknown_state(opened: tuple[Site, Visit]) -> None:
    site, visit = opened
    coordinator = site.browser(Role.COORDINATOR)
    with bootstrap.scope(TENANT):
        plan_id = bootstrap.store().results.get(TENANT, visit.id).plan_id

    for path in (LIST, f"{LIST}/{visit.id}", f"{LIST}/{visit.id}/withdraw", f"/console/plans/{plan_id}/results"):
        assert coordinator.get(f"{path}?lang=en").status == 200, path
    assert coordinator.get(f"{LIST}?state=lost").status == 422
