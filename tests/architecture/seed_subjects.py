"""A subject for the world of the route matrix, and what is kept beside it."""

from datetime import timedelta

from chalicelib.contract.registry import registry
from chalicelib.domain.evaluation import CreditGrade, EvaluationResult, RiskLevel
from chalicelib.domain.evaluation_rules import Regime, RegulationMethod
from chalicelib.domain.hand_over import (
    Direction,
    HandOver,
    InboxMessage,
    OutboxMessage,
    SubjectProjection,
    Topic,
)
from chalicelib.domain.handbook_push import HandbookPush, HandbookReceipt
from chalicelib.domain.item import Answer, Compliance, SubjectFacts
from chalicelib.domain.patrol import Patrol
from chalicelib.domain.record import Record, new_id
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.self_check import SelfCheck, SelfCheckAnswer, SelfCheckSharing, SelfCheckState
from chalicelib.domain.subject import DrawGrade, ScenarioMembership, Subject, SubjectKind
from chalicelib.domain.subject_evaluation import SubjectEvaluation
from chalicelib.domain.subject_kind import RelationKind
from chalicelib.domain.subject_regrouping import RegroupingAct, SubjectRegrouping
from chalicelib.domain.subject_relation import SubjectRelation, relation_id
from tests.architecture.seed_disposals import seeded_disposal
from tests.architecture.seed_reports import seeded_report
from tests.architecture.seed_values import COMMON, COUNTY, SCENARIO, TODAY
from tests.web.site import NOW


def seeded_subject(tenant: str) -> Subject:
    return Subject(
        kind=SubjectKind.PREMISES,
        name=COMMON,
        code="91450105MA0007591Y",
        division=COUNTY[tenant],
        address="示例大道18号",
        phone="13877112233",
        responsible_person="覃岚琳",
        memberships=(ScenarioMembership(scenario=SCENARIO, attributes={"business_form": "retail"}),),
    )


def subject_records(tenant: str, subject: Subject) -> list[Record]:
    """The subject, its grade, and what was reported, ordered and asked of it."""
    return [subject, ScenarioMember.of(subject, SCENARIO), _evaluation(subject), *_around(tenant, subject)]


def _evaluation(subject: Subject) -> SubjectEvaluation:
    risk, credit = next(iter(RiskLevel)), next(iter(CreditGrade))
    return SubjectEvaluation(
        id=SCENARIO,
        subject_id=subject.id,
        scenario_version="1",
        result=EvaluationResult(
            as_of=TODAY,
            risk_level=risk,
            risk_points=1,
            credit_grade=credit,
            credit_points=1,
            is_initial=False,
            points=(),
            overrides=(),
            expires_on=TODAY + timedelta(days=365),
            regime=Regime(
                risk_level=risk,
                credit_grade=credit,
                draw_grade=DrawGrade.B,
                draw_weight=1,
                ratio_basis_points=100,
                visits_per_year=1,
                method=next(iter(RegulationMethod)),
            ),
        ),
        evaluated_at=NOW,
        cause="visit_concluded",
    )


def _around(tenant: str, subject: Subject) -> list[Record]:
    """What is kept beside a subject: a relation, a split, a hand-over under way with its message."""
    part = subject.model_copy(update={"id": new_id()})
    offer = HandOver(
        direction=Direction.OUTGOING,
        subject_id=subject.id,
        projection=SubjectProjection.of(subject, open_findings=0, visits=1),
        other_tenant="gxasean1",
        other_label="产业合作区",
        reason="迁出",
        offered_by="seed",
        offered_at=NOW,
    )
    message = {"topic": Topic.HAND_OVER_OFFERED, "about": offer.id, "body": {"reason": "迁出"}, "sent_at": NOW}
    check = SelfCheck(
        subject_id=subject.id,
        subject_name=subject.name,
        division=subject.division,
        facts=SubjectFacts(kind="premises", attributes={"business_form": "retail"}),
        scenario=SCENARIO,
        scenario_version=registry().get(SCENARIO).version,
        state=SelfCheckState.FINISHED,
        started_by="seed",
        started_at=NOW,
        finished_at=NOW,
        sharings=[SelfCheckSharing(shared_by="seed", shared_at=NOW)],
    )
    push = HandbookPush(
        scenario=SCENARIO,
        scenario_version="1.0.0",
        note="新版",
        pushed_by="seed",
        pushed_at=NOW,
        recipients=1,
        is_complete=True,
    )
    return [
        Patrol(
            subject_id=subject.id,
            subject_name=COMMON,
            division=COUNTY[tenant],
            scenario=SCENARIO,
            scenario_version="1.0.0",
            note="说明",
            patrolled_by="seed",
            patrolled_at=NOW,
        ),
        push,
        HandbookReceipt(
            id=subject.id,
            push_id=push.id,
            scenario=SCENARIO,
            scenario_version="1.0.0",
            subject_name=COMMON,
            county=COUNTY[tenant],
            division=COUNTY[tenant],
            sent_at=NOW,
        ),
        seeded_report(subject, COUNTY[tenant], NOW),
        *seeded_disposal(subject, COUNTY[tenant], f"{tenant}-body-own", NOW),
        check,
        SelfCheckAnswer(
            id="business_licence",
            self_check_id=check.id,
            answer=Answer(compliance=Compliance.NON_COMPLIANT, text="自己记的"),
            answered_by="seed",
            answered_at=NOW,
            saved_at=NOW,
        ),
        SubjectRelation(
            id=relation_id(RelationKind.PART_OF, part.id, is_reverse=False),
            subject_id=subject.id,
            other_id=part.id,
            kind=RelationKind.PART_OF,
            is_reverse=False,
            recorded_at=NOW,
        ),
        SubjectRegrouping(
            act=RegroupingAct.SPLIT,
            kept_id=subject.id,
            other_id=part.id,
            kept_before=subject,
            kept_after=subject,
            other_after=part,
            done_by="seed",
            done_at=NOW,
        ),
        offer,
        OutboxMessage.model_validate(message | {"receiver": "gxasean1"}),
        InboxMessage.model_validate(message | {"sender": "gxasean1"}),
    ]
