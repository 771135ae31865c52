"""Self-checks for programs: a subject's own, step by step, and those that subjects share with officials."""

from datetime import datetime
from typing import Any, Literal

from chalice import Blueprint
from pydantic import Field

from chalicelib.contract.exchange import BasisView, ChecklistEntry
from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission
from chalicelib.domain.division import is_known
from chalicelib.domain.errors import FieldProblem
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
from chalicelib.services.self_check.list_shared import list_shared
from chalicelib.services.self_check.self_check_sheet import read_sheet
from chalicelib.services.self_check.share_self_check import end_sharing, read_shared, share_self_check
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, ListQuery, Shown, listed
from chalicelib.web.api.uploads import UploadBody, UploadForm, UploadId
from chalicelib.web.cursors import open_cursor
from chalicelib.web.disposition import upload_answer
from chalicelib.web.fields import invalid
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/self-checks"
ONE = f"{BASE}/{{self_check_id}}"
SHARED = f"{PREFIX}/shared-self-checks"
CHECK = (SelfCheck.KIND, "self_check_id")
ITEM = {"question_key": "business_licence"}
ID = r"^[A-Za-z0-9_.:-]{1,80}$"
P = Permission


class SharedQuery(ListQuery):
    """division: 12 digits of a county, or of a place in one."""

    scenario: str = ""
    division: str = Field(default="", pattern=r"^(\d{12})?$")
    order: Literal["newest", "oldest"] = "newest"


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


class SelfCheckPhotoBody(Body):
    upload_id: UploadId
    taken_at: datetime | None = None


class SelfCheckQuestionAnswer(Shown):
    """One question in the owner's words; mend: what to do when it is not as it should be; gaps: what is still open."""

    position: int
    name: str
    guidance: str
    mend: str
    entry: ChecklistEntry
    answer: SelfCheckAnswer | None
    is_non_compliant: bool
    bases: list[BasisView]
    gaps: list[FieldProblem]


class SelfCheckSheetAnswer(Shown):
    """A self-check with its questions as they are asked now."""

    self_check: SelfCheck
    total: int
    done: int
    non_compliant: int
    items: list[SelfCheckQuestionAnswer]


def _call(request: WebRequest) -> tuple[Any, str, Any]:
    return request.store, request.tenant, request.act()


def _told(check: SelfCheck, status: int = 200) -> Answer:
    return json_answer(check, status, etag=check.version)


def _sheet(request: WebRequest, check: SelfCheck) -> Answer:
    sheet = read_sheet(request.store, request.tenant, check, request.now, request.locale)
    items = [
        {
            "position": one.position,
            "name": one.name,
            "guidance": one.guidance,
            "mend": one.mend,
            "entry": one.entry,
            "answer": one.given,
            "is_non_compliant": one.is_non_compliant,
            "bases": list(one.bases),
            "gaps": list(one.gaps),
        }
        for one in sheet.questions
    ]
    figures = {"total": sheet.total, "done": sheet.done, "non_compliant": sheet.non_compliant}
    return json_answer({"self_check": check, **figures, "items": items})


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
    return _told(service.start_self_check(*_call(request), **request.model(StartSelfCheckBody).model_dump()), 201)


@route(blueprint, ONE, permission=P.SELF_CHECK_ANSWER, resource=CHECK, answers=SelfCheckSheetAnswer)
def show_own(request: WebRequest, self_check_id: str) -> Answer:
    """The sheet: every question that is asked now, with what was answered."""
    return _sheet(request, request.store.self_checks.get(request.tenant, self_check_id))


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
        *_call(request),
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
    prepared = prepare_photo(*_call(request), self_check_id=self_check_id, content_type=content_type)
    return json_answer(upload_answer(prepared), 201)


@route(
    blueprint,
    f"{ONE}/answers/{{question_key}}/photos",
    methods=("POST",),
    permission=P.SELF_CHECK_ANSWER,
    resource=CHECK,
    sample=ITEM,
    body=SelfCheckPhotoBody,
    answers={201: SelfCheckAnswer},
    sample_body={"upload_id": "x"},
)
def post_photo(request: WebRequest, self_check_id: str, question_key: str) -> Answer:
    """Attach an uploaded photo to an answer: nine of one question at most."""
    values = request.model(SelfCheckPhotoBody).model_dump()
    saved = attach_self_check_photo(*_call(request), self_check_id=self_check_id, question_key=question_key, **values)
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
        *_call(request), self_check_id=self_check_id, question_key=question_key, sha256=sha256
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
    return _told(service.finish_self_check(*_call(request), self_check_id=self_check_id))


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
    return _told(share_self_check(*_call(request), self_check_id=self_check_id))


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
    return _told(end_sharing(*_call(request), self_check_id=self_check_id))


@route(blueprint, SHARED, permission=P.SELF_CHECK_READ, query=SharedQuery, answers=Listed[SelfCheck])
def list_all_shared(request: WebRequest) -> Answer:
    """What subjects share now, by when it was shared; a page may hold fewer than `limit` and not be the last."""
    asked = request.asked(SharedQuery)
    if asked.scenario and not registry().holds(asked.scenario):
        raise invalid("scenario", "unknown_choice")
    if asked.division and not is_known(asked.division):
        raise invalid("division", "unknown_choice")
    found = list_shared(
        request.store,
        request.tenant,
        request.actor,
        scenario=asked.scenario,
        division=asked.division,
        is_oldest_first=asked.order == "oldest",
        after=open_cursor(request),
        limit=asked.limit,
    )
    return listed(request, found.checks, found.next)


@route(
    blueprint,
    f"{SHARED}/{{self_check_id}}",
    permission=P.SELF_CHECK_READ,
    resource=CHECK,
    answers=SelfCheckSheetAnswer,
)
def show_shared(request: WebRequest, self_check_id: str) -> Answer:
    """The sheet of one that is shared now; any other does not exist here."""
    return _sheet(request, read_shared(request.store, request.tenant, request.actor, self_check_id))
