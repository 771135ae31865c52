"""A visit on the phone: before it starts, its list, handing it in."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, require
from chalicelib.domain.errors import IllegalTransitionError, InvalidInputError, RecordNotFoundError
from chalicelib.domain.visit import Visit
from chalicelib.services.visit.preflight import check_preflight
from chalicelib.services.visit.start_visit import is_early, start_visit
from chalicelib.services.visit.submit_visit import submit_visit
from chalicelib.services.visit.visit_sheet import VisitSheet, read_sheet
from chalicelib.web.answering import by_section
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.disposition import evidence_answer, state_chip
from chalicelib.web.i18n import gettext
from chalicelib.web.joint_words import also_words, shared_words
from chalicelib.web.messages import form_problems
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

VISIT = ("visit", "visit_id")


def read_visit(request: WebRequest, visit_id: str, permission: Permission = Permission.VISIT_READ) -> Visit:
    """The visit, when this person may: taking part in it is what opens it."""
    visit = request.find_named(Visit, visit_id) or request.store.visits.get(request.tenant, visit_id)
    require(request.actor, permission, visit.resource)
    return visit


@route(blueprint, "/field/visits/{visit_id}", permission=Permission.VISIT_CONDUCT, resource=VISIT)
def show_visit(request: WebRequest, visit_id: str) -> Answer:
    """Before the start what must hold; then the list of all items; then each body's conclusion."""
    visit = read_visit(request, visit_id, Permission.VISIT_CONDUCT)
    if visit.state in ("scheduled", "cancelled"):
        return _start_page(request, visit)
    return _list_page(request, visit)


@route(
    blueprint,
    "/field/visits/{visit_id}/start",
    methods=("POST",),
    permission=Permission.VISIT_CONDUCT,
    resource=VISIT,
)
def start(request: WebRequest, visit_id: str) -> Answer:
    shown = request.form.flag("certificates_shown")
    try:
        visit = start_visit(
            request.store,
            request.tenant,
            request.act(),
            visit_id=visit_id,
            certificates_shown=shown,
            early_reason=request.form.text("early_reason"),
        )
    except InvalidInputError as error:
        return _start_page(request, read_visit(request, visit_id, Permission.VISIT_CONDUCT), error=error, status=422)
    except IllegalTransitionError as error:
        visit = read_visit(request, visit_id, Permission.VISIT_CONDUCT)
        if visit.state != "scheduled":
            raise
        return _start_page(request, visit, list(error.details.get("missing", [])), status=422)
    first = read_sheet(request.store, request.tenant, visit, request.now, is_shown=False).first_open
    return see_other(f"/field/visits/{visit_id}" + (f"/items/{first.key}" if first else ""))


@route(
    blueprint,
    "/field/visits/{visit_id}/submit",
    methods=("POST",),
    permission=Permission.VISIT_CONDUCT,
    resource=VISIT,
)
def submit(request: WebRequest, visit_id: str) -> Answer:
    try:
        submit_visit(request.store, request.tenant, request.act(), visit_id=visit_id)
    except InvalidInputError:
        visit = read_visit(request, visit_id, Permission.VISIT_CONDUCT)
        return _list_page(request, visit, refused=True)
    return see_other(f"/field/visits/{visit_id}/conclusion", gettext("检查记录已提交，请作出结论"))


@route(
    blueprint,
    "/field/visits/{visit_id}/photos/{sha256}",
    permission=Permission.VISIT_CONDUCT,
    resource=VISIT,
    sample={"sha256": "0" * 64},
)
def show_photo(request: WebRequest, visit_id: str, sha256: str) -> Answer:
    visit = read_visit(request, visit_id)
    answers = request.store.visit_answers.of_visit(request.tenant, visit.id)
    found = next((p for one in answers.values() for p in one.photos if p.sha256 == sha256), None)
    if found is None:
        raise RecordNotFoundError(kind="photo")
    return evidence_answer(request, found)


def _start_page(
    request: WebRequest,
    visit: Visit,
    missing: list[str] | None = None,
    status: int = 200,
    error: InvalidInputError | None = None,
) -> Answer:
    preflight = check_preflight(request.store, request.tenant, visit, request.now)
    return page(
        request,
        "pages/field/start.html",
        status,
        visit=visit,
        preflight=preflight,
        also=also_words(visit),
        missing=missing or [],
        is_early=is_early(visit, request.now),
        early_reason=request.form.text("early_reason"),
        is_shown=request.form.flag("certificates_shown"),
        problems=form_problems(error, {"early_reason": gettext("提前检查的理由")}) if error else [],
        state=state_chip("visit", visit.state),
    )


def _list_page(request: WebRequest, visit: Visit, refused: bool = False) -> Answer:
    sheet = read_sheet(request.store, request.tenant, visit, request.now, request.locale)
    return page(
        request,
        "pages/field/visit.html",
        422 if refused else 200,
        visit=visit,
        sheet=sheet,
        sections=_sections(sheet),
        also=also_words(visit),
        refused=refused,
        state=state_chip("visit", visit.state),
    )


def _sections(sheet: VisitSheet) -> list[dict[str, Any]]:
    """The questions by section, each with the words of its outcome and of the scenarios that it serves."""
    return by_section(sheet, lambda question: {"serves": shared_words(sheet.visit, question.entry)})
