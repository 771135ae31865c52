"""Disposals over the API: list, open, record what happened, close, join two of one subject."""

from typing import Literal

from chalice import Blueprint
from pydantic import AwareDatetime, Field

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.disposal import MAX_FILES, Disposal
from chalicelib.domain.record import Ref
from chalicelib.services.disposal.join_disposal import join_disposal
from chalicelib.services.disposal.open_disposal import close_disposal, open_disposal
from chalicelib.services.disposal.record_occurrence import record_occurrence
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, ListQuery, call_of, listed
from chalicelib.web.api.uploads import FORM_OR_JSON, UploadBody, UploadForm, UploadId
from chalicelib.web.console.disposals import DISPOSAL, read_disposal
from chalicelib.web.cursors import open_cursor
from chalicelib.web.disposal_files import files_of, signed_upload
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, route
from chalicelib.web.subject_view import SUBJECT

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/disposals"
ONE = f"{BASE}/{{disposal_id}}"


class DisposalQuery(ListQuery):
    state: Literal["open", "closed"] = "open"


class DisposalBody(Body):
    """because: in words. origin_kind, origin_id: the finding, visit or patrol that led to it."""

    scenario: str = Field(min_length=1, max_length=60)
    because: str = Field(min_length=1, max_length=1000)
    origin_kind: Literal["", "finding", "visit", "patrol"] = ""
    origin_id: str = Field(default="", pattern=r"^[A-Za-z0-9_.:-]{0,80}$")


class OccurrenceBody(Body):
    """occurrence_id: of the scenario's occurrences; at: when it happened, now without one. What proves it: parts
    `files` of a form, or the files put under `upload_ids`."""

    occurrence_id: str = Field(min_length=1, max_length=64)
    at: AwareDatetime | None = None
    note: str = Field(default="", max_length=1000)
    upload_ids: list[UploadId] = Field(default_factory=list, max_length=MAX_FILES)


class ClosingBody(Body):
    because: str = Field(min_length=1, max_length=1000)


class JoiningBody(Body):
    """into_id: another open disposal of the same subject and scenario, of a duplicate that was merged."""

    into_id: str = Field(min_length=1, max_length=80)
    reason: str = Field(min_length=1, max_length=1000)


@route(blueprint, BASE, permission=Permission.DISPOSAL_READ, query=DisposalQuery, answers=Listed[Disposal])
def list_disposals(request: WebRequest) -> Answer:
    """Open ones by what is due next, closed ones by their end, the newest first."""
    asked = request.asked(DisposalQuery)
    found = request.store.disposals.in_state(request.tenant, asked.state, after=open_cursor(request), limit=asked.limit)
    seen = [one for one in found.records if allowed(request.actor, Permission.DISPOSAL_READ, one.resource)]
    return listed(request, seen, found.next)


@route(blueprint, ONE, permission=Permission.DISPOSAL_READ, resource=DISPOSAL, answers=Disposal)
def show_disposal(request: WebRequest, disposal_id: str) -> Answer:
    """One disposal with its clocks and what happened."""
    return _disposal(read_disposal(request, disposal_id))


@route(
    blueprint,
    f"{PREFIX}/subjects/{{subject_id}}/disposals",
    methods=("POST",),
    permission=Permission.DISPOSAL_RECORD,
    resource=SUBJECT,
    body=DisposalBody,
    answers={201: Disposal},
    sample_body={"scenario": "self_built_housing", "because": "x"},
)
def post_disposal(request: WebRequest, subject_id: str) -> Answer:
    """Open a disposal; a subject has at most one open in each scenario."""
    body = request.model(DisposalBody)
    made = open_disposal(
        *call_of(request),
        subject_id=subject_id,
        scenario=body.scenario,
        because=body.because,
        origin=Ref(kind=body.origin_kind, id=body.origin_id) if body.origin_kind else None,
    )
    return _disposal(made, 201)


@route(
    blueprint,
    f"{ONE}/occurrences",
    methods=("POST",),
    permission=Permission.DISPOSAL_RECORD,
    resource=DISPOSAL,
    body=OccurrenceBody,
    answers=Disposal,
    match=Match.OPTIONAL,
    sample_body={"occurrence_id": "danger_sign_notified"},
    content_types=FORM_OR_JSON,
)
def post_occurrence(request: WebRequest, disposal_id: str) -> Answer:
    """Write down what happened; the clocks that the scenario package names stop and start by it."""
    values = request.model(OccurrenceBody).model_dump()
    disposal = read_disposal(request, disposal_id, Permission.DISPOSAL_RECORD)
    files = files_of(request, disposal, values.pop("upload_ids"))
    return _disposal(record_occurrence(*call_of(request), disposal_id=disposal_id, files=files, **values))


@route(
    blueprint,
    f"{ONE}/uploads",
    methods=("POST",),
    permission=Permission.DISPOSAL_RECORD,
    resource=DISPOSAL,
    body=UploadBody,
    answers={201: UploadForm},
    sample_body={"content_type": "image/jpeg"},
    is_repeatable=False,
)
def sign_upload(request: WebRequest, disposal_id: str) -> Answer:
    """Where one photo or PDF of what happened may be put, within 120 seconds."""
    disposal = read_disposal(request, disposal_id, Permission.DISPOSAL_RECORD)
    return signed_upload(request, disposal, request.model(UploadBody).content_type, 201)


@route(
    blueprint,
    f"{ONE}/close",
    methods=("POST",),
    permission=Permission.DISPOSAL_RECORD,
    resource=DISPOSAL,
    body=ClosingBody,
    answers=Disposal,
    match=Match.OPTIONAL,
    sample_body={"because": "x"},
)
def post_close(request: WebRequest, disposal_id: str) -> Answer:
    """Close a disposal of which no clock runs and no order is open."""
    body = request.model(ClosingBody)
    return _disposal(close_disposal(*call_of(request), disposal_id=disposal_id, because=body.because))


@route(
    blueprint,
    f"{ONE}/join",
    methods=("POST",),
    permission=Permission.DISPOSAL_RECORD,
    resource=DISPOSAL,
    body=JoiningBody,
    answers=Disposal,
    match=Match.OPTIONAL,
    sample_body={"into_id": "x", "reason": "x"},
)
def post_join(request: WebRequest, disposal_id: str) -> Answer:
    """Close a disposal because it goes on in another of the same subject, which takes over its running clocks and open
    orders."""
    body = request.model(JoiningBody)
    return _disposal(join_disposal(*call_of(request), disposal_id=disposal_id, **body.model_dump()))


def _disposal(disposal: Disposal, status: int = 200) -> Answer:
    return json_answer(disposal, status, etag=disposal.version)
