"""From draft to scheduling: who may do what, what silence settles, what it never does."""

from datetime import date, timedelta

import pytest

from chalicelib.contract.registry import ScenarioRegistry
from chalicelib.domain.basis_mark import BasisChange
from chalicelib.domain.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotAllowedError,
    RecordNotFoundError,
)
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import PLATFORM, Actor, Role
from chalicelib.services.notification.recipients import Recipients
from chalicelib.services.plan import approve_plan as approval
from chalicelib.services.plan import cancel_plan as ending
from chalicelib.services.plan import collect_opinions as opinions
from chalicelib.services.plan.draft_plan import PlanDraft, change_plan, draft_plan
from chalicelib.services.scenario.basis_marks import mark_basis
from chalicelib.services.tenancy.confirm_basis import confirm_basis
from chalicelib.services.tenancy.onboard_tenant import Roster, onboard_tenant
from infra.local.demo_roster import TENANTS, roster
from tests.builders import NOW, TENANT, act, actor

LEAD, SECOND = f"{TENANT}-body-commerce", f"{TENANT}-body-fire-rescue"
PACKAGE = ScenarioRegistry().get("refined_oil")
FULL_ROSTER = roster(TENANTS[0])[0]
BODIES = Roster(
    departments=FULL_ROSTER.departments,
    acting_bodies=[body for body in FULL_ROSTER.acting_bodies if body.id in (LEAD, SECOND)],
)


def head(body: str) -> Actor:
    return actor(Role.APPROVER, person_id=f"head-{body}", acting_body_id=body)


def officer(body: str) -> Actor:
    return actor(Role.DEPARTMENT_OFFICER, person_id=f"officer-{body}", acting_body_id=body)


def onboard(store, tenant=TENANTS[0]):
    operator = actor(Role.PLATFORM_OPERATOR, tenant=PLATFORM)
    onboard_tenant(store, PLATFORM, act(operator), tenant=tenant, roster=BODIES)


@pytest.fixture
def store(store):
    onboard(store)
    return store


def draft(**more) -> PlanDraft:
    values = {
        "title": "成品油流通四季度联合抽查",
        "scenario": "refined_oil",
        "divisions": ["450100000000"],
        "bodies": [LEAD, SECOND],
        "ratios": {"A": 300, "B": 500, "C": 1000, "D": 3000},
        "period_from": date(2026, 11, 23),
        "period_to": date(2026, 12, 20),
    }
    return PlanDraft.model_validate(values | more)


def drafted(store):
    return draft_plan(store, TENANT, act(), draft=draft(), package=PACKAGE)


def at_opinions(store):
    plan = approval.submit_plan(store, TENANT, act(), plan_id=drafted(store).id)
    plan = approval.approve_plan(store, TENANT, act(head(LEAD)), plan_id=plan.id, package=PACKAGE)
    return opinions.generate_tasks(store, TENANT, act(), plan_id=plan.id)


def consent(store, plan, body, *, agrees=True, text="", minutes=0):
    return opinions.give_opinion(
        store,
        TENANT,
        act(officer(body), minutes=minutes),
        plan_id=plan.id,
        acting_body_id=body,
        agrees=agrees,
        text=text,
    )


def topics(store, owner):
    return [todo.topic for todo in store.todos.of_owner(TENANT, owner).records]


def test_a_plan_is_numbered_in_its_year(store):
    first, second = drafted(store), drafted(store)

    assert [first.number, second.number] == ["南综监计〔2026〕1号", "南综监计〔2026〕2号"]
    assert [plan.id for plan in store.plans.of_year(TENANT, 2026).records] == [second.id, first.id]
    assert all(task.item_ids for task in first.tasks)
    assert first.lead.acting_body_id == LEAD


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"scenario": "unknown"}, "scenario", "unknown_scenario"),
        ({"divisions": ["450500000000"]}, "divisions", "division_outside_area"),
        ({"bodies": ["nobody"]}, "bodies", "unknown_acting_body"),
        ({"bodies": [LEAD, LEAD]}, "bodies", "twice"),
        ({"ratios": {"A": 10_001}}, "ratios.A", "out_of_range"),
        ({"ratios": {}}, "ratios", "nothing_to_draw"),
        ({"selection": "weighted"}, "draw_total", "nothing_to_draw"),
        ({"period_to": date(2026, 11, 1)}, "period_to", "period_backwards"),
        ({"period_to": date(2199, 1, 1)}, "period_to", "period_too_far"),
    ],
)
def test_a_draft_is_refused_field_by_field(store, changes, field, code):
    with pytest.raises(InvalidInputError) as raised:
        draft_plan(store, TENANT, act(), draft=draft(**changes), package=PACKAGE)

    assert (field, code) in [(p.field, p.code) for p in raised.value.problems]


def test_the_way_to_scheduling_leaves_an_event_for_every_step(store):
    plan = at_opinions(store)
    assert topics(store, LEAD) == topics(store, SECOND) == ["opinion_requested"]
    plan = consent(store, plan, LEAD)
    plan = consent(store, plan, SECOND)
    assert "opinions_to_close" in topics(store, "role.coordinator")
    plan = opinions.close_opinions(store, TENANT, act(), plan_id=plan.id)
    for body in (LEAD, SECOND):
        assert topics(store, f"{body}.head") == ["task_to_approve"]
        plan = opinions.approve_task(store, TENANT, act(head(body)), plan_id=plan.id, acting_body_id=body)

    assert plan.state == "scheduling"
    assert {task.state for task in plan.tasks} == {"approved"}
    assert topics(store, f"{LEAD}.head") == topics(store, LEAD) == []
    assert topics(store, "role.coordinator") == ["draw_to_make"]
    types = [event.type for event in reversed(store.plans.history(TENANT, plan.ref))]
    assert types == [
        EventType.PLAN_DRAFTED,
        EventType.PLAN_SUBMITTED,
        EventType.PLAN_APPROVED,
        EventType.TASKS_GENERATED,
        EventType.OPINION_GIVEN,
        EventType.OPINION_GIVEN,
        EventType.OPINIONS_CLOSED,
        EventType.TASK_APPROVED,
        EventType.TASK_APPROVED,
    ]


def test_a_repeated_step_changes_nothing(store):
    plan = at_opinions(store)
    once = act(officer(LEAD))
    for _ in range(2):
        again = opinions.give_opinion(store, TENANT, once, plan_id=plan.id, acting_body_id=LEAD, agrees=True)

    assert len(again.task_of(LEAD).opinions) == 1


def test_nobody_speaks_for_another_body(store):
    plan = at_opinions(store)

    with pytest.raises(NotAllowedError):
        opinions.give_opinion(store, TENANT, act(officer(LEAD)), plan_id=plan.id, acting_body_id=SECOND, agrees=True)
    plan = consent(store, plan, SECOND)
    with pytest.raises(NotAllowedError):
        opinions.approve_task(store, TENANT, act(head(LEAD)), plan_id=plan.id, acting_body_id=SECOND)
    with pytest.raises(NotAllowedError):
        opinions.approve_task(store, TENANT, act(officer(SECOND)), plan_id=plan.id, acting_body_id=SECOND)


def test_silence_settles_the_opinion_after_its_deadline_and_never_the_approval(store):
    plan = at_opinions(store)
    plan = consent(store, plan, LEAD)
    early = opinions.deem_opinions(store, TENANT, act(Actor.system(TENANT, "clock")), plan_id=plan.id)
    assert early.task_of(SECOND).state == "opinion_requested"

    late = int((plan.task_of(SECOND).due_at - NOW + timedelta(minutes=1)).total_seconds() // 60) + 1
    plan = opinions.deem_opinions(store, TENANT, act(Actor.system(TENANT, "clock"), minutes=late), plan_id=plan.id)

    assert plan.task_of(SECOND).state == "consent_deemed"
    assert plan.task_of(SECOND).opinions[-1].is_deemed
    assert plan.task_of(SECOND).approval is None
    plan = opinions.close_opinions(store, TENANT, act(), plan_id=plan.id)
    assert plan.task_of(SECOND).state == "consent_deemed"


def test_a_proposed_change_is_answered_before_opinions_close(store):
    plan = at_opinions(store)
    plan = consent(store, plan, LEAD)
    with pytest.raises(InvalidInputError):
        consent(store, plan, SECOND, agrees=False, text=" ")
    plan = consent(store, plan, SECOND, agrees=False, text="请派三名执法人员")
    with pytest.raises(IllegalTransitionError):
        opinions.close_opinions(store, TENANT, act(), plan_id=plan.id)

    plan = opinions.revise_task(
        store, TENANT, act(), plan_id=plan.id, acting_body_id=SECOND, officers=3, reason="按意见调整"
    )

    assert (plan.task_of(SECOND).state, plan.task_of(SECOND).officers) == ("opinion_requested", 3)


def test_a_refused_inspection_leaves_the_plan(store):
    plan = consent(store, consent(store, at_opinions(store), LEAD), SECOND)

    plan = opinions.refuse_task(
        store, TENANT, act(head(SECOND)), plan_id=plan.id, acting_body_id=SECOND, reason="本季度已查"
    )

    assert plan.task_of(SECOND).state == "withdrawn"


def test_a_task_is_withdrawn_with_a_reason_before_the_pool_is_frozen(store):
    plan = consent(store, at_opinions(store), LEAD)
    for body, reason, code in (
        (SECOND, " ", "reason_missing"),
        (LEAD, "不查了", "task_is_needed"),
    ):
        with pytest.raises(InvalidInputError) as raised:
            opinions.withdraw_task(store, TENANT, act(), plan_id=plan.id, acting_body_id=body, reason=reason)
        assert raised.value.problems[0].code == code
    with pytest.raises(NotAllowedError):
        opinions.withdraw_task(
            store, TENANT, act(head(SECOND)), plan_id=plan.id, acting_body_id=SECOND, reason="人手不足"
        )

    plan = opinions.withdraw_task(store, TENANT, act(), plan_id=plan.id, acting_body_id=SECOND, reason="另行安排")
    event = store.plans.history(TENANT, plan.ref, 1)[0]

    assert (plan.task_of(SECOND).state, plan.task_of(SECOND).due_at) == ("withdrawn", None)
    assert (event.type, event.data["reason"]) == (EventType.TASK_WITHDRAWN, "另行安排")
    told = Recipients(store, TENANT).of_audience("body_of_task", event, plan)
    assert {one.acting_body_id for one in told} <= {SECOND}
    closed = opinions.close_opinions(store, TENANT, act(), plan_id=plan.id)
    with pytest.raises(IllegalTransitionError):
        opinions.withdraw_task(store, TENANT, act(), plan_id=closed.id, acting_body_id=SECOND, reason="再撤")


def test_a_real_tenants_plan_waits_for_its_legal_officer(store):
    real = TENANTS[0].with_changes(is_synthetic=False)
    home = store.tenants.get(TENANT, TENANT)
    with store.change(TENANT, act()) as change:
        change.save(home.with_changes(is_synthetic=real.is_synthetic))
        change.event(EventType.TENANT_ONBOARDED, home)
    plan = approval.submit_plan(store, TENANT, act(), plan_id=drafted(store).id)
    with pytest.raises(IllegalTransitionError) as raised:
        approval.approve_plan(store, TENANT, act(head(LEAD)), plan_id=plan.id, package=PACKAGE)
    assert raised.value.details["missing"] == ["legal_bases_are_confirmed"]

    with pytest.raises(NotAllowedError):
        confirm_basis(store, TENANT, act(), package=PACKAGE, basis_id=raised.value.details["bases"][0], text="读过")
    for basis_id in raised.value.details["bases"]:
        values = {"basis_id": basis_id, "text": "读过", "text_date": date(2025, 1, 1)}
        confirm_basis(store, TENANT, act(actor(Role.LEGAL_REVIEWER)), package=PACKAGE, **values)
    plan = approval.approve_plan(store, TENANT, act(head(LEAD)), plan_id=plan.id, package=PACKAGE)

    assert plan.state == "task_generation"


def test_a_real_tenants_plan_does_not_rest_on_a_clause_that_is_repealed_before_it_ends(store):
    home = store.tenants.get(TENANT, TENANT)
    plan = approval.submit_plan(store, TENANT, act(), plan_id=drafted(store).id)
    cited = next(one for one in PACKAGE.bases_of(PACKAGE.checklist.items) if one.article)
    values = {"title": cited.title, "article": cited.article, "change": BasisChange.REPEALED}
    lawyer, day = act(actor(Role.LEGAL_REVIEWER)), plan.period_to
    mark = mark_basis(store, TENANT, lawyer, **values, decided_on=NOW.date(), effective_on=day)
    later = mark.with_changes(effective_on=day + timedelta(days=1))
    assert approval.repealed_of_plan(plan, plan.scenario, PACKAGE, [later]) == []
    with store.change(TENANT, act()) as change:
        change.save(home.with_changes(is_synthetic=False))
        change.event(EventType.TENANT_ONBOARDED, home)

    with pytest.raises(IllegalTransitionError) as raised:
        approval.approve_plan(store, TENANT, act(head(LEAD)), plan_id=plan.id, package=PACKAGE)
    assert "legal_bases_hold" in raised.value.details["missing"]
    assert (raised.value.details["repealed"], raised.value.details["basis_marks"]) == ([cited.id], [mark.id])

    with store.change(TENANT, act()) as change:
        change.save(store.tenants.get(TENANT, TENANT).with_changes(is_synthetic=True))
        change.event(EventType.TENANT_ONBOARDED, home)
    plan = approval.approve_plan(store, TENANT, act(head(LEAD)), plan_id=plan.id, package=PACKAGE)
    told = store.plans.history(TENANT, plan.ref)[0]
    assert (plan.state, told.data["repealed"]) == ("task_generation", [cited.id])


def test_returned_cancelled_revised_need_a_reason(store):
    plan = approval.submit_plan(store, TENANT, act(), plan_id=drafted(store).id)
    with pytest.raises(InvalidInputError):
        approval.return_plan(store, TENANT, act(head(LEAD)), plan_id=plan.id, reason="  ")
    plan = approval.return_plan(store, TENANT, act(head(LEAD)), plan_id=plan.id, reason="比例偏低")
    assert plan.state == "plan"
    plan = change_plan(store, TENANT, act(), plan_id=plan.id, draft=draft(ratios={"B": 900}), package=PACKAGE)
    assert [ratio.ratio for ratio in plan.ratios] == [0, 900, 0, 0]
    plan = ending.cancel_plan(store, TENANT, act(), plan_id=plan.id, reason="合并到另一计划")
    assert plan.state == "cancelled"
    assert topics(store, "role.coordinator") == []


def test_revising_drops_the_opinions(store):
    plan = consent(store, at_opinions(store), LEAD)

    plan = ending.revise_plan(store, TENANT, act(), plan_id=plan.id, reason="增加一个部门")

    assert (plan.state, plan.task_of(LEAD).opinions) == ("plan", [])


def test_who_may_not_plan(store):
    with pytest.raises(NotAllowedError):
        draft_plan(store, TENANT, act(officer(LEAD)), draft=draft(), package=PACKAGE)
    plan = drafted(store)
    county = actor(Role.COORDINATOR, division="450500000000")
    with pytest.raises(RecordNotFoundError):
        approval.submit_plan(store, TENANT, act(county), plan_id=plan.id)


def test_nobody_is_heard_before_the_tasks_are_out(store):
    plan = drafted(store)

    with pytest.raises(IllegalTransitionError):
        consent(store, plan, LEAD)
