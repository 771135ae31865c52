"""What a subject sees of its own evaluation, and what staff see of it: the risk level is for staff only."""

import json
from collections.abc import Iterator
from unittest.mock import patch

import pytest

from chalicelib import bootstrap
from chalicelib.contract.registry import registry
from chalicelib.domain.tenancy import Role
from chalicelib.domain.visit import Visit
from chalicelib.services.evaluation.evaluate_subject import evaluate_subject
from tests.builders import TENANT, act
from tests.resulting import LEAK
from tests.visiting import SCENARIO, SUBJECT_ID
from tests.web.inspected import as_person, inspected_site
from tests.web.site import Site

OWN = "/subject/evaluation"
STAFF = f"/console/subjects/{SUBJECT_ID}/evaluation"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    opened: tuple[Site, Visit]
    with inspected_site(bad=("sales_declared", "lightning_protection_tested"), litres=LEAK) as opened:
        yield opened[0]


def evaluate() -> None:
    with bootstrap.scope(TENANT):
        evaluate_subject(
            bootstrap.store(),
            TENANT,
            act(minutes=300, key="evaluated-once"),
            subject_id=SUBJECT_ID,
            scenario=SCENARIO,
            cause="result_published",
        )


def test_before_the_first_evaluation_the_page_says_what_will_come(site: Site) -> None:
    page = as_person(site, "p-owner").get(OWN)

    assert page.status == 200
    assert "还没有评价" in page.text
    assert site.browser(Role.COORDINATOR).get(STAFF).status == 200


def test_the_subject_sees_its_credit_with_every_point_and_nothing_of_its_risk(site: Site) -> None:
    evaluate()
    owner = as_person(site, "p-owner")

    page = owner.get(OWN)
    answer = owner.get("/api/v1/own/evaluations")

    assert "级，现在" in page.text
    for wanted in (
        "每一分从哪来",
        "怎么恢复",
        "市税务局",
        "市气象局",
        "记录在案的事实",
        "进销存差异率",
        "对评价有不同意见",
        "12345",
    ):
        assert wanted in page.text
    main = page.text[page.text.index("<main") :]
    for canary in ("风险", "抽取档", "权重", "每年最多", "红色预警"):
        assert canary not in main
    text = json.dumps(answer.json)
    for canary in ("risk", "draw_grade", "draw_weight", "regime", '"level"'):
        assert canary not in text
    assert answer.json["items"][0]["credit_points"] > 0


def test_staff_see_both_outputs_with_their_reasons_and_the_cell_of_the_matrix(site: Site) -> None:
    evaluate()
    coordinator = site.browser(Role.COORDINATOR)

    page = coordinator.get(STAFF)
    assert f'href="{STAFF}?scenario=' in coordinator.get(STAFF.removesuffix("/evaluation")).text
    listed = coordinator.get(f"/console/evaluations?grade={_grade()}")

    for wanted in ("高风险", "直接定级", "现在在这里", "抽取档", "每年最多", "红色预警", "未整改的严重问题"):
        assert wanted in page.text
    assert STAFF in listed.text
    assert coordinator.get(f"/api/v1/evaluations/{SUBJECT_ID}").json["items"][0]["result"]["risk_level"] == "high"


def _grade() -> str:
    with bootstrap.scope(TENANT):
        return bootstrap.store().members.of_subject(TENANT, SUBJECT_ID)[0].grade.value


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.SUBJECT_USER, Role.APPROVER, Role.EVALUATOR, None])
def test_nobody_else_reads_the_risk_level(site: Site, role: Role | None) -> None:
    evaluate()
    for path in (STAFF, "/console/evaluations", f"/api/v1/evaluations/{SUBJECT_ID}"):
        assert site.browser(role).get(path).status in (303, 401, 403, 404)


def test_the_handbook_shows_what_applies_to_this_subject(site: Site) -> None:
    page = as_person(site, "p-owner").get("/subject/handbook")

    assert page.status == 200
    assert "只列适用于" in page.text
    assert "符合条件的才适用" not in page.text


def test_somebody_elses_subject_is_not_there(site: Site) -> None:
    owner = as_person(site, "p-owner")

    assert owner.get(f"{OWN}?subject=01JD0000000000000000000000").status == 404
    assert owner.get(f"{OWN}?scenario=castles").status == 404


def test_pages_speak_english(site: Site) -> None:
    evaluate()
    owner, coordinator = as_person(site, "p-owner"), site.browser(Role.COORDINATOR)

    for browser, path in ((owner, OWN), (owner, "/subject/handbook"), (coordinator, STAFF)):
        assert browser.get(f"{path}?lang=en").status == 200, path


def test_until_it_follows_rules_that_moved_the_page_says_so_to_both(site: Site) -> None:
    evaluate()
    words = "还是按原规则评的"
    staff, owner = site.browser(Role.COORDINATOR), as_person(site, "p-owner")
    assert words not in staff.get(STAFF).text + owner.get(OWN).text
    package = registry().get(SCENARIO)
    newer = package.replacing(manifest=package.manifest.model_copy(update={"version": "99.0.0"}))

    with patch.dict(registry()._scenarios, {SCENARIO: newer}):
        assert words in staff.get(STAFF).text
        assert words in owner.get(OWN).text
