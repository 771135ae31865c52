"""The handbook of the subject's own: what applies to it, by its kind and attributes; on a page and as a file."""

from dataclasses import dataclass

from chalice import Blueprint

from chalicelib.contract.exchange_handbook import HandbookView
from chalicelib.contract.registry import registry
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.access import Permission
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.handbook_push import HandbookReceipt
from chalicelib.domain.subject import Subject
from chalicelib.services.handbook.open_handbook import open_handbook, unopened_of
from chalicelib.services.scenario.basis_marks import standing_marks
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.handbook_document import about_subject, handbook_answer
from chalicelib.web.i18n import current_locale, gettext, mark
from chalicelib.web.outdated_bases import outdated_words
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route
from chalicelib.web.scenario_views import read_handbook, staff_context, words_of
from chalicelib.web.subject.evaluation import choices_of, own_scenario, own_subject

blueprint = Blueprint(__name__)

BASE = "/subject/handbook"


@dataclass(frozen=True)
class OwnHandbook:
    """The handbook that the query names, with what else the person could choose. package: in the version of the view,
    with the place's words; outdated: see `handbook_of`."""

    subject: Subject
    mine: list[Subject]
    scenario: str
    names: list[str]
    view: HandbookView
    package: Scenario
    outdated: dict[str, str]


def own_handbook(request: WebRequest) -> tuple[Subject | None, OwnHandbook | None]:
    """The subject, None when the person is bound to none, and its handbook, None when none applies."""
    subject, mine = own_subject(request)
    names = [one.scenario for one in subject.memberships if registry().holds(one.scenario)] if subject else []
    scenario = own_scenario(request, names)
    if subject is None or not scenario:
        return subject, None
    return subject, OwnHandbook(subject, mine, scenario, names, *handbook_of(request, subject, scenario))


def handbook_of(request: WebRequest, subject: Subject, scenario: str) -> tuple[HandbookView, Scenario, dict[str, str]]:
    """Only what applies to this subject, the package in the version in force here, and words for each basis whose
    clause no longer holds (`outdated_words`)."""
    context = staff_context(request, scenario)
    view, _ = read_handbook(context, subject.kind.value, subject.attributes(scenario))
    return (
        view,
        context.scenario.in_language(current_locale()),
        outdated_words(context, standing_marks(request.store, request.tenant)),
    )


@route(
    blueprint,
    BASE,
    permission=Permission.OWN_SUBJECT_READ,
    nav=Nav(group=mark("规定"), label=mark("一业一册"), order=50, icon="notebook"),
)
def show_handbook(request: WebRequest) -> Answer:
    if pushed := request.query.text("push"):
        return _from_notice(request, pushed)
    subject, own = own_handbook(request)
    if own is None:
        return page(request, "pages/subject/handbook_none.html", subject=subject)
    receipt = unopened_of(request.store, request.tenant, request.actor, own.subject.all_ids, own.scenario)
    return page(
        request,
        "pages/subject/handbook.html",
        subject=own.subject,
        view=own.view,
        package=own.package,
        outdated=own.outdated,
        choices=choices_of(BASE, own.subject, own.mine, own.scenario, own.names),
        file_url=f"{BASE}/file?subject={own.subject.id}&scenario={own.scenario}",
        words_of=words_of,
        receipt=receipt,
        push=request.store.handbook_pushes.get(request.tenant, receipt.push_id) if receipt else None,
        is_opened=False,
    )


def _from_notice(request: WebRequest, push_id: str) -> Answer:
    """To the handbook of the subject that the notification was about."""
    for id in sorted(request.actor.subject_ids):
        receipt = request.store.handbook_receipts.find_of(request.tenant, push_id, id)
        if receipt is not None:
            return see_other(f"{BASE}?subject={id}&scenario={receipt.scenario}")
    raise RecordNotFoundError(kind=HandbookReceipt.KIND, id=push_id)


@route(
    blueprint,
    f"{BASE}/opened",
    methods=("POST",),
    permission=Permission.OWN_SUBJECT_READ,
    sample_body={"push_id": "01JD0000000000000000000000", "subject_id": "01JD0000000000000000000000"},
)
def post_opened(request: WebRequest) -> Answer:
    """The page sends it as it opens; a browser without script by its button."""
    subject_id = request.form.required("subject_id")
    receipt = open_handbook(
        request.store, request.tenant, request.act(), push_id=request.form.required("push_id"), subject_id=subject_id
    )
    if not request.is_partial:
        return see_other(f"{BASE}?subject={subject_id}&scenario={receipt.scenario}", gettext("已记下"))
    own = next(one for one in receipt.openings if one.person_id == request.actor.person_id)
    template = "pages/subject/handbook_receipt.html"
    push = request.store.handbook_pushes.get(request.tenant, receipt.push_id)
    return page(request, template, receipt=receipt, push=push, is_opened=True, opened_at=own.opened_at)


@route(blueprint, f"{BASE}/file", permission=Permission.OWN_SUBJECT_READ)
def fetch_handbook(request: WebRequest) -> Answer:
    """The same as a DOCX file."""
    _, own = own_handbook(request)
    if own is None:
        raise RecordNotFoundError(kind="handbook")
    return handbook_answer(own.view, own.package, about_subject(own.subject.name, own.view), outdated=own.outdated)
