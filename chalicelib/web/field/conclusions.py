"""An acting body's conclusion on the phone: its own items beside the shared answers."""

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import InvalidInputError, NotAllowedError, RecordNotFoundError
from chalicelib.domain.item import Compliance
from chalicelib.domain.visit import ConclusionChoice, Visit, VisitBody
from chalicelib.services.visit.conclude_body import conclude_body, make_own_finding
from chalicelib.services.visit.own_items import OwnItem, own_items
from chalicelib.services.visit.submit_visit import return_visit
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.basis_words import clause_choice
from chalicelib.web.disposition import labels, outcome_chip, state_chip
from chalicelib.web.field.visits import VISIT, read_visit
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import gettext
from chalicelib.web.joint_words import item_words
from chalicelib.web.messages import form_problems
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

PATH = "/field/visits/{visit_id}/conclusion"
SAMPLE = {"item_id": "lightning_protection_tested"}


@route(blueprint, PATH, permission=Permission.CONCLUSION_MAKE, resource=VISIT)
def show_conclusion(request: WebRequest, visit_id: str) -> Answer:
    visit, body = _own(request, visit_id)
    return _page(request, visit, body)


@route(blueprint, PATH, methods=("POST",), permission=Permission.CONCLUSION_MAKE, resource=VISIT)
def conclude(request: WebRequest, visit_id: str) -> Answer:
    """Adopt every shared answer on which the body made no finding of its own."""
    visit, body = _own(request, visit_id)
    try:
        done = conclude_body(
            request.store, request.tenant, request.act(), visit_id=visit_id, acting_body_id=body.acting_body_id
        )
    except InvalidInputError as error:
        return _page(request, visit, body, error)
    words = gettext("检查已确认，问题已发给企业") if done.state == "confirmed" else gettext("本单位已作出结论")
    return see_other(f"/field/visits/{visit_id}/conclusion", words)


@route(blueprint, f"{PATH}/return", methods=("POST",), permission=Permission.CONCLUSION_MAKE, resource=VISIT)
def send_back(request: WebRequest, visit_id: str) -> Answer:
    visit, body = _own(request, visit_id)
    reason = request.form.text("reason")
    if not reason:
        return _page(request, visit, body, invalid("reason", "required"))
    return_visit(request.store, request.tenant, request.act(), visit_id=visit_id, reason=reason)
    return see_other(f"/field/visits/{visit_id}", gettext("已退回补正，检查可以继续填写"))


@route(blueprint, f"{PATH}/items/{{item_id}}", permission=Permission.CONCLUSION_MAKE, resource=VISIT, sample=SAMPLE)
def show_own_finding(request: WebRequest, visit_id: str, item_id: str) -> Answer:
    visit, body = _own(request, visit_id)
    return _own_page(request, visit, body, item_id)


@route(
    blueprint,
    f"{PATH}/items/{{item_id}}",
    methods=("POST",),
    permission=Permission.CONCLUSION_MAKE,
    resource=VISIT,
    sample=SAMPLE,
)
def save_own_finding(request: WebRequest, visit_id: str, item_id: str) -> Answer:
    visit, body = _own(request, visit_id)
    form = request.form
    try:
        try:
            compliance = Compliance(form.required("compliance"))
        except ValueError:
            raise invalid("compliance", "unknown_choice") from None
        make_own_finding(
            request.store,
            request.tenant,
            request.act(),
            visit_id=visit_id,
            acting_body_id=body.acting_body_id,
            item_id=item_id,
            compliance=compliance,
            note=form.text("note"),
            legal_basis_id=form.text("legal_basis_id") or None,
            remedy_due_on=form.day("remedy_due_on"),
        )
    except InvalidInputError as error:
        return _own_page(request, visit, body, item_id, error)
    return see_other(f"/field/visits/{visit_id}/conclusion", gettext("已记下本单位的认定"))


def _own(request: WebRequest, visit_id: str) -> tuple[Visit, VisitBody]:
    """The visit and this officer's own acting body in it."""
    visit = read_visit(request, visit_id, Permission.CONCLUSION_MAKE)
    body = visit.body(request.actor.acting_body_id)
    if body is None:
        raise NotAllowedError(permission=Permission.CONCLUSION_MAKE.value)
    return visit, body


def _items(request: WebRequest, visit: Visit, body: VisitBody, *, is_shown: bool = False) -> list[OwnItem]:
    store, tenant = request.store, request.tenant
    answers = store.visit_answers.of_visit(tenant, visit.id)
    conclusions = store.body_conclusions.of_visit(tenant, visit.id)
    return own_items(store, tenant, visit, body, answers, conclusions, request.now, request.locale, is_shown=is_shown)


def _page(request: WebRequest, visit: Visit, body: VisitBody, error: InvalidInputError | None = None) -> Answer:
    items = _items(request, visit, body)
    rows = [
        {
            "item": item,
            "chip": outcome_chip(item.outcome.value),
            "serves": item_words(visit, item.scenario),
            "is_own": item.conclusion is not None and item.conclusion.choice is ConclusionChoice.OWN,
        }
        for item in items
    ]
    rows.sort(key=lambda row: row["item"].outcome is not Compliance.NON_COMPLIANT)
    lacking = {problem.field.split(".")[0] for problem in error.problems} if error else set()
    reasonless = bool(error) and any(problem.field == "reason" for problem in error.problems) if error else False
    return page(
        request,
        "pages/field/conclusion.html",
        422 if error else 200,
        visit=visit,
        body=body,
        rows=rows,
        non_compliant=sum(item.outcome is Compliance.NON_COMPLIANT for item in items),
        own=sum(row["is_own"] for row in rows),
        lacking=lacking,
        reason_problem=labels()["reason"] if reasonless else "",
        is_open=visit.state == "submitted" and body.concluded_at is None,
        state=state_chip("visit", visit.state),
    )


def _own_page(
    request: WebRequest, visit: Visit, body: VisitBody, item_id: str, error: InvalidInputError | None = None
) -> Answer:
    item = next((one for one in _items(request, visit, body, is_shown=True) if one.key == item_id), None)
    if item is None:
        raise RecordNotFoundError(kind="check_item", id=item_id)
    said = item.conclusion
    values = {
        "compliance": item.outcome.value,
        "note": said.note if said else "",
        "legal_basis_id": (said.legal_basis_id if said else item.legal_basis_id) or "",
        "remedy_due_on": _iso(said.remedy_due_on if said else item.remedy_due_on),
    }
    return page(
        request,
        "pages/field/own_finding.html",
        422 if error else 200,
        visit=visit,
        body=body,
        item=item,
        serves=item_words(visit, item.scenario),
        shared=outcome_chip(item.compliance.value),
        bases=[("", gettext("请选择")), *((one.id, clause_choice(one)) for one in item.bases)],
        values=values | (request.form.single() if error else {}),
        problems=form_problems(error, labels()) if error else [],
    )


def _iso(day: object) -> str:
    return day.isoformat() if hasattr(day, "isoformat") else ""
