"""Server-side sessions: an opaque cookie, of which only the hash is stored; rotated at every change of standing."""

import secrets
from datetime import datetime
from hashlib import sha256

from chalicelib import bootstrap
from chalicelib.domain.errors import YijianshiError
from chalicelib.domain.session import Membership, Session
from chalicelib.observability import logger
from chalicelib.settings import settings
from chalicelib.web import cookies
from chalicelib.web.request import WebRequest

_TOUCHES_PER_IDLE_LIMIT = 6


def session_id(cookie: str) -> str:
    return sha256(cookie.encode()).hexdigest()


def resume(request: WebRequest) -> Session | None:
    """The live session of the request's cookie; a dead or unknown cookie is cleared."""
    cookie = request.cookies.get(cookies.SESSION, "")
    if not cookie:
        return None
    session = bootstrap.store().sessions.open(session_id(cookie))
    limits = settings().session
    if session is None or not session.is_alive(request.now, limits.idle_seconds, limits.absolute_seconds):
        request.set_cookies.append(cookies.clear_cookie(cookies.SESSION))
        return None
    request.session = session
    return session


def begin(
    request: WebRequest,
    identity_id: str,
    memberships: list[Membership],
    membership: Membership | None,
    *,
    created_at: datetime | None = None,
    deputy_id: str | None = None,
) -> Session:
    """A new session under a new cookie; the one that the browser came with is revoked.

    created_at: kept when a session only changes tenant, so that rotation does not lengthen its absolute limit.
    """
    revoke(request)
    cookie = secrets.token_urlsafe(32)
    session = Session(
        id=session_id(cookie),
        identity_id=identity_id,
        memberships=memberships,
        membership=membership,
        deputy_id=deputy_id,
        csrf_token=secrets.token_urlsafe(32),
        created_at=created_at or request.now,
        seen_at=request.now,
    )
    bootstrap.store().sessions.keep(session)
    request.session = session
    request.set_cookies.append(cookies.set_cookie(cookies.SESSION, cookie))
    return session


def act_as(request: WebRequest, deputy_id: str | None) -> None:
    """Work on under this appointment as a deputy, or as oneself again, under a fresh session."""
    held = request.session
    if held is not None:
        begin(
            request,
            held.identity_id,
            held.memberships,
            held.membership,
            created_at=held.created_at,
            deputy_id=deputy_id,
        )


def forget_deputy(session: Session) -> None:
    """The appointment has ended by itself: from this page on the browser works in its own name."""
    session.deputy_id = None
    bootstrap.store().sessions.keep(session)


def revoke(request: WebRequest) -> None:
    """Forget the browser's session on both sides."""
    cookie = request.cookies.get(cookies.SESSION, "")
    request.session = None
    if cookie:
        bootstrap.store().sessions.revoke(session_id(cookie))
        request.set_cookies.append(cookies.clear_cookie(cookies.SESSION))


def touch(request: WebRequest) -> None:
    """Note that the session is in use, a few times per idle limit. Never fails a request."""
    session = request.session
    if session is None:
        return
    unseen = (request.now - session.seen_at).total_seconds()
    if unseen * _TOUCHES_PER_IDLE_LIMIT < settings().session.idle_seconds:
        return
    session.seen_at = request.now
    try:
        bootstrap.store().sessions.keep(session)
    except YijianshiError as error:
        logger.info("session not touched", code=error.code)
