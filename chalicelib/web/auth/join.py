"""Where the QR code of a served notice leads: who is known goes on to bind, who is not signs up as a subject's user.

Between the provider and the form the browser keeps a sealed cookie that says who signed in, for ten minutes; a session
begins only once the code holds.
"""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.domain.act import Act
from chalicelib.domain.errors import InvalidInputError, NotAllowedError, RecordNotFoundError, YijianshiError
from chalicelib.domain.record import new_id
from chalicelib.domain.session import Membership
from chalicelib.domain.tenancy import PLATFORM, is_tenant_id
from chalicelib.services.binding.join_by_code import join_by_code, joining_actor
from chalicelib.settings import settings
from chalicelib.web import cookies, sealing, security_log, sessions
from chalicelib.web.answers import Answer, page, redirect, see_other
from chalicelib.web.binding_words import labels
from chalicelib.web.errors import SignInRequiredError
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import gettext
from chalicelib.web.limits import SIGN_IN_SECONDS, limit_address, limit_identity
from chalicelib.web.messages import form_problems
from chalicelib.web.public.tenants import label_of
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import OPEN, route

blueprint = Blueprint(__name__)

PATH = "/login/join"
_JOIN_SECONDS = 600


def join_address(tenant: str, code: str) -> str:
    """What a served notice's QR code names."""
    return f"{PATH}?{urlencode({'tenant': tenant, 'code': code})}"


def asked_tenant(next_path: str) -> str:
    """The tenant that a way back to this page names; empty for any other page."""
    parts = urlsplit(next_path)
    found = parse_qs(parts.query).get("tenant", [""])[0] if parts.path == PATH else ""
    return found if is_tenant_id(found) and found != PLATFORM else ""


def remember(request: WebRequest, identity_id: str, others: list[Membership], name: str) -> None:
    """Keep who signed in until they have typed their code. others: who they are in other tenants."""
    value = {"identity": identity_id, "name": name[:40], "others": [one.model_dump() for one in others]}
    until = request.now + timedelta(seconds=_JOIN_SECONDS)
    sealed = sealing.seal(bootstrap.application_secret(), "join", value, until=until)
    request.set_cookies.append(cookies.set_cookie(cookies.JOIN, sealed, max_age=_JOIN_SECONDS))


def _remembered(request: WebRequest, now: datetime) -> dict[str, Any] | None:
    sealed = request.cookies.get(cookies.JOIN, "")
    return sealing.unseal(bootstrap.application_secret(), "join", sealed, now=now)


def _place(request: WebRequest, tenant: str) -> str:
    """The tenant's public name; RecordNotFoundError for nobody's place."""
    if not is_tenant_id(tenant) or tenant == PLATFORM:
        raise RecordNotFoundError()
    with bootstrap.scope(tenant, ScopeRole.PUBLIC):
        return label_of(request.store.public_tenants.get(tenant, tenant), request.locale)


@route(blueprint, PATH, permission=OPEN)
def show_join(request: WebRequest) -> Answer:
    _limit(request)
    tenant, code = request.query.text("tenant"), request.query.text("code")[:40]
    if request.session is not None:
        held = request.session.membership
        if held is not None and held.tenant == tenant:
            return redirect(f"/subject/bindings/enter?code={quote(code)}")
        if any(one.tenant == tenant for one in request.session.memberships):
            return redirect("/login/tenant")
    return _form(request, tenant, code)


def _limit(request: WebRequest) -> None:
    limit_address(request, "join", settings().limits.intake_address, SIGN_IN_SECONDS)


def _form(
    request: WebRequest, tenant: str, code: str, error: InvalidInputError | None = None, status: int = 422
) -> Answer:
    label, known = _place(request, tenant), _remembered(request, request.now)
    return page(
        request,
        "pages/auth/join.html",
        status if error else 200,
        label=label,
        tenant=tenant,
        code=code,
        name=request.form.text("name") if error else (known or {}).get("name", ""),
        is_known=known is not None,
        login_url=f"/login?next={quote(join_address(tenant, code))}",
        problems=form_problems(error, labels() | {"name": gettext("您的姓名")}) if error else [],
    )


@route(
    blueprint,
    PATH,
    methods=["POST"],
    permission=OPEN,
    sample_body={"tenant": "gx450100", "code": "XXXX-XXXX-XXXX-XXXX", "name": "示例"},
)
def post_join(request: WebRequest) -> Answer:
    _limit(request)
    form = request.form
    tenant, code = form.required("tenant"), form.text("code")
    known = _remembered(request, request.now)
    if known is None:
        raise SignInRequiredError()
    limit_identity(request, "join", known["identity"], settings().limits.intake_person, SIGN_IN_SECONDS)
    _place(request, tenant)
    who = joining_actor(tenant, known["identity"], form.text("name").strip()[:80])
    once = sha256(f"{known['identity']} {form.text('key') or new_id()}".encode()).hexdigest()
    act = Act(actor=who, at=request.now, key=f"join.{once[:40]}")
    try:
        with bootstrap.scope(tenant):
            member = join_by_code(bootstrap.store(), tenant, act, code=code, identity_id=known["identity"])
    except InvalidInputError as error:
        return _form(request, tenant, code, error)
    except NotAllowedError:
        return _form(request, tenant, code, invalid("code", "known_here"), 409)
    except YijianshiError as error:
        if "retry_after" not in error.details:
            raise
        minutes = -(-int(error.details["retry_after"]) // 60)
        return _form(request, tenant, code, invalid("code", "too_many_tries", minutes=minutes), 429)
    request.set_cookies.append(cookies.clear_cookie(cookies.JOIN))
    others = [Membership.model_validate(one) for one in known["others"]]
    sessions.begin(request, known["identity"], [*others, member], member)
    security_log.signed_in(request, known["identity"])
    return see_other("/subject", gettext("已绑定，现在可以替企业办事"))
