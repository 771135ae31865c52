"""The figures of a month, and what stands behind one: its count and, page by page, the records that make it up; for
pages and programs."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NamedTuple

from chalicelib.domain.access import allowed
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.metric import NOW, Figure, Metric, MetricKind, metrics, month_of, total
from chalicelib.domain.metric_entry import MetricEntry
from chalicelib.web.cursors import open_cursor
from chalicelib.web.fields import invalid
from chalicelib.web.figure_views import READERS, certificates_until, soon_until
from chalicelib.web.request import WebRequest

MONTHS = 13


class Counted(NamedTuple):
    """One figure: count, and beside it how many of what stands are late, or the count of the month before."""

    metric: Metric
    count: int
    beside: int


@dataclass(frozen=True)
class Figures:
    """Of a tenant or of one county. stored: what stands now, of every county; now, then: what happened in the month
    and in the one before, by metric."""

    stored: list[Figure]
    standing: list[Counted]
    flows: list[Counted]
    now: dict[str, int]
    then: dict[str, int]


@dataclass(frozen=True)
class Behind:
    """count: the figure; entries: those of this page that the caller may read; next: where the next page begins."""

    count: int
    entries: list[MetricEntry]
    next: dict[str, Any] | None


def known_months(today: date) -> list[str]:
    """This month and the twelve before, newest first."""
    first, found = today.replace(day=1), []
    for _ in range(MONTHS):
        found.append(month_of(first))
        first = (first - timedelta(days=1)).replace(day=1)
    return found


def month_before(month: str) -> str:
    year, number = (int(part) for part in month.split("-"))
    return month_of(date(year, number, 1) - timedelta(days=1))


def chosen_month(request: WebRequest, wanted: str) -> str:
    """The month asked for, this one by default. Raises InvalidInputError for one that is not kept."""
    months = known_months(shanghai_date(request.now))
    if wanted and wanted not in months:
        raise invalid("month", "unknown_choice")
    return wanted or months[0]


def figures_of(request: WebRequest, month: str, county: str) -> Figures:
    """Three queries: what stands now, the month, the month before. Of people no county is kept."""
    stored, flows, earlier = (
        request.store.metrics.of_period(request.tenant, one) for one in (NOW, month, month_before(month))
    )
    now, then = ({one.name: total(read, one.name, county=county) for one in metrics()} for read in (flows, earlier))
    today = shanghai_date(request.now)
    standing = [
        Counted(
            one,
            total(stored, one.name, county=county),
            total(stored, one.name, county=county, before=today),
        )
        for one in metrics()
        if one.kind is MetricKind.STANDING and not (county and one.record == "person")
    ]
    of_month = [Counted(one, now[one.name], then[one.name]) for one in metrics() if one.kind is MetricKind.FLOW]
    return Figures(stored, standing, of_month, now, then)


def records_behind(
    request: WebRequest, one: Metric, *, when: str = "", county: str = "", month: str = "", limit: int = 25
) -> Behind:
    """Two queries: the figure itself and a page of its records. when: late, today or soon, of what stands now; month:
    of what happened in one."""
    tenant, entries, after = request.tenant, request.store.metric_entries, open_cursor(request)
    if one.kind is MetricKind.STANDING:
        found = entries.open_under(tenant, one.name, county=county, after=after, limit=limit)
        figures = request.store.metrics.of_period(tenant, NOW, one.name)
        start, before = _span(request, one, when)
        records = [
            each
            for each in found.records
            if before is None or (each.due_on and each.due_on < before and (start is None or each.due_on >= start))
        ]
        # sorted by deadline: past the day nothing more can come
        following = found.next if len(records) == len(found.records) or start is not None else None
        count = total(figures, one.name, county=county, start=start, before=before)
    else:
        found = entries.of_month(tenant, one.record, month, county=county, after=after, limit=limit)
        records = [each for each in found.records if each.counts_in(one.name, month)]
        following = found.next
        count = total(request.store.metrics.of_period(tenant, month, one.name), one.name, county=county)
    readable = [each for each in records if allowed(request.actor, READERS[one.record], each.resource)]
    return Behind(count, readable, following)


def _span(request: WebRequest, one: Metric, when: str) -> tuple[date | None, date | None]:
    """From which day on, and before which: of all records none."""
    today = shanghai_date(request.now)
    is_certificate = one.record == "person"
    return {
        "late": (None, today),
        "today": (today, today + timedelta(days=1)),
        "soon": (None if is_certificate else today, certificates_until(today) if is_certificate else soon_until(today)),
    }.get(when, (None, None))
