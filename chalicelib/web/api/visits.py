"""Visits for programs: the same steps as the pages, by the same services."""

from datetime import date, datetime

from chalice import Blueprint
from pydantic import Field

from chalicelib.contract.exchange import ChecklistEntry
from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.item import Answer as GivenAnswer
from chalicelib.domain.item import Compliance
from chalicelib.domain.visit import Visit, VisitAnswer
from chalicelib.domain.visit_evidence import IMAGE_TYPES
from chalicelib.domain.visit_member import VisitMember
from chalicelib.services.visit.attach_photo import attach_photo, detach_photo
from chalicelib.services.visit.cancel_visit import cancel_visit
from chalicelib.services.visit.preflight import BodyPreflight, check_preflight
from chalicelib.services.visit.save_answer import save_answer
from chalicelib.services.visit.start_visit import start_visit
from chalicelib.services.visit.submit_visit import return_visit, submit_visit
from chalicelib.services.visit.uploads import prepare_upload
from chalicelib.services.visit.visit_sheet import read_sheet
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, ListQuery, Shown, call_of, listed
from chalicelib.web.api.uploads import PhotoBody, UploadBody, UploadForm
from chalicelib.web.cursors import open_cursor
from chalicelib.web.disposition import upload_answer
from chalicelib.web.field.visits import VISIT, read_visit
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/visits"
ONE = f"{BASE}/{{visit_id}}"
ITEM = {"question_key": "business_licence"}


class StartBody(Body):
    certificates_shown: bool
    early_reason: str = Field(default="", max_length=500, description="needed before the visit's day, and recorded")


class ReasonBody(Body):
    reason: str = Field(min_length=1, max_length=2000)


class AnswerBody(Body):
    """`base_version`: the version that the caller saw, 0 for none. Numbers are whole, in 10^-decimals of the unit."""

    base_version: int = Field(ge=0)
    compliance: Compliance | None = None
    number: int | None = Field(default=None, ge=-(10**12), le=10**12)
    text: str | None = Field(default=None, max_length=4000)
    reason: str = Field(default="", max_length=1000)
    legal_basis_id: str | None = Field(default=None, max_length=80)
    remedy_due_on: date | None = None
    answered_at: datetime | None = None


class VisitQuery(ListQuery):
    plan_id: str = Field(default="", pattern=r"^[A-Za-z0-9_.:-]{0,80}$")


class OwnVisit(Shown):
    """A visit as it stands in the caller's own list. id and visit_id: the visit's; person_id: the caller's."""

    id: str
    visit_id: str
    person_id: str
    plan_id: str
    subject_name: str
    address: str
    scheduled_on: date
    scheduled_at: str
    starts_at: datetime
    body_labels: list[str]
    officers: int
    state: str

    @classmethod
    def of(cls, member: VisitMember) -> "OwnVisit":
        held = member.model_dump(include=set(cls.model_fields) - {"id", "person_id"})
        return cls(**held, id=member.visit_id, person_id=member.id)


class QuestionAnswer(Shown):
    """One question in its place. version: of its answer, 0 for none; gaps: what is still open."""

    position: int
    entry: ChecklistEntry
    answer: VisitAnswer | None
    version: int
    gaps: list[FieldProblem]


class SheetAnswer(Shown):
    """The list of a visit as it stands."""

    total: int
    done: int
    non_compliant: int
    items: list[QuestionAnswer]


class PreflightAnswer(Shown):
    """Every acting body's part on one day."""

    on: date
    bodies: list[BodyPreflight]
    is_passed: bool


@route(
    blueprint,
    BASE,
    permission=Permission.VISIT_READ,
    query=VisitQuery,
    answers=Listed[Visit] | Listed[OwnVisit],
)
def list_visits(request: WebRequest) -> Answer:
    """Visits of a plan (`plan_id`), a page at a time; without one, the caller's own open visits."""
    asked = request.asked(VisitQuery)
    plan_id = asked.plan_id
    if not plan_id:
        work = request.store.visit_members.work_of(request.tenant, request.actor.person_id)
        return listed(request, [OwnVisit.of(one) for one in work])
    found = request.store.visits.page_of_plan(request.tenant, plan_id, after=open_cursor(request), limit=asked.limit)
    seen = [one for one in found.records if allowed(request.actor, Permission.VISIT_READ, one.resource)]
    return listed(request, seen, found.next)


@route(blueprint, ONE, permission=Permission.VISIT_READ, resource=VISIT, answers=Visit)
def show_visit(request: WebRequest, visit_id: str) -> Answer:
    """One visit with its team and acting bodies."""
    return _visit(read_visit(request, visit_id))


@route(blueprint, f"{ONE}/questions", permission=Permission.VISIT_READ, resource=VISIT, answers=SheetAnswer)
def list_questions(request: WebRequest, visit_id: str) -> Answer:
    """The questions asked now, with answers, versions and what is still open."""
    visit = read_visit(request, visit_id)
    sheet = read_sheet(request.store, request.tenant, visit, request.now, request.locale)
    return json_answer(
        {
            "total": sheet.total,
            "done": sheet.done,
            "non_compliant": sheet.non_compliant,
            "items": [
                {
                    "position": one.position,
                    "entry": one.entry,
                    "answer": one.given,
                    "version": one.given.version if one.given else 0,
                    "gaps": list(one.gaps),
                }
                for one in sheet.questions
            ],
        }
    )


@route(blueprint, f"{ONE}/preflight", permission=Permission.VISIT_CONDUCT, resource=VISIT, answers=PreflightAnswer)
def show_preflight(request: WebRequest, visit_id: str) -> Answer:
    """Whether the visit may begin today: approvals and certificates of every acting body."""
    visit = read_visit(request, visit_id, Permission.VISIT_CONDUCT)
    preflight = check_preflight(request.store, request.tenant, visit, request.now)
    return json_answer({**preflight.model_dump(mode="json"), "is_passed": preflight.is_passed})


@route(
    blueprint,
    f"{ONE}/start",
    methods=("POST",),
    permission=Permission.VISIT_CONDUCT,
    resource=VISIT,
    body=StartBody,
    answers=Visit,
    match=Match.OPTIONAL,
    sample_body={"certificates_shown": True},
)
def start(request: WebRequest, visit_id: str) -> Answer:
    """Begin a visit, the certificates having been shown."""
    body = request.model(StartBody)
    return _visit(start_visit(*call_of(request), visit_id=visit_id, **body.model_dump()))


@route(
    blueprint,
    f"{ONE}/answers/{{question_key}}",
    methods=("PUT",),
    permission=Permission.VISIT_CONDUCT,
    resource=VISIT,
    sample=ITEM,
    body=AnswerBody,
    answers=VisitAnswer,
    sample_body={"base_version": 0},
)
def put_answer(request: WebRequest, visit_id: str, question_key: str) -> Answer:
    """Answer one question. `base_version` stands for If-Match: it also works where the network comes and goes."""
    body = request.model(AnswerBody)
    saved = save_answer(
        *call_of(request),
        visit_id=visit_id,
        question_key=question_key,
        answer=GivenAnswer(**body.model_dump(include={"compliance", "number", "text", "reason"})),
        base_version=body.base_version,
        legal_basis_id=body.legal_basis_id,
        remedy_due_on=body.remedy_due_on,
        answered_at=body.answered_at,
    )
    return json_answer(saved, etag=saved.version)


@route(
    blueprint,
    f"{ONE}/uploads",
    methods=("POST",),
    permission=Permission.VISIT_CONDUCT,
    resource=VISIT,
    body=UploadBody,
    answers={201: UploadForm},
    sample_body={"content_type": "image/jpeg"},
    is_repeatable=False,
)
def sign_upload(request: WebRequest, visit_id: str) -> Answer:
    """Where an officer may put one photo, within 120 seconds."""
    visit = read_visit(request, visit_id, Permission.VISIT_CONDUCT)
    body = request.model(UploadBody)
    prepared = prepare_upload(
        request.store, request.tenant, owner=visit, content_type=body.content_type, allowed=IMAGE_TYPES
    )
    return json_answer(upload_answer(prepared), 201)


@route(
    blueprint,
    f"{ONE}/answers/{{question_key}}/photos",
    methods=("POST",),
    permission=Permission.VISIT_CONDUCT,
    resource=VISIT,
    sample=ITEM,
    body=PhotoBody,
    answers={201: VisitAnswer},
    sample_body={"upload_id": "x"},
)
def post_photo(request: WebRequest, visit_id: str, question_key: str) -> Answer:
    """Attach an uploaded photo to an answer."""
    body = request.model(PhotoBody)
    saved = attach_photo(*call_of(request), visit_id=visit_id, question_key=question_key, **body.model_dump())
    return json_answer(saved, 201, etag=saved.version)


@route(
    blueprint,
    f"{ONE}/answers/{{question_key}}/photos/{{sha256}}",
    methods=("DELETE",),
    permission=Permission.VISIT_CONDUCT,
    resource=VISIT,
    sample=ITEM | {"sha256": "0" * 64},
    answers=VisitAnswer,
)
def delete_photo(request: WebRequest, visit_id: str, question_key: str, sha256: str) -> Answer:
    """Take a photo off an answer; what was uploaded stays in the evidence log."""
    saved = detach_photo(*call_of(request), visit_id=visit_id, question_key=question_key, sha256=sha256)
    return json_answer(saved, etag=saved.version)


@route(
    blueprint,
    f"{ONE}/submit",
    methods=("POST",),
    permission=Permission.VISIT_CONDUCT,
    resource=VISIT,
    answers=Visit,
    match=Match.OPTIONAL,
)
def submit(request: WebRequest, visit_id: str) -> Answer:
    """Submit the record of a visit for the acting bodies' conclusions."""
    return _visit(submit_visit(*call_of(request), visit_id=visit_id))


@route(
    blueprint,
    f"{ONE}/return",
    methods=("POST",),
    permission=Permission.CONCLUSION_MAKE,
    resource=VISIT,
    body=ReasonBody,
    answers=Visit,
    match=Match.OPTIONAL,
    sample_body={"reason": "x"},
)
def send_back(request: WebRequest, visit_id: str) -> Answer:
    """Return a submitted record to the team."""
    return _visit(return_visit(*call_of(request), visit_id=visit_id, reason=request.model(ReasonBody).reason))


@route(
    blueprint,
    f"{ONE}/cancel",
    methods=("POST",),
    permission=Permission.VISIT_SCHEDULE,
    resource=VISIT,
    body=ReasonBody,
    answers=Visit,
    match=Match.OPTIONAL,
    sample_body={"reason": "x"},
)
def cancel(request: WebRequest, visit_id: str) -> Answer:
    """Cancel a visit that has not begun."""
    return _visit(cancel_visit(*call_of(request), visit_id=visit_id, reason=request.model(ReasonBody).reason))


def _visit(visit: Visit) -> Answer:
    return json_answer(visit, etag=visit.version)
