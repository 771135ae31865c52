"""Who acts for one subject: its agents, the codes served for it, a new code with its notice."""

import hashlib
import hmac

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.domain.access import Permission
from chalicelib.domain.binding import BindingCode, binding_rules, make_code
from chalicelib.domain.errors import InvalidInputError
from chalicelib.services.binding.issue_code import issue_code, revoke_code
from chalicelib.services.binding.revoke_binding import revoke_binding
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.auth.join import join_address
from chalicelib.web.binding_words import binding_row, code_row, labels, right_options, role_options
from chalicelib.web.console.draw_page import qr
from chalicelib.web.fields import Fields
from chalicelib.web.i18n import gettext
from chalicelib.web.messages import form_problems
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.subject.bindings import BINDING, chosen_rights, chosen_role

blueprint = Blueprint(__name__)

SUBJECT = ("subject", "subject_id")
CODE = ("binding_code", "binding_code_id")


def _base(subject_id: str) -> str:
    return f"/console/subjects/{subject_id}/agents"


@route(blueprint, "/console/subjects/{subject_id}/agents", permission=Permission.BINDING_CONFIRM, resource=SUBJECT)
def show_agents(request: WebRequest, subject_id: str) -> Answer:
    return _page(request, subject_id)


def _page(request: WebRequest, subject_id: str, error: InvalidInputError | None = None) -> Answer:
    """The subject and one query each of its bindings and codes."""
    store, tenant = request.store, request.tenant
    found = store.bindings.of_subject(tenant, subject_id)
    return page(
        request,
        "pages/bindings/agents.html",
        422 if error else 200,
        subject=store.subjects.get(tenant, subject_id),
        held=[binding_row(one) for one in found if one.is_held],
        ended=[binding_row(one) for one in found if not one.is_held],
        codes=[code_row(one, request.now) for one in store.binding_codes.of_subject(tenant, subject_id)],
        base=_base(subject_id),
        days=binding_rules().code_days,
        roles=role_options(),
        rights=right_options(),
        values=request.form.single() if error else {"role": "owner", "is_single_use": "yes"},
        chosen=request.form.many("rights") if error else [option[0] for option in right_options()],
        problems=form_problems(error, labels()) if error else [],
    )


def issue_from(request: WebRequest, subject_id: str, values: Fields) -> tuple[BindingCode, str]:
    """The issued code and its characters. They follow from the act's key and our secret, so that a request sent twice
    prints the same code, and are kept nowhere."""
    act = request.act()
    secret = bootstrap.application_secret()
    drawn = hmac.new(secret, f"binding-code:{request.tenant}:{subject_id}:{act.key}".encode(), hashlib.sha256)
    code = make_code(drawn.digest())
    issued: BindingCode = issue_code(
        request.store,
        request.tenant,
        act,
        subject_id=subject_id,
        code=code,
        role=chosen_role(values.text("role")),
        rights=chosen_rights(values.many("rights")),
        is_single_use=values.flag("is_single_use"),
    )
    return issued, code


@route(
    blueprint,
    "/console/subjects/{subject_id}/agents/codes",
    methods=("POST",),
    permission=Permission.BINDING_CONFIRM,
    resource=SUBJECT,
    sample_body={"role": "owner"},
)
def post_code(request: WebRequest, subject_id: str) -> Answer:
    """The notice to print: the one time that the code is shown."""
    try:
        issued, code = issue_from(request, subject_id, request.form)
    except InvalidInputError as error:
        return _page(request, subject_id, error)
    return page(
        request,
        "pages/bindings/notice.html",
        subject=request.store.subjects.get(request.tenant, subject_id),
        row=code_row(issued, request.now),
        code=code,
        qr=qr(request, join_address(request.tenant, code)),
        back_url=_base(subject_id),
    )


@route(
    blueprint,
    "/console/binding-codes/{binding_code_id}/revoke",
    methods=("POST",),
    permission=Permission.BINDING_CONFIRM,
    resource=CODE,
)
def post_revoke_code(request: WebRequest, binding_code_id: str) -> Answer:
    code = revoke_code(request.store, request.tenant, request.act(), code_id=binding_code_id)
    return see_other(_base(code.subject_id), gettext("绑定码已作废"))


@route(blueprint, "/console/held-bindings/{binding_id}/revoke", permission=Permission.BINDING_CONFIRM, resource=BINDING)
def ask_revoke(request: WebRequest, binding_id: str) -> Answer:
    return _ask(request, binding_id)


def _ask(request: WebRequest, binding_id: str, error: InvalidInputError | None = None) -> Answer:
    binding = request.store.bindings.get(request.tenant, binding_id)
    return page(
        request,
        "pages/bindings/revoke.html",
        422 if error else 200,
        row=binding_row(binding),
        is_own=False,
        values=request.form.single() if error else {},
        action=f"/console/held-bindings/{binding_id}/revoke",
        back_url=_base(binding.subject_id),
        problems=form_problems(error, labels()) if error else [],
    )


@route(
    blueprint,
    "/console/held-bindings/{binding_id}/revoke",
    methods=("POST",),
    permission=Permission.BINDING_CONFIRM,
    resource=BINDING,
    sample_body={"reason": "example"},
)
def post_revoke(request: WebRequest, binding_id: str) -> Answer:
    try:
        ended = revoke_binding(
            request.store,
            request.tenant,
            request.act(),
            binding_id=binding_id,
            reason=request.form.text("reason"),
        )
    except InvalidInputError as error:
        return _ask(request, binding_id, error)
    return see_other(_base(ended.subject_id), gettext("已停用，马上生效"))
