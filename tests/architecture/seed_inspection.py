"""A plan under way with its draw, for the world of the route matrix: one visit, what was found there, and what is
public of it."""

from datetime import timedelta

from chalicelib.contract.registry import registry
from chalicelib.domain.beacon import LotteryRound, NumberGroup
from chalicelib.domain.draw import Selection
from chalicelib.domain.finding import Finding
from chalicelib.domain.inspection_result import InspectionResult, ResultBody
from chalicelib.domain.item import Answer, Compliance, Severity
from chalicelib.domain.metric_entry import entry_of
from chalicelib.domain.plan import Approval, GradeRatio, InspectionPlan, InspectionTask
from chalicelib.domain.public_draw import PublicDraw
from chalicelib.domain.public_result import PublicName, PublicResult
from chalicelib.domain.random_draw import DrawState, RandomDraw, SeedPlace
from chalicelib.domain.record import Record
from chalicelib.domain.subject import Subject
from chalicelib.domain.visit import (
    BodyConclusion,
    ConclusionChoice,
    TeamMember,
    Visit,
    VisitAnswer,
    VisitBody,
)
from chalicelib.domain.visit import VisitSubject as DrawnSubject
from chalicelib.domain.visit_member import members_of
from tests.architecture.seed_values import COMMON, COUNTY, DEPARTMENT, SCENARIO, TODAY
from tests.web.site import NOW


def seeded_plan(tenant: str, body: str) -> InspectionPlan:
    return InspectionPlan(
        number="综监计〔2026〕1号",
        year=2026,
        title="成品油综合监管",
        scenario=SCENARIO,
        scenario_version=registry().get(SCENARIO).version,
        divisions=[COUNTY[tenant]],
        tasks=[
            InspectionTask(
                acting_body_id=body,
                label="商务局",
                departments=[DEPARTMENT],
                state="approved",
                approval=Approval(approved_by="seed", approved_by_name="陆*", approved_at=NOW),
                is_lead=True,
            )
        ],
        ratios=[GradeRatio(grade="A", ratio=1000)],
        period_from=TODAY,
        period_to=TODAY + timedelta(days=30),
        state="disposition",
        state_since=NOW,
        visit_count=1,
        drafted_by="seed",
        note="说明",
    )


def inspection_records(plan: InspectionPlan, subject: Subject, body: str, team: list[TeamMember]) -> list[Record]:
    """The plan as it stands once its visits are under way, and all that hangs on it."""
    draw = _draw(plan, body)
    plan = plan.with_changes(draw_id=draw.id)
    visit = _visit(plan, subject, body, team)
    result, finding = _result(plan, visit, body), _finding(plan, visit, body)
    return [
        plan,
        draw,
        _public_draw(draw),
        visit,
        *members_of(visit),
        VisitAnswer(
            id="business_licence",
            visit_id=visit.id,
            answer=Answer(compliance=Compliance.COMPLIANT, text="齐全"),
            answered_by=team[0].person_id,
            answered_at=NOW,
            saved_at=NOW,
        ),
        BodyConclusion(
            id=f"{body}.business_licence",
            visit_id=visit.id,
            acting_body_id=body,
            item_id="business_licence",
            question_key="business_licence",
            choice=ConclusionChoice.OWN,
            compliance=Compliance.NON_COMPLIANT,
            note="说明",
            made_by=team[0].person_id,
            made_at=NOW,
        ),
        finding,
        entry_of(finding),
        result,
        *_published(result),
    ]


def _draw(plan: InspectionPlan, body: str) -> RandomDraw:
    return RandomDraw(
        plan_id=plan.id,
        plan_title=plan.title,
        scenario=SCENARIO,
        number="抽〔2026〕1号",
        sequence=1,
        divisions=plan.divisions,
        departments=[body, DEPARTMENT],
        period_from=plan.period_from,
        period_to=plan.period_to,
        opened_by="seed",
        opened_at=NOW,
        seeds=[SeedPlace(place=DEPARTMENT, source="商务局", department_id="seed")],
        fallback=LotteryRound(
            source="双色球",
            round="2026140",
            due_at="2026-11-26T13:15:00.000Z",
            numbers=[NumberGroup(count=6, lowest=1, highest=33, is_ascending=True)],
        ),
        selection=Selection.RATIO_BY_GRADE,
    )


def _public_draw(draw: RandomDraw) -> PublicDraw:
    return PublicDraw(
        id=draw.id,
        number=draw.number,
        title=draw.plan_title,
        scenario=SCENARIO,
        state=DrawState.FROZEN,
        selection=draw.selection,
        strata=[],
        uniform_k=0,
        registered=1,
        excluded={},
        pool=1,
        frozen_at=NOW,
        commitment_sha256="0" * 64,
        beacons=[],
    )


def _visit(plan: InspectionPlan, subject: Subject, body: str, team: list[TeamMember]) -> Visit:
    return Visit(
        plan_id=plan.id,
        draw_id=plan.draw_id,
        order=1,
        scenario=SCENARIO,
        scenario_version=plan.scenario_version,
        subject=DrawnSubject(
            subject_id=subject.id,
            name=subject.name,
            code=subject.code,
            kind=subject.kind.value,
            division=subject.division,
            address=subject.address,
            attributes=dict(subject.attributes(SCENARIO)),
        ),
        bodies=[VisitBody(acting_body_id=body, label="商务局", departments=[DEPARTMENT])],
        team=team,
        scheduled_on=TODAY,
        scheduled_at="09:00",
        inspection_code="0" * 8,
        state="started",
        started_at=NOW,
    )


def _finding(plan: InspectionPlan, visit: Visit, body: str) -> Finding:
    return Finding(
        visit_id=visit.id,
        plan_id=plan.id,
        scenario=SCENARIO,
        scenario_version=plan.scenario_version,
        subject_id=visit.subject.subject_id,
        subject_name=visit.subject.name,
        division=visit.subject.division,
        acting_body_id=body,
        acting_body_label="商务局",
        department=DEPARTMENT,
        item_id="business_licence",
        title="证照过期",
        severity=Severity.MINOR,
        clause="第一条",
        note="说明",
        found_on=TODAY,
        remedy_due_on=TODAY + timedelta(days=14),
        due_at=NOW + timedelta(days=14),
    )


def _result(plan: InspectionPlan, visit: Visit, body: str) -> InspectionResult:
    return InspectionResult(
        id=visit.id,
        plan_id=plan.id,
        plan_number=plan.number,
        plan_title=plan.title,
        draw_id=plan.draw_id,
        draw_order=1,
        scenario=SCENARIO,
        subject=visit.subject,
        inspected_on=TODAY,
        bodies=[ResultBody(acting_body_id=body, label="商务局", departments=[DEPARTMENT], counts={})],
        findings=[],
        submitted_at=NOW,
        concluded_at=NOW,
        prepared_at=NOW,
    )


def _published(result: InspectionResult) -> list[Record]:
    subject = result.subject
    found = {"name": subject.name, "code": subject.code, "division": subject.division}
    return [
        PublicResult(
            id=result.id,
            subject_id=subject.subject_id,
            address=subject.address,
            scenario=SCENARIO,
            plan_number=result.plan_number,
            plan_title=result.plan_title,
            draw_id=result.draw_id,
            acting_bodies=["商务局"],
            inspected_on=TODAY,
            compliant=1,
            non_compliant=0,
            not_checked=0,
            findings=[],
            published_at=NOW,
            **found,
        ),
        PublicName(id="00", text=COMMON, subject_id=subject.subject_id, **found),
    ]
