"""Figures over the API: what stands now, what happened in a month, each with its meaning, and the records behind it."""

from datetime import date, datetime
from typing import Any, Literal

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.metric import Metric, MetricKind, RatioForm, metric, ratios
from chalicelib.domain.record import Ref
from chalicelib.services.metrics.rebuild_metrics import request_rebuild
from chalicelib.services.metrics.roll_up import RollUp, read_roll_ups
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.jobs import JobAnswer, job_answer
from chalicelib.web.api.shapes import Listed, ListQuery, Query, Shown, listed
from chalicelib.web.fields import invalid
from chalicelib.web.figure_records import chosen_month, figures_of, records_behind
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/figures"
_COUNTY = Field(default="", pattern=r"^([0-9]{12})?$", description="12-digit code of a county; empty: the whole tenant")
_MONTH = Field(default="", pattern=r"^([0-9]{4}-[0-9]{2})?$", description="this month or one of the twelve before")


class FiguresQuery(Query):
    month: str = _MONTH
    county: str = _COUNTY


class RecordsQuery(ListQuery):
    """when: of what stands now; month: of what happened in one."""

    when: Literal["", "late", "today", "soon"] = ""
    month: str = _MONTH
    county: str = _COUNTY


class StandingAnswer(Shown):
    """A count of what is so now. meaning: what is counted; late: of these, past their day."""

    name: str
    label: str
    unit: str
    meaning: str
    count: int
    late: int


class FlowAnswer(Shown):
    """A count of what happened in the month. before: in the month before."""

    name: str
    label: str
    unit: str
    meaning: str
    count: int
    before: int


class RatioAnswer(Shown):
    """`numerator` ÷ `denominator`, both flows of the same month; percent (0–100) or mean. value, before: none while
    there is nothing to divide by."""

    name: str
    label: str
    numerator: str
    denominator: str
    form: RatioForm
    value: float | None
    before: float | None


class FiguresAnswer(Shown):
    """as_of: when the standing counts were read; `month` is whole once it has passed."""

    as_of: datetime
    month: str
    county: str
    standing: list[StandingAnswer]
    flows: list[FlowAnswer]
    ratios: list[RatioAnswer]


class FigureRecord(Shown):
    """One record behind a figure. due_on: the day by which standing ones are counted."""

    about: Ref
    title: str
    detail: str
    number: str
    county: str
    due_on: date | None


class FigureRecords(Listed[FigureRecord]):
    """count: the figure. items: those of its records that the caller may read."""

    count: int


class MemberFigures(Shown):
    """What a tenant gave up to the region above it: totals, never a record."""

    tenant: str
    totals: RollUp


def _words(request: WebRequest, one: Metric) -> dict[str, str]:
    locale = request.locale
    return {
        "name": one.name,
        "label": one.label.told(locale),
        "unit": one.unit.told(locale),
        "meaning": one.meaning.told(locale),
    }


@route(blueprint, BASE, permission=Permission.METRIC_READ, query=FiguresQuery, answers=FiguresAnswer)
def show_figures(request: WebRequest) -> Answer:
    """Every figure of the tenant, or of one county: what stands now, the month, and its ratios with their formulas."""
    asked = request.asked(FiguresQuery)
    month, county = chosen_month(request, asked.month), asked.county
    found = figures_of(request, month, county)
    answer: dict[str, Any] = {"as_of": request.now, "month": month, "county": county}
    answer["standing"] = [
        _words(request, one.metric) | {"count": one.count, "late": one.beside} for one in found.standing
    ]
    answer["flows"] = [_words(request, one.metric) | {"count": one.count, "before": one.beside} for one in found.flows]
    answer["ratios"] = [
        one.model_dump(mode="json")
        | {"label": one.label.told(request.locale), "value": one.value(found.now), "before": one.value(found.then)}
        for one in ratios()
    ]
    return json_answer(answer)


@route(blueprint, f"{BASE}/members", permission=Permission.METRIC_READ, answers=Listed[MemberFigures])
def list_members(request: WebRequest) -> Answer:
    """What the tenants below a region gave up to it, each with the time of its totals; of any other tenant nothing."""
    given = read_roll_ups(request.store, request.tenant)
    return listed(request, [{"tenant": one, "totals": told} for one, told in sorted(given.items())])


@route(
    blueprint,
    f"{BASE}/{{metric_name}}",
    permission=Permission.METRIC_READ,
    sample={"metric_name": "finding_open"},
    query=RecordsQuery,
    answers=FigureRecords,
)
def show_records(request: WebRequest, metric_name: str) -> Answer:
    """The records behind one figure, the most urgent first: the figure is the sum of these."""
    one, asked = metric(metric_name), request.asked(RecordsQuery)
    is_standing = one.kind is MetricKind.STANDING
    if asked.when and not is_standing:
        raise invalid("when", "unknown_choice")
    if asked.month and is_standing:
        raise invalid("month", "unknown_choice")
    month = "" if is_standing else chosen_month(request, asked.month)
    found = records_behind(request, one, when=asked.when, county=asked.county, month=month, limit=asked.limit)
    shown = [each.model_dump(mode="json", include=set(FigureRecord.model_fields)) for each in found.entries]
    return listed(request, shown, found.next, count=found.count)


@route(blueprint, f"{BASE}/rebuild", methods=("POST",), permission=Permission.PLAN_WRITE, answers={202: JobAnswer})
def rebuild(request: WebRequest) -> Answer:
    """Count every record once more; 202 with the job."""
    return job_answer(request_rebuild(request.store, request.tenant, request.act()))
