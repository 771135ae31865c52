"""Bindings over the API: one's own, those of a subject, requests that wait and their decisions."""

from datetime import datetime
from typing import Any

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.binding import Binding, BindingRequest, BindingRole, BindingSource
from chalicelib.domain.tenancy import SubjectRight
from chalicelib.domain.text import mask_name
from chalicelib.services.binding.bind_by_code import bind_by_code
from chalicelib.services.binding.request_binding import confirm_binding, refuse_binding
from chalicelib.services.binding.revoke_binding import change_rights, revoke_binding
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, ListQuery, Shown, listed
from chalicelib.web.console.subject_agents import SUBJECT
from chalicelib.web.cursors import open_cursor
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.subject.bindings import BINDING

blueprint = Blueprint(__name__)

REQUEST = ("binding_request", "binding_request_id")


class BindingAnswer(Shown):
    """Who acts for a subject; names are masked."""

    id: str
    subject_id: str
    subject_name: str
    person_name: str
    role: BindingRole
    rights: list[SubjectRight]
    source: BindingSource
    bound_at: datetime
    revoked_at: datetime | None
    version: int


class BindingRequestAnswer(Shown):
    """A request to act for a subject; names are masked, files are named by hash."""

    id: str
    subject_id: str
    subject_name: str
    person_name: str
    role: BindingRole
    rights: list[SubjectRight]
    statement: str
    evidence: list[str]
    state: str
    requested_at: datetime
    due_at: datetime | None
    decided_at: datetime | None
    reason: str
    version: int


class CodeBody(Body):
    code: str = Field(max_length=40, description="the code of a served notice, 16 characters")


class ReasonBody(Body):
    reason: str = Field(default="", max_length=500)


class RightsBody(Body):
    rights: list[SubjectRight]


def _binding(one: Binding) -> dict[str, Any]:
    shown = one.model_dump(mode="json", include=set(BindingAnswer.model_fields))
    return shown | {"person_name": mask_name(one.person_name), "rights": sorted(one.rights), "version": one.version}


def shown_request(one: BindingRequest) -> dict[str, Any]:
    shown = one.model_dump(mode="json", include=set(BindingRequestAnswer.model_fields))
    return shown | {
        "person_name": mask_name(one.person_name),
        "rights": sorted(one.rights),
        "evidence": [photo.sha256 for photo in one.evidence],
        "version": one.version,
    }


@route(blueprint, f"{PREFIX}/own/bindings", permission=Permission.OWN_SUBJECT_READ, answers=Listed[BindingAnswer])
def list_own(request: WebRequest) -> Answer:
    """The caller's own bindings that hold."""
    found = request.store.bindings.of_person(request.tenant, request.actor.person_id)
    return listed(request, [_binding(one) for one in found if one.is_held])


@route(
    blueprint,
    f"{PREFIX}/own/bindings",
    methods=("POST",),
    permission=Permission.OWN_SUBJECT_READ,
    body=CodeBody,
    answers={201: BindingAnswer},
    sample_body={"code": "2222-2222-2222-2222"},
)
def post_code(request: WebRequest) -> Answer:
    """Bind to the subject of a served code. Wrong codes are counted; past the limit 429 says when to come back."""
    code = request.model(CodeBody).code
    binding = bind_by_code(request.store, request.tenant, request.act(), code=code)
    return json_answer(_binding(binding), 201, etag=binding.version)


@route(
    blueprint,
    f"{PREFIX}/bindings/{{binding_id}}/revoke",
    methods=("POST",),
    permission=Permission.OWN_SUBJECT_READ,
    resource=BINDING,
    body=ReasonBody,
    answers=BindingAnswer,
    sample_body={"reason": "example"},
)
def post_revoke(request: WebRequest, binding_id: str) -> Answer:
    """End one's own binding, or as the owner an agent's; effective at once."""
    reason = request.model(ReasonBody).reason
    ended = revoke_binding(request.store, request.tenant, request.act(), binding_id=binding_id, reason=reason)
    return json_answer(_binding(ended), etag=ended.version)


@route(
    blueprint,
    f"{PREFIX}/bindings/{{binding_id}}/end",
    methods=("POST",),
    permission=Permission.BINDING_CONFIRM,
    resource=BINDING,
    body=ReasonBody,
    answers=BindingAnswer,
    sample_body={"reason": "example"},
)
def post_end(request: WebRequest, binding_id: str) -> Answer:
    """A department ends a binding, with a reason; effective at once."""
    reason = request.model(ReasonBody).reason
    ended = revoke_binding(request.store, request.tenant, request.act(), binding_id=binding_id, reason=reason)
    return json_answer(_binding(ended), etag=ended.version)


@route(
    blueprint,
    f"{PREFIX}/bindings/{{binding_id}}/rights",
    methods=("PUT",),
    permission=Permission.BINDING_MANAGE,
    resource=BINDING,
    body=RightsBody,
    answers=BindingAnswer,
    sample_body={"rights": ["read"]},
)
def put_rights(request: WebRequest, binding_id: str) -> Answer:
    """Set what an agent may do. Reading always stays."""
    rights = request.model(RightsBody).rights
    changed = change_rights(request.store, request.tenant, request.act(), binding_id=binding_id, rights=rights)
    return json_answer(_binding(changed), etag=changed.version)


@route(
    blueprint,
    f"{PREFIX}/subjects/{{subject_id}}/bindings",
    permission=Permission.BINDING_CONFIRM,
    resource=SUBJECT,
    answers=Listed[BindingAnswer],
)
def list_of_subject(request: WebRequest, subject_id: str) -> Answer:
    """Everybody who acts or acted for a subject."""
    return listed(request, [_binding(one) for one in request.store.bindings.of_subject(request.tenant, subject_id)])


@route(
    blueprint,
    f"{PREFIX}/binding-requests",
    permission=Permission.BINDING_CONFIRM,
    query=ListQuery,
    answers=Listed[BindingRequestAnswer],
)
def list_requests(request: WebRequest) -> Answer:
    """Requests that wait, oldest first."""
    limit = request.asked(ListQuery).limit
    found = request.store.binding_requests.in_state(
        request.tenant, is_waiting=True, after=open_cursor(request), limit=limit
    )
    mine = [one for one in found.records if allowed(request.actor, Permission.BINDING_CONFIRM, one.resource)]
    return listed(request, [shown_request(one) for one in mine], found.next)


@route(
    blueprint,
    f"{PREFIX}/binding-requests/{{binding_request_id}}/confirm",
    methods=("POST",),
    permission=Permission.BINDING_CONFIRM,
    resource=REQUEST,
    answers=BindingRequestAnswer,
)
def post_confirm(request: WebRequest, binding_request_id: str) -> Answer:
    """Confirm that the person may act for the subject."""
    decided = confirm_binding(request.store, request.tenant, request.act(), request_id=binding_request_id)
    return json_answer(shown_request(decided), etag=decided.version)


@route(
    blueprint,
    f"{PREFIX}/binding-requests/{{binding_request_id}}/refuse",
    methods=("POST",),
    permission=Permission.BINDING_CONFIRM,
    resource=REQUEST,
    body=ReasonBody,
    answers=BindingRequestAnswer,
    sample_body={"reason": "example"},
)
def post_refuse(request: WebRequest, binding_request_id: str) -> Answer:
    """Refuse, with the reason that the person will read."""
    reason = request.model(ReasonBody).reason
    decided = refuse_binding(request.store, request.tenant, request.act(), request_id=binding_request_id, reason=reason)
    return json_answer(shown_request(decided), etag=decided.version)
