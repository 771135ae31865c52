"""Handlers of refined oil: the contract's own, with fuel reconciliation added to checklist and evaluation."""

from collections.abc import Mapping

from chalicelib.contract import handlers as defaults
from chalicelib.contract.exchange import (
    ChecklistRequest,
    ChecklistResult,
    DerivedValue,
    EvaluationRequest,
    HandlerContext,
)
from chalicelib.contract.handlers import handbook, inspection
from chalicelib.contract.readings import with_readings
from chalicelib.domain.evaluation import EvaluationResult
from chalicelib.domain.item import Answer
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
    """The contract's evaluation with the period's fuel difference as one more reading."""

    def read(measures: Mapping[str, int], answers: Mapping[str, Answer]) -> Mapping[str, int | None]:
        movements = read_movements(measures, answers)
        return {DIFFERENCE_RATIO: movements.difference_basis_points if movements else None}

    return defaults.evaluation(with_readings(request, context, read, "fuel_reconciliation"), context)
