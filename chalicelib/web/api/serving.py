"""What stands around every handler of the API: sizes, limits, query, preconditions, repeats, entity tags."""

from collections.abc import Mapping

from chalicelib.domain.errors import ConflictError
from chalicelib.settings import settings
from chalicelib.web.answers import Answer
from chalicelib.web.api.repeats import find_repeat, keep_answer
from chalicelib.web.errors import PreconditionFailedError, TooLargeError
from chalicelib.web.fields import invalid
from chalicelib.web.limits import count_call
from chalicelib.web.preconditions import check_match, has_already, seen_versions, tag_of_read
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, RouteDeclaration


def served(request: WebRequest, declaration: RouteDeclaration, path_values: Mapping[str, str]) -> Answer:
    """The handler's answer, once the request holds against its declaration. Runs inside the storage scope."""
    count_call(request)
    _check_size(request)
    if declaration.query is not None:
        request.check_query(declaration.query)
    if declaration.is_safe:
        return _tagged(request, declaration.handler(request, **path_values))
    return _written(request, declaration, path_values)


def _check_size(request: WebRequest) -> None:
    limits = settings().limits
    is_form = request.header("content-type").lower().startswith("multipart/")
    limit = limits.upload_bytes if is_form else limits.body_bytes
    if len(request.body) > limit:
        raise TooLargeError(limit=limit)


def _written(request: WebRequest, declaration: RouteDeclaration, path_values: Mapping[str, str]) -> Answer:
    if not declaration.needs_sign_in:
        return declaration.handler(request, **path_values)
    repeated = find_repeat(request)
    if repeated is not None:
        return repeated
    _check_precondition(request, declaration)
    try:
        answer = declaration.handler(request, **path_values)
    except ConflictError as error:
        if request.header("if-match") not in ("", "*"):
            raise PreconditionFailedError(**error.details) from error
        raise
    keep_answer(request, answer, is_repeatable=declaration.is_repeatable)
    return answer


def _check_precondition(request: WebRequest, declaration: RouteDeclaration) -> None:
    """`If-Match` against the record of the path, which the admission has read."""
    if declaration.match is None:
        if request.header("if-match"):
            raise invalid("If-Match", "precondition_unsupported")
        return
    is_required = declaration.match is Match.REQUIRED
    if request.named is not None and declaration.match is not Match.OWN:
        check_match(request, request.named, is_required=is_required)
    else:
        seen_versions(request, is_required=is_required)


def _tagged(request: WebRequest, answer: Answer) -> Answer:
    """The entity tag of what was read; 304 for who has it already (RFC 9110 §13.1.2)."""
    version = str(answer.headers.get("ETag", "")).strip('"')
    if answer.status_code != 200 or not version:
        return answer
    body = answer.body.encode() if isinstance(answer.body, str) else bytes(answer.body)
    answer.headers["ETag"] = tag_of_read(version, body)
    if not has_already(request, answer.headers["ETag"]):
        return answer
    unchanged = Answer(b"", content_type="application/json", status=304)
    unchanged.headers = {"ETag": answer.headers["ETag"]}
    return unchanged
