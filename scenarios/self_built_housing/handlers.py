"""Handlers of self-built housing: the contract's own, with the screening of measurements and appraisal reports."""

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
from chalicelib.domain.evaluation import EvaluationResult, Indicator, IndicatorReading
from scenarios.self_built_housing.appraisal import read_appraisal
from scenarios.self_built_housing.screening import MEASURED, read_measurements, screen_measurements

__all__ = ["checklist", "evaluation", "handbook", "inspection"]

_FACTS = {"storeys": "storeys_counted", "people": "people_counted", "built_in": "built_year"}
"""Indicators that are a plain answer: indicator id -> question key."""


def _indicators(context: HandlerContext, language: str) -> dict[str, Indicator]:
    return {one.id: one for one in context.scenario.in_language(language).evaluation.indicators}


def checklist(request: ChecklistRequest, context: HandlerContext) -> ChecklistResult:
    """The contract's checklist with the screening figures, as soon as something measured is asked. A level asks for an
    appraisal; no figure here is a grade."""
    result = defaults.checklist(request, context)
    if not {entry.key for entry in result.entries} & set(MEASURED):
        return result
    indicators = _indicators(context, request.language)
    readings = screen_measurements(read_measurements({}, request.answers), indicators)
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


def _readings(request: EvaluationRequest, context: HandlerContext) -> Iterator[tuple[str, int, date]]:
    """(indicator, value, day): what was measured is dated the day of its inspection, so that its point ends; a report
    is read on the day of the facts."""
    facts = request.facts
    inspected_on = facts.last_inspected_on or facts.as_of
    indicators = _indicators(context, request.language)
    for key, value in screen_measurements(read_measurements(request.measures, request.answers), indicators).items():
        yield key, value, inspected_on
    for key, question in _FACTS.items():
        answer = request.answers.get(question)
        known = request.measures.get(question, answer.number if answer else None)
        if known is not None:
            yield key, known, inspected_on
    for key, value in read_appraisal(facts, request.measures, request.answers).items():
        yield key, value, facts.as_of


def evaluation(request: EvaluationRequest, context: HandlerContext) -> EvaluationResult:
    """The contract's evaluation with screening, building facts and the appraisal's state as readings. The appraisal
    grade itself passes through beside risk level and credit grade."""
    readings = tuple(
        IndicatorReading(indicator_id=key, value=value, read_on=day, source="house_screening")
        for key, value, day in _readings(request, context)
    )
    facts = request.facts.model_copy(update={"readings": (*request.facts.readings, *readings)})
    return defaults.evaluation(request.model_copy(update={"facts": facts}), context)
