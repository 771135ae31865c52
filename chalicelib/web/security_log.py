"""The security log: one line for every refused request and every sign-in, with identifiers only.

It goes to its own logger; a refusal never to the table: a refused caller must not be able to make us write.
"""

from chalicelib import bootstrap
from chalicelib.domain.act import Act
from chalicelib.domain.errors import YijianshiError
from chalicelib.domain.record import new_id
from chalicelib.domain.tenancy import Actor
from chalicelib.observability import security_log
from chalicelib.services.tenancy.note_session import note_session
from chalicelib.web.request import WebRequest

REFUSALS = frozenset({401, 403, 404, 429})


def refused(request: WebRequest, status: int, error: YijianshiError) -> None:
    """One entry; details of an error are kept when they are words of ours (`reason`, `permission`)."""
    security_log.warning("request refused", **_fields(request), status=status, code=error.code, **_reason(error))


def signed_in(request: WebRequest, identity_id: str, actor: Actor | None = None) -> None:
    """Also an event of the tenant that was entered, where its audit administrator reads it; none before a choice."""
    security_log.info("signed in", **_fields(request), identity=identity_id)
    _keep(request, actor, is_begun=True)


def signed_out(request: WebRequest, identity_id: str, actor: Actor | None = None) -> None:
    security_log.info("signed out", **_fields(request), identity=identity_id)
    _keep(request, actor, is_begun=False)


def _keep(request: WebRequest, actor: Actor | None, *, is_begun: bool) -> None:
    if actor is not None:
        act = Act(actor=actor, at=request.now, key=new_id())
        with bootstrap.scope(actor.tenant):
            note_session(bootstrap.store(), actor.tenant, act, is_begun=is_begun)


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
