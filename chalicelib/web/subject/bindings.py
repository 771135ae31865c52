"""For whom I act: bind by a served code, ask a department, see who else acts for the subject, end it."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.binding import Binding, BindingRole
from chalicelib.domain.errors import InvalidInputError, YijianshiError
from chalicelib.domain.tenancy import SubjectRight
from chalicelib.services.binding.bind_by_code import bind_by_code
from chalicelib.services.binding.own_subjects import own_subjects
from chalicelib.services.binding.revoke_binding import change_rights, may_revoke, revoke_binding
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.binding_words import binding_row, labels, request_row, right_options
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.messages import form_problems
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)

BASE = "/subject/bindings"
BINDING = ("binding", "binding_id")


def chosen_rights(values: list[str]) -> frozenset[SubjectRight]:
    """The rights that a form or a body names; InvalidInputError for a word that is none."""
    try:
        return frozenset(SubjectRight(value) for value in values)
    except ValueError:
        raise invalid("rights", "unknown_choice") from None


def chosen_role(value: str) -> BindingRole:
    try:
        return BindingRole(value)
    except ValueError:
        raise invalid("role", "not_chosen") from None


def own_groups(request: WebRequest) -> list[dict[str, Any]]:
    """One per subject that this person acts for: who acts for it, under any of its identifiers. One query of each."""
    groups = []
    for subject in own_subjects(request.store, request.tenant, request.actor):
        found = [
            one
            for id in subject.all_ids
            for one in request.store.bindings.of_subject(request.tenant, id)
            if one.is_held
        ]
        rows = [
            binding_row(one)
            | {
                "is_own": one.person_id == request.actor.person_id,
                "may_revoke": may_revoke(request.actor, one),
                "may_change": one.role is BindingRole.AGENT
                and allowed(request.actor, Permission.BINDING_MANAGE, one.resource),
            }
            for one in sorted(found, key=lambda one: (one.role is BindingRole.AGENT, one.bound_at))
        ]
        groups.append({"subject": subject, "rows": rows})
    return groups


@route(
    blueprint,
    BASE,
    permission=Permission.OWN_SUBJECT_READ,
    nav=Nav(group=mark("我的企业"), label=mark("代办人和绑定"), order=40, icon="users"),
)
def show_bindings(request: WebRequest) -> Answer:
    asked = request.store.binding_requests.of_person(request.tenant, request.actor.person_id)
    return page(
        request,
        "pages/bindings/own.html",
        groups=own_groups(request),
        requests=[request_row(one) for one in asked],
    )


@route(blueprint, f"{BASE}/enter", permission=Permission.OWN_SUBJECT_READ)
def enter_code(request: WebRequest) -> Answer:
    """Where the QR code of a served notice leads; nothing happens until the person says so."""
    return _enter(request, request.query.text("code"))


@route(blueprint, f"{BASE}/enter", methods=("POST",), permission=Permission.OWN_SUBJECT_READ)
def post_code(request: WebRequest) -> Answer:
    code = request.form.text("code")
    try:
        binding: Binding = bind_by_code(request.store, request.tenant, request.act(), code=code)
    except InvalidInputError as error:
        return _enter(request, code, error)
    except YijianshiError as error:
        if "retry_after" not in error.details:
            raise
        minutes = -(-int(error.details["retry_after"]) // 60)
        answer = _enter(request, code, invalid("code", "too_many_tries", minutes=minutes), status=429)
        answer.headers["Retry-After"] = str(error.details["retry_after"])
        return answer
    return see_other("/subject", gettext("已绑定%(name)s", name=binding.subject_name))


def _enter(request: WebRequest, code: str, error: InvalidInputError | None = None, status: int = 422) -> Answer:
    return page(
        request,
        "pages/bindings/enter.html",
        status if error else 200,
        code=code[:40],
        problems=form_problems(error, labels()) if error else [],
    )


@route(blueprint, f"{BASE}/{{binding_id}}/revoke", permission=Permission.OWN_SUBJECT_READ, resource=BINDING)
def ask_revoke(request: WebRequest, binding_id: str) -> Answer:
    return _ask_revoke(request, request.store.bindings.get(request.tenant, binding_id))


def _ask_revoke(request: WebRequest, binding: Binding, error: InvalidInputError | None = None) -> Answer:
    return page(
        request,
        "pages/bindings/revoke.html",
        422 if error else 200,
        row=binding_row(binding),
        is_own=binding.person_id == request.actor.person_id,
        values=request.form.single() if error else {},
        action=f"{BASE}/{binding.id}/revoke",
        back_url=BASE,
        problems=form_problems(error, labels()) if error else [],
    )


@route(
    blueprint,
    f"{BASE}/{{binding_id}}/revoke",
    methods=("POST",),
    permission=Permission.OWN_SUBJECT_READ,
    resource=BINDING,
    sample_body={"reason": "example"},
)
def post_revoke(request: WebRequest, binding_id: str) -> Answer:
    reason = request.form.text("reason")
    try:
        revoke_binding(request.store, request.tenant, request.act(), binding_id=binding_id, reason=reason)
    except InvalidInputError as error:
        return _ask_revoke(request, request.store.bindings.get(request.tenant, binding_id), error)
    return see_other(BASE, gettext("已停用，马上生效"))


@route(blueprint, f"{BASE}/{{binding_id}}/rights", permission=Permission.BINDING_MANAGE, resource=BINDING)
def edit_rights(request: WebRequest, binding_id: str) -> Answer:
    binding = request.store.bindings.get(request.tenant, binding_id)
    return page(
        request,
        "pages/bindings/rights.html",
        row=binding_row(binding),
        rights=right_options(),
        values=[one.value for one in binding.rights],
    )


@route(
    blueprint,
    f"{BASE}/{{binding_id}}/rights",
    methods=("POST",),
    permission=Permission.BINDING_MANAGE,
    resource=BINDING,
)
def post_rights(request: WebRequest, binding_id: str) -> Answer:
    rights = chosen_rights(request.form.many("rights"))
    change_rights(request.store, request.tenant, request.act(), binding_id=binding_id, rights=rights)
    return see_other(BASE, gettext("已保存，马上生效"))
