"""Limits that differ on one question: shown with their bases, settled by the legal reviewer, decided by the supervisor;
pages and API."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest

from chalicelib.contract.registry import registry
from chalicelib.domain.item import AnswerType, NumberLimits
from chalicelib.domain.tenancy import Role
from tests.web.site import Site, open_site

OIL = registry().get("refined_oil")
BASE, API = "/console/bases/limits", "/api/v1/limit-conflicts"
ONE = f"{BASE}/distance"
PLACES = ("/console/scenarios/refined_oil/checklist", "/console/bases/changes", BASE)


def conflicting(minimum=55):
    """The package with two items of one question: not below 5.5 metres, not above 9."""
    values = {"asked_once_key": "distance", "answer_type": AnswerType.NUMBER, "condition": None, "subject_kinds": ()}
    limits = (NumberLimits(unit="米", decimals=1, minimum=minimum), NumberLimits(unit="米", maximum=9))
    section = OIL.checklist.sections[0]
    items = [item.model_copy(update=values | {"number": one}) for item, one in zip(section.items, limits, strict=False)]
    changed = section.model_copy(update={"items": (*items, *section.items[2:])})
    return OIL.replacing(
        checklist=OIL.checklist.model_copy(update={"sections": (changed, *OIL.checklist.sections[1:])})
    )


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        opened.browser(Role.COORDINATOR).post("/console/scenarios/refined_oil/enabled", {"is_enabled": "yes"})
        yield opened


def test_they_are_shown_with_their_bases_and_nowhere_while_the_departments_agree(site: Site) -> None:
    lawyer = site.browser(Role.LEGAL_REVIEWER)
    before = [lawyer.get(page).text for page in PLACES]
    with patch.dict(registry()._scenarios, {"refined_oil": conflicting()}):
        shown = [lawyer.get(page).text for page in PLACES]
        one = lawyer.get(ONE).text

    assert "没有不一致的限值" in before[2] and lawyer.get(ONE).status == 404
    for text in (*shown, one):
        assert "不低于5.5米" in text and "不超过9米" in text
    assert all("5.5米" not in page for page in before)
    assert f"/console/bases/refined_oil/{OIL.checklist.items[0].legal_basis_ids[0]}" in one


def test_settled_handed_up_decided_and_open_again_when_a_limit_changes(site: Site) -> None:
    lawyer, justice, officer = (
        site.browser(role) for role in (Role.LEGAL_REVIEWER, Role.JUSTICE_SUPERVISOR, Role.DEPARTMENT_OFFICER)
    )
    item = OIL.checklist.items[0]
    basis = f"refined_oil:{item.id}:{item.legal_basis_ids[0]}"
    with patch.dict(registry()._scenarios, {"refined_oil": conflicting()}):
        (seen,) = lawyer.call("GET", API).json["items"]
        assert (seen["state"], seen["version"]) == ("open", 0)
        assert "/settlement" not in officer.get(ONE).text
        assert officer.post(f"{ONE}/settlement", {"decision": "escalated", "reason": "甲"}).status == 403
        wrong = lawyer.post(f"{ONE}/settlement", {"decision": "basis_prevails", "reason": "写了的理由"})
        assert wrong.status == 422 and "写了的理由" in wrong.text
        assert lawyer.post(f"{ONE}/settlement", {"decision": "coin", "reason": "甲"}).status == 422
        assert lawyer.post(f"{ONE}/settlement", {"decision": "escalated", "reason": "长" * 501}).status == 422

        sent = {"decision": "basis_prevails", "basis": basis, "reason": "国家标准", "seen": seen["fingerprint_now"]}
        settled = lawyer.call("POST", f"{API}/distance/settlement", sent)
        assert (settled.status, settled.json["state"]) == (200, "settled")
        assert "国家标准" in lawyer.get(ONE).text and "已商定" in lawyer.get(PLACES[0]).text

        assert lawyer.post(f"{ONE}/settlement", {"decision": "escalated", "reason": "另一家不同意"}).location == ONE
        assert "另一家不同意" in justice.get("/console").text
        assert lawyer.post(f"{ONE}/settlement", {"decision": "stricter_holds", "reason": "从严"}).status == 409
        decided = {"decision": "stricter_holds", "reason": "人员密集"}
        assert justice.call("POST", f"{API}/distance/decision", decided | {"seen": "stale"}).status == 422
        assert justice.post(f"{ONE}/decision", decided).location == ONE
        page = lawyer.get(ONE).text
        assert "5.5到9.0米" in page and "人员密集" in page and "/settlement" not in page

    with patch.dict(registry()._scenarios, {"refined_oil": conflicting(minimum=60)}):
        assert "限值又变了" in lawyer.get(ONE).text
        assert lawyer.call("GET", f"{API}?state=open").json["items"][0]["id"] == "distance"
    assert "人员密集" in lawyer.get(ONE).text and "现在各部门的限值一致" in lawyer.get(ONE).text
