"""Handlers of catering: the contract's own, with the food risk class, waste and record-keeping added."""

from collections.abc import Iterator
from datetime import date

from chalicelib.contract import handlers as defaults
from chalicelib.contract.exchange import (
    ChecklistRequest,
    ChecklistResult,
    DerivedValue,
    EvaluationRequest,
    HandlerContext,
)
from chalicelib.contract.handlers import handbook, inspection
from chalicelib.contract.readings import judged_values
from chalicelib.contract.scenario import SOURCE_LANGUAGE, Scenario
from chalicelib.domain.condition import Scalar
from chalicelib.domain.evaluation import EvaluationResult, FindingFact, IndicatorReading
from chalicelib.domain.item import Compliance, Severity
from scenarios.catering.food_risk import FoodRisk, assess
from scenarios.catering.readings import READINGS, indicator_values
from scenarios.catering.rules import food_rules

__all__ = ["checklist", "evaluation", "handbook", "inspection"]

FOOD_DEPARTMENT = "market_regulation"
FOOD_SECTIONS = ("papers", "staff", "records", "kitchen")
STATIC_POINTS, RISK_POINTS = "static_risk_points", "food_risk_points"


def _food_items(scenario: Scenario) -> set[str]:
    """The items whose findings count for the food risk class."""
    sections = (one for one in scenario.checklist.sections if one.id in FOOD_SECTIONS)
    return {item.id for one in sections for item in one.items if item.department == FOOD_DEPARTMENT}


def _risk_class(request: ChecklistRequest, context: HandlerContext, result: ChecklistResult) -> DerivedValue:
    """The class with what is answered so far; the facts of the register that it needs may be missing."""
    counted = _food_items(context.scenario)
    found = [
        slot.severity
        for entry in result.entries
        for slot in entry.slots
        if slot.item_id in counted and slot.compliance is Compliance.NON_COMPLIANT
    ]
    rules, is_source = (
        food_rules().with_figures(context.scenario.figures),
        request.language.split("-")[0] == SOURCE_LANGUAGE,
    )
    risk = assess(rules, context.today, request.subject.attributes, found)
    words = rules.words("food_risk_class")
    name = words.label if is_source else words.label_en
    if risk is not None:
        name += f"：{risk.risk_class}级" if is_source else f": class {risk.risk_class}"
    indicator = next((one for one in context.scenario.evaluation.indicators if one.id == RISK_POINTS), None)
    return DerivedValue(
        id=words.id,
        name=name,
        value=risk.points if risk else None,
        unit="分" if is_source else "points",
        decimals=0,
        level=indicator.level_of(risk.points) if indicator and risk else None,
        formula=words.formula if is_source else words.formula_en,
    )


def checklist(request: ChecklistRequest, context: HandlerContext) -> ChecklistResult:
    """The contract's checklist with the figures whose questions are asked, and the food risk class where the food
    regulator takes part."""
    result = defaults.checklist(request, context)
    asked = {entry.key for entry in result.entries}
    values = indicator_values({}, request.answers)
    shown = {name: value for name, value in values.items() if asked & set(READINGS[name].quantities)}
    derived = list(judged_values(context, request.language, shown))
    if any(slot.department == FOOD_DEPARTMENT for entry in result.entries for slot in entry.slots):
        derived.append(_risk_class(request, context, result))
    return result.model_copy(update={"derived": tuple(derived)}) if derived else result


def _open_severities(findings: tuple[FindingFact, ...], counted: set[str], as_of: date) -> Iterator[Severity]:
    """Findings about food that stand on the day."""
    for one in findings:
        is_mended = one.rectified_on is not None and one.rectified_on <= as_of
        if one.item_id in counted and one.found_on <= as_of and not is_mended:
            yield one.severity


def _food_risk(request: EvaluationRequest, context: HandlerContext) -> FoodRisk | None:
    attributes: dict[str, Scalar] = {**request.attributes}
    found = _open_severities(request.facts.findings, _food_items(context.scenario), request.facts.as_of)
    rules = food_rules().with_figures(context.scenario.figures)
    return assess(rules, request.facts.as_of, attributes, found)


def _readings(request: EvaluationRequest, context: HandlerContext) -> Iterator[tuple[str, int, date]]:
    """(indicator, value, day): what rests on the last inspection's answers is dated its day, so that its point ends."""
    facts = request.facts
    measured = indicator_values(request.measures, {})
    for key, value in indicator_values(request.measures, request.answers).items():
        if value is not None:
            is_measured = measured[key] is not None or facts.last_inspected_on is None
            yield key, value, facts.as_of if is_measured else facts.last_inspected_on or facts.as_of
    if risk := _food_risk(request, context):
        yield STATIC_POINTS, risk.static_points, facts.as_of
        yield RISK_POINTS, risk.points, facts.as_of


def evaluation(request: EvaluationRequest, context: HandlerContext) -> EvaluationResult:
    """The contract's evaluation with the trade's indicators as further readings. Of the food risk class only its
    static points count for the risk level: findings count there by themselves, and never twice."""
    known = {one.id for one in context.scenario.evaluation.indicators}
    added = tuple(
        IndicatorReading(indicator_id=key, value=value, read_on=day, source="catering_figures")
        for key, value, day in _readings(request, context)
        if key in known
    )
    if not added:
        return defaults.evaluation(request, context)
    facts = request.facts.model_copy(update={"readings": (*request.facts.readings, *added)})
    return defaults.evaluation(request.model_copy(update={"facts": facts}), context)
