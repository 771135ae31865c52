"""The questions of a visit for programs: answers and their photos, as an officer gives them."""

from datetime import date, datetime

from chalice import Blueprint
from pydantic import Field

from chalicelib.contract.exchange import ChecklistEntry
from chalicelib.domain.access import Permission
from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.item import Answer as GivenAnswer
from chalicelib.domain.item import Compliance
from chalicelib.domain.visit import VisitAnswer
from chalicelib.domain.visit_evidence import IMAGE_TYPES
from chalicelib.services.visit.attach_photo import attach_photo, detach_photo
from chalicelib.services.visit.save_answer import save_answer
from chalicelib.services.visit.uploads import prepare_upload
from chalicelib.services.visit.visit_sheet import read_sheet
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api.shapes import Body, Shown, call_of
from chalicelib.web.api.uploads import PhotoBody, UploadBody, UploadForm
from chalicelib.web.api.visits import ONE
from chalicelib.web.disposition import upload_answer
from chalicelib.web.field.visits import VISIT, read_visit
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

ITEM = {"question_key": "business_licence"}


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
