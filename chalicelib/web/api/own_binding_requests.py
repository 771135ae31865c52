"""One's own requests to be bound to a subject over the API: ask with what proves it, see them, take one back."""

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.binding import BindingRole
from chalicelib.domain.tenancy import SubjectRight
from chalicelib.domain.visit_evidence import DOCUMENT_TYPES
from chalicelib.services.binding.request_binding import MAX_FILES, request_binding, withdraw_request
from chalicelib.services.visit.uploads import prepare_upload
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.bindings import REQUEST, BindingRequestAnswer, shown_request
from chalicelib.web.api.shapes import Body, Listed, listed
from chalicelib.web.api.uploads import UploadBody, UploadForm, UploadId
from chalicelib.web.disposition import upload_answer
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/own/binding-requests"


class AskBody(Body):
    """code: a company's unified social credit code, or the inspection code of a visit there. upload_ids: what proves
    it, uploaded before (see `/own/binding-requests/uploads`)."""

    code: str = Field(max_length=40)
    role: BindingRole
    rights: list[SubjectRight] = Field(default_factory=lambda: list(SubjectRight), description="what an agent may do")
    statement: str = Field(max_length=500)
    upload_ids: list[UploadId] = Field(max_length=MAX_FILES)


@route(blueprint, BASE, permission=Permission.OWN_SUBJECT_READ, answers=Listed[BindingRequestAnswer])
def list_own(request: WebRequest) -> Answer:
    """The caller's own requests, those decided among them."""
    found = request.store.binding_requests.of_person(request.tenant, request.actor.person_id)
    return listed(request, [shown_request(one) for one in found])


@route(
    blueprint,
    f"{BASE}/uploads",
    methods=("POST",),
    permission=Permission.OWN_SUBJECT_READ,
    body=UploadBody,
    answers={201: UploadForm},
    sample_body={"content_type": "image/jpeg"},
    is_repeatable=False,
)
def sign_upload(request: WebRequest) -> Answer:
    """Where to put one file that proves it, within 120 seconds."""
    person = request.store.people.get(request.tenant, request.actor.person_id)
    content_type = request.model(UploadBody).content_type
    prepared = prepare_upload(
        request.store, request.tenant, owner=person, content_type=content_type, allowed=DOCUMENT_TYPES
    )
    return json_answer(upload_answer(prepared), 201)


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=Permission.OWN_SUBJECT_READ,
    body=AskBody,
    answers={201: BindingRequestAnswer},
    sample_body={
        "code": "91450100MA5EXAMPLE",
        "role": "owner",
        "statement": "example",
        "upload_ids": ["01JD00000000000000000SAMP0"],
    },
)
def post_request(request: WebRequest) -> Answer:
    """Ask to act for a subject without a served code; a department looks at what proves it and decides."""
    body = request.model(AskBody)
    asked = request_binding(request.store, request.tenant, request.act(), **body.model_dump())
    return json_answer(shown_request(asked), 201, etag=asked.version)


@route(
    blueprint,
    f"{BASE}/{{binding_request_id}}/withdraw",
    methods=("POST",),
    permission=Permission.OWN_SUBJECT_READ,
    resource=REQUEST,
    answers=BindingRequestAnswer,
    match=Match.OPTIONAL,
)
def post_withdraw(request: WebRequest, binding_request_id: str) -> Answer:
    """Take back one's own request that waits."""
    ended = withdraw_request(request.store, request.tenant, request.act(), request_id=binding_request_id)
    return json_answer(shown_request(ended), etag=ended.version)
