"""One subject under three scenarios is visited once: data on the plan, facts asked once, judged by each scenario."""

from datetime import date, timedelta

import pytest

from chalicelib.contract.registry import registry
from chalicelib.domain.errors import IllegalTransitionError, InvalidInputError
from chalicelib.domain.item import Compliance
from chalicelib.domain.plan import Approval
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import ScenarioMembership, Subject, SubjectKind
from chalicelib.domain.tenancy import ActingBody, Certificate, Person, Role, Tenant, TenantKind
from chalicelib.domain.visit import TeamMember, VisitSubject
from chalicelib.services.evaluation.evaluate_subject import evaluate_subject, finding_source, gather_facts
from chalicelib.services.plan.approve_plan import approve_plan, submit_plan
from chalicelib.services.plan.collect_opinions import generate_tasks
from chalicelib.services.plan.draft_plan import PlanDraft, draft_plan
from chalicelib.services.plan.served_scenarios import served_for
from chalicelib.services.result.prepare_result import prepare_result
from chalicelib.services.visit.conclude_body import conclude_body, make_own_finding
from chalicelib.services.visit.create_visit import create_visit
from chalicelib.services.visit.own_items import own_items
from chalicelib.services.visit.questions import ask_questions
from chalicelib.services.visit.start_visit import start_visit
from chalicelib.services.visit.submit_visit import submit_visit
from chalicelib.storage import keys
from tests.builders import NOW, TENANT, act, actor
from tests.visiting import SUBJECT_ID, TODAY, answer_all, save

TUTORING, CARD, HOUSE, FUEL = "off_campus_tutoring", "prepaid_card", "self_built_housing", "refined_oil"
FIRE, FINANCE = "body-fire", "body-finance"
BODIES = {FIRE: ("市消防救援支队", "fire_rescue"), FINANCE: ("市金融监管局", "financial_regulation")}
OPERATOR = "91450105MA0007591Y"


def officer(body):
    return actor(Role.INSPECTOR, person_id=f"{body}-1", acting_body_id=body, department_code=BODIES[body][1])


@pytest.fixture
def centre(store):
    """A tutoring centre that sells prepaid lessons in a self-built house, the tenant and the people who go there."""
    certificate = Certificate(number="45010000123", valid_from=date(2025, 1, 1), valid_to=date(2027, 12, 31))
    subject = Subject(
        id=SUBJECT_ID,
        kind=SubjectKind.PREMISES,
        name="南宁市示例培训中心",
        operator_code=OPERATOR,
        division="450105000000",
        address="江南区示例大道18号",
        memberships=(
            ScenarioMembership(
                scenario=TUTORING, attributes={"tutoring_category": "academic", "takes_prepayment": True}
            ),
            ScenarioMembership(scenario=CARD, attributes={"trade": "training"}),
            ScenarioMembership(scenario=HOUSE, attributes={"is_commercial": True, "business_use": "tutoring"}),
        ),
    )
    people = [
        Person(
            id=f"{body}-{n}",
            name=f"韦晨{n}",
            roles=frozenset({Role.INSPECTOR}),
            acting_body_id=body,
            certificates=[certificate],
        )
        for body in BODIES
        for n in (1, 2)
    ]
    bodies = [
        ActingBody(id=body, label=label, division="450100000000", departments=[code])
        for body, (label, code) in BODIES.items()
    ]
    home = Tenant(
        id=TENANT,
        label="南宁市",
        kind=TenantKind.CITY,
        divisions=["450100000000"],
        scenarios=[TUTORING, CARD, HOUSE, FUEL],
    )
    save(store, home, subject, *(ScenarioMember.of(subject, one.scenario) for one in subject.memberships))
    save(store, *bodies, *people)
    return subject


def drafted(store, *also, bodies=(FIRE, FINANCE)):
    draft = PlanDraft(
        title="校外培训联合抽查",
        scenario=TUTORING,
        also_serves=list(also),
        divisions=["450100000000"],
        bodies=list(bodies),
        ratios={"A": 1000},
        period_from=TODAY,
        period_to=TODAY + timedelta(days=30),
    )
    return draft_plan(store, TENANT, act(), draft=draft, package=registry().get(TUTORING))


def visit_of(store, plan, subject):
    approval = Approval(approved_by="p-approver", approved_by_name="陆*", approved_at=NOW)
    tasks = [task.model_copy(update={"state": "approved", "approval": approval}) for task in plan.tasks]
    save(store, plan.with_changes(state="disposition", tasks=tasks))
    team = [
        TeamMember(person_id=f"{body}-{n}", name=f"韦晨{n}", acting_body_id=body, certificate_number="45010000123")
        for body in BODIES
        for n in (1, 2)
    ]
    visit = create_visit(
        store,
        TENANT,
        act(),
        plan_id=plan.id,
        subject=VisitSubject(
            subject_id=subject.id,
            name=subject.name,
            cap_code=subject.cap_code,
            kind=subject.kind.value,
            division=subject.division,
            attributes=subject.attributes(TUTORING),
        ),
        order=1,
        team=team,
        scheduled_on=TODAY,
        also_serves=served_for(store, TENANT, plan, subject),
    )
    return start_visit(store, TENANT, act(officer(FIRE)), visit_id=visit.id, certificates_shown=True)


def test_one_visit_serves_every_scenario_of_its_subject(store, centre):
    plan = drafted(store, CARD, HOUSE, FUEL)
    assert {task.acting_body_id: set(task.other_item_ids) for task in plan.tasks} == {
        FIRE: {HOUSE, FUEL},
        FINANCE: {CARD},
    }

    visit = visit_of(store, plan, centre)

    assert [(one.scenario, one.scenario_version) for one in visit.served] == [
        (name, registry().get(name).version) for name in (TUTORING, CARD, HOUSE)
    ]
    assert store.counted(keys.annual_cap(TENANT, OPERATOR, FIRE, TODAY.year)) == 1
    entries = ask_questions(store, TENANT, visit, {}, NOW).entries
    exits = next(one for one in entries if one.key == "exits_clear")
    assert [(slot.scenario, slot.department) for slot in exits.slots] == [
        (TUTORING, "fire_rescue"),
        (HOUSE, "fire_rescue"),
    ]

    answer_all(store, visit, bad=("exits_clear", "fundraising_signs"), who=officer(FIRE))
    submit_visit(store, TENANT, act(officer(FIRE), minutes=60), visit_id=visit.id)
    visit = store.visits.get(TENANT, visit.id)
    answers = store.visit_answers.of_visit(TENANT, visit.id)
    keys_of = {one.key for one in own_items(store, TENANT, visit, visit.body(FIRE), answers, [], NOW)}
    assert {"exits_clear_fire", f"{HOUSE}-exits_clear_fire"} <= keys_of
    make_own_finding(
        store,
        TENANT,
        act(officer(FIRE), minutes=80),
        visit_id=visit.id,
        acting_body_id=FIRE,
        item_id=f"{HOUSE}-exits_clear_fire",
        compliance=Compliance.COMPLIANT,
        note="另一楼梯畅通",
    )
    for body in BODIES:
        visit = conclude_body(store, TENANT, act(officer(body), minutes=90), visit_id=visit.id, acting_body_id=body)

    findings = store.findings.of_visit(TENANT, plan.id, visit.id)
    assert sorted((one.acting_body_id, one.scenario, one.item_id) for one in findings) == [
        (FINANCE, TUTORING, "no_return_promised"),
        (FINANCE, CARD, "no_return_promised"),
        (FIRE, TUTORING, "exits_clear_fire"),
    ]
    assert prepare_result(store, TENANT, act(minutes=100), visit_id=visit.id).scenarios == (TUTORING, CARD, HOUSE)
    sources = {}
    for scenario in (TUTORING, CARD, HOUSE):
        found = evaluate_subject(
            store, TENANT, act(minutes=110), subject_id=SUBJECT_ID, scenario=scenario, cause="result_published"
        )
        assert found.result.is_initial is False
        sources[scenario] = {point.source for point in found.result.points}
    assert sources == {
        scenario: {finding_source(one.id) for one in findings if one.scenario == scenario} for scenario in sources
    }
    asked = set(gather_facts(store, TENANT, act(), SUBJECT_ID, HOUSE).answers)
    assert "exits_clear" in asked
    assert "unconsumed_fees" not in asked


def test_a_body_with_items_in_a_further_scenario_alone_takes_part(store, centre):
    other = ActingBody(id="body-other", label="市民宗委", division="450100000000", departments=["ethnic_religious"])
    save(store, other)
    plan = drafted(store, HOUSE, bodies=[FIRE, other.id])
    head = actor(Role.APPROVER, acting_body_id=FIRE, department_code="fire_rescue")

    submit_plan(store, TENANT, act(), plan_id=plan.id)
    with pytest.raises(IllegalTransitionError) as refused:
        approve_plan(store, TENANT, act(head), plan_id=plan.id, package=registry().get(TUTORING))
    waiting = refused.value.details["bases"]
    generated = [task for task in plan.tasks if task.acting_body_id == other.id]

    assert [(task.item_ids, bool(task.other_item_ids[HOUSE]), task.item_count > 0) for task in generated] == [
        ([], True, True)
    ]
    assert "policy_fire_tutoring" in waiting
    assert "guangxi_stop_notice" in waiting, "of the further scenario, for the same legal officer"
    save(store, store.tenants.get(TENANT, TENANT).with_changes(is_synthetic=True))
    approve_plan(store, TENANT, act(head), plan_id=plan.id, package=registry().get(TUTORING))
    assert generate_tasks(store, TENANT, act(), plan_id=plan.id).state == "opinion"


@pytest.mark.parametrize(
    ("also", "code"),
    [((TUTORING,), "twice"), ((CARD, CARD), "twice"), (("catering",), "unknown_scenario")],
)
def test_a_draft_names_each_further_scenario_of_the_tenant_once(store, centre, also, code):
    with pytest.raises(InvalidInputError) as refused:
        drafted(store, *also)

    assert [(one.field, one.code) for one in refused.value.problems] == [("also_serves", code)]
