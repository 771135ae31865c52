"""Self-checks that a subject shares, as officials of its place read them. What is not shared does not exist here."""

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.self_check import SelfCheck
from chalicelib.services.self_check.self_check_sheet import read_sheet
from chalicelib.services.self_check.share_self_check import read_shared
from chalicelib.web.answers import Answer, page
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.self_check_words import check_row, round_title, said
from chalicelib.web.subject_view import SUBJECT, read_subject

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "/console/subjects/{subject_id}/self-checks",
    permission=Permission.SELF_CHECK_READ,
    resource=SUBJECT,
)
def list_shared(request: WebRequest, subject_id: str) -> Answer:
    """The newest of each identifier of the subject: one query each."""
    subject = read_subject(request, subject_id)
    found = [one for id in subject.all_ids for one in request.store.self_checks.shared_of_subject(request.tenant, id)]
    ordered = sorted(found, key=lambda one: one.started_at, reverse=True)
    return page(request, "pages/self_checks/list.html", subject=subject, rows=[check_row(one) for one in ordered])


@route(
    blueprint,
    "/console/self-checks/{self_check_id}",
    permission=Permission.SELF_CHECK_READ,
    resource=(SelfCheck.KIND, "self_check_id"),
)
def show_shared(request: WebRequest, self_check_id: str) -> Answer:
    check = read_shared(request.store, request.tenant, request.actor, self_check_id)
    sheet = read_sheet(request.store, request.tenant, check, request.now, request.locale)
    return page(
        request,
        "pages/self_checks/show.html",
        check=check,
        sheet=sheet,
        title_words=round_title(check),
        row=check_row(check),
        said=said,
    )
