"""A disposal with a served order for the world of the route matrix."""

from datetime import datetime

from chalicelib.domain.deadline import DeadlineUnit
from chalicelib.domain.disposal import Disposal, DisposalClock, RecordedOccurrence
from chalicelib.domain.disposal_order import DisposalOrder, OrderParty, Service, ServiceWay
from chalicelib.domain.subject import Subject

SCENARIO = "self_built_housing"
DEPARTMENT = "housing_construction"


def seeded_disposal(subject: Subject, division: str, body: str, at: datetime) -> list[Disposal | DisposalOrder]:
    """The order is served, so that the subject knows of it, and its clock runs."""
    party = OrderParty(name=subject.name, owner="示例产权人")
    order = DisposalOrder(
        disposal_id="",
        subject_id=subject.id,
        party=party,
        division=division,
        scenario=SCENARIO,
        scenario_version="1.0.0",
        document_id="stop_use_order",
        name="停止使用决定书",
        department=DEPARTMENT,
        acting_body_id=body,
        departments=(body,),
        acting_body_label="示例住建局",
        basis_ids=("policy_danger_disposal",),
        citation="《示例通知》",
        facts="一层仍在营业",
        content="停止使用",
        state="served",
        drafted_by="seed",
        drafted_at=at,
        number="〔2026〕1号",
        decided_by="seed",
        decided_at=at,
        service=Service(way=ServiceWay.IN_PERSON, received_by="示例产权人", by="seed", at=at, recorded_at=at),
        due_at=at,
    )
    happened = RecordedOccurrence(
        occurrence_id="stop_use_ordered", at=at, recorded_at=at, recorded_by="seed", order_id=order.id
    )
    clock = DisposalClock(
        rule_id="stop_use",
        rule_version=1,
        unit=DeadlineUnit.HOUR,
        length=24,
        started_by="stop_use_ordered",
        started_at=at,
        due_at=at,
        order_id=order.id,
        owners=(body,),
    )
    disposal = Disposal(
        subject_id=subject.id,
        subject_name=subject.name,
        division=division,
        scenario=SCENARIO,
        scenario_version="1.0.0",
        departments=(body,),
        opened_because="鉴定为D级",
        opened_by="seed",
        opened_at=at,
        occurrences=(happened,),
        clocks=(clock,),
    )
    return [disposal, order.with_changes(disposal_id=disposal.id)]
