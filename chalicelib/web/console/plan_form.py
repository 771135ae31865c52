"""The form of a plan: what it offers, what it starts from, and reading it without losing a word that was typed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from chalicelib.contract.joint_checklist import differing_questions
from chalicelib.contract.registry import registry
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.calendar import CalendarMissingError, shanghai_date
from chalicelib.domain.division import covers, division_label
from chalicelib.domain.draw import Selection
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.plan import GRADES, InspectionPlan
from chalicelib.domain.plan_defaults import plan_defaults
from chalicelib.domain.scaled_number import scaled_number
from chalicelib.domain.tenancy import ActingBody, Tenant
from chalicelib.domain.text import normalise
from chalicelib.services.plan.draft_plan import PlanDraft
from chalicelib.services.scenario.read_edition import editions_of
from chalicelib.services.working_calendar import working_calendar
from chalicelib.web.console.people import label_of
from chalicelib.web.field_problems import field_problems
from chalicelib.web.fields import Fields
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.places import open_below
from chalicelib.web.request import WebRequest

Values = dict[str, Any]
_TEXTS = ("title", "scenario", "selection", "lead", "uniform_k", "draw_total", "period_from", "period_to", "note")

SELECTIONS = {
    Selection.RATIO_BY_GRADE: (mark("按等级定比例"), mark("每个等级各抽一定比例，级内机会相同")),
    Selection.WEIGHTED: (mark("按权重抽总数"), mark("从全池抽定数，等级越低权重越大")),
}
SOURCES = {
    "law": mark("法律规定"),
    "standard": mark("标准规定"),
    "policy": mark("政策文件规定"),
    "proposal": mark("场景包的建议值，由本地改定，不是法定数值"),
}


@dataclass(frozen=True)
class BodyChoice:
    """An acting body that the scenario has check items for, or only (`items` 0) another of the tenant's scenarios."""

    body: ActingBody
    items: int
    other_items: int = 0

    @property
    def label(self) -> str:
        return label_of(self.body)


@dataclass(frozen=True)
class PlanChoices:
    """What the form offers: scenarios [(name, label)], those that the same visit can serve besides the chosen one,
    divisions [(code, label)], bodies, the package's own figures; is_broken: its overlay in force does not hold."""

    scenarios: list[tuple[str, str]]
    others: list[tuple[str, str]]
    package: Scenario
    divisions: list[tuple[str, str]]
    bodies: list[BodyChoice]
    recommended: dict[str, tuple[int, int]]
    source: str
    is_broken: bool

    @property
    def selections(self) -> list[tuple[str, str, str]]:
        return [(code.value, gettext(name), gettext(note)) for code, (name, note) in SELECTIONS.items()]


def choices(request: WebRequest, home: Tenant, scenario: str, locale: str = "zh") -> PlanChoices:
    """For one of the tenant's scenarios, with the overlays in force. Reads: the tenant (given), its overlays and its
    acting bodies."""
    names = [name for name in home.scenarios if registry().holds(name)]
    editions = editions_of(request.store, request.tenant, names)
    packages = {one.package.name: one.scenario.in_language(locale) for one in editions}
    package = packages[scenario]
    broken = {one.package.name for one in editions if one.faults}
    beside = [
        one
        for name, one in packages.items()
        if name not in (scenario, *broken) and not differing_questions(package, one)
    ]
    found = [
        BodyChoice(body, _items(package, body), sum(_items(one, body) for one in beside))
        for body in request.store.acting_bodies.in_use(request.tenant)
    ]
    lead = package.manifest.lead_department
    return PlanChoices(
        scenarios=[(name, each.manifest.label) for name, each in packages.items()],
        others=[(one.name, one.manifest.label) for one in beside],
        package=package,
        divisions=_divisions(home, request.actor.division, shanghai_date(request.now)),
        bodies=sorted(
            (c for c in found if c.items or c.other_items), key=lambda c: (lead not in c.body.departments, -c.items)
        ),
        recommended=recommended(package),
        source=gettext(SOURCES[package.inspection.source.value]),
        is_broken=scenario in broken,
    )


def _items(package: Scenario, body: ActingBody) -> int:
    return sum(item.department in body.departments for item in package.checklist.items)


def recommended(package: Scenario) -> dict[str, tuple[int, int]]:
    """Grade → (ratio in basis points, weight) of the package's matrix; the strictest cell of each grade."""
    found: dict[str, tuple[int, int]] = dict.fromkeys(GRADES, (0, 1))
    for regime in package.inspection.regimes:
        ratio, weight = found[regime.draw_grade.value]
        found[regime.draw_grade.value] = (max(ratio, regime.ratio_basis_points), max(weight, regime.draw_weight))
    return found


def _divisions(home: Tenant, limit: str | None, today: date) -> list[tuple[str, str]]:
    """The tenant's areas, each followed by what lies directly below it, as far as the person reaches."""
    whole = [(code, gettext("%(place)s全域", place=division_label(code))) for code in home.divisions]
    parts = [part for code in home.divisions for part in open_below(code, today)]
    return [(code, label) for code, label in [*whole, *parts] if limit is None or covers(limit, code)]


def first_values(request: WebRequest, offered: PlanChoices) -> Values:
    """A plan as most will want it: the whole area, every acting body with items, the package's figures."""
    today = shanghai_date(request.now)
    lead = offered.package.manifest.lead_department
    leading = next((c.body.id for c in offered.bodies if lead in c.body.departments), "")
    values: Values = {
        "title": gettext("%(scenario)s联合抽查", scenario=offered.package.manifest.label),
        "scenario": offered.package.name,
        "divisions": [offered.divisions[0][0]] if offered.divisions else [],
        "also_serves": [],
        "bodies": [c.body.id for c in offered.bodies if c.items],
        "lead": leading,
        "selection": Selection.RATIO_BY_GRADE.value,
        "uniform_k": str(plan_defaults().uniform_k),
        "draw_total": "",
        "period_from": today.isoformat(),
        "period_to": _end_of_period(today).isoformat(),
        "note": "",
    }
    for grade, (ratio, weight) in offered.recommended.items():
        values |= {f"ratios.{grade}": percent_text(ratio), f"weights.{grade}": str(weight)}
    return values


def _end_of_period(today: date) -> date:
    """The usual length in working days, or the last day that the calendar knows."""
    calendar, day = working_calendar(), today
    try:
        for _ in range(plan_defaults().period_working_days):
            day = calendar.add_working_days(day, 1)
    except CalendarMissingError:
        pass
    return day if day > today else today + timedelta(days=plan_defaults().period_working_days)


def values_of(plan: InspectionPlan) -> Values:
    """A draft as the form shows it."""
    values: Values = {
        "title": plan.title,
        "scenario": plan.scenario,
        "also_serves": [one.scenario for one in plan.also_serves],
        "divisions": plan.divisions,
        "bodies": [task.acting_body_id for task in plan.tasks],
        "lead": plan.lead.acting_body_id,
        "selection": plan.selection.value,
        "uniform_k": str(plan.uniform_k),
        "draw_total": str(plan.draw_total or ""),
        "period_from": plan.period_from.isoformat(),
        "period_to": plan.period_to.isoformat(),
        "note": plan.note,
    }
    for ratio in plan.ratios:
        values |= {f"ratios.{ratio.grade}": percent_text(ratio.ratio), f"weights.{ratio.grade}": str(ratio.weight)}
    return values


def typed_values(form: Fields) -> Values:
    """Everything as it was typed."""
    grades = [f"{table}.{grade}" for table in ("ratios", "weights") for grade in GRADES]
    return {
        **{name: form.text(name) for name in (*_TEXTS, *grades)},
        "also_serves": form.many("also_serves"),
        "divisions": form.many("divisions"),
        "bodies": form.many("bodies"),
    }


def read_draft(form: Fields) -> PlanDraft:
    """The draft that a form describes. Raises InvalidInputError, naming every field at once."""
    problems: list[FieldProblem] = []
    bodies, lead = form.many("bodies"), form.text("lead")
    if bodies and lead not in bodies:
        problems.append(FieldProblem(field="bodies", code="lead_not_chosen"))
    values = {
        **{name: form.text(name) for name in ("title", "scenario", "period_from", "period_to", "note")},
        "also_serves": form.many("also_serves"),
        "divisions": form.many("divisions"),
        "bodies": [body for body in bodies if body == lead] + [body for body in bodies if body != lead],
        "selection": form.text("selection", Selection.RATIO_BY_GRADE.value),
        "uniform_k": normalise(form.text("uniform_k", "0")),
        "draw_total": normalise(form.text("draw_total", "0")),
        "ratios": {grade: _basis_points(form, f"ratios.{grade}", problems) for grade in GRADES},
        "weights": {grade: _whole(form, f"weights.{grade}", problems) for grade in GRADES},
    }
    try:
        draft = PlanDraft.model_validate(values)
    except ValidationError as error:
        raise InvalidInputError([*problems, *_named(field_problems(error), form)]) from None
    if problems:
        raise InvalidInputError(problems)
    return draft


def _named(found: Sequence[FieldProblem], form: Fields) -> list[FieldProblem]:
    """An empty text is missing, not too short; nothing ticked is not chosen."""
    named = []
    for problem in found:
        is_empty = problem.code in ("too_short", "not_a_date") and not form.text(problem.field)
        code = ("not_chosen" if problem.field in ("divisions", "bodies") else "required") if is_empty else problem.code
        named.append(problem.model_copy(update={"code": code}))
    return named


def _basis_points(form: Fields, name: str, problems: list[FieldProblem]) -> int:
    code = "out_of_range"
    try:
        points = scaled_number(form.text(name, "0").rstrip("%"), 2)
        if points is not None and 0 <= points <= 10_000:
            return points
    except InvalidInputError as error:
        code = error.problems[0].code
    details: dict[str, str | int] = {"minimum": 0, "maximum": 100, "decimals": 2}
    problems.append(FieldProblem(field=name, code=code, details=details))
    return 0


def _whole(form: Fields, name: str, problems: list[FieldProblem]) -> int:
    text = form.text(name, "1")
    if text.isdecimal() and len(text) <= 2 and 1 <= int(text) <= 16:
        return int(text)
    code = "out_of_range" if text.isdecimal() else "not_a_number"
    problems.append(FieldProblem(field=name, code=code, details={"minimum": 1, "maximum": 16}))
    return 1


def percent_text(points: int) -> str:
    """Basis points as a percentage for an input: 500 is 5, 750 is 7.5."""
    return f"{Decimal(points) / 100:f}".rstrip("0").rstrip(".") if points % 100 else str(points // 100)
