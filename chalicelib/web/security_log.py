"""The security log: one line for every refused request and every sign-in, with identifiers only.

It goes to its own logger, never to the table: a refused caller must not be able to make us write.
"""

from chalicelib.domain.errors import YijianshiError
from chalicelib.observability import security_log
from chalicelib.web.request import WebRequest

REFUSALS = frozenset({401, 403, 404, 429})


def refused(request: WebRequest, status: int, error: YijianshiError) -> None:
    """One entry; details of an error are kept when they are words of ours (`reason`, `permission`)."""
    security_log.warning("request refused", **_fields(request), status=status, code=error.code, **_reason(error))


def signed_in(request: WebRequest, identity_id: str) -> None:
    security_log.info("signed in", **_fields(request), identity=identity_id)


def signed_out(request: WebRequest, identity_id: str) -> None:
    security_log.info("signed out", **_fields(request), identity=identity_id)


def _fields(request: WebRequest) -> dict[str, str]:
    person = request.person
    return {
        "request_id": request.id,
        "method": request.method,
        "route": request.declaration.path if request.declaration else "",
        "address": request.address,
        "tenant": request.known_tenant or "",
        "person": person.person_id if person else "",
    }


def _reason(error: YijianshiError) -> dict[str, str]:
    return {name: str(error.details[name]) for name in ("reason", "permission") if name in error.details}
