"""The problem documents (RFC 9457) of the API: their shape, and which statuses a call can answer with."""

from http import HTTPStatus
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.web.routing import SIGNED_IN, Match, RouteDeclaration

PROBLEM_TYPE = "application/problem+json"


class FieldError(BaseModel):
    """One thing that is wrong with one value that was sent, and how to mend it in the caller's language."""

    model_config = ConfigDict(extra="forbid")

    field: str
    place: Literal["body", "query", "header"]
    pointer: str | None = Field(default=None, description="JSON Pointer to the field of the body (RFC 6901)")
    code: str = Field(description="stable reason")
    detail: str = Field(description="what to mend, in the caller's language")
    details: dict[str, str | int] = Field(default_factory=dict, description="values that the sentence was made from")


class Problem(BaseModel):
    """What went wrong and what to do (RFC 9457). `code` is stable; the words are in the caller's language."""

    model_config = ConfigDict(extra="forbid")

    type: str = Field(pattern="^urn:yijianshi:error:[a-z_]+$")
    title: str
    status: int = Field(ge=400, le=599)
    code: str = Field(pattern="^[a-z_]+$")
    detail: str = ""
    instance: str = Field(default="", description="reference of this request; support finds it in the log")
    problems: list[FieldError] = Field(default_factory=list, description="of the values that were sent")


REASONS: dict[int, str] = {
    304: "Not modified: the caller has this representation (`If-None-Match`).",
    400: "The body is not what its media type says.",
    401: "No valid token, session or signature.",
    403: "The caller is known but may not do this, or the CSRF token is missing.",
    404: "No such record, or none that the caller may know of.",
    405: "This address does not take this method; `Allow` names those it takes.",
    409: "The state of the record does not allow this, or it was changed at the same moment.",
    412: "`If-Match` names a version that is no longer the present one.",
    413: "The body is larger than the API takes.",
    415: "The media type of the body is not one that the call takes.",
    422: "Values that cannot be taken, each named in `problems`; or an `Idempotency-Key` used for another call.",
    428: "The call overwrites a record and needs `If-Match`.",
    429: "More calls than the limit allows; `Retry-After` says in how many seconds to come back.",
    500: "A fault of ours; `instance` leads to it in the log.",
    503: "The storage or the identity provider does not answer; come back after `Retry-After` seconds.",
}


def problem_statuses(declaration: RouteDeclaration) -> list[int]:
    """The statuses of refusals that this call can answer with."""
    found = {429, 500, 503}
    if declaration.is_signed:
        return sorted(found | {400, 401, 404, 409, 413, 415, 422})
    if not declaration.is_open:
        found |= {401, 403} | ({404, 409} if declaration.permission != SIGNED_IN else {404})
    if declaration.parameters:
        found.add(404)
    if declaration.query is not None or declaration.parameters:
        found.add(422)
    if not declaration.is_safe:
        found |= {400, 403, 409, 413, 415, 422}
        if declaration.match is not None:
            found.add(412)
        if declaration.match is Match.REQUIRED:
            found.add(428)
    elif declaration.is_open:
        found.discard(403)
    return sorted(found)


def reason_of(status: int) -> str:
    return REASONS.get(status, HTTPStatus(status).phrase)
