"""Ask a department to be bound to a subject, with what proves it."""

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.visit_evidence import DOCUMENT_TYPES
from chalicelib.services.binding.request_binding import request_binding, withdraw_request
from chalicelib.services.visit.uploads import keep_upload, prepare_upload
from chalicelib.web.answers import Answer, json_answer, page, see_other
from chalicelib.web.binding_words import labels, right_options, role_options
from chalicelib.web.disposition import upload_answer
from chalicelib.web.i18n import gettext
from chalicelib.web.messages import form_problems
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.subject.bindings import BASE, chosen_rights, chosen_role

blueprint = Blueprint(__name__)

ASK = "/subject/binding-requests"
REQUEST = ("binding_request", "binding_request_id")


@route(blueprint, f"{ASK}/new", permission=Permission.OWN_SUBJECT_READ)
def new_request(request: WebRequest) -> Answer:
    return _form(request)


@route(blueprint, f"{ASK}/uploads", methods=("POST",), permission=Permission.OWN_SUBJECT_READ)
def sign_upload(request: WebRequest) -> Answer:
    """Where the browser may put one file, within 120 seconds."""
    person = request.store.people.get(request.tenant, request.actor.person_id)
    content_type = request.form.text("content_type")
    prepared = prepare_upload(
        request.store, request.tenant, owner=person, content_type=content_type, allowed=DOCUMENT_TYPES
    )
    return json_answer(upload_answer(prepared))


@route(blueprint, ASK, methods=("POST",), permission=Permission.OWN_SUBJECT_READ)
def post_request(request: WebRequest) -> Answer:
    kept: list[str] = request.form.many("evidence_id")
    try:
        kept += _kept(request)
        request_binding(
            request.store,
            request.tenant,
            request.act(),
            code=request.form.text("code"),
            role=chosen_role(request.form.text("role")),
            rights=chosen_rights(request.form.many("rights")),
            statement=request.form.text("statement"),
            upload_ids=kept,
        )
    except InvalidInputError as error:
        return _form(request, error, kept)
    return see_other(BASE, gettext("已提交，等部门核实"))


def _kept(request: WebRequest) -> list[str]:
    """Files that came with the form of a browser without script."""
    person = request.store.people.get(request.tenant, request.actor.person_id)
    kept = []
    for file in request.files.get("evidence", []):
        if not file.content:
            continue
        try:
            kept.append(
                keep_upload(request.store, request.tenant, owner=person, content=file.content, allowed=DOCUMENT_TYPES)
            )
        except InvalidInputError as error:
            problems = [FieldProblem(field="evidence", code=p.code, details=p.details) for p in error.problems]
            raise InvalidInputError(problems) from error
    return kept


def _form(request: WebRequest, error: InvalidInputError | None = None, kept: list[str] | None = None) -> Answer:
    values = request.form.single() if error else {"role": "owner"}
    return page(
        request,
        "pages/bindings/request.html",
        422 if error else 200,
        values=values,
        chosen=request.form.many("rights") if error else [option[0] for option in right_options()],
        roles=role_options(),
        rights=right_options(),
        kept=kept or [],
        problems=form_problems(error, labels()) if error else [],
    )


@route(
    blueprint,
    f"{ASK}/{{binding_request_id}}/withdraw",
    methods=("POST",),
    permission=Permission.OWN_SUBJECT_READ,
    resource=REQUEST,
)
def post_withdraw(request: WebRequest, binding_request_id: str) -> Answer:
    withdraw_request(request.store, request.tenant, request.act(), request_id=binding_request_id)
    return see_other(BASE, gettext("已撤回"))
