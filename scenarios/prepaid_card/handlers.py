"""Handlers of prepaid cards: the contract's own, with category, cap, escrow and refunds added to the checklist and the
trade's indicators to the evaluation."""

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
from chalicelib.contract.quantity import read_quantity
from chalicelib.contract.scenario import SOURCE_LANGUAGE
from chalicelib.domain.evaluation import EvaluationResult, IndicatorReading
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
    scenario = context.scenario.in_language(request.language)
    position = position_of(card_rules(), context.today, request.subject.attributes, {}, request.answers)
    values = position_values(position)
    judged = tuple(
        DerivedValue(
            id=one.id,
            name=one.name,
            value=value,
            unit=one.unit,
            decimals=one.decimals,
            level=one.level_of(value) if value is not None else None,
            formula=one.formula,
        )
        for one in scenario.evaluation.indicators
        if one.id in values
        for value in [values[one.id]]
    )
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


def _readings(request: EvaluationRequest, as_of: date, inspected_on: date | None) -> list[IndicatorReading]:
    rules = card_rules()

    def values(only_measures: bool) -> dict[str, int | None]:
        answers = {} if only_measures else request.answers
        position = position_of(rules, as_of, request.attributes, request.measures, answers)
        signals = signal_values(lambda name: read_quantity(name, request.measures, answers), rules, as_of)
        return {**position_values(position), **signals}

    measured = values(True)
    return [
        IndicatorReading(
            indicator_id=name,
            value=value,
            read_on=as_of if measured[name] is not None else (inspected_on or as_of),
            source="card_figures",
        )
        for name, value in values(False).items()
        if value is not None
    ]


def evaluation(request: EvaluationRequest, context: HandlerContext) -> EvaluationResult:
    """The contract's evaluation with the trade's indicators as further readings. What rests on the last inspection's
    answers is dated its day, so that its point ends; what measures alone tell is dated the day of the facts."""
    facts = request.facts
    readings = _readings(request, facts.as_of, facts.last_inspected_on)
    if not readings:
        return defaults.evaluation(request, context)
    known = {one.id for one in context.scenario.evaluation.indicators}
    added = tuple(one for one in readings if one.indicator_id in known)
    facts = facts.model_copy(update={"readings": (*facts.readings, *added)})
    return defaults.evaluation(request.model_copy(update={"facts": facts}), context)
