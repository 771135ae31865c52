"""A trade's own figures beside the contract's defaults: shown in a checklist, and read by the evaluation."""

from collections.abc import Callable, Mapping

from chalicelib.contract.exchange import DerivedValue, EvaluationRequest, HandlerContext
from chalicelib.domain.evaluation import IndicatorReading
from chalicelib.domain.item import Answer

Values = Mapping[str, int | None]
"""Indicator id -> value, None while it cannot be said."""


def judged_values(context: HandlerContext, language: str, values: Values) -> tuple[DerivedValue, ...]:
    """The values as a checklist shows them, in the order of the package's indicators, with the level each reaches."""
    indicators = context.scenario.in_language(language).evaluation.indicators
    return tuple(
        DerivedValue(
            id=one.id,
            name=one.name,
            value=value,
            unit=one.unit,
            decimals=one.decimals,
            level=one.level_of(value) if value is not None else None,
            formula=one.formula,
        )
        for one in indicators
        if one.id in values
        for value in [values[one.id]]
    )


def with_readings(
    request: EvaluationRequest, context: HandlerContext, read: Callable[[Mapping[str, Answer]], Values], source: str
) -> EvaluationRequest:
    """The request with the trade's indicators as further readings. `read` tells the values from the request's measures
    and the answers given: what measures alone tell is dated the day of the facts; what rests on the last inspection's
    answers is dated its day, so that its point ends."""
    facts = request.facts
    measured, known = read({}), {one.id for one in context.scenario.evaluation.indicators}
    added = tuple(
        IndicatorReading(
            indicator_id=name,
            value=value,
            read_on=facts.as_of if measured[name] is not None else (facts.last_inspected_on or facts.as_of),
            source=source,
        )
        for name, value in read(request.answers).items()
        if value is not None and name in known
    )
    return request.model_copy(update={"facts": facts.model_copy(update={"readings": (*facts.readings, *added)})})
