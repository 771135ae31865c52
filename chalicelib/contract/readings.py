"""A trade's own figures beside the contract's defaults: shown in a checklist, and read by the evaluation."""

from collections.abc import Callable, Iterator, Mapping

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


Read = Callable[[Mapping[str, int], Mapping[str, Answer]], Values]
"""Tells the values from measures and the answers given."""


def with_readings(request: EvaluationRequest, context: HandlerContext, read: Read, source: str) -> EvaluationRequest:
    """The request with the trade's indicators as further readings, each dated: what one report tells by itself has the
    day on which it came, and the report as its source; what other measures tell has the day of the facts; what rests on
    the last inspection's answers has its day, so that its point ends."""
    known = {one.id for one in context.scenario.evaluation.indicators}
    added = tuple(reading for reading in dated_readings(request, read, source) if reading.indicator_id in known)
    return request.model_copy(
        update={"facts": request.facts.model_copy(update={"readings": (*request.facts.readings, *added)})}
    )


def dated_readings(request: EvaluationRequest, read: Read, source: str) -> Iterator[IndicatorReading]:
    """A reading of each value that `read` tells."""
    facts, measured = request.facts, read(request.measures, {})
    untold = read({}, {})
    reported = [(report, read(report.measures, {})) for report in request.reports]
    inspected_on = facts.last_inspected_on or facts.as_of
    for name, value in read(request.measures, request.answers).items():
        if value is None:
            continue
        report = next((one for one, told in reported if told.get(name) == value != untold.get(name)), None)
        day, origin = facts.as_of if measured.get(name) == value else inspected_on, source
        if report is not None:
            day, origin = report.reported_on, report.source
        yield IndicatorReading(indicator_id=name, value=value, read_on=day, source=origin)
