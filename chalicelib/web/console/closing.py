"""Closing the tenant: everybody of it sees whether a request waits; one person asks, another confirms."""

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.errors import IllegalTransitionError, InvalidInputError, RecordNotFoundError
from chalicelib.domain.tenancy import Role
from chalicelib.domain.tenant_closing import ClosingState, TenantClosing
from chalicelib.services.draw.problems import SecondPersonNeededError
from chalicelib.services.tenancy.close_tenant import ask_closing, confirm_closing, withdraw_closing
from chalicelib.services.tenancy.export_tenant import newest_archive
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.tenants import label_of
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.people_words import role_label
from chalicelib.web.public.closings import BASE as CERTIFICATES
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

BASE = "/console/tenant/closing"
STATES: dict[ClosingState, tuple[str, str]] = {
    ClosingState.WAITING: (mark("等复核"), "orange"),
    ClosingState.CONFIRMED: (mark("正在删除"), "red"),
    ClosingState.WITHDRAWN: (mark("已撤回"), ""),
    ClosingState.EXPIRED: (mark("过期作废"), ""),
}


def labels() -> dict[str, str]:
    return {"typed": gettext("单位名称"), "reason": gettext("理由"), "archive": gettext("导出包")}


@route(blueprint, BASE, permission=Permission.TENANT_READ)
def show_closing(request: WebRequest) -> Answer:
    return _show(request)


def _show(request: WebRequest, error: InvalidInputError | None = None, *, is_second_needed: bool = False) -> Answer:
    """The tenant, its newest request and its newest archive: three reads."""
    home = request.store.tenants.get(request.tenant, request.tenant)
    found = request.store.closings.newest(request.tenant)
    state = found.state_at(request.now) if found is not None else None
    is_waiting = state is ClosingState.WAITING
    may_ask = allowed(request.actor, Permission.TENANT_CLOSE) and request.actor.division is None
    may_confirm = allowed(request.actor, Permission.TENANT_CLOSE_CONFIRM)
    return page(
        request,
        "pages/tenants/closing.html",
        409 if is_second_needed else 422 if error else 200,
        name=home.label,
        label=label_of(home),
        closing=found,
        state=(gettext(STATES[state][0]), STATES[state][1]) if state is not None else None,
        is_waiting=is_waiting,
        asked_role=role_label(found.asked_role) if found is not None else "",
        archive=newest_archive(request.store, request.tenant),
        may_ask=may_ask and not is_waiting and state is not ClosingState.CONFIRMED,
        may_confirm=may_confirm and is_waiting,
        may_withdraw=is_waiting and (may_ask or may_confirm),
        confirming=role_label(Role.SECURITY_ADMINISTRATOR),
        values=request.form.single() if error else {},
        certificate_url=f"{CERTIFICATES}/{home.id}",
        is_second_needed=is_second_needed,
        problems=messages.form_problems(error, labels()) if error else [],
    )


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=Permission.TENANT_CLOSE,
    sample_body={"typed": "示例", "reason": "示例"},
)
def post_closing(request: WebRequest) -> Answer:
    form = request.form
    try:
        ask_closing(request.store, request.tenant, request.act(), typed=form.text("typed"), reason=form.text("reason"))
    except InvalidInputError as error:
        return _show(request, error)
    return see_other(BASE, gettext("已提交，请安全管理员确认"))


def _waiting(request: WebRequest) -> TenantClosing:
    """The newest request; what came of it meanwhile is the service's to say."""
    found: TenantClosing | None = request.store.closings.newest(request.tenant)
    if found is None:
        raise RecordNotFoundError(kind=TenantClosing.KIND)
    return found


@route(
    blueprint,
    f"{BASE}/confirm",
    methods=("POST",),
    permission=Permission.TENANT_CLOSE_CONFIRM,
    sample_body={"typed": "示例"},
)
def post_confirm(request: WebRequest) -> Answer:
    """Confirmed, the tenant's pages end: the certificate's page says how far the deletion is."""
    asked = _waiting(request)
    try:
        begun = confirm_closing(
            request.store, request.tenant, request.act(), closing_id=asked.id, typed=request.form.text("typed")
        )
    except InvalidInputError as error:
        return _show(request, error)
    except SecondPersonNeededError:
        return _show(request, is_second_needed=True)
    return see_other(f"{CERTIFICATES}/{begun.id}")


@route(blueprint, f"{BASE}/withdraw", methods=("POST",), permission=Permission.TENANT_READ)
def post_withdraw(request: WebRequest) -> Answer:
    try:
        withdraw_closing(request.store, request.tenant, request.act(), closing_id=_waiting(request).id)
    except IllegalTransitionError:
        return see_other(BASE, gettext("申请已经撤回、作废或确认，没有再改"))
    return see_other(BASE, gettext("已撤回，单位照常使用"))
