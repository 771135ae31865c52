"""Logins of the identity provider that may act as one person: asked by one administrator, confirmed by another."""

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from chalicelib.domain.login_binding import LoginBinding
from chalicelib.services.draw.problems import SecondPersonNeededError
from chalicelib.services.tenancy.bind_login import ask_login, confirm_login, unbind_login
from chalicelib.settings import settings
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.people import PERSON, shown_name
from chalicelib.web.i18n import gettext
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

BASE = "/console/people/{person_id}/logins"


def labels() -> dict[str, str]:
    return {"login": gettext("登录标识")}


@route(blueprint, BASE, permission=Permission.PEOPLE_READ, resource=PERSON)
def list_logins(request: WebRequest, person_id: str) -> Answer:
    return _list(request, person_id)


def _list(
    request: WebRequest, person_id: str, error: InvalidInputError | None = None, *, is_second_needed: bool = False
) -> Answer:
    """The person and their bindings: two reads."""
    person = request.store.people.get(request.tenant, person_id)
    bindings = request.store.login_bindings.of_person(request.tenant, person_id)
    return page(
        request,
        "pages/organisation/logins.html",
        409 if is_second_needed else 422 if error else 200,
        person=person,
        name=shown_name(person),
        rows=[
            {
                "binding": one,
                "is_own": not one.may_be_confirmed_by(request.actor),
                "is_waiting": one.is_waiting and not one.has_lapsed(request.now),
                "has_lapsed": one.has_lapsed(request.now),
                "short": f"{one.identity_id[:8]}…{one.identity_id[-4:]}",
            }
            for one in sorted(bindings, key=lambda one: one.bound_at, reverse=True)
        ],
        active=sum(one.is_active for one in bindings),
        waiting=sum(one.is_waiting and not one.has_lapsed(request.now) for one in bindings),
        login=request.form.text("login") if error else "",
        is_second_needed=is_second_needed,
        may_manage=allowed(request.actor, Permission.PEOPLE_MANAGE),
        may_confirm=allowed(request.actor, Permission.ACCESS_CONFIRM),
        problems=messages.form_problems(error, labels()) if error else [],
    )


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=Permission.PEOPLE_MANAGE,
    resource=PERSON,
    sample_body={"login": "example"},
)
def post_login(request: WebRequest, person_id: str) -> Answer:
    try:
        ask_login(
            request.store,
            request.tenant,
            request.act(),
            person_id=person_id,
            issuer=settings().identity.issuer,
            subject=request.form.text("login"),
        )
    except InvalidInputError as error:
        return _list(request, person_id, error)
    return see_other(f"/console/people/{person_id}/logins", gettext("已提交，请另一位管理员确认"))


def _of_person(request: WebRequest, person_id: str) -> LoginBinding:
    """The binding that the form names, if it is this person's."""
    found: LoginBinding = request.store.login_bindings.get(request.tenant, request.form.required("binding_id"))
    if found.person_id != person_id:
        raise RecordNotFoundError(kind=LoginBinding.KIND, id=found.id)
    return found


@route(
    blueprint,
    BASE + "/confirm",
    methods=("POST",),
    permission=Permission.ACCESS_CONFIRM,
    resource=PERSON,
    sample_body={"binding_id": "x.0123456789abcdef"},
)
def post_confirm(request: WebRequest, person_id: str) -> Answer:
    binding = _of_person(request, person_id)
    home = request.store.tenants.get(request.tenant, request.tenant)
    try:
        confirm_login(request.store, request.tenant, request.act(), binding_id=binding.id, label=home.label)
    except SecondPersonNeededError:
        return _list(request, person_id, is_second_needed=True)
    return see_other(f"/console/people/{person_id}/logins", gettext("已绑定，下次登录生效"))


@route(
    blueprint,
    BASE + "/end",
    methods=("POST",),
    permission=Permission.PEOPLE_MANAGE,
    resource=PERSON,
    sample_body={"binding_id": "x.0123456789abcdef"},
)
def post_end(request: WebRequest, person_id: str) -> Answer:
    binding = _of_person(request, person_id)
    unbind_login(request.store, request.tenant, request.act(), binding_id=binding.id)
    return see_other(f"/console/people/{person_id}/logins", gettext("已解除，这个账号不能再作为此人登录"))
