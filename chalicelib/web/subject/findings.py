"""One finding as the subject sees it, and its rectification."""

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.finding import Finding
from chalicelib.domain.visit_evidence import DOCUMENT_TYPES
from chalicelib.services.finding.sisters import find_sisters
from chalicelib.services.finding.submit_rectification import submit_rectification
from chalicelib.services.visit.deadlines import working_days_left
from chalicelib.services.visit.uploads import keep_upload, prepare_upload
from chalicelib.web.answers import Answer, json_answer, page, see_other
from chalicelib.web.body_words import body_name
from chalicelib.web.disposition import labels, upload_answer
from chalicelib.web.field.findings import FINDING, find_evidence, finding_context, read_finding
from chalicelib.web.formats import join_words
from chalicelib.web.i18n import gettext
from chalicelib.web.messages import form_problems
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)


@route(blueprint, "/subject/findings/{finding_id}", permission=Permission.OWN_SUBJECT_READ, resource=FINDING)
def show_finding(request: WebRequest, finding_id: str) -> Answer:
    return _page(request, read_finding(request, finding_id, Permission.OWN_SUBJECT_READ))


@route(
    blueprint,
    "/subject/findings/{finding_id}/evidence/{sha256}",
    permission=Permission.OWN_SUBJECT_READ,
    resource=FINDING,
    sample={"sha256": "0" * 64},
)
def show_evidence(request: WebRequest, finding_id: str, sha256: str) -> Answer:
    return find_evidence(request, read_finding(request, finding_id, Permission.OWN_SUBJECT_READ), sha256)


@route(
    blueprint,
    "/subject/findings/{finding_id}/uploads",
    methods=("POST",),
    permission=Permission.RECTIFICATION_SUBMIT,
    resource=FINDING,
)
def sign_upload(request: WebRequest, finding_id: str) -> Answer:
    """Where the browser may put one file of evidence, within 120 seconds."""
    finding = read_finding(request, finding_id, Permission.RECTIFICATION_SUBMIT)
    prepared = prepare_upload(
        request.store,
        request.tenant,
        owner=finding,
        content_type=request.form.text("content_type"),
        allowed=DOCUMENT_TYPES,
    )
    return json_answer(upload_answer(prepared))


@route(
    blueprint,
    "/subject/findings/{finding_id}/rectification",
    methods=("POST",),
    permission=Permission.RECTIFICATION_SUBMIT,
    resource=FINDING,
)
def rectify(request: WebRequest, finding_id: str) -> Answer:
    finding = read_finding(request, finding_id, Permission.RECTIFICATION_SUBMIT)
    kept: list[str] = []
    try:
        kept = [*request.form.many("evidence_id"), *_kept(request, finding)]
        submit_rectification(
            request.store,
            request.tenant,
            request.act(),
            finding_id=finding_id,
            text=request.form.text("text"),
            upload_ids=kept,
        )
    except InvalidInputError as error:
        return _page(request, finding, error, kept)
    sisters = find_sisters(request.store, request.tenant, finding)
    bodies = list(dict.fromkeys(body_name(one) for one in (finding, *sisters)))
    words = gettext("整改已提交，等%(body)s复查", body=join_words(bodies))
    return see_other(f"/subject/findings/{finding_id}", words)


def _kept(request: WebRequest, finding: Finding) -> list[str]:
    """Files that came with the form of a browser without script."""
    kept = []
    for file in request.files.get("evidence", []):
        if not file.content:
            continue
        try:
            kept.append(
                keep_upload(request.store, request.tenant, owner=finding, content=file.content, allowed=DOCUMENT_TYPES)
            )
        except InvalidInputError as error:
            problems = [FieldProblem(field="evidence", code=p.code, details=p.details) for p in error.problems]
            raise InvalidInputError(problems) from error
    return kept


def _page(
    request: WebRequest, finding: Finding, error: InvalidInputError | None = None, kept: list[str] | None = None
) -> Answer:
    context = finding_context(request, finding, "subject")
    fault = [finding, *(one["finding"] for one in context["sisters"])]
    due_at = min([one.due_at for one in fault if one.needs_subject], default=finding.due_at)
    return page(
        request,
        "pages/subject/finding.html",
        422 if error else 200,
        **context,
        first_due_at=due_at,
        first_days_left=working_days_left(request.now, due_at),
        may_rectify=finding.needs_subject,
        values=request.form.single() if error else {},
        kept=kept or [],
        problems=form_problems(error, labels() | {"text": gettext("做了什么")}) if error else [],
    )
