"""Findings for programs: lists, rectification by the subject, reinspection by the acting body."""

from datetime import date, datetime
from typing import Any

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission, allowed, require
from chalicelib.domain.event import EventType
from chalicelib.domain.finding import Finding
from chalicelib.domain.visit_evidence import DOCUMENT_TYPES, IMAGE_TYPES
from chalicelib.services.finding.end_finding import MAX_CASE_NUMBER, hand_over_finding, withdraw_finding
from chalicelib.services.finding.record_reinspection import close_finding, record_reinspection
from chalicelib.services.finding.return_rectification import return_rectification
from chalicelib.services.finding.sisters import find_sisters
from chalicelib.services.finding.submit_rectification import submit_rectification
from chalicelib.services.visit.uploads import prepare_upload
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, ListQuery, Shown, call_of, listed
from chalicelib.web.api.uploads import MAX_FILES, UploadBody, UploadForm, UploadId
from chalicelib.web.cursors import open_cursor
from chalicelib.web.disposition import upload_answer
from chalicelib.web.field.findings import FINDING, read_finding
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import SIGNED_IN, Match, route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/findings"
ONE = f"{BASE}/{{finding_id}}"


class RectificationBody(Body):
    text: str = Field(min_length=1, max_length=2000)
    upload_ids: list[UploadId] = Field(max_length=MAX_FILES)


class ReturnBody(Body):
    reason: str = Field(min_length=1, max_length=2000)
    remedy_due_on: date | None = None


class SisterAnswer(Shown):
    """Another finding on the same fault, by another acting body or in another scenario."""

    id: str
    acting_body_id: str
    acting_body_label: str
    scenario: str
    item_id: str
    state: str
    remedy_due_on: date


class FindingQuery(ListQuery):
    plan_id: str = Field(default="", pattern=r"^[A-Za-z0-9_.:-]{0,80}$")


class EventAnswer(Shown):
    """One step of a record's history. `data`: what changed, by names of its own for each type."""

    id: str
    type: EventType
    at: datetime
    data: dict[str, Any]


class PenaltyCaseBody(Body):
    """The case in the acting body's own register, and the day on which it was filed."""

    case_number: str = Field(min_length=1, max_length=MAX_CASE_NUMBER)
    filed_on: date


class WithdrawalBody(Body):
    reason: str = Field(min_length=1, max_length=2000)


class ReinspectionBody(Body):
    is_passed: bool
    text: str = Field(min_length=1, max_length=2000)
    upload_ids: list[UploadId] = Field(default_factory=list, max_length=MAX_FILES)
    remedy_due_on: date | None = None


@route(blueprint, BASE, permission=SIGNED_IN, query=FindingQuery, answers=Listed[Finding])
def list_findings(request: WebRequest) -> Answer:
    """Findings of a plan (`plan_id`); else a subject user's own; else the open ones of the caller's acting body."""
    store, tenant, actor = request.store, request.tenant, request.actor
    asked = request.asked(FindingQuery)
    plan_id = asked.plan_id
    if allowed(actor, Permission.OWN_SUBJECT_READ):
        own = [one for id in sorted(actor.subject_ids) for one in store.findings.of_subject(tenant, id)]
        return listed(request, own)
    require(actor, Permission.FINDING_READ)
    if not plan_id and not actor.acting_body_id:
        return listed(request, [])
    after = open_cursor(request)
    found = (
        store.findings.page_of_plan(tenant, plan_id, after=after, limit=asked.limit)
        if plan_id
        else store.findings.open_of_body(tenant, str(actor.acting_body_id), after=after, limit=asked.limit)
    )
    seen = [one for one in found.records if allowed(actor, Permission.FINDING_READ, one.resource)]
    return listed(request, seen, found.next)


@route(blueprint, ONE, permission=SIGNED_IN, resource=FINDING, answers=Finding)
def show_finding(request: WebRequest, finding_id: str) -> Answer:
    """One finding with its rectifications and reinspections."""
    return _finding(read_finding(request, finding_id, _reading(request)))


@route(blueprint, f"{ONE}/sisters", permission=SIGNED_IN, resource=FINDING, answers=Listed[SisterAnswer])
def list_sisters(request: WebRequest, finding_id: str) -> Answer:
    """The other findings on the same fault: on the same answer of the same visit, withdrawn ones left out. A
    rectification of one is given to all that wait for the subject; each is reinspected and closed for itself."""
    finding = read_finding(request, finding_id, _reading(request))
    found = find_sisters(request.store, request.tenant, finding)
    return listed(request, [one.model_dump(mode="json", include=set(SisterAnswer.model_fields)) for one in found])


@route(blueprint, f"{ONE}/history", permission=SIGNED_IN, resource=FINDING, answers=Listed[EventAnswer])
def show_history(request: WebRequest, finding_id: str) -> Answer:
    """The history of a finding, newest first, without persons."""
    finding = read_finding(request, finding_id, _reading(request))
    events = request.store.findings.history(request.tenant, finding.ref)
    shown = {"id", "type", "at", "data"}
    return listed(request, [one.model_dump(mode="json", include=shown) for one in events])


@route(
    blueprint,
    f"{ONE}/uploads",
    methods=("POST",),
    permission=SIGNED_IN,
    resource=FINDING,
    body=UploadBody,
    answers={201: UploadForm},
    sample_body={"content_type": "image/jpeg"},
    is_repeatable=False,
)
def sign_upload(request: WebRequest, finding_id: str) -> Answer:
    """Where the subject or an officer may put one file of evidence, within 120 seconds."""
    is_subject = allowed(request.actor, Permission.RECTIFICATION_SUBMIT)
    permission = Permission.RECTIFICATION_SUBMIT if is_subject else Permission.FINDING_REINSPECT
    finding = read_finding(request, finding_id, permission)
    body = request.model(UploadBody)
    types = DOCUMENT_TYPES if is_subject else IMAGE_TYPES
    prepared = prepare_upload(
        request.store, request.tenant, owner=finding, content_type=body.content_type, allowed=types
    )
    return json_answer(upload_answer(prepared), 201)


@route(
    blueprint,
    f"{ONE}/rectification",
    methods=("POST",),
    permission=Permission.RECTIFICATION_SUBMIT,
    resource=FINDING,
    body=RectificationBody,
    answers=Finding,
    match=Match.OPTIONAL,
    sample_body={"text": "x", "upload_ids": []},
)
def rectify(request: WebRequest, finding_id: str) -> Answer:
    """The subject says what it mended, with files as evidence. It is given to the sister findings, too, that wait for
    the subject."""
    body = request.model(RectificationBody)
    return _finding(submit_rectification(*call_of(request), finding_id=finding_id, **body.model_dump()))


@route(
    blueprint,
    f"{ONE}/return",
    methods=("POST",),
    permission=Permission.FINDING_REINSPECT,
    resource=FINDING,
    body=ReturnBody,
    answers=Finding,
    match=Match.OPTIONAL,
    sample_body={"reason": "x"},
)
def send_back(request: WebRequest, finding_id: str) -> Answer:
    """Return a rectification that does not suffice."""
    body = request.model(ReturnBody)
    return _finding(return_rectification(*call_of(request), finding_id=finding_id, **body.model_dump()))


@route(
    blueprint,
    f"{ONE}/reinspection",
    methods=("POST",),
    permission=Permission.FINDING_REINSPECT,
    resource=FINDING,
    body=ReinspectionBody,
    answers=Finding,
    match=Match.OPTIONAL,
    sample_body={"is_passed": True, "text": "x"},
)
def reinspect(request: WebRequest, finding_id: str) -> Answer:
    """Record a reinspection."""
    body = request.model(ReinspectionBody)
    return _finding(record_reinspection(*call_of(request), finding_id=finding_id, **body.model_dump()))


@route(
    blueprint,
    f"{ONE}/close",
    methods=("POST",),
    permission=Permission.FINDING_REINSPECT,
    resource=FINDING,
    answers=Finding,
    match=Match.OPTIONAL,
)
def close(request: WebRequest, finding_id: str) -> Answer:
    """Close a finding whose reinspection passed."""
    return _finding(close_finding(*call_of(request), finding_id=finding_id))


@route(
    blueprint,
    f"{ONE}/penalty-case",
    methods=("POST",),
    permission=Permission.FINDING_REINSPECT,
    resource=FINDING,
    body=PenaltyCaseBody,
    answers=Finding,
    match=Match.OPTIONAL,
    sample_body={"case_number": "x", "filed_on": "2026-01-05"},
)
def hand_over(request: WebRequest, finding_id: str) -> Answer:
    """Close a finding because a penalty case goes on with it; it was never mended."""
    body = request.model(PenaltyCaseBody)
    return _finding(hand_over_finding(*call_of(request), finding_id=finding_id, **body.model_dump()))


@route(
    blueprint,
    f"{ONE}/withdrawal",
    methods=("POST",),
    permission=Permission.RESULT_CONFIRM,
    resource=FINDING,
    body=WithdrawalBody,
    answers=Finding,
    match=Match.OPTIONAL,
    sample_body={"reason": "x"},
)
def withdraw(request: WebRequest, finding_id: str) -> Answer:
    """Take a mistaken finding back. It counts nowhere, and the result is told without it."""
    body = request.model(WithdrawalBody)
    return _finding(withdraw_finding(*call_of(request), finding_id=finding_id, **body.model_dump()))


def _reading(request: WebRequest) -> Permission:
    is_subject = allowed(request.actor, Permission.OWN_SUBJECT_READ)
    return Permission.OWN_SUBJECT_READ if is_subject else Permission.FINDING_READ


def _finding(finding: Finding) -> Answer:
    return json_answer(finding, etag=finding.version)
