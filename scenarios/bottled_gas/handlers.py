"""Handlers of bottled gas: the contract's own, with the account of cylinders and gas, the dates of lots, papers and
checks, and the signs of unlicensed gas added to checklist and evaluation."""

from collections.abc import Mapping
from datetime import timedelta

from chalicelib.contract import handlers as defaults
from chalicelib.contract.exchange import (
    ChecklistRequest,
    ChecklistResult,
    DerivedValue,
    EvaluationRequest,
    HandlerContext,
)
from chalicelib.contract.handlers import handbook, inspection
from chalicelib.contract.readings import dated_readings
from chalicelib.contract.scenario import SOURCE_LANGUAGE
from chalicelib.domain.evaluation import EvaluationFacts, EvaluationResult
from chalicelib.domain.evaluation_rules import Indicator
from chalicelib.domain.item import Answer
from scenarios.bottled_gas.cylinder import CylinderState
from scenarios.bottled_gas.flow import FLOW, GAS
from scenarios.bottled_gas.readings import (
    Values,
    own_values,
    quantity_values,
    read_lot,
    read_quantity,
    register_values,
)
from scenarios.bottled_gas.rules import GasRules, gas_rules
from scenarios.bottled_gas.signals import count_signs
from scenarios.bottled_gas.user_check import USERS

__all__ = ["checklist", "evaluation", "handbook", "inspection"]

SIGNS = (
    "cylinder_difference_ratio",
    "gas_unaccounted_ratio",
    "foreign_filled_share",
    "price_below_usual",
    "order_fall",
    "black_gas_reports",
)
"""Indicators that count as signs of unlicensed gas when they reach a threshold."""

SHOWN_WITH: Mapping[str, tuple[str, ...]] = {
    "cylinders_missing": FLOW,
    "cylinder_difference_ratio": FLOW,
    "traced_share": ("deliveries_traced",),
    "foreign_filled_share": ("foreign_filled_count",),
    "overdue_filled_share": ("overdue_filled_count",),
    "net_shortage_ratio": ("sample_net_kg",),
    "gas_unaccounted_kg": GAS,
    "gas_unaccounted_ratio": GAS,
    "users_not_visited": USERS,
    "user_check_coverage": USERS,
    "user_hazards_mended_share": USERS,
    "load_usage": ("loaded_cylinders",),
    "lot_request_days_left": ("inspection_requested",),
    "lot_inspection_days_left": ("cylinders_in_date",),
    "lot_life_days_left": ("scrapped_cylinders_destroyed",),
    "vehicle_papers_days_left": ("delivery_permit_valid",),
    "user_check_days_left": ("supplier_checked_user",),
}
"""Value -> questions beside which it is shown: one of them is asked now."""

_UNITS = {
    "cylinders_missing": {SOURCE_LANGUAGE: "只", "en": "cylinders"},
    "gas_unaccounted_kg": {SOURCE_LANGUAGE: "千克", "en": "kg"},
    "users_not_visited": {SOURCE_LANGUAGE: "户", "en": "users"},
    "lot_request_days_left": {SOURCE_LANGUAGE: "天", "en": "days"},
}
_ONLY_IN_REGISTER = (
    "lot_request_days_left",
    "lot_inspection_days_left",
    "lot_life_days_left",
    "vehicle_papers_days_left",
)


def _judged(one: Indicator, value: int | None) -> DerivedValue:
    level = one.level_of(value) if value is not None else None
    return DerivedValue(
        id=one.id, name=one.name, value=value, unit=one.unit, decimals=one.decimals, level=level, formula=one.formula
    )


def _own(derived_id: str, value: int | None, language: str, state: CylinderState | None) -> DerivedValue:
    """A value that is no indicator, worded by the gas rules; that of a lot says in which state the lot is."""
    words, tongue = gas_rules().words(derived_id), language.split("-")[0]
    is_source = tongue == SOURCE_LANGUAGE
    name = words.label if is_source else words.label_en
    if state is not None and derived_id == "lot_request_days_left":
        shown = gas_rules().lot_state(state)
        name += (f"：{shown.label}" if is_source else f": {shown.label_en}") if shown else ""
    return DerivedValue(
        id=derived_id,
        name=name,
        value=value,
        unit=_UNITS[derived_id].get(tongue, _UNITS[derived_id]["en"]),
        decimals=0,
        level=None,
        formula=words.formula if is_source else words.formula_en,
    )


def checklist(request: ChecklistRequest, context: HandlerContext) -> ChecklistResult:
    """The contract's checklist with every value beside the questions that it rests on. A value of the register (a
    lot's dates, a vehicle's papers) is shown only where the register knows it."""
    result = defaults.checklist(request, context)
    asked = {entry.key for entry in result.entries}
    scenario = context.scenario.in_language(request.language)
    indicators = {one.id: one for one in scenario.evaluation.indicators}

    def lookup(name: str) -> int | None:
        return read_quantity(name, {}, request.answers)

    rules = gas_rules().with_figures(context.scenario.figures)
    lot = read_lot(request.subject.attributes, rules, context.today)
    state = lot.state_on(context.today) if lot else None
    own = own_values(lookup) | {"lot_request_days_left": lot.request_days_left(context.today) if lot else None}
    values = quantity_values(lookup) | register_values(request.subject.attributes, rules, context.today)
    derived: list[DerivedValue] = []
    for name, questions in SHOWN_WITH.items():
        value = own[name] if name in own else values[name]
        if not asked & set(questions) or (name in _ONLY_IN_REGISTER and value is None):
            continue
        if name in own:
            derived.append(_own(name, value, request.language, state))
        elif name in indicators:
            derived.append(_judged(indicators[name], value))
    return result.model_copy(update={"derived": tuple(derived)}) if derived else result


def _reported(facts: EvaluationFacts, rules: GasRules) -> dict[str, int]:
    """Indicator -> the latest reading on record that is young enough to count as a sign."""
    since = facts.as_of - timedelta(days=rules.figure("sign_days", facts.as_of))
    counted = [one for one in facts.readings if since < one.read_on <= facts.as_of]
    return {one.indicator_id: one.value for one in sorted(counted, key=lambda one: one.read_on)}


def _with_signs(values: Values, reported: Mapping[str, int], indicators: Mapping[str, Indicator]) -> Values:
    """The values with the number of signs among them; `reported` are readings that came from elsewhere."""
    known = {**reported, **{name: value for name, value in values.items() if value is not None}}
    levels = [indicators[name].level_of(known[name]) for name in SIGNS if name in indicators and name in known]
    return values | {"black_gas_signs": count_signs(levels)}


def evaluation(request: EvaluationRequest, context: HandlerContext) -> EvaluationResult:
    """The contract's evaluation with the trade's indicators as further readings. What rests on the last inspection's
    answers is dated its day, so that its point ends; what measures or the register tell is dated the day of the
    facts."""
    facts = request.facts
    indicators = {one.id: one for one in context.scenario.evaluation.indicators}
    rules = gas_rules().with_figures(context.scenario.figures)
    register = register_values(request.attributes, rules, facts.as_of)
    reported = _reported(facts, rules)

    def values(measures: Mapping[str, int], answers: Mapping[str, Answer]) -> Values:
        found = quantity_values(lambda name: read_quantity(name, measures, answers)) | register
        return _with_signs(found, reported, indicators)

    added = tuple(one for one in dated_readings(request, values, "gas_figures") if one.indicator_id in indicators)
    if not added:
        return defaults.evaluation(request, context)
    facts = facts.model_copy(update={"readings": (*facts.readings, *added)})
    return defaults.evaluation(request.model_copy(update={"facts": facts}), context)
