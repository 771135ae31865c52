"""Handlers of prepaid cards: the contract's own, with category, cap, escrow and refunds added to the checklist and the
trade's indicators to the evaluation."""

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
from chalicelib.contract.quantity import read_quantity
from chalicelib.contract.readings import judged_values, with_readings
from chalicelib.contract.scenario import SOURCE_LANGUAGE
from chalicelib.domain.evaluation import EvaluationResult
from chalicelib.domain.item import Answer
from scenarios.prepaid_card.position import ISSUER, REPORT, Position, position_of
from scenarios.prepaid_card.readings import position_values, signal_values
from scenarios.prepaid_card.refund import Prepayment
from scenarios.prepaid_card.rules import card_rules

__all__ = ["checklist", "evaluation", "handbook", "inspection"]

_YUAN = {SOURCE_LANGUAGE: "元", "en": "yuan"}
_REFUND = ("refund_sample_paid", "refund_sample_bonus", "refund_sample_consumed")


def _own(request: ChecklistRequest, derived_id: str, value: int | None, unit: str, name: str = "") -> DerivedValue:
    """A derived value that is no indicator, worded by the card rules."""
    words = card_rules().words(derived_id)
    is_source = request.language.split("-")[0] == SOURCE_LANGUAGE
    label, formula = (words.label, words.formula) if is_source else (words.label_en, words.formula_en)
    return DerivedValue(
        id=derived_id,
        name=f"{label}{name}",
        value=value,
        unit=unit,
        decimals=2,
        level=None,
        formula=formula,
    )


def _yuan(request: ChecklistRequest) -> str:
    return _YUAN.get(request.language.split("-")[0], _YUAN["en"])


def _category_value(request: ChecklistRequest, position: Position) -> DerivedValue:
    name = ""
    if position.category is not None:
        is_source = request.language.split("-")[0] == SOURCE_LANGUAGE
        name = f"：{position.category.label}" if is_source else f": {position.category.label_en}"
    return _own(request, "category_escrow_share", position.escrow_share, "%", name)


def _position_derived(request: ChecklistRequest, context: HandlerContext) -> tuple[DerivedValue, ...]:
    rules = card_rules().with_figures(context.scenario.figures)
    position = position_of(rules, context.today, request.subject.attributes, {}, request.answers)
    judged = judged_values(context, request.language, position_values(position))
    own = (
        _category_value(request, position),
        _own(request, "balance_cap", position.cap, _yuan(request)),
        _own(request, "escrow_required", position.required, _yuan(request)),
    )
    return (*own, *judged)


def _refund_derived(request: ChecklistRequest) -> tuple[DerivedValue, ...]:
    paid, bonus, consumed = (read_quantity(name, {}, request.answers) for name in _REFUND)
    due = own_reason = None
    if paid is not None and consumed is not None:
        sample = Prepayment(paid=paid, bonus=bonus or 0, consumed=consumed)
        due, own_reason = sample.refund_not_for_consumers_reason(), sample.refund_for_consumers_reason()
    return (
        _own(request, "refund_not_for_consumers_reason", due, _yuan(request)),
        _own(request, "refund_for_consumers_reason", own_reason, _yuan(request)),
    )


def checklist(request: ChecklistRequest, context: HandlerContext) -> ChecklistResult:
    """The contract's checklist with category, cap and escrow as soon as one of their quantities is asked, and with the
    refund of the sampled contract."""
    result = defaults.checklist(request, context)
    asked = {entry.key for entry in result.entries}
    derived: tuple[DerivedValue, ...] = ()
    if asked & {*REPORT, *ISSUER}:
        derived += _position_derived(request, context)
    if asked & set(_REFUND):
        derived += _refund_derived(request)
    return result.model_copy(update={"derived": derived}) if derived else result


def evaluation(request: EvaluationRequest, context: HandlerContext) -> EvaluationResult:
    """The contract's evaluation with the trade's indicators as further readings."""
    rules, as_of = card_rules().with_figures(context.scenario.figures), request.facts.as_of

    def read(measures: Mapping[str, int], answers: Mapping[str, Answer]) -> Mapping[str, int | None]:
        position = position_of(rules, as_of, request.attributes, measures, answers)
        signals = signal_values(lambda name: read_quantity(name, measures, answers), rules, as_of)
        return {**position_values(position), **signals}

    return defaults.evaluation(with_readings(request, context, read, "card_figures"), context)
