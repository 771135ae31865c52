"""Draft an inspection plan, and change it while it is a draft."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.contract.scenario import Scenario
from chalicelib.domain.access import Permission, Resource, require
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.division import covers_any
from chalicelib.domain.draw import Selection
from chalicelib.domain.errors import ConflictError, FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.plan import GRADES, GradeRatio, InspectionPlan, InspectionTask
from chalicelib.domain.plan_defaults import plan_defaults
from chalicelib.domain.tenancy import ActingBody, Tenant, TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.plan.progress import moved, put_plan, save_plan
from chalicelib.services.plan.served_scenarios import Served, read_served
from chalicelib.services.scenario.publish_package import published_hash
from chalicelib.services.scenario.read_edition import read_edition
from chalicelib.services.try_again import try_again
from chalicelib.storage import keys
from chalicelib.storage.store import Store


class PlanDraft(BaseModel):
    """What a coordinator fills in. bodies: acting-body ids, the lead first; also_serves: further scenarios, whose
    members among the drawn subjects are looked at in the same visit; ratios: grade → basis points;

    weights: grade → tickets, used when `selection` is weighted, with `draw_total` as the number to draw.
    """

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    title: str = Field(min_length=1, max_length=100)
    scenario: str
    also_serves: list[str] = Field(default_factory=list, max_length=10)
    divisions: list[str] = Field(min_length=1)
    bodies: list[str] = Field(min_length=1)
    selection: Selection = Selection.RATIO_BY_GRADE
    ratios: dict[str, int] = Field(default_factory=dict)
    weights: dict[str, int] = Field(default_factory=dict)
    uniform_k: int = Field(default=0, ge=0, le=1000)
    draw_total: int = Field(default=0, ge=0, le=100_000)
    period_from: date
    period_to: date
    note: str = Field(default="", max_length=2000)


@idempotent
def draft_plan(
    store: Store, tenant: TenantId, act: Act, *, draft: PlanDraft, package: Scenario, overlay_number: int = 0
) -> InspectionPlan:
    """The drafted plan, numbered 〔year〕n within the tenant. Raises InvalidInputError, field by field.

    package: with the tenant's overlay on it; overlay_number: the overlay's version. The plan stays on both."""
    require(act.actor, Permission.PLAN_WRITE, Resource(divisions=frozenset(draft.divisions)))
    home = store.tenants.get(tenant, tenant)
    known = {body.id: body for body in store.acting_bodies.in_use(tenant)}
    values = _values(store, home, known, draft, package, overlay_number, act) | _edition(
        store, home, package, overlay_number
    )
    year = shanghai_date(act.at).year
    series = keys.number_series(tenant, "plan", year)

    def save() -> InspectionPlan:
        taken = store.counted(series) + 1
        plan = InspectionPlan(
            **values,
            year=year,
            number=f"{home.document_prefix}综监计〔{year}〕{taken}号",
            state_since=act.at,
            drafted_by=act.actor.person_id,
        )
        with store.change(tenant, act) as change:
            put_plan(store, change, plan)
            change.take_number(series, taken)
            change.event(EventType.PLAN_DRAFTED, plan, {"number": plan.number, "scenario": plan.scenario})
        return plan

    return try_again(save, about="number")


@idempotent
def change_plan(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    plan_id: str,
    draft: PlanDraft,
    package: Scenario,
    overlay_number: int = 0,
    version: int | None = None,
) -> InspectionPlan:
    """The draft with new values. version: the one that was shown; ConflictError when it has moved on."""
    plan = store.plans.get(tenant, plan_id)
    require(act.actor, Permission.PLAN_WRITE, plan.resource)
    moved(plan, "submit_plan", act.at, {"plan_is_complete": True, "overlays_hold": True})
    if version is not None and version != plan.version:
        raise ConflictError(kind=plan.KIND, id=plan.id)
    home = store.tenants.get(tenant, tenant)
    known = {body.id: body for body in store.acting_bodies.every(tenant)}
    values = _values(store, home, known, draft, package, overlay_number, act) | _edition(
        store, home, package, overlay_number
    )
    return save_plan(store, tenant, act, plan.with_changes(**values), EventType.PLAN_CHANGED)


def _edition(store: Store, home: Tenant, package: Scenario, overlay_number: int) -> dict[str, Any]:
    """The versions that the plan stays on. Raises PackageChangedError when a file changed under a published one."""
    return {"scenario_hash": published_hash(store, home, package), "overlay_number": overlay_number}


def _values(
    store: Store,
    home: Tenant,
    known: Mapping[str, ActingBody],
    draft: PlanDraft,
    package: Scenario,
    number: int,
    act: Act,
) -> dict[str, Any]:
    problems = _problems(home, known, draft, act)
    if number and read_edition(store, home.id, package.name, package.version, number).faults:
        details: dict[str, str | int] = {"value": package.manifest.label}
        problems.append(FieldProblem(field="scenario", code="overlay_broken", details=details))
    if problems:
        raise InvalidInputError(problems)
    bodies = [known[body] for body in draft.bodies]
    served = read_served(store, home, package, draft.also_serves, bodies)
    ratios = [
        GradeRatio(grade=grade, ratio=draft.ratios.get(grade, 0), weight=draft.weights.get(grade, 1))
        for grade in GRADES
    ]
    return {
        **draft.model_dump(include={"title", "scenario", "divisions", "uniform_k", "draw_total", "note"}),
        "selection": draft.selection,
        "period_from": draft.period_from,
        "period_to": draft.period_to,
        "scenario_version": package.version,
        "also_serves": [one.note for one in served],
        "ratios": ratios,
        "tasks": _tasks(bodies, package, served),
    }


def _tasks(bodies: Sequence[ActingBody], package: Scenario, served: Sequence[Served]) -> list[InspectionTask]:
    """One task per acting body, with the check items of the departments that it acts for, in every scenario served."""
    packages = [package, *(one.package for one in served)]
    return [
        InspectionTask(
            acting_body_id=body.id,
            label=body.label,
            departments=body.departments,
            item_ids=_items(body, package),
            other_item_ids={one.package.name: items for one in served if (items := _items(body, one.package))},
            officers=max(one.inspection.team.inspectors_per_acting_body for one in packages),
            is_lead=place == 0,
        )
        for place, body in enumerate(bodies)
    ]


def _items(body: ActingBody, package: Scenario) -> list[str]:
    return [item.id for item in package.checklist.items if item.department in body.departments]


def _problems(home: Tenant, bodies: Mapping[str, ActingBody], draft: PlanDraft, act: Act) -> list[FieldProblem]:
    found = []

    def refuse(field: str, code: str, **details: str | int) -> None:
        found.append(FieldProblem(field=field, code=code, details=details))

    if draft.scenario not in home.scenarios:
        refuse("scenario", "unknown_scenario", value=draft.scenario)
    for code in draft.divisions:
        if not covers_any(home.divisions, code):
            refuse("divisions", "division_outside_area", value=code)
    for body in draft.bodies:
        if body not in bodies:
            refuse("bodies", "unknown_acting_body", value=body)
    if len(set(draft.bodies)) < len(draft.bodies):
        refuse("bodies", "twice")
    for field, table, low, high in (("ratios", draft.ratios, 0, 10_000), ("weights", draft.weights, 1, 16)):
        for grade, value in table.items():
            if grade not in GRADES or not low <= value <= high:
                refuse(f"{field}.{grade}", "out_of_range", minimum=low, maximum=high)
    if draft.selection is Selection.RATIO_BY_GRADE and not any(draft.ratios.values()):
        refuse("ratios", "nothing_to_draw")
    if draft.selection is Selection.WEIGHTED and not draft.draw_total:
        refuse("draw_total", "nothing_to_draw")
    if draft.period_to < draft.period_from:
        refuse("period_to", "period_backwards")
    if draft.period_to < shanghai_date(act.at):
        refuse("period_to", "period_over")
    latest = date(shanghai_date(act.at).year + plan_defaults().period_years_ahead, 12, 31)
    if draft.period_to > latest:
        refuse("period_to", "period_too_far", latest=latest.isoformat())
    return found
