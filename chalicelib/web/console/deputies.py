"""Deputies: whom I have named, for whom I stand in, name one, begin and stop acting for somebody."""

from datetime import date
from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.deputy import Deputy, delegable, deputy_rules
from chalicelib.domain.errors import InvalidInputError
from chalicelib.services.people.name_deputy import end_deputy, find_acting, may_stand_in, name_deputy
from chalicelib.web import sessions
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.fields import Fields
from chalicelib.web.formats import format_date, join_clauses, join_words
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.messages import form_problems
from chalicelib.web.people_words import role_labels
from chalicelib.web.permission_words import permission_words
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)

BASE = "/console/deputies"
DEPUTY = ("deputy", "deputy_id")


def deputy_row(named: Deputy, today: date) -> dict[str, Any]:
    if named.ended_at is not None or today > named.to_on:
        state = (gettext("已结束"), "")
    else:
        state = (gettext("代行中"), "green") if named.holds_on(today) else (gettext("还没有开始"), "azure")
    return {
        "deputy": named,
        "permissions": sorted(permission_words(one) for one in named.permissions),
        "period": gettext("%(start)s至%(end)s", start=format_date(named.from_on), end=format_date(named.to_on)),
        "state": state,
        "holds": named.holds_on(today),
        "is_open": named.is_open(today),
    }


@route(
    blueprint,
    BASE,
    permission=Permission.HOME_READ,
    nav=Nav(group=mark("单位"), label=mark("代行"), order=84, icon="user-check"),
)
def list_deputies(request: WebRequest) -> Answer:
    """Two queries: whom I named, for whom I was named."""
    today = shanghai_date(request.now)
    store, tenant, me = request.store, request.tenant, request.actor.person_id
    return page(
        request,
        "pages/deputies/list.html",
        named=[deputy_row(one, today) for one in store.deputies.of_principal(tenant, me)],
        standing_in=[deputy_row(one, today) for one in store.deputies.of_deputy(tenant, me)],
        may_name=allowed(request.actor, Permission.DEPUTY_NAME) and not request.actor.acting_for,
        acting_id=request.session.deputy_id if request.session else None,
    )


@route(blueprint, f"{BASE}/new", permission=Permission.DEPUTY_NAME)
def new_deputy(request: WebRequest) -> Answer:
    return _form(request)


def _form(request: WebRequest, error: InvalidInputError | None = None) -> Answer:
    store, tenant = request.store, request.tenant
    me = store.people.get(tenant, request.actor.person_id)
    near = [one for one in store.people.near(tenant, me) if not may_stand_in(me, one)]
    own = sorted(delegable(me))
    today = shanghai_date(request.now).isoformat()
    return page(
        request,
        "pages/deputies/form.html",
        422 if error else 200,
        people=[
            ("", gettext("请选择")),
            *((one.id, join_clauses([one.name, join_words(role_labels(one.roles))])) for one in near),
        ],
        permissions=[(one.value, permission_words(one)) for one in own],
        most_days=deputy_rules().most_days,
        values=request.form.single() if error else {"from_on": today},
        chosen=request.form.many("permissions") if error else [one.value for one in own],
        problems=form_problems(error, _labels()) if error else [],
    )


def _labels() -> dict[str, str]:
    return {
        "deputy_id": gettext("代行人"),
        "from_on": gettext("开始日期"),
        "to_on": gettext("结束日期"),
        "permissions": gettext("交出的权限"),
        "reason": gettext("原因"),
    }


def name_from(request: WebRequest, values: Fields) -> Deputy:
    named: Deputy = name_deputy(
        request.store,
        request.tenant,
        request.act(),
        deputy_id=values.text("deputy_id"),
        from_on=values.day("from_on"),
        to_on=values.day("to_on"),
        permissions=values.many("permissions"),
        reason=values.text("reason"),
    )
    return named


@route(blueprint, BASE, methods=("POST",), permission=Permission.DEPUTY_NAME)
def post_deputy(request: WebRequest) -> Answer:
    try:
        named = name_from(request, request.form)
    except InvalidInputError as error:
        return _form(request, error)
    return see_other(BASE, gettext("已请%(name)s代行", name=named.deputy_name))


@route(
    blueprint,
    f"{BASE}/{{deputy_id}}/end",
    methods=("POST",),
    permission=Permission.HOME_READ,
    resource=DEPUTY,
)
def post_end(request: WebRequest, deputy_id: str) -> Answer:
    end_deputy(request.store, request.tenant, request.act(), appointment_id=deputy_id)
    return see_other(BASE, gettext("代行已结束，马上生效"))


@route(
    blueprint,
    f"{BASE}/{{deputy_id}}/begin",
    methods=("POST",),
    permission=Permission.HOME_READ,
    resource=DEPUTY,
)
def post_begin(request: WebRequest, deputy_id: str) -> Answer:
    """From now on this browser works for the other, until it stops or the period ends."""
    person = request.store.people.get(request.tenant, request.actor.person_id)
    acting = find_acting(request.store, request.tenant, person, deputy_id, shanghai_date(request.now))
    if acting is None or request.session is None:
        return see_other(BASE, gettext("现在不能代行：不在代行的日期内，或对方已结束"), "orange")
    sessions.act_as(request, deputy_id)
    return see_other("/console", gettext("您正在代%(name)s办理", name=acting.acting_for_name))


@route(blueprint, f"{BASE}/stop", methods=("POST",), permission=Permission.HOME_READ)
def post_stop(request: WebRequest) -> Answer:
    if request.session is not None:
        sessions.act_as(request, None)
    return see_other("/console", gettext("已回到您本人的工作"))
