"""Handlers of tutoring: the contract's own, with custody, deposit, refund, space and staff queries added to the
checklist, and the trade's indicators to the evaluation."""

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
from scenarios.off_campus_tutoring.readings import (
    CUSTODY,
    DEPOSIT,
    REFUND,
    SPACE,
    STAFF,
    Lookup,
    course_of,
    deposit_of,
    reading_values,
)
from scenarios.off_campus_tutoring.rules import TutoringRules, tutoring_rules

__all__ = ["checklist", "evaluation", "handbook", "inspection"]

_YUAN = {SOURCE_LANGUAGE: "元", "en": "yuan"}
_NEEDS = {
    "custody_coverage": CUSTODY,
    "custody_shortfall": CUSTODY,
    "deposit_coverage": DEPOSIT,
    "area_per_student": SPACE,
    "unqueried_staff": STAFF,
    "refund_short": REFUND,
}
"""The indicators that a checklist shows, by the questions they are computed from."""


def _rules(context: HandlerContext) -> TutoringRules:
    return tutoring_rules().with_figures(context.scenario.figures)


def _own(request: ChecklistRequest, derived_id: str, value: int | None) -> DerivedValue:
    """A derived amount that is no indicator, worded by the rules."""
    words = tutoring_rules().words(derived_id)
    language = request.language.split("-")[0]
    is_source = language == SOURCE_LANGUAGE
    return DerivedValue(
        id=derived_id,
        name=words.label if is_source else words.label_en,
        value=value,
        unit=_YUAN.get(language, _YUAN["en"]),
        decimals=2,
        level=None,
        formula=words.formula if is_source else words.formula_en,
    )


def _amounts(request: ChecklistRequest, context: HandlerContext, lookup: Lookup, asked: set[str]) -> list[DerivedValue]:
    deposit, course = deposit_of(lookup), course_of(lookup)
    share = _rules(context).figure("deposit_share", context.today)
    found = []
    if asked & set(DEPOSIT):
        found.append(_own(request, "deposit_required", deposit.required(share) if deposit else None))
    if asked & set(REFUND):
        found.append(_own(request, "refund_due", course.refund if course else None))
    return found


def checklist(request: ChecklistRequest, context: HandlerContext) -> ChecklistResult:
    """The contract's checklist with what its numbers come to, as soon as one of them is asked."""
    result = defaults.checklist(request, context)
    asked = {entry.key for entry in result.entries}

    def lookup(name: str) -> int | None:
        return read_quantity(name, {}, request.answers)

    values = reading_values(lookup, request.subject.attributes, _rules(context), context.today)
    shown = {one: values[one] for one, names in _NEEDS.items() if asked & set(names)}
    derived = (*_amounts(request, context, lookup, asked), *judged_values(context, request.language, shown))
    return result.model_copy(update={"derived": derived})


def evaluation(request: EvaluationRequest, context: HandlerContext) -> EvaluationResult:
    """The contract's evaluation with the trade's indicators as further readings."""

    def read(measures: Mapping[str, int], answers: Mapping[str, Answer]) -> Mapping[str, int | None]:
        def lookup(name: str) -> int | None:
            return read_quantity(name, measures, answers)

        return reading_values(lookup, request.attributes, _rules(context), request.facts.as_of)

    return defaults.evaluation(with_readings(request, context, read, "tutoring_figures"), context)
