"""Served codes of a subject over the API: those that there are, a new one, one that opens nothing any more."""

from datetime import datetime
from typing import Any, Literal

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.binding import BindingCode, BindingRole
from chalicelib.domain.tenancy import SubjectRight
from chalicelib.services.binding.issue_code import revoke_code
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, Shown, listed
from chalicelib.web.console.subject_agents import CODE, SUBJECT, issue_from
from chalicelib.web.fields import Fields
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/subjects/{{subject_id}}/binding-codes"


class BindingCodeAnswer(Shown):
    """A served code without its characters, which nobody can read again. state: open, or why it opens nothing."""

    id: str
    subject_id: str
    role: BindingRole
    rights: list[SubjectRight]
    is_single_use: bool
    state: Literal["open", "code_revoked", "code_used", "code_expired"]
    issued_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    version: int


class IssuedCodeAnswer(Shown):
    """A served code. `code` is told here and never again."""

    id: str
    code: str
    role: BindingRole
    is_single_use: bool
    expires_at: datetime


class IssueBody(Body):
    role: BindingRole
    rights: list[SubjectRight] = Field(default_factory=lambda: list(SubjectRight), description="what an agent may do")
    is_single_use: bool = True


def _shown(request: WebRequest, one: BindingCode) -> dict[str, Any]:
    shown = one.model_dump(mode="json", include=set(BindingCodeAnswer.model_fields))
    state = one.problem_at(request.now) or "open"
    return shown | {"rights": sorted(one.rights), "state": state, "version": one.version}


@route(
    blueprint,
    BASE,
    permission=Permission.BINDING_CONFIRM,
    resource=SUBJECT,
    answers=Listed[BindingCodeAnswer],
)
def list_codes(request: WebRequest, subject_id: str) -> Answer:
    """The codes that were made for a subject."""
    found = request.store.binding_codes.of_subject(request.tenant, subject_id)
    return listed(request, [_shown(request, one) for one in found])


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=Permission.BINDING_CONFIRM,
    resource=SUBJECT,
    body=IssueBody,
    answers={201: IssuedCodeAnswer},
    sample_body={"role": "owner"},
    is_repeatable=False,
)
def post_issue(request: WebRequest, subject_id: str) -> Answer:
    """Make a code to serve on a subject. The answer is the only place where it is told."""
    body = request.model(IssueBody)
    fields = Fields(
        {
            "role": [body.role.value],
            "rights": [right.value for right in body.rights],
            "is_single_use": ["yes" if body.is_single_use else ""],
        }
    )
    issued, code = issue_from(request, subject_id, fields)
    shown = {"id": issued.id, "code": code, "role": issued.role, "is_single_use": issued.is_single_use}
    return json_answer(shown | {"expires_at": issued.expires_at}, 201)


@route(
    blueprint,
    f"{PREFIX}/binding-codes/{{binding_code_id}}/revoke",
    methods=("POST",),
    permission=Permission.BINDING_CONFIRM,
    resource=CODE,
    answers=BindingCodeAnswer,
    match=Match.OPTIONAL,
)
def post_revoke(request: WebRequest, binding_code_id: str) -> Answer:
    """Revoke a code: it opens nothing from now on. Bindings that were made with it stay."""
    code = revoke_code(request.store, request.tenant, request.act(), code_id=binding_code_id)
    return json_answer(_shown(request, code), etag=code.version)
