"""One plan or one draw in any tenant, for the matrix over the routes."""

from datetime import UTC, date, datetime, timedelta

from chalicelib import bootstrap
from chalicelib.domain.act import Act
from chalicelib.domain.draw import Selection
from chalicelib.domain.event import EventType
from chalicelib.domain.plan import GradeRatio, InspectionPlan, InspectionTask
from chalicelib.domain.random_draw import RandomDraw
from chalicelib.domain.record import Record
from chalicelib.domain.tenancy import Actor
from tests.services.draw.case import lottery_round

AT = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def _put(tenant: str, record: Record, type: EventType) -> str:
    act = Act(actor=Actor.system(tenant, "test"), at=AT)
    with bootstrap.scope(tenant), bootstrap.store().change(tenant, act) as change:
        change.save(record)
        change.event(type, record)
    return record.id


def make_plan(site: object, tenant: str) -> str:
    plan = InspectionPlan(
        year=2026,
        title="另一处的计划",
        scenario="refined_oil",
        scenario_version="1",
        divisions=["450500000000"],
        tasks=[InspectionTask(acting_body_id="body", label="应急管理局", departments=["emergency_management"])],
        ratios=[GradeRatio(grade="A", ratio=1_000)],
        period_from=date(2026, 12, 1),
        period_to=date(2026, 12, 25),
        state_since=AT,
        drafted_by="x",
    )
    return _put(tenant, plan, EventType.PLAN_DRAFTED)


def make_draw(site: object, tenant: str) -> str:
    draw = RandomDraw(
        plan_id="01JD00000000000000000PLAN0",
        plan_title="另一处的计划",
        scenario="refined_oil",
        number="1号",
        sequence=1,
        divisions=["450500000000"],
        departments=["emergency_management"],
        period_from=date(2026, 12, 1),
        period_to=date(2026, 12, 25),
        opened_by="x",
        opened_at=AT,
        fallback=lottery_round("2026136", AT + timedelta(days=3)),
        selection=Selection.RATIO_BY_GRADE,
    )
    return _put(tenant, draw, EventType.DRAW_OPENED)
