"""Figures with their formulas and dates, by county and by month; every figure opens to its records; export as CSV."""

import csv
import io
from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.metric import NOW, Metric, MetricKind, metric, metrics, ratios, total
from chalicelib.domain.tenancy import TenantKind
from chalicelib.services.metrics.rebuild_metrics import request_rebuild
from chalicelib.services.metrics.roll_up import RollUp, read_roll_ups
from chalicelib.web.answers import Answer, file_answer, page, see_other
from chalicelib.web.cursors import CURSOR, seal_cursor
from chalicelib.web.fields import invalid
from chalicelib.web.figure_records import chosen_month, figures_of, known_months, records_behind
from chalicelib.web.figure_views import (
    BASE,
    city_tiles,
    county_tiles,
    entry_row,
    opens,
    ratio_row,
    ratio_words,
    region_table,
)
from chalicelib.web.formats import format_number
from chalicelib.web.i18n import current_locale, gettext, mark
from chalicelib.web.places import place_label
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)

WHEN = {"late": mark("已逾期"), "today": mark("今天到期"), "soon": mark("快到期"), "": mark("全部")}


@route(
    blueprint,
    BASE,
    permission=Permission.METRIC_READ,
    nav=Nav(group=mark("成效"), label=mark("运行指标"), order=75, icon="chart-bar"),
)
def show_figures(request: WebRequest) -> Answer:
    """Three queries: what stands now, the month, the month before; of another tenant one, its roll-up."""
    member = request.query.text("member")
    if member:
        return _show_member(request, member)
    return overview(request)


def overview(request: WebRequest) -> Answer:
    """The page, also as the first screen of an evaluator; an overseer compares its cities (a read more)."""
    home = request.store.tenants.find(request.tenant, request.tenant)
    if home is not None and home.kind is TenantKind.REGION:
        given = read_roll_ups(request.store, request.tenant)
        return page(request, "pages/figures/region.html", tiles=city_tiles(given), **region_table(given))
    return page(request, "pages/figures/show.html", **_figures(request))


def _figures(request: WebRequest) -> dict[str, Any]:
    today, county = shanghai_date(request.now), request.query.text("county")
    month = chosen_month(request, request.query.text("month"))
    if county and (not county.isdigit() or len(county) != 12):
        raise invalid("county", "unknown_choice")
    found = figures_of(request, month, county)
    rows = [_standing_row(request, *one, county) for one in found.standing]
    return {
        "standing": rows,
        "flows": [_flow_row(request, *one, month, county) for one in found.flows],
        "ratios": [ratio_row(one, found.now, found.then) for one in ratios()],
        "month": month,
        "months": [(one, one) for one in known_months(today)],
        "county": county,
        "county_label": place_label(county) if county else "",
        "tiles": county_tiles(found.stored, today) if not county else None,
        "member": None,
        "export_url": f"{BASE}.csv?month={month}",
        "may_rebuild": allowed(request.actor, Permission.METRIC_READ) and allowed(request.actor, Permission.PLAN_WRITE),
        "has_records": any(row["url"] for row in rows),
    }


def _standing_row(request: WebRequest, one: Metric, count: int, late: int, county: str) -> dict[str, Any]:
    url = f"{BASE}/{one.name}" if opens(request, one) else ""
    at = f"&county={county}" if county else ""
    return {
        "metric": one,
        "label": one.label.told(current_locale()),
        "meaning": one.meaning.told(current_locale()),
        "count": format_number(count),
        "late": format_number(late),
        "url": f"{url}?when={at}" if url else "",
        "late_url": f"{url}?when=late{at}" if url and late else "",
    }


def _flow_row(request: WebRequest, one: Metric, count: int, before: int, month: str, county: str) -> dict[str, Any]:
    at = f"&county={county}" if county else ""
    return {
        "metric": one,
        "label": one.label.told(current_locale()),
        "meaning": one.meaning.told(current_locale()),
        "count": format_number(count),
        "before": format_number(before),
        "url": f"{BASE}/{one.name}?month={month}{at}" if count and opens(request, one) else "",
    }


def _show_member(request: WebRequest, member: str) -> Answer:
    """What another tenant gave up: totals, never a record."""
    told = read_roll_ups(request.store, request.tenant).get(member)
    if told is None:
        raise RecordNotFoundError(kind="tenant", id=member)
    return page(request, "pages/figures/member.html", told=told, rows=_member_rows(told))


def _member_rows(told: RollUp) -> list[dict[str, Any]]:
    return [
        {
            "label": one.label.told(current_locale()),
            "meaning": one.meaning.told(current_locale()),
            "count": format_number(told.open.get(one.name, 0)),
            "late": format_number(told.late.get(one.name, 0)),
        }
        for one in metrics()
        if one.kind is MetricKind.STANDING
    ]


@route(blueprint, BASE + "/{metric_name}", permission=Permission.METRIC_READ, sample={"metric_name": "finding_open"})
def show_records(request: WebRequest, metric_name: str) -> Answer:
    """Two queries: the records behind one figure, page by page, and the figure itself."""
    one = metric(metric_name)
    when, county = request.query.text("when"), request.query.text("county")
    if when not in WHEN or (county and not county.isdigit()):
        raise invalid("when", "unknown_choice")
    month = "" if one.kind is MetricKind.STANDING else chosen_month(request, request.query.text("month"))
    kept = {"month": month, "county": county} if month else {"when": when, "county": county}
    found = records_behind(request, one, when=when, county=county, month=month)
    here = f"{BASE}/{one.name}?" + "&".join(f"{name}={value}" for name, value in kept.items())
    cursor = seal_cursor(request, found.next)
    return page(
        request,
        "pages/figures/records.html",
        metric=one,
        label=one.label.told(current_locale()),
        unit=one.unit.told(current_locale()),
        meaning=one.meaning.told(current_locale()),
        count=format_number(found.count),
        when=gettext(WHEN[when]) if when else "",
        month=month,
        county=county,
        county_label=place_label(county) if county else "",
        rows=[entry_row(request, each) for each in found.entries],
        filters=_when_filters(one, when, county),
        is_open=opens(request, one),
        next_url=f"{here}&{CURSOR}={cursor}" if cursor else "",
        first_url=here if request.query.text(CURSOR) else "",
    )


def _when_filters(one: Metric, when: str, county: str) -> list[dict[str, Any]]:
    if one.kind is MetricKind.FLOW:
        return []
    at = f"&county={county}" if county else ""
    return [
        {"label": gettext(words), "url": f"{BASE}/{one.name}?when={name}{at}", "active": name == when}
        for name, words in WHEN.items()
    ]


@route(blueprint, BASE + ".csv", permission=Permission.METRIC_READ)
def export_figures(request: WebRequest) -> Answer:
    """The month as CSV for a spreadsheet: figures by county with their meaning, ratios with their formulas."""
    month, locale = chosen_month(request, request.query.text("month")), current_locale()
    flows = request.store.metrics.of_period(request.tenant, month)
    standing = request.store.metrics.of_period(request.tenant, NOW)
    text = io.StringIO()
    write = csv.writer(text).writerow
    write(
        [gettext(word) for word in (mark("指标"), mark("期间"), mark("区域"), mark("数值"), mark("单位"), mark("口径"))]
    )
    for one in metrics():
        figures, period = (flows, month) if one.kind is MetricKind.FLOW else (standing, f"{shanghai_date(request.now)}")
        for county in sorted({each.county for each in figures if each.metric == one.name}):
            place = place_label(county, is_full=True) if county else gettext("全部")
            count = sum(each.value for each in figures if each.metric == one.name and each.county == county)
            write([one.label.told(locale), period, place, count, one.unit.told(locale), one.meaning.told(locale)])
    counts = {one.name: total(flows, one.name) for one in metrics()}
    for each in ratios():
        row = ratio_row(each, counts, {})
        value = ratio_words(each, each.value(counts))
        write([row["label"], month, gettext("全部"), value, "", f"{row['formula']}={row['numbers']}"])
    return file_answer(b"\xef\xbb\xbf" + text.getvalue().encode(), "text/csv; charset=utf-8", f"figures-{month}.csv")


@route(blueprint, BASE + "/rebuild", permission=Permission.PLAN_WRITE, methods=["POST"])
def rebuild(request: WebRequest) -> Answer:
    job = request_rebuild(request.store, request.tenant, request.act())
    return see_other(f"/console/jobs/{job.id}", gettext("正在重新计算运行指标，可以离开这一页。"))
