"""Figures as pages show them: words, clocks, tiles by county and by city, and where each opens to."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import chalicelib.domain
from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.calendar import end_of_day, shanghai_date
from chalicelib.domain.division import children, is_known
from chalicelib.domain.metric import Figure, Metric, Ratio, RatioForm, metric, ratios, total, windows
from chalicelib.domain.metric_entry import MetricEntry
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.metrics.roll_up import VOIDED, RollUp
from chalicelib.services.visit.deadlines import working_day_after, working_days_left
from chalicelib.web.formats import format_number
from chalicelib.web.i18n import current_locale, gettext, ngettext
from chalicelib.web.places import place_label
from chalicelib.web.request import WebRequest
from chalicelib.web.todo_words import record_page

BASE = "/console/figures"
WHERE = ("visit_open", "finding_open")
"""What a tile sums: work that is open in a place."""
READERS = {
    "inspection_plan": Permission.PLAN_READ,
    "random_draw": Permission.DRAW_READ,
    "visit": Permission.VISIT_READ,
    "finding": Permission.FINDING_READ,
    "inspection_result": Permission.RESULT_READ,
    "person": Permission.PEOPLE_READ,
}
"""Who may open the records behind a figure, by kind of record."""
_TILES = Path(chalicelib.domain.__file__).parent / "data" / "city_tiles.json"


def label_of(name: str) -> str:
    return metric(name).label.told(current_locale())


def unit_of(name: str) -> str:
    return metric(name).unit.told(current_locale())


def opens(request: WebRequest, one: Metric) -> bool:
    """Whether this person may go from the figure to its records."""
    return allowed(request.actor, READERS[one.record])


def soon_until(today: date) -> date:
    """The day after the last that counts as soon."""
    days = windows().soon_working_days
    return (working_day_after(today, days) or today + timedelta(days=days)) + timedelta(days=1)


def certificates_until(today: date) -> date:
    return today + timedelta(days=windows().certificate_days + 1)


def _note_late(count: int) -> str:
    return ngettext("其中%(num)d个已逾期", "其中%(num)d个已逾期", count) if count else ""


def risk_strip(request: WebRequest, figures: Sequence[Figure]) -> list[dict[str, Any]]:
    """Late, nearly late, today, waiting to be published, certificates that end: all from one query."""
    today = shanghai_date(request.now)
    late = total(figures, "finding_open", before=today)
    soon = total(figures, "finding_open", start=today, before=soon_until(today))
    visits = total(figures, "visit_open", start=today, before=today + timedelta(days=1))
    missed = total(figures, "visit_open", before=today)
    ending = total(figures, "certificate_held", before=certificates_until(today))
    results, results_late = total(figures, "result_open"), total(figures, "result_open", before=today)
    open_words = gettext("在办共%(count)s个", count=format_number(total(figures, "finding_open")))
    boxes = [
        _box("finding_open", gettext("整改逾期"), late, "late", open_words, tone="red" if late else ""),
        _box(
            "finding_open",
            gettext("%(days)s个工作日内到期的问题", days=windows().soon_working_days),
            soon,
            "soon",
        ),
        _box(
            "visit_open",
            gettext("今天的检查"),
            visits,
            "today",
            ngettext("另有%(num)d家过了日期还没查完", "另有%(num)d家过了日期还没查完", missed) if missed else "",
        ),
        _box("result_open", label_of("result_open"), results, "", _note_late(results_late)),
        _box(
            "certificate_held",
            gettext("执法证%(days)s天内到期", days=windows().certificate_days),
            ending,
            "soon",
            gettext("到期即退出抽取") if ending else "",
        ),
    ]
    return [box if opens(request, metric(box["metric"])) else box | {"url": ""} for box in boxes]


def _box(name: str, label: str, value: int, when: str, note: str = "", tone: str = "") -> dict[str, Any]:
    url = f"{BASE}/{name}" + (f"?when={when}" if when else "")
    return {
        "metric": name,
        "label": label,
        "value": format_number(value),
        "unit": unit_of(name),
        "note": note,
        "url": url,
        "tone": tone,
    }


def _shade(count: int, most: int) -> str:
    """Four steps of one blue, told apart from the ink on them."""
    steps = ("#f0f4f9", "#e0eaf6", "#c8daf0", "#a9c5e8")
    return steps[0] if not count or not most else steps[min(3, count * 4 // (most + 1))]


def county_tiles(figures: Sequence[Figure], today: date) -> dict[str, Any]:
    """Open work by county, most first in the summary; counties in order of their codes."""
    codes = sorted({one.county for one in figures if one.metric in WHERE and one.county})
    rows = [
        {
            "code": code,
            "label": place_label(code),
            "open": sum(total(figures, name, county=code) for name in WHERE),
            "late": sum(total(figures, name, county=code, before=today) for name in WHERE),
            "url": f"{BASE}?county={code}",
            "place": "",
        }
        for code in codes
    ]
    return _tiles([row for row in rows if row["open"]])


def city_tiles(given: Mapping[TenantId, RollUp]) -> dict[str, Any]:
    """The fourteen cities where they lie, then the parks: what each tenant gave up to its overseer."""
    by_division = {one.division: (tenant, one) for tenant, one in given.items()}
    rows = []
    for code, (row, column) in _city_places().items():
        tenant, told = by_division.pop(code, ("", None))
        rows.append(_city(tenant, told, place_label(code), f"grid-area:{row}/{column};"))
    last = max((row for row, _ in _city_places().values()), default=0)
    rows += [
        _city(tenant, told, "", f"grid-area:{last + 1 + number // 2}/{1 + number % 2 * 2}/auto/span 2;")
        for number, (tenant, told) in enumerate(by_division.values())
    ]
    return _tiles(rows)


def _city(tenant: str, told: RollUp | None, label: str, place: str) -> dict[str, Any]:
    own = (told.label_en if current_locale() == "en" else "") or told.label if told else ""
    return {
        "code": tenant,
        "label": label or own,
        "open": sum(told.open.get(name, 0) for name in WHERE) if told else None,
        "late": sum(told.late.get(name, 0) for name in WHERE) if told else 0,
        "url": f"{BASE}?member={tenant}" if told else "",
        "place": place,
    }


def _tiles(rows: list[dict[str, Any]]) -> dict[str, Any]:
    known = [row for row in rows if row["open"] is not None]
    most = max((row["open"] for row in known), default=0)
    for row in rows:
        row["shade"] = _shade(row["open"] or 0, most)
    busiest = max(known, key=lambda row: row["open"], default=None)
    return {
        "rows": rows,
        "open": sum(row["open"] for row in known),
        "late": sum(row["late"] for row in known),
        "busiest": busiest["label"] if busiest and busiest["open"] else "",
        "missing": len(rows) - len(known),
    }


@cache
def _city_places() -> dict[str, tuple[int, int]]:
    tiles = json.loads(_TILES.read_text(encoding="utf-8"))["tiles"]
    assert set(tiles) == {one.code for one in children("450000000000")} if is_known("450000000000") else True
    return {code: (row, column) for code, (row, column) in tiles.items()}


def entry_row(request: WebRequest, entry: MetricEntry) -> dict[str, Any]:
    """One record behind a figure."""
    due_at = end_of_day(entry.due_on) if entry.due_on else None
    return {
        "entry": entry,
        "url": record_page(entry.about),
        "place": place_label(entry.county) if entry.county else "",
        "due_at": due_at,
        "days_left": working_days_left(request.now, due_at),
    }


def ratio_row(one: Ratio, flows: Mapping[str, int], before: Mapping[str, int]) -> dict[str, Any]:
    """A ratio with its formula filled in, and its value in the month before."""
    locale = current_locale()
    above, below = flows.get(one.numerator, 0), flows.get(one.denominator, 0)
    return {
        "label": one.label.told(locale),
        "value": ratio_words(one, one.value(flows)),
        "before": ratio_words(one, one.value(before)),
        "formula": gettext(
            "%(above)s÷%(below)s",
            above=metric(one.numerator).label.told(locale),
            below=metric(one.denominator).label.told(locale),
        ),
        "numbers": f"{format_number(above)}÷{format_number(below)}",
    }


def region_table(given: Mapping[TenantId, RollUp]) -> dict[str, Any]:
    """Cities and parks side by side: open, late, the month's visits and each ratio; then all of them together."""
    rows = [_compared(told.flows, told) | {"url": f"{BASE}?member={tenant}"} for tenant, told in given.items()]
    names = {name for told in given.values() for name in told.flows}
    flows = {name: sum(told.flows.get(name, 0) for told in given.values()) for name in names}
    return {
        "rows": sorted(rows, key=lambda row: -row["late"]),
        "all": _compared(flows) if given else None,
        "ratios": [(one.label.told(current_locale()), ratio_row(one, flows, {})["formula"]) for one in ratios()],
        "month": max((told.month for told in given.values()), default=""),
    }


def _compared(flows: Mapping[str, int], told: RollUp | None = None) -> dict[str, Any]:
    label = ((told.label_en if current_locale() == "en" else "") or told.label) if told else ""
    return {
        "label": label,
        "open": sum(told.open.get(name, 0) for name in WHERE) if told else 0,
        "late": sum(told.late.get(name, 0) for name in WHERE) if told else 0,
        "visits": flows.get("visit_concluded", 0),
        "voided": flows.get(VOIDED, 0),
        "ratios": [ratio_words(one, one.value(flows)) for one in ratios()],
    }


def ratio_words(one: Ratio, value: float | None) -> str:
    """The value with its sign; a dash while there is nothing to divide by."""
    if value is None:
        return "–"
    return f"{value:.1f}%" if one.form is RatioForm.PERCENT else f"{value:.2f}"
