"""Plans in a browser: drafted, refused without losing a word, carried through by the people whose step it is."""

import re
from collections.abc import Iterator
from unittest.mock import patch

import pytest

from chalicelib import bootstrap
from chalicelib.contract.registry import registry
from chalicelib.domain.act import Act
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import Actor, Role
from tests.web.planning import FORM, LEAD, SECOND, Office
from tests.web.site import TENANT_A, TENANT_B, Browser, Reply, open_site


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with open_site() as site:
        yield Office(site)


def created(office: Office, **changes: object) -> str:
    reply = office.coordinator.post("/console/plans", FORM | changes)
    assert reply.status == 303, reply.text
    return reply.location.rsplit("/", 1)[1]


def step(browser: Browser, plan_id: str, name: str, **form: str) -> Reply:
    return browser.post(f"/console/plans/{plan_id}/{name}", form)


def test_the_form_offers_what_the_scenario_needs(office):
    page = office.coordinator.get("/console/plans/new")

    assert page.status == 200
    assert "建议值来源" in page.text
    assert f'value="{LEAD}"' in page.text
    assert "body-emergency" not in page.text
    assert re.search(rf'name="lead" value="{LEAD}"[^>]* checked', page.text), "the package's lead department leads"


def test_digits_of_an_input_method_are_digits(office):
    plan = office.plan(created(office, draw_total="１２", uniform_k=" ２"))

    assert (plan.draw_total, plan.uniform_k) == (12, 2)


def test_what_was_typed_stays_on_an_error(office):
    reply = office.coordinator.post(
        "/console/plans",
        FORM | {"title": "留在页面上的名称", "ratios.B": "很多", "period_to": "2026-01-01", "bodies": [SECOND]},
    )

    assert reply.status == 422
    assert "留在页面上的名称" in reply.text
    assert 'value="很多"' in reply.text
    assert "“B级的比例”要填数字" in reply.text
    assert "牵头单位要在选中的执法主体里" in reply.text


def test_numbers_beyond_all_bounds_are_refused_by_their_field(office):
    typed = {"ratios.A": "1e999999", "ratios.B": "-1", "ratios.C": "Infinity", "ratios.D": "5.005"}
    reply = office.coordinator.post("/console/plans", FORM | typed | {"weights.A": "9" * 5000})

    assert reply.status == 422
    said = ("“A级的比例”要填数字", "“B级的比例”超出允许的范围", "“D级的比例”最多2位小数", "“A级的权重”超出允许的范围")
    assert [one for one in said if one not in reply.text] == []


def test_a_plan_goes_the_whole_way_to_scheduling(office):
    plan_id = created(office)
    shown = office.coordinator.get(f"/console/plans/{plan_id}")
    assert "成品油流通四季度联合抽查" in shown.text
    assert "依据待确认" in shown.text
    assert 'data-dialog="ask-submit"' in shown.text
    plan = office.plan(plan_id)
    assert [task.acting_body_id for task in plan.tasks] == [LEAD, SECOND]
    assert {ratio.grade: ratio.ratio for ratio in plan.ratios} == {"A": 500, "B": 750, "C": 2000, "D": 10_000}

    assert step(office.coordinator, plan_id, "submit").status == 303
    assert step(office.second_head, plan_id, "approve").status == 403
    assert "ask-approve" in office.lead_head.get(f"/console/plans/{plan_id}").text
    assert step(office.lead_head, plan_id, "approve").status == 303
    assert step(office.coordinator, plan_id, "tasks").status == 303

    assert "提出修改" in office.second_officer.get(f"/console/plans/{plan_id}").text
    assert step(office.lead_officer, plan_id, "opinions", agrees="yes").status == 303
    empty = step(office.second_officer, plan_id, "opinions", agrees="no", text="")
    assert empty.status == 422
    assert "请写明“修改意见”" in empty.text
    assert step(office.second_officer, plan_id, "opinions", agrees="no", text="请派三人").status == 303
    early = step(office.coordinator, plan_id, "close-opinions")
    assert early.status == 409
    assert "还有执法主体没有答复，或修改意见没有处理" in early.text
    answered = step(office.coordinator, plan_id, "answers", acting_body_id=SECOND, officers="3", reason="按意见调整")
    assert answered.status == 303
    assert step(office.second_officer, plan_id, "opinions", agrees="yes").status == 303
    assert step(office.coordinator, plan_id, "close-opinions").status == 303
    for head in (office.lead_head, office.second_head):
        assert step(head, plan_id, "approvals").status == 303

    ready = office.coordinator.get(f"/console/plans/{plan_id}")
    assert f'href="/console/plans/{plan_id}/draw"' in ready.text
    assert "负责人批准检查" in ready.text
    assert {task.state for task in office.plan(plan_id).tasks} == {"approved"}


def test_the_same_form_sent_twice_is_one_plan(office):
    key = "01JD0000000000000000000KEY"
    first = office.coordinator.post("/console/plans", FORM | {"key": key})
    second = office.coordinator.post("/console/plans", FORM | {"key": key})

    assert first.location == second.location


def test_returned_edited_cancelled(office):
    plan_id = created(office)
    step(office.coordinator, plan_id, "submit")
    assert step(office.lead_head, plan_id, "return", reason="").status == 422
    assert step(office.lead_head, plan_id, "return", reason="比例偏低").status == 303
    assert "比例偏低" in office.coordinator.get(f"/console/plans/{plan_id}").text

    form = office.coordinator.get(f"/console/plans/{plan_id}/edit")
    assert 'value="7.5"' in form.text
    version = re.search(r'name="version" value="(\d+)"', form.text)[1]
    edited = office.coordinator.post(
        f"/console/plans/{plan_id}/edit", FORM | {"title": "改过的名称", "version": version}
    )
    assert edited.status == 303
    stale = office.coordinator.post(f"/console/plans/{plan_id}/edit", FORM | {"version": version})
    assert stale.status == 409
    assert office.plan(plan_id).title == "改过的名称"
    assert step(office.coordinator, plan_id, "cancel", reason="并入另一计划").status == 303
    assert office.plan(plan_id).state == "cancelled"


def test_the_question_is_a_page_too(office):
    plan_id = created(office)

    asked = office.coordinator.get(f"/console/plans/{plan_id}/confirm/cancel")

    assert asked.status == 200
    assert 'name="reason"' in asked.text
    assert f'action="/console/plans/{plan_id}/cancel"' in asked.text
    assert office.coordinator.get(f"/console/plans/{plan_id}/confirm/unknown").status == 404
    assert office.plan(plan_id).state == "plan"


def test_the_list_is_filtered_by_step(office):
    plan_id = created(office, title="列在清单里的计划")

    everything = office.coordinator.get("/console/plans")
    assert "列在清单里的计划" in everything.text
    assert "列在清单里的计划" in office.coordinator.get("/console/plans?year=2026&step=plan").text
    assert "列在清单里的计划" not in office.coordinator.get("/console/plans?year=2026&step=closing").text
    assert "没有这一步的计划" in office.coordinator.get("/console/plans?year=2026&step=closing").text
    assert "还没有检查计划" in office.site.browser(Role.COORDINATOR, TENANT_B).get("/console/plans").text
    assert office.coordinator.get("/console/plans?step=elsewhere").status == 422
    outsider = office.site.browser(Role.DEPARTMENT_OFFICER)
    assert "列在清单里的计划" not in outsider.get("/console/plans").text
    assert outsider.get(f"/console/plans/{plan_id}").status == 403


def test_the_legal_officer_confirms_a_basis(office):
    plan_id = created(office)
    legal = office.site.browser(Role.LEGAL_REVIEWER)
    page = legal.get(f"/console/plans/{plan_id}")
    url = re.search(r'"(/console/bases/refined_oil/\w+)\?plan=', page.text)[1]

    assert "去确认" in page.text
    confirmed = legal.post(f"{url}/confirm", {"text": "对照现行文本读过", "text_date": "2025-01-01", "plan": plan_id})
    assert confirmed.location == f"/console/plans/{plan_id}"
    assert url not in legal.get(f"/console/plans/{plan_id}").text
    assert "去确认" not in office.coordinator.get(f"/console/plans/{plan_id}").text


def test_a_repealed_basis_is_shown_with_its_work_list_and_stops_a_real_plan(office):
    plan_id = created(office)
    legal, page = office.site.browser(Role.LEGAL_REVIEWER), f"/console/plans/{plan_id}"
    assert step(office.coordinator, plan_id, "submit").status == 303
    package = registry().get("refined_oil")
    cited = next(one for one in package.bases_of(package.checklist.items) if one.article)
    law = {"title": cited.title, "article": cited.article, "change": "repealed"}
    days = {"decided_on": "2026-11-01", "effective_on": "2026-11-01"}
    work = legal.post("/console/bases/changes", law | days).location

    shown = office.lead_head.get(page).text
    other = created(office)
    with patch("chalicelib.storage.repository._WHOLE_ROWS", 1):
        asking = legal.get(f"{work}/file").text
    assert all(asking.count(f",{id},") == 1 for id in (plan_id, other))
    set_up(office, is_synthetic=False)
    refused = step(office.lead_head, plan_id, "approve")
    set_up(office, is_synthetic=True)

    assert "依据已废止" in shown and f'href="{work}"' in shown
    assert refused.status == 409
    assert "有依据在检查期内已经废止" in refused.text and f'href="{work}"' in refused.text
    assert legal.post(f"{work}/withdraw", {"reason": "标错了"}).status == 303
    assert "依据已废止" not in office.lead_head.get(page).text


@pytest.mark.parametrize("role", [Role.INSPECTOR, Role.SUBJECT_USER, Role.SECURITY_ADMINISTRATOR, Role.EVALUATOR])
def test_who_sees_no_plan(office, role):
    browser = office.site.browser(role)

    assert browser.get("/console/plans").status == 403
    assert browser.post("/console/plans", FORM).status == 403


def test_another_tenants_plan_does_not_exist(office):
    plan_id = created(office)
    stranger = office.site.browser(Role.COORDINATOR, TENANT_B)

    assert stranger.get(f"/console/plans/{plan_id}").status == 404
    assert step(stranger, plan_id, "submit").status == 404


def test_in_english(office):
    plan_id = created(office)

    page = office.coordinator.get(f"/console/plans/{plan_id}?lang=en")

    assert page.status == 200
    office.coordinator.get("/console/plans?lang=zh")


def test_a_plan_may_serve_other_scenarios_of_the_tenant(office):
    enable(office, ["refined_oil", "prepaid_card", "self_built_housing"])
    try:
        form = office.coordinator.get("/console/plans/new?scenario=refined_oil")
        assert 'name="also_serves" value="prepaid_card"' in form.text
        assert 'name="also_serves" value="refined_oil"' not in form.text
        refused = office.coordinator.post(
            "/console/plans", FORM | {"also_serves": ["prepaid_card"], "bodies": [SECOND], "lead": SECOND}
        )
        plan_id = created(office, also_serves=["prepaid_card", "self_built_housing"])
        shown = office.coordinator.get(f"/console/plans/{plan_id}")
        edit = office.coordinator.get(f"/console/plans/{plan_id}/edit")
    finally:
        enable(office, ["refined_oil"])

    assert refused.status == 422
    assert "选中的执法主体都没有检查项" in refused.text
    assert re.search(r'value="prepaid_card" checked', refused.text), "what was chosen stays"
    plan = office.plan(plan_id)
    assert [one.scenario for one in plan.also_serves] == ["prepaid_card", "self_built_housing"]
    assert "单用途商业预付卡、自建房安全" in shown.text
    assert 'name="scenario" value="prepaid_card"' in shown.text or "依据待确认" in shown.text
    assert re.search(r'value="self_built_housing" checked', edit.text)


def enable(office: Office, scenarios: list[str]) -> None:
    """The scenarios that the tenant uses."""
    set_up(office, scenarios=scenarios)


def set_up(office: Office, **values: object) -> None:
    """The tenant with these values."""
    with bootstrap.scope(TENANT_A):
        home = office.store.tenants.get(TENANT_A, TENANT_A)
        actor = Actor.system(TENANT_A, "test")
        with office.store.change(TENANT_A, Act(actor=actor, at=bootstrap.clock()())) as change:
            change.save(home.with_changes(**values))
            change.event(EventType.TENANT_ONBOARDED, home)
