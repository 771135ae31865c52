"""Handlers of refined oil: the contract's own, with fuel reconciliation added to checklist and evaluation."""

from chalicelib.contract import handlers as defaults
from chalicelib.contract.exchange import (
    ChecklistRequest,
    ChecklistResult,
    DerivedValue,
    EvaluationRequest,
    HandlerContext,
)
from chalicelib.contract.handlers import handbook, inspection
from chalicelib.domain.evaluation import EvaluationResult, IndicatorReading
from scenarios.refined_oil.fuel import DIFFERENCE_LITRES, DIFFERENCE_RATIO, MEASURES, read_movements

__all__ = ["checklist", "evaluation", "handbook", "inspection"]


def _derived(request: ChecklistRequest, context: HandlerContext) -> tuple[DerivedValue, ...]:
    scenario = context.scenario.in_language(request.language)
    indicator = next((one for one in scenario.evaluation.indicators if one.id == DIFFERENCE_RATIO), None)
    closing = scenario.checklist.item(MEASURES[-1])
    if indicator is None or closing is None or closing.number is None:
        return ()
    movements = read_movements({}, request.answers)
    ratio = movements.difference_basis_points if movements else None
    return (
        DerivedValue(
            id=DIFFERENCE_RATIO,
            name=indicator.name,
            value=ratio,
            unit=indicator.unit,
            decimals=indicator.decimals,
            level=indicator.level_of(ratio) if ratio is not None else None,
            formula=indicator.formula,
        ),
        DerivedValue(
            id=DIFFERENCE_LITRES,
            name=indicator.name,
            value=movements.difference_litres if movements else None,
            unit=closing.number.unit,
            decimals=0,
            level=None,
            formula=indicator.formula.split("÷")[0].strip(),
        ),
    )


def checklist(request: ChecklistRequest, context: HandlerContext) -> ChecklistResult:
    """The contract's checklist with the fuel difference, as soon as one of its four quantities is asked."""
    result = defaults.checklist(request, context)
    if not {entry.key for entry in result.entries} & set(MEASURES):
        return result
    return result.model_copy(update={"derived": _derived(request, context)})


def evaluation(request: EvaluationRequest, context: HandlerContext) -> EvaluationResult:
    """The contract's evaluation with the period's fuel difference as one more reading. Quantities of the last
    inspection are dated its day, so that their point ends; measures are dated the day of the facts."""
    movements = read_movements(request.measures, request.answers)
    ratio = movements.difference_basis_points if movements else None
    if ratio is None:
        return defaults.evaluation(request, context)
    is_measured = read_movements(request.measures, {}) is not None
    inspected_on = None if is_measured else request.facts.last_inspected_on
    reading = IndicatorReading(
        indicator_id=DIFFERENCE_RATIO,
        value=ratio,
        read_on=inspected_on or request.facts.as_of,
        source="fuel_reconciliation",
    )
    facts = request.facts.model_copy(update={"readings": (*request.facts.readings, reading)})
    return defaults.evaluation(request.model_copy(update={"facts": facts}), context)
