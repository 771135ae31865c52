"""Around every request: errors become answers, answers get their headers, and one line goes to the log.

This module alone turns the code of an error into an HTTP status. The words are those of `messages.py`.
"""

from collections.abc import Callable, Mapping
from contextvars import ContextVar
from typing import Any
from urllib.parse import quote, urlsplit

from chalice import Response
from chalice.app import CaseInsensitiveMapping, Request

from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError, YijianshiError
from chalicelib.observability import logger
from chalicelib.web import i18n, messages, security_log
from chalicelib.web.admission import admitted
from chalicelib.web.answers import Answer, is_local, page, problem, redirect, see_other
from chalicelib.web.api.parameters import check_path
from chalicelib.web.errors import (
    MethodNotAllowedError,
    SignInRequiredError,
    TenantNotChosenError,
    UnexpectedError,
    UnreadableRequestError,
    UnsupportedMediaTypeError,
)
from chalicelib.web.headers import add_headers
from chalicelib.web.limits import quota_headers
from chalicelib.web.paths import CATCH_ALL
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import SAFE_METHODS, Face, RouteDeclaration

STATUS_BY_CODE: Mapping[str, int] = {
    "error": 400,
    "unreadable_request": 400,
    "sign_in_failed": 400,
    "not_authenticated": 401,
    "not_allowed": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "precondition_failed": 412,
    "too_large": 413,
    "precondition_required": 428,
    "too_many_requests": 429,
    "too_often": 429,
    "too_many_tries": 429,
    "conflict": 409,
    "already_exists": 409,
    "already_done": 409,
    "part_over": 409,
    "job_cancelled": 409,
    "job_ended": 409,
    "illegal_transition": 409,
    "limit_reached": 409,
    "calendar_missing": 409,
    "inspector_shortage": 409,
    "commitment_not_logged": 409,
    "second_person_needed": 403,
    "unsupported_media_type": 415,
    "invalid_input": 422,
    "key_reused": 422,
    "invalid_draw": 422,
    "invalid_beacon": 422,
    "signature_refused": 422,
    "webhook_signature_refused": 422,
    "channel_refused": 503,
    "post_refused": 503,
    "tenant_required": 500,
    "policy_denied": 500,
    "unexpected": 500,
    "broken_scenario": 500,
    "identity_unavailable": 503,
    "storage_unavailable": 503,
}
"""By the code of the error or of its nearest base."""

_OF_CHALICE: Mapping[int, type[YijianshiError]] = {
    400: UnreadableRequestError,
    404: RecordNotFoundError,
    405: MethodNotAllowedError,
    415: UnsupportedMediaTypeError,
}
_request: ContextVar[WebRequest | None] = ContextVar("web_request", default=None)


def status_of(error: YijianshiError) -> int:
    """The HTTP status of an error; a limit that says when to come back is 429."""
    if "retry_after" in error.details:
        return 429
    codes = (getattr(kind, "code", "error") for kind in type(error).__mro__)
    return next(STATUS_BY_CODE[code] for code in codes if code in STATUS_BY_CODE)


def around(raw: Request, get_response: Callable[[Request], Response]) -> Response:
    """The HTTP middleware of the Chalice app."""
    if raw is None:
        return get_response(raw)
    if "accept" not in raw.headers:
        # Chalice refuses to answer bytes to a request without Accept, which by RFC 9110 takes anything.
        raw.headers = CaseInsensitiveMapping({**dict(raw.headers), "accept": "*/*"})
    request = WebRequest(raw)
    token = _request.set(request)
    try:
        with i18n.use_locale(request.locale):
            answer = get_response(raw)
            if not isinstance(answer, Answer):
                refused = answer
                answer = answer_error(request, _of_chalice(raw, refused))
                answer.headers.update({k: v for k, v in refused.headers.items() if k == "Allow"})
            return _finished(request, answer)
    except Exception:
        logger.exception("no answer could be made", request_id=request.id)
        return _finished(request, Answer(f"500 {request.id}", content_type="text/plain; charset=utf-8", status=500))
    finally:
        _request.reset(token)


def serve(declaration: RouteDeclaration, path_values: Mapping[str, str]) -> Answer:
    """Run one declared route for the current request. Never raises."""
    request = _request.get()
    if request is None:
        raise RuntimeError("the middleware is not registered: call chalicelib.web.register(app)")
    request.declaration = declaration
    try:
        check_path(declaration, path_values)
        with admitted(request, declaration, path_values):
            answer = _handled(request, declaration, path_values)
        if not isinstance(answer, Answer):
            raise TypeError(f"{declaration.name} did not return an Answer")
        return answer
    except YijianshiError as error:
        return answer_error(request, error)
    except Exception:
        logger.exception("unexpected error", request_id=request.id, route=declaration.path)
        return answer_error(request, UnexpectedError())


def _handled(request: WebRequest, declaration: RouteDeclaration, path_values: Mapping[str, str]) -> Answer:
    if declaration.face is not Face.API:
        return declaration.handler(request, **path_values)
    from chalicelib.web.api.serving import served

    return served(request, declaration, path_values)


def answer_error(request: WebRequest, error: YijianshiError) -> Answer:
    """A problem document for programs, a page that says what happened and what to do for people."""
    status = status_of(error)
    if status in security_log.REFUSALS:
        security_log.refused(request, status, error)
    elif status >= 500:
        route = request.declaration.path if request.declaration else request.raw.path
        logger.error("request failed", request_id=request.id, route=route, code=error.code, **_loggable(error))
    answer = _problem(request, status, error) if request.is_api else _for_people(request, status, error)
    if status == 429:
        answer.headers["Retry-After"] = str(error.details["retry_after"])
    if status == 503:
        answer.headers["Retry-After"] = "5"
    if status == 401 and request.is_api:
        answer.headers["WWW-Authenticate"] = _challenge(request)
    return answer


def _challenge(request: WebRequest) -> str:
    """What a refused caller has to bring (RFC 9110 §11.6.1, RFC 6750 §3)."""
    if request.declaration is not None and request.declaration.is_signed:
        return 'Signature realm="yijianshi"'
    return 'Bearer realm="yijianshi"' + (', error="invalid_token"' if request.header("authorization") else "")


def _problem(request: WebRequest, status: int, error: YijianshiError) -> Answer:
    words = messages.error_words(error)
    problems = error.problems if isinstance(error, InvalidInputError) else []
    return problem(
        status,
        error.code,
        words.title,
        detail=words.advice,
        instance=f"urn:yijianshi:request:{request.id}",
        problems=[(found, messages.field_words(found)) for found in problems],
        outside=_outside(request),
    )


def _outside(request: WebRequest) -> dict[str, str]:
    """Names that are no fields of the body, and where they are."""
    headers = dict.fromkeys(("If-Match", "If-None-Match", "Idempotency-Key"), "header")
    declared = request.declaration
    if declared is None or declared.is_safe:
        return headers | dict.fromkeys(request.query.names(), "query") | _declared_query(declared)
    return headers | _declared_query(declared)


def _declared_query(declared: RouteDeclaration | None) -> dict[str, str]:
    return dict.fromkeys(declared.query.model_fields, "query") if declared and declared.query else {}


def _for_people(request: WebRequest, status: int, error: YijianshiError) -> Answer:
    if isinstance(error, TenantNotChosenError) and not request.is_partial:
        return see_other("/login/tenant")
    if isinstance(error, SignInRequiredError):
        if request.is_partial:
            answer = Answer("", content_type="text/plain; charset=utf-8", status=401)
            answer.headers["HX-Redirect"] = f"/login?next={quote(_page_of(request))}"
            return answer
        if request.method in SAFE_METHODS:
            return redirect(f"/login?next={quote(request.url)}")
    problems = error.problems if isinstance(error, InvalidInputError) else []
    return page(
        request,
        "pages/errors/error.html",
        status,
        words=messages.error_words(error),
        reference=request.id,
        problems=[messages.field_words(found) for found in problems],
        sign_in_url=f"/login?next={quote(_page_of(request))}" if status == 401 else "",
    )


def _page_of(request: WebRequest) -> str:
    """The page that a form or a part of a page belongs to."""
    shown = urlsplit(request.header("hx-current-url") or request.header("referer"))
    path = shown.path + (f"?{shown.query}" if shown.query else "")
    return path if is_local(path) else "/"


def _of_chalice(raw: Request, response: Response) -> YijianshiError:
    """What Chalice refused by itself: method, media type, or a fault outside every handler. No method would do for a
    path that does not exist."""
    if response.status_code == 405 and raw.context.get("resourcePath") == CATCH_ALL:
        return RecordNotFoundError()
    return _OF_CHALICE.get(response.status_code, UnexpectedError)()


def _finished(request: WebRequest, answer: Answer) -> Answer:
    for cookie in request.set_cookies:
        answer.add_cookie(cookie)
    add_headers(answer.headers, request.face, is_https=request.is_https, locale=request.locale)
    answer.headers["X-Request-Id"] = request.id
    if request.quota is not None:
        answer.headers.update(quota_headers(request.quota))
    if isinstance(answer.body, str):
        answer.body = answer.body.encode()
    if request.method == "HEAD":
        answer.body = b""
    line = {"request_id": request.id, "method": request.method, "path": request.raw.path, "status": answer.status_code}
    (logger.debug if request.face is Face.STATIC else logger.info)("request", **line)
    return answer


def _loggable(error: YijianshiError) -> dict[str, Any]:
    return {name: str(value) for name, value in error.details.items() if name in ("cause", "action", "keys", "reason")}
