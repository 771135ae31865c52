"""Clauses marked amended or repealed, and the work list of each: what has to change, and what is done."""

from typing import Any

from chalice import Blueprint

from chalicelib.contract.basis_work import WorkKind
from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.basis_mark import BasisChange, BasisMark
from chalicelib.domain.errors import AlreadyExistsError, InvalidInputError
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
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.basis_words import CHANGES, change_words, work_words
from chalicelib.web.conflict_words import conflict_rows
from chalicelib.web.console.bases import BASE as LIBRARY
from chalicelib.web.console.bases import place_of
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.i18n import current_locale, gettext
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.scenarios import scenario_label

blueprint = Blueprint(__name__)

BASE = f"{LIBRARY}/changes"
ONE = BASE + "/{mark_id}"
P = Permission


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
    if change not in set(BasisChange):
        raise invalid("change", "unknown_choice" if change else "required")
    if decided_on is None:
        raise invalid("decided_on", "required")
    if effective_on is None:
        raise invalid("effective_on", "required")
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
    "title": "示例法",
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


@route(blueprint, ONE, permission=P.SCENARIO_READ)
def show_mark(request: WebRequest, mark_id: str) -> Answer:
    return _show(request, mark_id)


def _show(request: WebRequest, mark_id: str, error: InvalidInputError | None = None) -> Answer:
    found = find_mark(request.store, request.tenant, mark_id)
    rows = [] if found.is_withdrawn else work_rows(request, found)
    people = {row["done"].by for row in rows if row["done"]} | {found.marked_by}
    names = request.store.people.find_many(request.tenant, people, is_listed=True)
    return page(
        request,
        "pages/bases/work.html",
        422 if error else 200,
        mark=found,
        change=change_words(found.change),
        rows=rows,
        left=sum(row["done"] is None for row in rows),
        names={id: one.name for id, one in names.items()},
        url=f"{BASE}/{mark_id}",
        may_mark=allowed(request.actor, P.BASIS_MARK),
        problems=messages.form_problems(error, labels()) if error else [],
    )


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
    return see_other(f"{BASE}/{mark_id}", gettext("已记为办好。") if is_done else gettext("已改回未办。"))


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
