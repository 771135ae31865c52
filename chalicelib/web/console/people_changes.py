"""Changes of access that wait for a second administrator: list, what would change, confirm, refuse, take back."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.access_change import AccessChange, AccessChangeState, access_rules
from chalicelib.domain.errors import ConflictError, InvalidInputError
from chalicelib.domain.tenancy import Role
from chalicelib.services.people.change_access import confirm_change, refuse_change, withdraw_change
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.people import BASE as PEOPLE
from chalicelib.web.console.people import label_of, tabs_of
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.formats import join_words
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.messages import form_problems
from chalicelib.web.people_words import labels, role_label, role_labels
from chalicelib.web.places import place_label
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

BASE = f"{PEOPLE}/changes"
CHANGE = ("access_change", "access_change_id")
STATES: dict[AccessChangeState, tuple[str, str]] = {
    AccessChangeState.WAITING: (mark("等复核"), "orange"),
    AccessChangeState.CONFIRMED: (mark("已生效"), "green"),
    AccessChangeState.REFUSED: (mark("没有同意"), "red"),
    AccessChangeState.WITHDRAWN: (mark("已撤回"), ""),
    AccessChangeState.EXPIRED: (mark("过期作废"), ""),
}
KINDS = {"add_person": mark("添加人员"), "change_person": mark("修改人员")}
# The reasons of data/access_rules.json, named here so that the catalogue holds their English.
_REASONS = (
    mark("首次开通由平台运营一次导入，三员尚未到位"), mark("停用账号要快，马上生效；重新启用须复核"),
    mark("企业用户没有绑定就没有权限，绑定另有送达或核实"), mark("姓名和执法证不改变权限"),
)  # fmt: skip
_ORDER = ("name", "roles", "department_id", "acting_body_id", "division", "is_active", "certificates")


def change_row(request: WebRequest, asked: AccessChange) -> dict[str, Any]:
    words, tone = STATES[asked.state_at(request.now)]
    return {
        "change": asked,
        "kind": gettext(KINDS[asked.kind.value]),
        "state": (gettext(words), tone),
        "is_waiting": asked.state_at(request.now) is AccessChangeState.WAITING,
        "requested_role": role_label(asked.requested_role),
    }


@route(blueprint, BASE, permission=Permission.ACCESS_READ)
def list_changes(request: WebRequest) -> Answer:
    """Those that wait, or those decided: one query of an index."""
    is_decided = request.query.text("state") == "decided"
    store, tenant = request.store, request.tenant
    found = store.access_changes.in_state(tenant, is_waiting=not is_decided, after=open_cursor(request))
    rows = [change_row(request, one) for one in found.records]
    base = f"{BASE}?state=decided" if is_decided else BASE
    cursor = seal_cursor(request, found.next)
    mine = [row for row in rows if row["is_waiting"] and row["change"].may_be_confirmed_by(request.actor)]
    return page(
        request,
        "pages/people/changes.html",
        rows=rows,
        is_decided=is_decided,
        mine=mine,
        exemptions=[gettext(one.reason) for one in access_rules().exemptions],
        tabs=tabs_of(request, BASE),
        may_confirm=allowed(request.actor, Permission.ACCESS_CONFIRM),
        next_url=f"{base}{'&' if '?' in base else '?'}{CURSOR}={cursor}" if cursor else "",
        first_url=base if request.query.text(CURSOR) else "",
    )


@route(blueprint, f"{BASE}/{{access_change_id}}", permission=Permission.ACCESS_READ, resource=CHANGE)
def show_change(request: WebRequest, access_change_id: str) -> Answer:
    return _show(request, access_change_id)


def _show(
    request: WebRequest, change_id: str, error: InvalidInputError | None = None, *, is_stale: bool = False
) -> Answer:
    asked = request.store.access_changes.get(request.tenant, change_id)
    row = change_row(request, asked)
    may_confirm = allowed(request.actor, Permission.ACCESS_CONFIRM) and asked.may_be_confirmed_by(request.actor)
    return page(
        request,
        "pages/people/change.html",
        409 if is_stale else 422 if error else 200,
        row=row,
        asked=asked,
        rows=diff_rows(request, asked),
        confirming=[role_label(role) for role in sorted(asked.confirming_roles)],
        may_confirm=may_confirm and row["is_waiting"],
        may_withdraw=asked.requested_by == request.actor.person_id and row["is_waiting"],
        is_stale=is_stale,
        base=f"{BASE}/{asked.id}",
        values=request.form.single() if error else {},
        problems=form_problems(error, labels() | {"reason": gettext("理由")}) if error else [],
    )


def diff_rows(request: WebRequest, asked: AccessChange) -> list[dict[str, str]]:
    """Field by field, before and after, in words; of a new person what is set."""
    names = labels()
    return [
        {
            "label": names.get(field, field),
            "before": _words(request, field, asked.before.get(field)) if field in asked.before else "",
            "after": _words(request, field, asked.values[field]),
        }
        for field in _ORDER
        if field in asked.values and (asked.before or asked.values[field] not in (None, [], {}))
    ]


def _words(request: WebRequest, field: str, value: Any) -> str:
    if field == "is_active":
        return gettext("在岗") if value else gettext("停用")
    if value in (None, [], ""):
        return gettext("全部") if field == "division" else gettext("没有")
    if field == "roles":
        return join_words(role_labels(frozenset(Role(role) for role in value)))
    if field == "certificates":
        return join_words([str(one["number"]) for one in value])
    if field == "division":
        return place_label(value, is_full=True)
    if field in ("department_id", "acting_body_id"):
        store = request.store.departments if field == "department_id" else request.store.acting_bodies
        found = store.find(request.tenant, value)
        return label_of(found) if found else str(value)
    return str(value)


@route(
    blueprint,
    f"{BASE}/{{access_change_id}}/confirm",
    methods=("POST",),
    permission=Permission.ACCESS_CONFIRM,
    resource=CHANGE,
)
def post_confirm(request: WebRequest, access_change_id: str) -> Answer:
    try:
        done = confirm_change(request.store, request.tenant, request.act(), change_id=access_change_id)
    except ConflictError:
        return _show(request, access_change_id, is_stale=True)
    except InvalidInputError as error:
        return _show(request, access_change_id, error)
    return see_other(f"{PEOPLE}/{done.person_id}", gettext("已复核，马上生效"))


@route(
    blueprint,
    f"{BASE}/{{access_change_id}}/refuse",
    methods=("POST",),
    permission=Permission.ACCESS_CONFIRM,
    resource=CHANGE,
    sample_body={"reason": "example"},
)
def post_refuse(request: WebRequest, access_change_id: str) -> Answer:
    reason = request.form.text("reason")
    try:
        refuse_change(request.store, request.tenant, request.act(), change_id=access_change_id, reason=reason)
    except InvalidInputError as error:
        return _show(request, access_change_id, error)
    return see_other(BASE, gettext("已退回，对方会看到理由"))


@route(
    blueprint,
    f"{BASE}/{{access_change_id}}/withdraw",
    methods=("POST",),
    permission=Permission.PEOPLE_MANAGE,
    resource=CHANGE,
)
def post_withdraw(request: WebRequest, access_change_id: str) -> Answer:
    withdraw_change(request.store, request.tenant, request.act(), change_id=access_change_id)
    return see_other(BASE, gettext("已撤回"))
