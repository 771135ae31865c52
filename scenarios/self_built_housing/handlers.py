"""Handlers of self-built housing: the contract's own, with the screening of measurements and appraisal reports."""

from collections.abc import Iterator, Mapping
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
from chalicelib.domain.evaluation import EvaluationResult, Indicator, IndicatorReading
from chalicelib.domain.item import Answer
from scenarios.self_built_housing.appraisal import read_appraisal, registered_report
from scenarios.self_built_housing.screening import (
    MEASURED,
    SUSTAINED_DAYS,
    house_rules,
    read_measurements,
    screen_measurements,
)

__all__ = ["checklist", "evaluation", "handbook", "inspection"]

AGE = "building_age"
_FACTS = {
    "storeys": ("storeys_counted", "floor_count"),
    "people": ("people_counted", None),
    AGE: ("built_year", "built_in"),
}
"""Indicators that are a plain fact, the age counted in years from the year of building: indicator id -> question key,
and the register's attribute where nobody asked."""


def _indicators(context: HandlerContext, language: str) -> dict[str, Indicator]:
    return {one.id: one for one in context.scenario.in_language(language).evaluation.indicators}


def _screened(
    context: HandlerContext,
    indicators: Mapping[str, Indicator],
    on: date,
    measures: Mapping[str, int],
    answers: Mapping[str, Answer],
) -> dict[str, int]:
    days = house_rules().with_figures(context.scenario.figures).figure(SUSTAINED_DAYS, on)
    return screen_measurements(read_measurements(measures, answers), indicators, days)


def checklist(request: ChecklistRequest, context: HandlerContext) -> ChecklistResult:
    """The contract's checklist with the screening figures, as soon as something measured is asked. A level asks for an
    appraisal; no figure here is a grade."""
    result = defaults.checklist(request, context)
    if not {entry.key for entry in result.entries} & set(MEASURED):
        return result
    indicators = _indicators(context, request.language)
    readings = _screened(context, indicators, context.today, {}, request.answers)
    derived = tuple(
        DerivedValue(
            id=key,
            name=indicators[key].name,
            value=value,
            unit=indicators[key].unit,
            decimals=indicators[key].decimals,
            level=indicators[key].level_of(value),
            formula=indicators[key].formula,
        )
        for key, value in readings.items()
    )
    return result.model_copy(update={"derived": derived})


def _measures(request: EvaluationRequest) -> dict[str, int]:
    """The request's measures; what the register knows fills in where neither a measure nor an answer is there."""
    registered = {
        question: value
        for question, attribute in _FACTS.values()
        if attribute is not None and question not in request.answers
        for value in [request.attributes.get(attribute)]
        if type(value) is int
    }
    return {**registered, **request.measures}


def _readings(request: EvaluationRequest, context: HandlerContext) -> Iterator[tuple[str, int, date]]:
    """(indicator, value, day): what was measured is dated the day of its inspection, so that its point ends; a report
    is read on the day of the facts."""
    facts, answers, measures = request.facts, request.answers, _measures(request)
    inspected_on = facts.last_inspected_on or facts.as_of
    indicators = _indicators(context, request.language)
    screened = _screened(context, indicators, facts.as_of, measures, answers)
    for key, value in screened.items():
        yield key, value, inspected_on
    for key, (question, _) in _FACTS.items():
        answer = answers.get(question)
        known = measures.get(question, answer.number if answer else None)
        if known is not None:
            yield key, max(facts.as_of.year - known, 0) if key == AGE else known, inspected_on
    for key, value in read_appraisal(facts, measures, answers, request.attributes).items():
        yield key, value, facts.as_of


def evaluation(request: EvaluationRequest, context: HandlerContext) -> EvaluationResult:
    """The contract's evaluation with screening, building facts and the appraisal's state as readings. The appraisal
    grade of the facts, else of the register, passes through beside risk level and credit grade."""
    report = request.facts.technical_grade or registered_report(request.attributes)
    request = request.model_copy(update={"facts": request.facts.model_copy(update={"technical_grade": report})})
    readings = tuple(
        IndicatorReading(indicator_id=key, value=value, read_on=day, source="house_screening")
        for key, value, day in _readings(request, context)
    )
    facts = request.facts.model_copy(update={"readings": (*request.facts.readings, *readings)})
    return defaults.evaluation(request.model_copy(update={"facts": facts}), context)
