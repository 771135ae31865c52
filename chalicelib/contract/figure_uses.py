"""Where a package uses its figures: limits of check items, lengths of clocks, words beside items and paragraphs.

A limit or a length stands once, in the figure; the item or clock names it and takes the value in force on the day of
the package's version. What else an item or a paragraph speaks of is named in `figure_ids` and shown beside it.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pydantic import BaseModel

from chalicelib.contract.figure import Figure, FigureStatus, FigureUnit, amount_words, figure_on
from chalicelib.contract.scenario import SOURCE_LANGUAGE, Scenario
from chalicelib.domain.checklist import Checklist
from chalicelib.domain.deadline import DeadlineRule
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.item import CheckItem
from chalicelib.domain.legal_basis import BasisConfirmation, waiting_bases


class FigureUse(NamedTuple):
    """unit: that a clock counts in, which has to be the figure's; None where there is none."""

    file: str
    place: str
    figure_id: str
    unit: FigureUnit | None = None


def figures_used(scenario: Scenario) -> Iterator[FigureUse]:
    """Every place of the four ones that names a figure."""
    for item in scenario.checklist.items:
        yield from (FigureUse("checklist.json", item.id, one) for one in item.figures_named)
    for paragraph in scenario.handbook.paragraphs:
        yield from (FigureUse("handbook.json", paragraph.id, one) for one in paragraph.figure_ids)
    for clock in scenario.inspection.deadlines:
        if clock.length_figure:
            yield FigureUse("inspection.json", clock.id, clock.length_figure, FigureUnit(clock.unit.value))


def figure_of(scenario: Scenario, figure_id: str) -> Figure | None:
    """The one in force on the day of the package's version, as a tenant may have set it."""
    try:
        return figure_on(scenario.figures, figure_id, scenario.manifest.version_on)
    except RecordNotFoundError:
        return None


def with_figures(scenario: Scenario) -> Scenario:
    """The scenario with every limit and length that names a figure filled in; one that is not there fills nothing, and
    keeps a package from being used (rule `references_resolve`)."""
    checklist = _with_limits(scenario) if any(one.has_figured_limit for one in scenario.checklist.items) else None
    clocks = tuple(_with_length(scenario, one) for one in scenario.inspection.deadlines)
    parts: dict[str, BaseModel] = {"checklist": checklist} if checklist else {}
    if clocks != scenario.inspection.deadlines:
        parts["inspection"] = scenario.inspection.model_copy(update={"deadlines": clocks})
    return scenario.replacing(**parts) if parts else scenario


def _with_limits(scenario: Scenario) -> Checklist:
    sections = tuple(
        section.model_copy(update={"items": tuple(_with_limit(scenario, one) for one in section.items)})
        for section in scenario.checklist.sections
    )
    return scenario.checklist.model_copy(update={"sections": sections})


def _with_limit(scenario: Scenario, item: CheckItem) -> CheckItem:
    if item.number is None or not item.has_figured_limit:
        return item
    named = {"minimum": item.minimum_figure, "maximum": item.maximum_figure}
    found = {side: figure_of(scenario, one) for side, one in named.items() if one}
    limits = {side: figure.value for side, figure in found.items() if figure}
    return item.model_copy(update={"number": item.number.model_copy(update=limits)})


def _with_length(scenario: Scenario, clock: DeadlineRule) -> DeadlineRule:
    figure = figure_of(scenario, clock.length_figure) if clock.length_figure else None
    return clock.model_copy(update={"length": figure.value}) if figure else clock


def with_figure_words(
    text: str, ids: Iterable[str], scenario: Scenario, confirmations: Iterable[BasisConfirmation] = ()
) -> str:
    """The text with its figures behind it, each with how far it may be relied on, in the scenario's language.
    confirmations: the tenant's own."""
    found = [figure for one in ids if (figure := figure_of(scenario, one))]
    if not found:
        return text
    held, is_chinese = tuple(confirmations), scenario.language == SOURCE_LANGUAGE
    words = [_words(scenario, one, is_chinese, held) for one in found]
    return f"{text}{'；'.join(words)}。" if is_chinese else f"{text} {'; '.join(words)}."


def _words(scenario: Scenario, figure: Figure, is_chinese: bool, held: tuple[BasisConfirmation, ...]) -> str:
    value, reserve = amount_words(figure.value, figure.unit, is_chinese), ("", "")
    if figure.status is FigureStatus.PROPOSAL:
        reserve = ("（平台建议值）", " (a proposal, not law)")
    elif waiting_bases([scenario.bases[one] for one in figure.legal_basis_ids if one in scenario.bases], held):
        reserve = ("（待确认）", " (to be confirmed)")
    return f"{figure.label}：{value}{reserve[0]}" if is_chinese else f"{figure.label}: {value}{reserve[1]}"
