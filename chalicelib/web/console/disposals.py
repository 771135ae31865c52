"""Disposals: what is due, one with its clocks and what happened, recording what happened, closing and joining."""

from chalice import Blueprint

from chalicelib.contract.inspection import Occurrence
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.access import Permission, allowed, require
from chalicelib.domain.disposal import MAX_FILES, Disposal
from chalicelib.domain.errors import IllegalTransitionError, InvalidInputError
from chalicelib.services.disposal.editions import Parties
from chalicelib.services.disposal.join_disposal import join_disposal, joinable
from chalicelib.services.disposal.open_disposal import ORIGINS, close_disposal
from chalicelib.services.disposal.record_occurrence import record_occurrence
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.people import label_of
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.disposal_files import SENT_BEFORE, files_of, kept_file, signed_upload
from chalicelib.web.disposal_words import (
    clock_row,
    disposal_row,
    labels,
    missing_words,
    order_row,
    package_of,
    people_named,
    timeline_of,
)
from chalicelib.web.disposition import state_chip
from chalicelib.web.fields import invalid
from chalicelib.web.formats import format_datetime
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.messages import form_problems
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route
from chalicelib.web.scenarios import installed_scenarios, scenario_label
from chalicelib.web.todo_words import record_page

blueprint = Blueprint(__name__)

BASE = "/console/disposals"
ONE = BASE + "/{disposal_id}"
DISPOSAL = (Disposal.KIND, "disposal_id")
STATES = ("open", "closed")


def read_disposal(request: WebRequest, disposal_id: str, permission: Permission = Permission.DISPOSAL_READ) -> Disposal:
    found = request.find_named(Disposal, disposal_id) or request.store.disposals.get(request.tenant, disposal_id)
    require(request.actor, permission, found.resource)
    return found


@route(
    blueprint,
    BASE,
    permission=Permission.DISPOSAL_READ,
    nav=Nav(group=mark("部门处置"), label=mark("处置"), order=64, icon="gavel", also=("/console/orders",)),
)
def list_disposals(request: WebRequest) -> Answer:
    """Two queries: one page of a state by what is due next, and the bodies to choose from. Scenario and body are picked
    from the page."""
    query, store, tenant = request.query, request.store, request.tenant
    state, scenario, body = query.text("state") or "open", query.text("scenario"), query.text("body")
    known = dict(installed_scenarios())
    bodies = {one.id: label_of(one) for one in store.acting_bodies.in_use(tenant)}
    for field, value, choices in (("state", state, STATES), ("scenario", scenario, known), ("body", body, bodies)):
        if value and value not in choices:
            raise invalid(field, "unknown_choice")
    found = store.disposals.in_state(tenant, state, after=open_cursor(request))
    shown = [
        one
        for one in found.records
        if scenario in ("", one.scenario)
        and (not body or any(body in clock.owners for clock in one.running))
        and allowed(request.actor, Permission.DISPOSAL_READ, one.resource)
    ]
    cursor = seal_cursor(request, found.next)
    return page(
        request,
        "pages/disposals/list.html",
        base=BASE,
        rows=[disposal_row(request, one) for one in shown],
        late=sum(bool(one.running and one.running[0].is_overdue(request.now)) for one in shown),
        state=state,
        states=[(one, state_chip(Disposal.KIND, one)[0]) for one in STATES],
        scenario=scenario,
        scenarios=[("", gettext("全部")), *known.items()],
        body=body,
        bodies=[("", gettext("全部")), *bodies.items()],
        is_filtered=bool(scenario or body or state != "open"),
        next_url=f"{BASE}?{query.encoded({CURSOR: cursor})}" if cursor else "",
        first_url=f"{BASE}?{query.encoded({CURSOR: ''})}" if query.text(CURSOR) else "",
    )


@route(blueprint, ONE, permission=Permission.DISPOSAL_READ, resource=DISPOSAL)
def show_disposal(request: WebRequest, disposal_id: str) -> Answer:
    return _page(request, read_disposal(request, disposal_id))


@route(
    blueprint,
    f"{ONE}/occurrences",
    methods=("POST",),
    permission=Permission.DISPOSAL_RECORD,
    resource=DISPOSAL,
    sample_body={"occurrence_id": "danger_sign_notified"},
)
def post_occurrence(request: WebRequest, disposal_id: str) -> Answer:
    disposal, form = read_disposal(request, disposal_id, Permission.DISPOSAL_RECORD), request.form
    try:
        record_occurrence(
            request.store,
            request.tenant,
            request.act(),
            disposal_id=disposal.id,
            occurrence_id=form.required("occurrence_id"),
            at=form.moment("at"),
            note=form.text("note"),
            files=files_of(request, disposal, form.many(SENT_BEFORE)),
        )
    except InvalidInputError as error:
        return _page(request, disposal, error, "occurrence")
    return see_other(f"{BASE}/{disposal.id}", gettext("已记下，时限按场景的规定起止"))


@route(
    blueprint,
    f"{ONE}/close",
    methods=("POST",),
    permission=Permission.DISPOSAL_RECORD,
    resource=DISPOSAL,
    sample_body={"because": "x"},
)
def post_close(request: WebRequest, disposal_id: str) -> Answer:
    disposal = read_disposal(request, disposal_id, Permission.DISPOSAL_RECORD)
    try:
        close_disposal(
            request.store,
            request.tenant,
            request.act(),
            disposal_id=disposal.id,
            because=request.form.text("because"),
        )
    except InvalidInputError as error:
        return _page(request, disposal, error, "close")
    except IllegalTransitionError as error:
        return _page(request, disposal, step="close", missing=missing_words(error))
    return see_other(f"{BASE}/{disposal.id}", gettext("处置已了结"))


@route(
    blueprint,
    f"{ONE}/join",
    methods=("POST",),
    permission=Permission.DISPOSAL_RECORD,
    resource=DISPOSAL,
    sample_body={"into_id": "x", "reason": "x"},
)
def post_join(request: WebRequest, disposal_id: str) -> Answer:
    disposal, form = read_disposal(request, disposal_id, Permission.DISPOSAL_RECORD), request.form
    try:
        ended = join_disposal(
            request.store,
            request.tenant,
            request.act(),
            disposal_id=disposal.id,
            into_id=form.text("into_id"),
            reason=form.text("reason"),
        )
    except InvalidInputError as error:
        return _page(request, disposal, error, "join")
    except IllegalTransitionError as error:
        return _page(request, disposal, step="join", missing=missing_words(error))
    return see_other(f"{BASE}/{ended.joined_to}", gettext("已并入这一件，时限和文书在这里继续"))


@route(
    blueprint,
    f"{ONE}/files/{{sha256}}",
    permission=Permission.DISPOSAL_READ,
    resource=DISPOSAL,
    sample={"sha256": "0" * 64},
)
def show_disposal_file(request: WebRequest, disposal_id: str, sha256: str) -> Answer:
    return kept_file(request, read_disposal(request, disposal_id), sha256)


@route(
    blueprint,
    f"{ONE}/uploads",
    methods=("POST",),
    permission=Permission.DISPOSAL_RECORD,
    resource=DISPOSAL,
    sample_body={"content_type": "image/jpeg"},
)
def sign_upload(request: WebRequest, disposal_id: str) -> Answer:
    return signed_upload(
        request, read_disposal(request, disposal_id, Permission.DISPOSAL_RECORD), request.form.text("content_type")
    )


def _page(
    request: WebRequest,
    disposal: Disposal,
    error: InvalidInputError | None = None,
    step: str = "",
    missing: list[str] | None = None,
) -> Answer:
    package = package_of(request, disposal)
    orders = request.store.disposal_orders.of_disposal(request.tenant, disposal.id)
    parties = Parties.at(request.store, request.tenant, disposal.division)
    names = {one.id: label_of(one) for one in (*parties.bodies, *parties.departments)}
    who = [disposal.opened_by, disposal.closed_by, *(one.recorded_by for one in disposal.occurrences)]
    may_record = disposal.is_open and allowed(request.actor, Permission.DISPOSAL_RECORD, disposal.resource)
    clocks = [clock_row(request, package, one, names) for one in disposal.clocks]
    running = {id(one) for one in disposal.running}
    order_now = sorted(clocks, key=lambda row: (id(row["clock"]) not in running, str(row["clock"].due_at or "9")))
    return page(
        request,
        "pages/disposals/show.html",
        422 if error else 409 if missing else 200,
        base=BASE,
        disposal=disposal,
        url=f"{BASE}/{disposal.id}",
        scenario=scenario_label(disposal.scenario),
        state=state_chip(Disposal.KIND, disposal.state),
        clocks=order_now,
        orders=[order_row(one, package) for one in reversed(orders)],
        timeline=timeline_of(package, disposal, people_named(request, list(dict.fromkeys(who)))),
        files=sorted(disposal.files),
        may_record=may_record,
        may_draft=disposal.is_open and bool(draftable(request, disposal, package, parties)),
        may_close=may_record and not disposal.running,
        occurrences=_choices(request, package, parties, disposal) if may_record else [],
        others=[
            (one.id, gettext("%(at)s开始：%(why)s", at=format_datetime(one.opened_at), why=one.opened_because[:40]))
            for one in joinable(request.store, request.tenant, disposal)
            if allowed(request.actor, Permission.DISPOSAL_READ, one.resource)
        ],
        subject_url=_subject_url(request, disposal),
        origin_url=record_page(disposal.origin) if disposal.origin and disposal.origin.kind in ORIGINS else "",
        max_files=MAX_FILES,
        step=step,
        values=request.form.single() if error or missing else {},
        kept=request.form.many(SENT_BEFORE) if error else [],
        missing=missing or [],
        problems=form_problems(error, labels()) if error else [],
    )


def draftable(request: WebRequest, disposal: Disposal, package: Scenario, parties: Parties) -> list[tuple[str, str]]:
    """(document, words) of the orders that this person may draft here."""
    found = []
    for one in package.inspection.orders:
        bodies = parties.bodies_for([str(one.department)])
        named = frozenset({str(one.department), *(body.id for body in bodies)})
        resource = disposal.resource.model_copy(update={"departments": named})
        if allowed(request.actor, Permission.ORDER_HANDLE, resource):
            found.append((one.id, one.name))
    return found


def _choices(request: WebRequest, package: Scenario, parties: Parties, disposal: Disposal) -> list[tuple[str, str]]:
    """(id, words with the evidence wanted) of what this person may write down; what an order says is left to it."""
    rules = package.inspection
    served = {one.served_as for one in rules.orders}

    def is_theirs(one: Occurrence) -> bool:
        named = frozenset(parties.taking_part(one.recorded_by))
        resource = disposal.resource.model_copy(update={"departments": named})
        return allowed(request.actor, Permission.DISPOSAL_RECORD, resource)

    mine = [one for one in rules.occurrences if one.id not in served and is_theirs(one)]
    return [(one.id, _occurrence_words(one)) for one in mine]


def _occurrence_words(one: Occurrence) -> str:
    """What happened, with what is kept as proof and what the note has to name."""
    words = one.label
    if one.is_evidence_required:
        words = gettext("%(what)s（须附：%(evidence)s）", what=words, evidence=one.evidence)
    elif one.evidence:
        words = gettext("%(what)s（留存：%(evidence)s）", what=words, evidence=one.evidence)
    return gettext("%(what)s（须写明：%(note)s）", what=words, note=one.note_says) if one.note_says else words


def _subject_url(request: WebRequest, disposal: Disposal) -> str:
    return f"/console/subjects/{disposal.subject_id}" if allowed(request.actor, Permission.SUBJECT_READ) else ""
