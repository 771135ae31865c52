"""Clauses marked amended or repealed, and the work list of each: what has to change, and what is done."""

import csv
import io
from typing import Any
from urllib.parse import urlencode

from chalice import Blueprint

from chalicelib.contract.basis_work import WorkKind
from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.basis_mark import BasisChange, BasisMark
from chalicelib.domain.errors import AlreadyExistsError, FieldProblem, InvalidInputError
from chalicelib.domain.text import safe_cell
from chalicelib.services.scenario.basis_library import scenarios_of, work_list
from chalicelib.services.scenario.basis_marks import (
    find_mark,
    mark_basis,
    marks_with,
    settle_work,
    withdraw_mark,
)
from chalicelib.services.scenario.limit_conflicts import standing_conflicts
from chalicelib.services.scenario.read_edition import editions_of, editions_with
from chalicelib.web import messages
from chalicelib.web.answers import Answer, file_answer, page, see_other
from chalicelib.web.basis_words import CHANGES, change_words, work_words
from chalicelib.web.conflict_words import conflict_rows
from chalicelib.web.console.bases import BASE as LIBRARY
from chalicelib.web.console.bases import place_of
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.formats import format_datetime
from chalicelib.web.i18n import current_locale, gettext, mark
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.scenarios import scenario_label

blueprint = Blueprint(__name__)

BASE = f"{LIBRARY}/changes"
ONE = BASE + "/{mark_id}"
P = Permission
ROWS = 50
CSV = "text/csv; charset=utf-8"
_HEADS = (
    mark("哪一条"),
    mark("种类"),
    mark("哪里"),
    mark("编号"),
    mark("场景"),
    mark("状态"),
    mark("谁办的"),
    mark("什么时候办的"),
)


def labels() -> dict[str, str]:
    return {
        "title": gettext("法律名称"),
        "article": gettext("第几条"),
        "change": gettext("修订还是废止"),
        "decided_on": gettext("公布日期"),
        "effective_on": gettext("施行日期"),
        "successor": gettext("由什么接替"),
        "note": gettext("说明"),
        "reason": gettext("理由"),
    }


@route(blueprint, BASE, permission=P.SCENARIO_READ)
def list_marks(request: WebRequest) -> Answer:
    """Calls of the table: the tenant, its legal records and the platform's marks; no plan is read."""
    store, tenant = request.store, request.tenant
    records = store.legal_records.of_tenant(tenant)
    editions = editions_with(store, scenarios_of(store, tenant), records.overlays)
    return page(
        request,
        "pages/bases/changes.html",
        rows=marks_with(store, tenant, records.marks),
        conflict_rows=conflict_rows(standing_conflicts(editions, records.conflicts, request.now)),
        change_words=change_words,
        may_mark=allowed(request.actor, P.BASIS_MARK),
    )


@route(blueprint, f"{BASE}/new", permission=P.BASIS_MARK)
def new_mark(request: WebRequest) -> Answer:
    """`title` and `article` fill the form from the basis from which one comes."""
    return _form(request, request.query.single())


def _form(request: WebRequest, values: dict[str, str], error: InvalidInputError | None = None) -> Answer:
    return page(
        request,
        "pages/bases/mark.html",
        422 if error else 200,
        values=values,
        changes=[(one.value, gettext(words)) for one, words in CHANGES.items()],
        problems=messages.form_problems(error, labels()) if error else [],
    )


def read_mark(form: Fields) -> dict[str, Any]:
    """What `mark_basis` takes. Raises InvalidInputError."""
    change, decided_on, effective_on = form.text("change"), form.day("decided_on"), form.day("effective_on")
    missing = [
        FieldProblem(field=name, code="required")
        for name, value in (
            ("title", form.text("title")),
            ("change", change),
            ("decided_on", decided_on),
            ("effective_on", effective_on),
        )
        if not value
    ]
    if missing:
        raise InvalidInputError(missing)
    if change not in set(BasisChange):
        raise invalid("change", "unknown_choice")
    return {
        "title": form.required("title"),
        "article": form.text("article"),
        "change": BasisChange(change),
        "decided_on": decided_on,
        "effective_on": effective_on,
        "successor": form.text("successor"),
        "note": form.text("note"),
    }


SAMPLE_MARK = {
    "title": "消防法",
    "article": "1",
    "change": "repealed",
    "decided_on": "2026-11-01",
    "effective_on": "2027-01-01",
}


@route(blueprint, BASE, methods=("POST",), permission=P.BASIS_MARK, sample_body=SAMPLE_MARK)
def post_mark(request: WebRequest) -> Answer:
    try:
        made = mark_basis(request.store, request.tenant, request.act(), **read_mark(request.form))
    except AlreadyExistsError:
        return _form(request, request.form.single(), invalid("title", "basis_marked_already"))
    except InvalidInputError as error:
        return _form(request, request.form.single(), error)
    return see_other(f"{BASE}/{made.id}", gettext("已标记。下面是要跟着改的地方。"))


def work_rows(request: WebRequest, mark: BasisMark) -> list[dict[str, Any]]:
    """The entries by scenario: what is done and who did it; a visit only for who may read visits."""
    store, tenant = request.store, request.tenant
    editions = editions_of(store, tenant, scenarios_of(store, tenant))
    entries = work_list(store, tenant, mark, editions, current_locale())
    if not allowed(request.actor, P.PLAN_READ):
        entries = [one for one in entries if one.kind not in (WorkKind.PLAN, WorkKind.VISIT)]
    return [
        {
            "entry": one,
            "kind": work_words(one.kind),
            "url": place_of(one),
            "scenario": scenario_label(one.scenario),
            "done": mark.settled(one.key),
        }
        for one in entries
    ]


_STATES = ("todo", "done")


@route(blueprint, ONE, permission=P.SCENARIO_READ)
def show_mark(request: WebRequest, mark_id: str) -> Answer:
    return _show(request, mark_id)


def _show(request: WebRequest, mark_id: str, error: InvalidInputError | None = None) -> Answer:
    """`state`: todo or done; `start`: how many rows to leave out. The list is computed whole, a page of it shown."""
    found = find_mark(request.store, request.tenant, mark_id)
    every = [] if found.is_withdrawn else work_rows(request, found)
    left, url = sum(row["done"] is None for row in every), f"{BASE}/{mark_id}"
    state = state if (state := request.query.text("state")) in _STATES else ""
    wanted = [row for row in every if not state or (row["done"] is not None) is (state == "done")]
    start = max(request.query.integer("start", 0) or 0, 0)
    rows = wanted[start : start + ROWS]
    people = {row["done"].by for row in rows if row["done"]} | {found.marked_by}
    names = request.store.people.find_many(request.tenant, people, is_listed=True)
    return page(
        request,
        "pages/bases/work.html",
        422 if error else 200,
        mark=found,
        change=change_words(found.change),
        rows=rows,
        every=len(every),
        total=len(wanted),
        left=left,
        chips=[
            {
                "label": gettext(words),
                "url": f"{url}?state={one}" if one else url,
                "active": state == one,
                "count": count,
            }
            for one, words, count in (
                ("", mark("全部"), len(every)),
                ("todo", mark("未办"), left),
                ("done", mark("已办"), len(every) - left),
            )
        ],
        next_url=f"{url}?state={state}&start={start + ROWS}" if start + ROWS < len(wanted) else "",
        first_url=f"{url}?state={state}" if start else "",
        names={id: one.name for id, one in names.items()},
        url=url,
        chosen=state,
        start=start or "",
        may_mark=allowed(request.actor, P.BASIS_MARK),
        problems=messages.form_problems(error, labels()) if error else [],
    )


@route(blueprint, f"{ONE}/file", permission=P.SCENARIO_READ)
def fetch_work(request: WebRequest, mark_id: str) -> Answer:
    """The whole work list as CSV, for whoever shares the work out."""
    found = find_mark(request.store, request.tenant, mark_id)
    rows = [] if found.is_withdrawn else work_rows(request, found)
    people = {row["done"].by for row in rows if row["done"]}
    names = request.store.people.find_many(request.tenant, people, is_listed=True)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([gettext(head) for head in _HEADS])
    for row in rows:
        entry, done = row["entry"], row["done"]
        cells = (found.citation, row["kind"], entry.label, entry.id, row["scenario"])
        told = (
            (gettext("已办"), names[done.by].name if done.by in names else "", format_datetime(done.at)) if done else ()
        )
        writer.writerow([safe_cell(cell) for cell in (*cells, *(told or (gettext("未办"), "", "")))])
    name = gettext("%(clause)s要跟着改的", clause=found.citation)
    return file_answer(b"\xef\xbb\xbf" + out.getvalue().encode(), CSV, f"{name}.csv")


@route(
    blueprint,
    f"{ONE}/work",
    methods=("POST",),
    permission=P.BASIS_MARK,
    sample_body={"entry": "refined_oil:check_item:warning_signs", "is_done": "yes"},
)
def post_work(request: WebRequest, mark_id: str) -> Answer:
    is_done = request.form.flag("is_done")
    key = request.form.required("entry")
    settle_work(request.store, request.tenant, request.act(), mark_id=mark_id, key=key, is_done=is_done)
    state, start = request.form.text("state"), request.form.text("start")
    place = {"state": state} if state in _STATES else {}
    place |= {"start": start} if start.isdecimal() and len(start) < 7 else {}
    back = f"{BASE}/{mark_id}" + (f"?{urlencode(place)}" if place else "")
    return see_other(back, gettext("已记为办好。") if is_done else gettext("已改回未办。"))


@route(
    blueprint,
    f"{ONE}/withdraw",
    methods=("POST",),
    permission=P.BASIS_MARK,
    sample_body={"reason": "标错了"},
)
def post_withdrawal(request: WebRequest, mark_id: str) -> Answer:
    try:
        withdraw_mark(request.store, request.tenant, request.act(), mark_id=mark_id, reason=request.form.text("reason"))
    except InvalidInputError as error:
        return _show(request, mark_id, error)
    return see_other(BASE, gettext("标记已撤回，依据恢复原来的状态。"))
