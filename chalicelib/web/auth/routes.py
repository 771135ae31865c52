"""Signing in and out, and the choice of the tenant to work in."""

from datetime import timedelta
from hmac import compare_digest

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.domain.session import Membership
from chalicelib.domain.tenancy import Actor
from chalicelib.services.tenancy.bind_identity import identity_id
from chalicelib.settings import settings
from chalicelib.web import cookies, sealing, security_log, sessions
from chalicelib.web.answers import Answer, is_local, page, redirect, see_other
from chalicelib.web.auth.join import asked_tenant, remember
from chalicelib.web.errors import IdentityUnavailableError, NoMembershipError, SignInFailedError, SignInRequiredError
from chalicelib.web.fields import invalid
from chalicelib.web.identity import keys, oidc
from chalicelib.web.limits import SIGN_IN_SECONDS, limit_address, limit_identity
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import OPEN, route
from chalicelib.web.ui import home_of

blueprint = Blueprint(__name__)

_ATTEMPT_SECONDS = 600


@route(blueprint, "/login", permission=OPEN)
def begin_login(request: WebRequest) -> Answer:
    """To the provider's page. `next`: where to come back to, a path of ours. Counted is the way back."""
    if not settings().identity.authorize_url:
        raise IdentityUnavailableError(cause="not configured")
    wanted = request.query.text("next")
    attempt = oidc.LoginAttempt.fresh(wanted if is_local(wanted) else "")
    until = request.now + timedelta(seconds=_ATTEMPT_SECONDS)
    sealed = sealing.seal(bootstrap.application_secret(), "login", attempt.as_dict(), until=until)
    answer = redirect(oidc.authorization_url(settings().identity, attempt))
    answer.add_cookie(cookies.set_cookie(cookies.LOGIN, sealed, max_age=_ATTEMPT_SECONDS))
    return answer


@route(blueprint, "/login/callback", permission=OPEN)
def finish_login(request: WebRequest) -> Answer:
    """Back from the provider. The one GET that writes: a session, asked for by the sealed attempt of this browser."""
    limits = settings().limits
    limit_address(request, "login", limits.sign_in_address, SIGN_IN_SECONDS)
    request.set_cookies.append(cookies.clear_cookie(cookies.LOGIN))
    attempt = _attempt(request)
    provider = settings().identity
    claims = oidc.redeem(provider, keys.key_cache, attempt, request.query.required("code"), now=request.now)
    id = identity_id(provider.issuer, claims["sub"])
    limit_identity(request, "login", id, limits.sign_in_person, SIGN_IN_SECONDS)
    identity = bootstrap.store().identities.lookup(id)
    open_to = [(m, actor) for m in (identity.memberships if identity else []) if (actor := _active(m))]
    wanted = asked_tenant(attempt.next)
    if wanted and all(one.tenant != wanted for one in (identity.memberships if identity else [])):
        remember(request, id, [m for m, _ in open_to], str(claims.get("name", "")))
        return see_other(attempt.next)
    if not open_to:
        raise NoMembershipError()
    only = open_to[0] if len(open_to) == 1 else None
    sessions.begin(request, id, [m for m, _ in open_to], only[0] if only else None)
    security_log.signed_in(request, id, only[1] if only else None)
    if only is None:
        return see_other("/login/tenant")
    return see_other(attempt.next or home_of(only[1]))


@route(blueprint, "/login/tenant", permission=OPEN)
def choose_tenant(request: WebRequest) -> Answer:
    """The memberships of a signed-in identity."""
    session = request.session
    if session is None:
        raise SignInRequiredError()
    return page(request, "pages/auth/tenant.html", memberships=session.memberships, current=session.membership)


@route(blueprint, "/login/tenant", methods=["POST"], permission=OPEN)
def enter_tenant(request: WebRequest) -> Answer:
    """Work as one of one's own memberships, under a fresh session that ends no later than the old one."""
    session = request.session
    if session is None:
        raise SignInRequiredError()
    wanted = request.form.required("membership")
    chosen = next((m for m in session.memberships if f"{m.tenant}.{m.person_id}" == wanted), None)
    actor = _active(chosen) if chosen else None
    if chosen is None or actor is None:
        raise invalid("membership", "unknown_choice")
    sessions.begin(request, session.identity_id, session.memberships, chosen, created_at=session.created_at)
    security_log.signed_in(request, session.identity_id, actor)
    return see_other(home_of(actor))


@route(blueprint, "/logout", methods=["POST"], permission=OPEN)
def log_out(request: WebRequest) -> Answer:
    """Ends the session here; the page after it leads on to the provider, where a form may not post to."""
    if request.session is not None:
        entered = request.session.membership
        security_log.signed_out(request, request.session.identity_id, _active(entered) if entered else None)
    sessions.revoke(request)
    return see_other("/logout/done")


@route(blueprint, "/logout/done", permission=OPEN)
def logged_out(request: WebRequest) -> Answer:
    return page(request, "pages/auth/logged_out.html", provider_url=settings().identity.logout_url)


def _attempt(request: WebRequest) -> oidc.LoginAttempt:
    """What this browser began, if the answer belongs to it."""
    sealed = request.cookies.get(cookies.LOGIN, "")
    found = sealing.unseal(bootstrap.application_secret(), "login", sealed, now=request.now)
    if found is None:
        raise SignInFailedError(reason="no attempt")
    attempt = oidc.LoginAttempt(**found)
    if not compare_digest(request.query.text("state").encode(), attempt.state.encode()):
        raise SignInFailedError(reason="state")
    issuer = request.query.text("iss")
    if issuer and issuer != settings().identity.issuer:
        raise SignInFailedError(reason="issuer")
    if request.query.text("error"):
        raise SignInFailedError(reason=f"provider: {request.query.text('error')[:40]}")
    return attempt


def _active(membership: Membership) -> Actor | None:
    """The person at work, or None when the tenant no longer lets them."""
    with bootstrap.scope(membership.tenant, ScopeRole.READER):
        person = bootstrap.store().people.find(membership.tenant, membership.person_id)
    return Actor.of(membership.tenant, person) if person and person.is_active else None
