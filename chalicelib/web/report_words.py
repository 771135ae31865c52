"""Periodic reports in words: periods, states, fields with their values, and problems by the label of the field."""

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.contract.registry import registry
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.periodic_report import PeriodicReport, ReportState
from chalicelib.domain.report_form import ReportField, ReportForm
from chalicelib.domain.report_period import Cadence, ReportPeriod
from chalicelib.domain.report_values import form_values
from chalicelib.domain.scaled_number import number_words
from chalicelib.services.visit.deadlines import working_days_left
from chalicelib.web.fields import Fields
from chalicelib.web.formats import format_number
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.messages import form_problems
from chalicelib.web.request import WebRequest
from chalicelib.web.scenario_views import package_in_words
from chalicelib.web.scenarios import scenario_label

STATES: Mapping[ReportState, tuple[str, str]] = {
    ReportState.OVERDUE: (mark("逾期未报"), "red"),
    ReportState.RETURNED: (mark("已退回，待重报"), "orange"),
    ReportState.EXPECTED: (mark("待报送"), ""),
    ReportState.SUBMITTED: (mark("已报送"), "green"),
    ReportState.MERGED: (mark("随企业合并，不用另报"), ""),
}
"""Words and tone, in the order in which a list's filter offers them."""
OFFERED_PERIODS = {Cadence.MONTH: 12, Cadence.QUARTER: 8, Cadence.YEAR: 4}
INPUT = "value_"
"""How the inputs of a form's fields begin: a field of a package may be called what a form needs itself."""


def period_words(code: str) -> str:
    """2026-Q3 as 2026年第3季度; the code itself when it is none."""
    period = ReportPeriod.read(code)
    if period is None:
        return code
    if period.cadence is Cadence.YEAR:
        return gettext("%(year)s年度", year=period.year)
    if period.cadence is Cadence.QUARTER:
        return gettext("%(year)s年第%(number)s季度", year=period.year, number=period.number)
    return gettext("%(year)s年%(month)s月", year=period.year, month=period.number)


def form_in_words(scenario: str, form_id: str) -> ReportForm | None:
    """The installed package's form in the reader's language; None when it is gone."""
    if not registry().holds(scenario):
        return None
    return package_in_words(scenario).evaluation.report_form(form_id)


def form_label(scenario: str, form_id: str) -> str:
    form = form_in_words(scenario, form_id)
    return form.label if form else form_id


def last_periods(cadence: Cadence, period: ReportPeriod) -> list[str]:
    """Codes of the newest periods that a list offers, from this one back."""
    codes = []
    for _ in range(OFFERED_PERIODS[cadence]):
        codes.append(period.code)
        period = period.previous
    return codes


def state_chip(report: PeriodicReport) -> tuple[str, str]:
    words, tone = STATES[report.state]
    if report.state is ReportState.SUBMITTED and report.is_late:
        return gettext("已报送，逾期"), "orange"
    return gettext(words), tone


def report_row(request: WebRequest, report: PeriodicReport) -> dict[str, Any]:
    """One line of a list: without a read."""
    is_open = report.is_owed
    return {
        "report": report,
        "form": form_label(report.scenario, report.form_id),
        "scenario": scenario_label(report.scenario),
        "period": period_words(report.period),
        "state": state_chip(report),
        "days_left": working_days_left(request.now, report.due_at) if report.due_at and is_open else None,
    }


def field_label(field: ReportField) -> str:
    """With the unit in which it is typed."""
    return gettext("%(label)s（%(unit)s）", label=field.label, unit=field.number.unit)


def value_words(field: ReportField, value: int | None) -> str:
    """1,234.50元; a dash for nothing."""
    if value is None:
        return "–"
    unit, decimals = field.number.unit, field.number.decimals
    space = "\u00a0" if unit.isascii() and unit[:1].isalpha() else ""
    return f"{format_number(value / 10**decimals, decimals)}{space}{unit}"


def value_rows(form: ReportForm, values: Mapping[str, int], before: Mapping[str, int]) -> list[dict[str, str]]:
    """Every field with its value and that of the period before; what the form no longer has comes last, by its code."""
    rows = [
        {
            "label": one.label,
            "value": value_words(one, values.get(one.id)),
            "before": value_words(one, before.get(one.id)),
        }
        for one in form.fields
    ]
    known = {one.id for one in form.fields}
    gone = ({"label": id, "value": str(value), "before": "–"} for id, value in values.items() if id not in known)
    return [*rows, *gone]


def input_rows(form: ReportForm, typed: Mapping[str, str], before: Mapping[str, int]) -> list[dict[str, Any]]:
    """Fields of the form to fill in: {name, label, hint, value, is_optional}."""
    rows = []
    for one in form.fields:
        said = gettext("上一期：%(value)s", value=value_words(one, before[one.id])) if one.id in before else ""
        rows.append(
            {
                "name": f"{INPUT}{one.id}",
                "label": field_label(one),
                "hint": "　".join(filter(None, [one.help, said])),
                "value": typed.get(f"{INPUT}{one.id}", ""),
                "is_optional": not one.is_required,
            }
        )
    return rows


def typed_values(form: ReportForm, values: Mapping[str, int]) -> dict[str, str]:
    """Stored values as they are typed, for a correction."""
    decimals = {one.id: one.number.decimals for one in form.fields}
    return {f"{INPUT}{id}": number_words(value, decimals[id]) for id, value in values.items() if id in decimals}


def read_values(form: ReportForm, sent: Fields) -> dict[str, int]:
    """The typed numbers. Raises InvalidInputError with every one that is none, and what is wrong with the others."""
    return form_values(form, {one.id: sent.text(f"{INPUT}{one.id}") for one in form.fields})


def report_problems(error: InvalidInputError, form: ReportForm) -> list[dict[str, str]]:
    """For components/form.html: by the inputs' names, with the form's labels and messages in the reader's words."""
    own = {one.id: f"{INPUT}{one.id}" for one in form.fields}
    labels = {own[one.id]: one.label for one in form.fields}
    labels |= {"period": gettext("期间"), "reason": gettext("更正的原因"), "paper": gettext("纸质报表")}
    told = [in_words_of(one, form) for one in error.problems]
    named = [one.model_copy(update={"field": own.get(one.field, one.field)}) for one in told]
    return form_problems(InvalidInputError(named), labels)


def in_words_of(problem: FieldProblem, form: ReportForm) -> FieldProblem:
    """With the message of a broken sum as this form, in the reader's language, words it."""
    if problem.code != "report_sums":
        return problem
    message = next((one.message for one in form.checks if one.id == problem.details.get("check")), None)
    told = {"message": message} if message else {}
    return problem.model_copy(update={"details": dict(problem.details) | told})


def needs_confirmation(problems: Iterable[FieldProblem]) -> bool:
    return any(one.code == "report_implausible" for one in problems)
