"""Open a plan's draw: name the beacons, before anybody knows the pool or any randomness."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.beacon import LotteryRound, PublicLottery
from chalicelib.domain.checkpoint import utc_text
from chalicelib.domain.draw_inspector import InspectorTeam
from chalicelib.domain.errors import AlreadyExistsError
from chalicelib.domain.event import EventType
from chalicelib.domain.loop import machine
from chalicelib.domain.plan import InspectionPlan, InspectionTask
from chalicelib.domain.random_draw import DrawState, RandomDraw, SeedPlace
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.draw.problems import refuse
from chalicelib.services.draw.save_draw import put_draw
from chalicelib.services.idempotent import idempotent
from chalicelib.services.plan.progress import put_plan
from chalicelib.storage.store import Store

LOGGING_TIME = timedelta(hours=1)
"""The evidence log's receipt promises inclusion within this time; no beacon may fall due before."""


MOST_VISITS = 1000
"""The highest limit that may be set on the visits of one inspector in one draw."""


@idempotent
def open_draw(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    plan_id: str,
    seed_departments: Sequence[str] = (),
    reveal_due_at: datetime | None = None,
    lottery: LotteryRound | None = None,
    fallback: LotteryRound,
    max_visits: int | None = None,
    annual_caps: dict[str, int] | None = None,
) -> RandomDraw:
    """The opened draw. seed_departments: codes of two or more departments that commit seeds; lottery: a round named in
    advance; at least one of the two. fallback: a later round that stands in for whatever does not come.

    Raises AlreadyExistsError while another draw of the plan counts, InvalidInputError for beacons that cannot be.
    """
    plan = store.plans.get(tenant, plan_id)
    require(act.actor, Permission.DRAW_RUN, plan.resource)
    machine("loop").transition(plan.state, "freeze_pool")
    earlier = store.draws.of_plan(tenant, plan_id)
    if any(draw.state is not DrawState.VOID for draw in earlier):
        raise AlreadyExistsError(kind=RandomDraw.KIND, identity=plan_id)
    reveal_text = utc_text(reveal_due_at) if reveal_due_at and seed_departments else ""
    _check(act.at, list(seed_departments), reveal_text, lottery, fallback)
    if max_visits is not None and not 1 <= max_visits <= MOST_VISITS:
        raise refuse("max_visits", "out_of_range")
    tasks = active_tasks(plan)
    draw = RandomDraw(
        plan_id=plan.id,
        plan_title=plan.title,
        scenario=plan.scenario,
        number=draw_number(plan.number, len(earlier) + 1),
        sequence=len(earlier) + 1,
        divisions=plan.divisions,
        departments=sorted(plan.resource.departments | set(seed_departments)),
        period_from=plan.period_from,
        period_to=plan.period_to,
        opened_by=act.actor.person_id,
        opened_at=act.at,
        seeds=_places(store, tenant, list(seed_departments)),
        reveal_due_at=reveal_text,
        lottery=PublicLottery(**lottery.model_dump(), fallback=fallback) if lottery else None,
        fallback=fallback,
        max_visits=max_visits,
        annual_caps=_caps(annual_caps or {}, tasks),
        selection=plan.selection,
        uniform_k=plan.uniform_k,
        teams=[InspectorTeam(acting_body=task.acting_body_id, count=task.officers) for task in tasks],
        replaces=earlier[-1].id if earlier else None,
    )
    with store.change(tenant, act) as change:
        put_draw(store, change, draw)
        put_plan(store, change, plan.with_changes(draw_id=draw.id))
        change.event(EventType.DRAW_OPENED, draw, {"plan_id": plan.id, "sequence": draw.sequence})
    return draw


def active_tasks(plan: InspectionPlan) -> list[InspectionTask]:
    """Tasks that still take part; the lead's first."""
    return sorted((t for t in plan.tasks if t.state != "withdrawn"), key=lambda t: not t.is_lead)


def draw_number(plan_number: str, sequence: int) -> str:
    """南综监计〔2026〕18号 → 南综监抽〔2026〕18-1号; any other form gets the sequence behind it."""
    found = re.fullmatch(r"(.*?)计?(〔\d{4}〕\d+)号", plan_number)
    return f"{found[1]}抽{found[2]}-{sequence}号" if found else f"{plan_number}-{sequence}".lstrip("-")


def _places(store: Store, tenant: TenantId, codes: list[str]) -> list[SeedPlace]:
    found = {department.code: department for department in store.departments.every(tenant)} if codes else {}
    unknown = [code for code in codes if code not in found]
    if unknown:
        raise refuse("seed_departments", "unknown_choice", value=unknown[0])
    return [SeedPlace(place=code, source=found[code].label, department_id=found[code].id) for code in codes]


def _caps(caps: dict[str, int], tasks: list[InspectionTask]) -> dict[str, int]:
    bodies = {task.acting_body_id for task in tasks}
    if any(body not in bodies or cap < 0 for body, cap in caps.items()):
        raise refuse("annual_caps", "out_of_range")
    return caps


def _check(
    at: datetime, departments: list[str], reveal_due_at: str, lottery: LotteryRound | None, fallback: LotteryRound
) -> None:
    """The rules of `BeaconSet`, told field by field, and that the log has time to sign before anything falls due."""
    earliest = utc_text(at + LOGGING_TIME)
    if not departments and lottery is None:
        raise refuse("seed_departments", "beacon_missing")
    if departments and len(set(departments)) < max(2, len(departments)):
        raise refuse("seed_departments", "two_departments")
    if departments and reveal_due_at <= earliest:
        raise refuse("reveal_due_at", "beacon_too_early")
    if lottery and lottery.due_at <= earliest:
        raise refuse("lottery_due_at", "beacon_too_early")
    if lottery and (lottery.source, lottery.round) == (fallback.source, fallback.round):
        raise refuse("fallback_round", "fallback_is_the_same")
    if fallback.due_at <= max(reveal_due_at, lottery.due_at if lottery else ""):
        raise refuse("fallback_due_at", "fallback_too_early")
