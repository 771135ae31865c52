"""What one record adds to the figures (指标明细), kept beside them: a figure is always the sum of its entries.

An entry is a pure function of the record as it is now. When the record moves on, the difference to the stored entry is
what the figures change by, in one transaction; so a figure can be opened to the records behind it, nothing is counted
twice, and a rebuild only counts every record once more.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import ClassVar

from pydantic import Field

from chalicelib.domain.access import Resource
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.division import city_of, county_of
from chalicelib.domain.finding import Finding
from chalicelib.domain.inspection_result import InspectionResult
from chalicelib.domain.loop import machine
from chalicelib.domain.metric import NOW, Figure, month_of
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.random_draw import RandomDraw
from chalicelib.domain.record import Record, Ref
from chalicelib.domain.tenancy import Person
from chalicelib.domain.visit import Visit


class MetricEntry(Record):
    """One record's part in the figures; `id` is `<kind>.<record id>`.

    title, detail: how lists name the record; county: 12 digits, a city's own code where it has no county; standing: the
    metric under which it is open now, empty when it is not; month: the last month whose flows it counts in.
    """

    KIND: ClassVar[str] = "metric_entry"

    about: Ref
    title: str
    detail: str = ""
    number: str = ""
    county: str = Field(default="", pattern=r"^(|\d{12})$")
    departments: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    standing: str = Field(default="", pattern=r"^(|[a-z][a-z_]*)$")
    due_on: date | None = None
    month: str = Field(default="", pattern=r"^(|\d{4}-\d{2})$")
    figures: list[Figure] = Field(default_factory=list)

    @property
    def resource(self) -> Resource:
        divisions = frozenset({self.county}) if self.county else frozenset()
        return Resource(divisions=divisions, departments=self.departments, people=self.people)

    def counts_in(self, metric: str, period: str) -> bool:
        return any(one.metric == metric and one.period == period for one in self.figures)


def entry_id(ref: Ref) -> str:
    return f"{ref.kind}.{ref.id}"


def difference(before: list[Figure], after: list[Figure]) -> list[Figure]:
    """What the stored counts change by; nothing that stays as it is."""
    changed: dict[tuple[str, str, str, date | None], int] = {}
    for figures, sign in ((before, -1), (after, 1)):
        for one in figures:
            place = (one.metric, one.period, one.county, one.due_on)
            changed[place] = changed.get(place, 0) + sign * one.value
    return [
        Figure(metric=metric, period=period, county=county, due_on=due_on, value=value)
        for (metric, period, county, due_on), value in changed.items()
        if value
    ]


def _county(division: str) -> str:
    return county_of(division) or city_of(division) or division


def _day(at: datetime | None) -> date | None:
    return shanghai_date(at) if at else None


def _entry(
    record: Record, resource: Resource, county: str, *, title: str, detail: str, number: str = ""
) -> MetricEntry:
    return MetricEntry(
        id=entry_id(record.ref),
        about=record.ref,
        title=title,
        detail=detail,
        number=number,
        county=county,
        departments=resource.departments,
        people=resource.people,
    )


def _standing(entry: MetricEntry, metric: str, due_on: date | None) -> MetricEntry:
    figure = Figure(metric=metric, period=NOW, county=entry.county, due_on=due_on)
    return entry.with_changes(standing=metric, due_on=due_on, figures=[*entry.figures, figure])


def _flow(entry: MetricEntry, metric: str, on: date, value: int = 1) -> MetricEntry:
    figure = Figure(metric=metric, period=month_of(on), county=entry.county, value=value)
    return entry.with_changes(month=figure.period, figures=[*entry.figures, figure])


def _of_plan(plan: InspectionPlan) -> MetricEntry:
    county = _county(plan.divisions[0]) if len(plan.divisions) == 1 else ""
    entry = _entry(plan, plan.resource, county, title=plan.title, detail=plan.lead.label, number=plan.number)
    if plan.state == "closed":
        return _flow(entry, "plan_closed", shanghai_date(plan.state_since))
    return entry if machine("loop").state(plan.state).is_final else _standing(entry, "plan_open", _day(plan.due_at))


def _of_draw(draw: RandomDraw) -> MetricEntry:
    """Found by its number; what is counted is that it was voided."""
    entry = _entry(draw, draw.resource, "", title=draw.plan_title, detail="", number=draw.number)
    voided_at = draw.voiding.confirmed_at if draw.voiding else None
    return entry if voided_at is None else _flow(entry, "draw_voided", shanghai_date(voided_at))


def _of_visit(visit: Visit) -> MetricEntry:
    county = _county(visit.subject.division)
    labels = "、".join(body.label for body in visit.bodies)
    entry = _entry(visit, visit.resource, county, title=visit.subject.name, detail=labels, number=visit.number)
    if visit.concluded_at is not None:
        on = shanghai_date(visit.concluded_at)
        return _flow(_flow(entry, "visit_concluded", on), "body_visited", on, len(visit.bodies))
    is_over = machine("visit").state(visit.state).is_final
    return entry if is_over else _standing(entry, "visit_open", visit.scheduled_on)


def _of_finding(finding: Finding) -> MetricEntry:
    entry = _entry(
        finding, finding.resource, _county(finding.division), title=finding.title, detail=finding.subject_name
    )
    if finding.is_withdrawn:
        return entry
    entry = _flow(entry, "finding_made", finding.found_on)
    if finding.closed_at is None:
        return _standing(entry, "finding_open", _day(finding.told_due_at))
    closed_on = shanghai_date(finding.closed_at)
    entry = _flow(entry, "finding_closed", closed_on)
    return _flow(entry, "finding_passed_on_time", closed_on) if _is_in_time(finding) else entry


def _is_in_time(finding: Finding) -> bool:
    """The last rectification came by the day that was set, and the reinspection passed it."""
    if not finding.rectifications or finding.passed_at is None:
        return False
    return shanghai_date(finding.rectifications[-1].submitted_at) <= finding.remedy_due_on


def _of_result(result: InspectionResult) -> MetricEntry:
    entry = _entry(
        result, result.resource, _county(result.subject.division), title=result.subject.name, detail=result.plan_number
    )
    if result.state in ("prepared", "confirmed"):
        return _standing(entry, "result_open", _day(result.due_at))
    if result.published_at is not None and not result.withdrawn_reason:
        return _flow(entry, "result_published", shanghai_date(result.published_at))
    return entry


def _of_person(person: Person) -> MetricEntry:
    """Only who may be drawn counts: an active person with a certificate, by its last day."""
    entry = _entry(person, Resource(), "", title=person.name, detail="")
    last = max((one.valid_to for one in person.certificates), default=None)
    return _standing(entry, "certificate_held", last) if last and person.is_active else entry


_OF: dict[str, Callable[..., MetricEntry]] = {
    InspectionPlan.KIND: _of_plan,
    RandomDraw.KIND: _of_draw,
    Visit.KIND: _of_visit,
    Finding.KIND: _of_finding,
    InspectionResult.KIND: _of_result,
    Person.KIND: _of_person,
}
COUNTED_KINDS = frozenset(_OF)


def entry_of(record: Record) -> MetricEntry:
    """What this record adds to the figures now. KeyError for a kind that no figure counts."""
    return _OF[record.KIND](record)
