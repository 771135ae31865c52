"""The handbook as it applies to one subject, for officials: the page that the subject itself reads, and the file."""

from typing import Any

from chalice import Blueprint

from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.subject import Subject
from chalicelib.web.answers import Answer, page
from chalicelib.web.handbook_document import about_subject, handbook_answer
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.scenario_views import words_of
from chalicelib.web.scenarios import scenario_label
from chalicelib.web.subject.handbook import handbook_of
from chalicelib.web.subject_view import BASE, SUBJECT, read_subject

blueprint = Blueprint(__name__)

PAGE = BASE + "/{subject_id}/handbook"


def _scenarios(request: WebRequest, subject: Subject) -> tuple[str, list[str]]:
    """The scenario that the query names, else the first of the subject; empty when it is under none."""
    names = [one.scenario for one in subject.memberships if registry().holds(one.scenario)]
    wanted = request.query.text("scenario")
    if wanted and wanted not in names:
        raise RecordNotFoundError(kind="scenario", id=wanted)
    return wanted or next(iter(names), ""), names


@route(blueprint, PAGE, permission=Permission.SUBJECT_READ, resource=SUBJECT)
def show_handbook(request: WebRequest, subject_id: str) -> Answer:
    subject = read_subject(request, subject_id)
    scenario, names = _scenarios(request, subject)
    url = f"{BASE}/{subject.id}/handbook"
    shown: dict[str, Any] = {"view": None}
    if scenario:
        view, package, outdated = handbook_of(request, subject, scenario)
        shown = {"view": view, "package": package, "outdated": outdated, "scenario": scenario}
    chips = [
        {"label": scenario_label(name), "url": f"{url}?scenario={name}", "active": name == scenario} for name in names
    ]
    return page(
        request,
        "pages/subjects/handbook.html",
        subject=subject,
        choices=chips if len(chips) > 1 else [],
        file_url=f"{url}/file?scenario={scenario}",
        words_of=words_of,
        **shown,
    )


@route(blueprint, f"{PAGE}/file", permission=Permission.SUBJECT_READ, resource=SUBJECT)
def fetch_handbook(request: WebRequest, subject_id: str) -> Answer:
    """The same as a DOCX file."""
    subject = read_subject(request, subject_id)
    scenario, _ = _scenarios(request, subject)
    if not scenario:
        raise RecordNotFoundError(kind="handbook")
    view, package, outdated = handbook_of(request, subject, scenario)
    return handbook_answer(view, package, about_subject(subject.name, view), outdated=outdated)
