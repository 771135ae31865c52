"""The legal-basis library: every basis of the tenant's scenarios, what rests on it, and the legal officer's word."""

from itertools import groupby
from typing import Any

from chalice import Blueprint

from chalicelib.contract.basis_work import WorkEntry, WorkKind, rests_on
from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from chalicelib.domain.legal_basis import plain_title
from chalicelib.domain.record import is_id
from chalicelib.services.scenario.basis_library import (
    LibraryEntry,
    Standing,
    items_of,
    library_of,
    open_inspections,
    scenarios_of,
)
from chalicelib.services.scenario.basis_marks import marks_with
from chalicelib.services.scenario.read_edition import Edition, editions_with
from chalicelib.services.tenancy.confirm_basis import confirm_basis
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.basis_words import STANDINGS, clause_words, rank_words, standing_chip, work_words
from chalicelib.web.i18n import current_locale, gettext, mark
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route
from chalicelib.web.scenarios import scenario_label

blueprint = Blueprint(__name__)

BASE = "/console/bases"
ONE = BASE + "/{scenario}/{basis_id}"
SAMPLE = {"scenario": "refined_oil", "basis_id": "fuel_retail"}
P = Permission
ROWS, MOST_OF_KIND = 25, 12


def labels() -> dict[str, str]:
    return {
        "text": gettext("读到的文本"),
        "text_date": gettext("文本日期"),
        "article": gettext("第几条"),
        "clause": gettext("款、项"),
        "basis_id": gettext("依据"),
    }


def library(request: WebRequest) -> tuple[list[LibraryEntry], list[Edition]]:
    """Calls of the table: the tenant, its legal records, and the platform's marks."""
    store, tenant = request.store, request.tenant
    records = store.legal_records.of_tenant(tenant)
    editions = editions_with(store, scenarios_of(store, tenant), records.overlays)
    confirmations = [(one.scenario, one.confirmation) for one in records.confirmations]
    marks = marks_with(store, tenant, records.marks)
    return library_of(editions, confirmations, marks, shanghai_date(request.now), current_locale()), editions


def asked(request: WebRequest, entries: list[LibraryEntry]) -> list[LibraryEntry]:
    """Those that the query leaves: `q` in title, number or summary, `scenario`, `standing`."""
    text, scenario, standing = (request.query.text(name) for name in ("q", "scenario", "standing"))
    wanted = plain_title(text).casefold()
    return [
        one
        for one in entries
        if (not scenario or one.scenario == scenario)
        and (not standing or one.standing.value == standing)
        and (not wanted or wanted in _searched(one))
    ]


def _searched(entry: LibraryEntry) -> str:
    basis = entry.basis
    return plain_title(f"{basis.citation}{basis.document_number}{basis.summary}{basis.id}").casefold()


@route(
    blueprint,
    BASE,
    permission=P.SCENARIO_READ,
    nav=Nav(group=mark("规则"), label=mark("法律依据"), order=72, icon="scale"),
)
def list_bases(request: WebRequest) -> Answer:
    entries, editions = library(request)
    shown = asked(request, entries)
    counts = {standing: sum(one.standing is standing for one in entries) for standing in Standing}
    chosen = request.query.text("standing")
    start = max(request.query.integer("start", 0) or 0, 0)
    more = start + ROWS
    return page(
        request,
        "pages/bases/list.html",
        rows=shown[start:more],
        total=len(shown),
        every=len(entries),
        waiting=counts[Standing.WAITING],
        changed=counts[Standing.AMENDED] + counts[Standing.REPEALED],
        chips=[
            _chip(request, gettext("全部"), "", len(entries)),
            *(
                _chip(request, gettext(STANDINGS[one][0]), one.value, number)
                for one, number in counts.items()
                if number or chosen == one.value
            ),
        ],
        scenarios=[("", gettext("全部场景")), *((e.package.name, scenario_label(e.package.name)) for e in editions)],
        scenario=request.query.text("scenario"),
        standing=chosen,
        q=request.query.text("q"),
        next_url=_with(request, "start", str(more)) if more < len(shown) else "",
        first_url=_with(request, "start", "") if start else "",
        standing_chip=standing_chip,
        rank_words=rank_words,
        scenario_label=scenario_label,
        may_mark=allowed(request.actor, P.BASIS_MARK),
    )


def _chip(request: WebRequest, words: str, value: str, count: int) -> dict[str, Any]:
    is_chosen = request.query.text("standing") == value
    return {"label": words, "url": _with(request, "standing", value), "active": is_chosen, "count": count}


def _with(request: WebRequest, name: str, value: str) -> str:
    encoded = request.query.encoded({"start": "", name: value})
    return f"{BASE}?{encoded}"


def find_entry(request: WebRequest, scenario: str, basis_id: str) -> tuple[LibraryEntry, Edition, list[LibraryEntry]]:
    """The entry, its scenario, and the others that cite the same clause. Raises RecordNotFoundError."""
    entries, editions = library(request)
    found = next((one for one in entries if (one.scenario, one.basis.id) == (scenario, basis_id)), None)
    if found is None:
        raise RecordNotFoundError(kind="legal_basis", id=basis_id)
    edition = next(one for one in editions if one.package.name == scenario)
    clause = (plain_title(found.basis.title), found.basis.article)
    same = [one for one in entries if (plain_title(one.basis.title), one.basis.article) == clause and one is not found]
    return found, edition, same


@route(blueprint, ONE, permission=P.SCENARIO_READ, sample=SAMPLE)
def show_basis(request: WebRequest, scenario: str, basis_id: str) -> Answer:
    return _show(request, scenario, basis_id)


def _show(request: WebRequest, scenario: str, basis_id: str, error: InvalidInputError | None = None) -> Answer:
    entry, edition, same = find_entry(request, scenario, basis_id)
    package = edition.scenario.in_language(current_locale())
    entries = rests_on(package, basis_id, edition.overlay)
    opened: list[WorkEntry] = []
    if allowed(request.actor, P.PLAN_READ):
        opened = open_inspections(request.store, request.tenant, {scenario: items_of(entries)})
    wanted, url = request.query.text("kind"), f"{BASE}/{scenario}/{basis_id}"
    groups = groups_of([*entries, *opened], url, wanted if wanted in set(WorkKind) else "")
    confirmer = entry.confirmation and request.store.people.find(request.tenant, entry.confirmation.confirmed_by)
    return page(
        request,
        "pages/bases/show.html",
        422 if error else 200,
        entry=entry,
        basis=entry.basis,
        chip_of=standing_chip(entry.standing),
        rank=rank_words(entry.basis.kind),
        clause_words=clause_words,
        scenario=scenario,
        label=scenario_label(scenario),
        groups=groups,
        every_url=url if wanted else "",
        total=len(entries),
        opened=len(opened),
        same=[
            {"label": gettext("%(name)s：%(text)s", name=scenario_label(one.scenario), text=one.basis.summary)}
            | {"url": url_of(one)}
            for one in same
        ],
        confirmer=confirmer.name if confirmer else "",
        url=url,
        may_confirm=allowed(request.actor, P.BASIS_CONFIRM),
        may_mark=allowed(request.actor, P.BASIS_MARK),
        typed=request.form.single() if error else {},
        plan=request.form.text("plan") or request.query.text("plan"),
        problems=messages.form_problems(error, labels()) if error else [],
    )


def url_of(entry: LibraryEntry) -> str:
    return f"{BASE}/{entry.scenario}/{entry.basis.id}"


def groups_of(entries: list[WorkEntry], url: str, wanted: str = "") -> list[dict[str, Any]]:
    """By kind, in the order of the four ones, each entry with a link to where it stands; of many the first, with a link
    to them all. wanted: one kind, whole."""
    found = []
    order = list(WorkKind)
    for kind, members in groupby(sorted(entries, key=lambda one: order.index(one.kind)), key=lambda one: one.kind):
        if wanted and kind.value != wanted:
            continue
        rows = [{"entry": one, "url": place_of(one)} for one in members]
        shown = rows if wanted or len(rows) <= MOST_OF_KIND else rows[:MOST_OF_KIND]
        every_url = f"{url}?kind={kind.value}#rests-{kind.value}" if len(shown) < len(rows) else ""
        group = {"kind": kind.value, "words": work_words(kind), "rows": shown, "count": len(rows)}
        found.append(group | {"every_url": every_url})
    return found


_PARTS = {
    WorkKind.BASIS: "bases",
    WorkKind.HANDBOOK_ITEM: "handbook",
    WorkKind.PARAGRAPH: "handbook",
    WorkKind.CHECK_ITEM: "checklist",
    WorkKind.OVERLAY_ITEM: "overlay",
    WorkKind.SELF_CHECK_ROUND: "checklist",
    WorkKind.INSPECTION: "inspection",
    WorkKind.DOCUMENT: "inspection",
    WorkKind.DEADLINE: "inspection",
    WorkKind.OCCURRENCE: "inspection",
    WorkKind.FIGURE: "overlay",
    WorkKind.REPORT_FORM: "evaluation",
    WorkKind.INDICATOR: "evaluation",
    WorkKind.SCORING: "evaluation",
}


def place_of(entry: WorkEntry) -> str:
    """The page on which the entry is read or changed."""
    if entry.kind is WorkKind.PLAN:
        return f"/console/plans/{entry.id}"
    if entry.kind is WorkKind.VISIT:
        return f"/console/visits/{entry.id}"
    return f"/console/scenarios/{entry.scenario}/{_PARTS[entry.kind]}"


@route(
    blueprint,
    f"{ONE}/confirm",
    methods=("POST",),
    permission=P.BASIS_CONFIRM,
    sample=SAMPLE,
    sample_body={"text": "对照现行文本读过", "text_date": "2025-01-01"},
)
def post_confirmation(request: WebRequest, scenario: str, basis_id: str) -> Answer:
    """Who, when and what text: the officer writes down what was read. `plan`: the plan that waits for it."""
    _, edition, _ = find_entry(request, scenario, basis_id)
    try:
        confirm_basis(
            request.store,
            request.tenant,
            request.act(),
            package=edition.package,
            basis_id=basis_id,
            text=request.form.text("text"),
            text_date=request.form.day("text_date"),
            article=request.form.text("article"),
            clause=request.form.text("clause"),
        )
    except InvalidInputError as error:
        return _show(request, scenario, basis_id, error)
    plan = request.form.text("plan")
    back = f"/console/plans/{plan}" if is_id(plan) else f"{BASE}/{scenario}/{basis_id}"
    return see_other(back, gettext("已确认，检查计划可以用这条依据。"))
