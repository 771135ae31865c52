"""Hand-overs: the offer of one subject, what waits on either side, the answer."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed, require
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.hand_over import Direction, HandOver, HandOverState
from chalicelib.services.register.answer_hand_over import accept_hand_over, return_hand_over
from chalicelib.services.register.offer_hand_over import offer_hand_over, receivers, withdraw_hand_over
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.places import counties_of, place_label
from chalicelib.web.register_words import KINDS
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route
from chalicelib.web.scenarios import scenario_label
from chalicelib.web.subject_view import BASE as SUBJECTS
from chalicelib.web.subject_view import SUBJECT, kind_label, read_subject

blueprint = Blueprint(__name__)

BASE = "/console/hand-overs"
HAND_OVER = ("hand_over", "hand_over_id")
STATES = {
    HandOverState.OFFERED: (mark("等答复"), "orange"),
    HandOverState.ACCEPTED: (mark("已接收，正在传送"), "azure"),
    HandOverState.COMPLETED: (mark("已移交"), "green"),
    HandOverState.RETURNED: (mark("已退回"), "red"),
    HandOverState.WITHDRAWN: (mark("已撤回"), ""),
}
DIRECTIONS = {Direction.OUTGOING: mark("移出，给%(tenant)s"), Direction.INCOMING: mark("移入，来自%(tenant)s")}


def hand_over_labels() -> dict[str, str]:
    return {
        "receiver": gettext("移交给"),
        "reason": gettext("理由"),
        "division": gettext("放在哪个县区"),
        "code": gettext("统一社会信用代码"),
    }


def shown(request: WebRequest, one: HandOver) -> dict[str, Any]:
    words, tone = STATES[one.state]
    return {
        "hand_over": one,
        "state": (gettext(words), tone),
        "direction": gettext(DIRECTIONS[one.direction], tenant=one.other_label),
        "is_late": one.is_waiting and one.due_at is not None and one.due_at < request.now,
    }


def read_hand_over(request: WebRequest, hand_over_id: str) -> HandOver:
    found: HandOver = request.store.hand_overs.get(request.tenant, hand_over_id)
    require(request.actor, Permission.SUBJECT_HAND_OVER, found.resource)
    return found


@route(
    blueprint,
    BASE,
    permission=Permission.SUBJECT_HAND_OVER,
    nav=Nav(group=mark("底账"), label=mark("对象移交"), order=45, icon="send"),
)
def show_list(request: WebRequest) -> Answer:
    """Those that wait, of either direction; `?state=ended` those that ended."""
    is_waiting = request.query.text("state") != "ended"
    found = request.store.hand_overs.listed(request.tenant, is_waiting=is_waiting, after=open_cursor(request))
    mine = [one for one in found.records if allowed(request.actor, Permission.SUBJECT_HAND_OVER, one.resource)]
    held = "" if is_waiting else "state=ended&"
    cursor = seal_cursor(request, found.next)
    return page(
        request,
        "pages/hand_overs/list.html",
        rows=[shown(request, one) for one in mine],
        is_waiting=is_waiting,
        tabs=[
            {"label": gettext("等答复的"), "url": BASE, "active": is_waiting},
            {"label": gettext("办结的"), "url": f"{BASE}?state=ended", "active": not is_waiting},
        ],
        next_url=f"{BASE}?{held}{CURSOR}={cursor}" if cursor else "",
        first_url=(f"{BASE}?state=ended" if held else BASE) if request.query.text(CURSOR) else "",
    )


@route(blueprint, f"{SUBJECTS}/{{subject_id}}/hand-over", permission=Permission.SUBJECT_HAND_OVER, resource=SUBJECT)
def new_offer(request: WebRequest, subject_id: str) -> Answer:
    return _offer_form(request, subject_id, {})


def _offer_form(
    request: WebRequest, subject_id: str, values: dict[str, str], error: InvalidInputError | None = None
) -> Answer:
    subject = read_subject(request, subject_id, Permission.SUBJECT_HAND_OVER)
    if subject.hand_over_id and not subject.handed_to:
        return see_other(f"{BASE}/{subject.hand_over_id}")
    found = [one for id in subject.all_ids for one in request.store.findings.of_subject(request.tenant, id)]
    return page(
        request,
        "pages/hand_overs/offer.html",
        422 if error else 200,
        subject=subject,
        kind=kind_label(subject),
        receivers=[
            ("", gettext("请选择")),
            *((one.id, one.label) for one in receivers(request.store, request.tenant)),
        ],
        open_count=sum(one.state != "closed" for one in found),
        values=values,
        problems=messages.form_problems(error, hand_over_labels()) if error else [],
    )


@route(
    blueprint,
    f"{SUBJECTS}/{{subject_id}}/hand-over",
    methods=("POST",),
    permission=Permission.SUBJECT_HAND_OVER,
    resource=SUBJECT,
    sample_body={"receiver": "gx450500", "reason": "1"},
)
def post_offer(request: WebRequest, subject_id: str) -> Answer:
    form = request.form
    try:
        subject = offer_hand_over(
            request.store,
            request.tenant,
            request.act(),
            subject_id=subject_id,
            receiver=form.text("receiver"),
            reason=form.text("reason"),
        )
    except InvalidInputError as error:
        return _offer_form(request, subject_id, form.single(), error)
    return see_other(f"{BASE}/{subject.hand_over_id}", gettext("已发出，等对方答复"))


@route(blueprint, f"{BASE}/{{hand_over_id}}", permission=Permission.SUBJECT_HAND_OVER, resource=HAND_OVER)
def show_hand_over(request: WebRequest, hand_over_id: str) -> Answer:
    return _page(request, hand_over_id, {})


def _page(
    request: WebRequest, hand_over_id: str, values: dict[str, str], error: InvalidInputError | None = None
) -> Answer:
    found = read_hand_over(request, hand_over_id)
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    is_incoming = found.direction is Direction.INCOMING
    codes = counties_of(tenant.divisions, request.actor)
    scenarios = found.projection.scenarios
    has_subject = not is_incoming or found.state is HandOverState.COMPLETED
    return page(
        request,
        "pages/hand_overs/show.html",
        422 if error else 200,
        **shown(request, found),
        is_incoming=is_incoming,
        is_open=found.state is HandOverState.OFFERED,
        kind=gettext(KINDS.get(found.projection.kind, found.projection.kind)),
        place=place_label(found.projection.division, is_full=True),
        own_place=place_label(found.division, is_full=True) if found.division else "",
        staying=[scenario_label(one) for one in scenarios if not is_incoming or one in tenant.scenarios],
        leaving=[scenario_label(one) for one in scenarios if is_incoming and one not in tenant.scenarios],
        counties=[("", gettext("请选择")), *((code, place_label(code)) for code in codes)],
        subject_url=f"{SUBJECTS}/{found.subject_id}" if has_subject else "",
        values={"division": found.projection.division if found.projection.division in codes else ""} | values,
        problems=messages.form_problems(error, hand_over_labels()) if error else [],
    )


@route(
    blueprint,
    f"{BASE}/{{hand_over_id}}/accept",
    methods=("POST",),
    permission=Permission.SUBJECT_HAND_OVER,
    resource=HAND_OVER,
)
def post_acceptance(request: WebRequest, hand_over_id: str) -> Answer:
    read_hand_over(request, hand_over_id)
    division = request.form.text("division")
    try:
        accept_hand_over(request.store, request.tenant, request.act(), hand_over_id=hand_over_id, division=division)
    except InvalidInputError as error:
        return _page(request, hand_over_id, request.form.single(), error)
    return see_other(f"{BASE}/{hand_over_id}", gettext("已接收，资料正在传送，稍后刷新"))


@route(
    blueprint,
    f"{BASE}/{{hand_over_id}}/return",
    methods=("POST",),
    permission=Permission.SUBJECT_HAND_OVER,
    resource=HAND_OVER,
    sample_body={"reason": "1"},
)
def post_return(request: WebRequest, hand_over_id: str) -> Answer:
    read_hand_over(request, hand_over_id)
    reason = request.form.text("reason")
    try:
        return_hand_over(request.store, request.tenant, request.act(), hand_over_id=hand_over_id, reason=reason)
    except InvalidInputError as error:
        return _page(request, hand_over_id, request.form.single(), error)
    return see_other(f"{BASE}/{hand_over_id}", gettext("已退回"))


@route(
    blueprint,
    f"{BASE}/{{hand_over_id}}/withdraw",
    methods=("POST",),
    permission=Permission.SUBJECT_HAND_OVER,
    resource=HAND_OVER,
)
def post_withdrawal(request: WebRequest, hand_over_id: str) -> Answer:
    read_hand_over(request, hand_over_id)
    withdraw_hand_over(request.store, request.tenant, request.act(), hand_over_id=hand_over_id)
    return see_other(f"{BASE}/{hand_over_id}", gettext("已撤回"))
