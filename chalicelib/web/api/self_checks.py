"""A subject's own self-checks for programs, step by step."""

from datetime import datetime

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.item import Answer as GivenAnswer
from chalicelib.domain.item import Compliance
from chalicelib.domain.self_check import SelfCheck, SelfCheckAnswer
from chalicelib.domain.self_check_rules import SelfCheckCycle
from chalicelib.domain.subject import Subject
from chalicelib.services.self_check import answer_self_check as service
from chalicelib.services.self_check.attach_self_check_photo import (
    attach_self_check_photo,
    detach_self_check_photo,
    prepare_photo,
)
from chalicelib.services.self_check.share_self_check import end_sharing, share_self_check
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, ListQuery, call_of, listed
from chalicelib.web.api.shared_self_checks import SelfCheckSheetAnswer, sheet_answer
from chalicelib.web.api.uploads import PhotoBody, UploadBody, UploadForm
from chalicelib.web.cursors import open_cursor
from chalicelib.web.disposition import upload_answer
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/self-checks"
ONE = f"{BASE}/{{self_check_id}}"
CHECK = (SelfCheck.KIND, "self_check_id")
ITEM = {"question_key": "business_licence"}
ID = r"^[A-Za-z0-9_.:-]{1,80}$"
P = Permission


class StartSelfCheckBody(Body):
    """cycle: a round of the trade, none for the whole list of a trade without rounds."""

    subject_id: str = Field(pattern=ID)
    scenario: str = Field(max_length=64)
    cycle: SelfCheckCycle | None = None


class SelfCheckAnswerBody(Body):
    """Numbers are whole, in 10^-decimals of the unit. The last answer of the subject's people counts."""

    compliance: Compliance | None = None
    number: int | None = Field(default=None, ge=-(10**12), le=10**12)
    text: str | None = Field(default=None, max_length=4000)
    reason: str = Field(default="", max_length=1000)
    answered_at: datetime | None = None


def _told(check: SelfCheck, status: int = 200) -> Answer:
    return json_answer(check, status, etag=check.version)


@route(
    blueprint,
    f"{PREFIX}/subjects/{{subject_id}}/self-checks",
    permission=P.SELF_CHECK_ANSWER,
    resource=(Subject.KIND, "subject_id"),
    query=ListQuery,
    answers=Listed[SelfCheck],
)
def list_own(request: WebRequest, subject_id: str) -> Answer:
    """Those of one of the caller's own subjects, private ones too, by when they began, newest first."""
    limit = request.asked(ListQuery).limit
    found = request.store.self_checks.of_subject(request.tenant, subject_id, after=open_cursor(request), limit=limit)
    return listed(request, found.records, found.next)


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=P.SELF_CHECK_ANSWER,
    body=StartSelfCheckBody,
    answers={201: SelfCheck},
    sample_body={"subject_id": "01JD0000000000000000000000", "scenario": "refined_oil"},
)
def post_self_check(request: WebRequest) -> Answer:
    """Begin one, or go on with the one of this round that is still open."""
    return _told(service.start_self_check(*call_of(request), **request.model(StartSelfCheckBody).model_dump()), 201)


@route(blueprint, ONE, permission=P.SELF_CHECK_ANSWER, resource=CHECK, answers=SelfCheckSheetAnswer)
def show_own(request: WebRequest, self_check_id: str) -> Answer:
    """The sheet: every question that is asked now, with what was answered."""
    return sheet_answer(request, request.store.self_checks.get(request.tenant, self_check_id))


@route(
    blueprint,
    f"{ONE}/answers/{{question_key}}",
    methods=("PUT",),
    permission=P.SELF_CHECK_ANSWER,
    resource=CHECK,
    sample=ITEM,
    body=SelfCheckAnswerBody,
    answers=SelfCheckAnswer,
    sample_body={"compliance": "compliant"},
)
def put_answer(request: WebRequest, self_check_id: str, question_key: str) -> Answer:
    """Answer one question; photos stay."""
    body = request.model(SelfCheckAnswerBody)
    saved = service.save_self_check_answer(
        *call_of(request),
        self_check_id=self_check_id,
        question_key=question_key,
        answer=GivenAnswer(**body.model_dump(exclude={"answered_at"})),
        answered_at=body.answered_at,
    )
    return json_answer(saved, etag=saved.version)


@route(
    blueprint,
    f"{ONE}/uploads",
    methods=("POST",),
    permission=P.SELF_CHECK_ANSWER,
    resource=CHECK,
    body=UploadBody,
    answers={201: UploadForm},
    sample_body={"content_type": "image/jpeg"},
    is_repeatable=False,
)
def sign_upload(request: WebRequest, self_check_id: str) -> Answer:
    """Where one photo may be put, within 120 seconds."""
    content_type = request.model(UploadBody).content_type
    prepared = prepare_photo(*call_of(request), self_check_id=self_check_id, content_type=content_type)
    return json_answer(upload_answer(prepared), 201)


@route(
    blueprint,
    f"{ONE}/answers/{{question_key}}/photos",
    methods=("POST",),
    permission=P.SELF_CHECK_ANSWER,
    resource=CHECK,
    sample=ITEM,
    body=PhotoBody,
    answers={201: SelfCheckAnswer},
    sample_body={"upload_id": "x"},
)
def post_photo(request: WebRequest, self_check_id: str, question_key: str) -> Answer:
    """Attach an uploaded photo to an answer: nine of one question at most."""
    values = request.model(PhotoBody).model_dump()
    saved = attach_self_check_photo(*call_of(request), self_check_id=self_check_id, question_key=question_key, **values)
    return json_answer(saved, 201, etag=saved.version)


@route(
    blueprint,
    f"{ONE}/answers/{{question_key}}/photos/{{sha256}}",
    methods=("DELETE",),
    permission=P.SELF_CHECK_ANSWER,
    resource=CHECK,
    sample=ITEM | {"sha256": "0" * 64},
    answers=SelfCheckAnswer,
)
def delete_photo(request: WebRequest, self_check_id: str, question_key: str, sha256: str) -> Answer:
    """Take a photo off an answer."""
    saved = detach_self_check_photo(
        *call_of(request), self_check_id=self_check_id, question_key=question_key, sha256=sha256
    )
    return json_answer(saved, etag=saved.version)


@route(
    blueprint,
    f"{ONE}/finish",
    methods=("POST",),
    permission=P.SELF_CHECK_ANSWER,
    resource=CHECK,
    answers=SelfCheck,
)
def finish(request: WebRequest, self_check_id: str) -> Answer:
    """Finish it: every question has to be answered. It stays private."""
    return _told(service.finish_self_check(*call_of(request), self_check_id=self_check_id))


@route(
    blueprint,
    f"{ONE}/sharing",
    methods=("PUT",),
    permission=P.SELF_CHECK_ANSWER,
    resource=CHECK,
    answers=SelfCheck,
)
def put_sharing(request: WebRequest, self_check_id: str) -> Answer:
    """Share it: from now on officials of the place may read it."""
    return _told(share_self_check(*call_of(request), self_check_id=self_check_id))


@route(
    blueprint,
    f"{ONE}/sharing",
    methods=("DELETE",),
    permission=P.SELF_CHECK_ANSWER,
    resource=CHECK,
    answers=SelfCheck,
)
def delete_sharing(request: WebRequest, self_check_id: str) -> Answer:
    """Withdraw the sharing: officials may no longer read it; that they could stays on record."""
    return _told(end_sharing(*call_of(request), self_check_id=self_check_id))
