"""Handbooks pushed to subjects: what was sent, who opened it when, who has not, reminding them, the list as a file."""

import csv
import io
from typing import Any

from chalice import Blueprint

from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.handbook_push import HandbookPush, HandbookReceipt
from chalicelib.domain.text import safe_cell
from chalicelib.services.handbook.push_handbook import (
    opened_count,
    opened_counts,
    remind_unread,
    request_push,
)
from chalicelib.web.answers import Answer, file_answer, page, see_other
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.formats import format_datetime
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.messages import form_problems
from chalicelib.web.places import counties_of, place_label
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route
from chalicelib.web.scenarios import scenario_label

blueprint = Blueprint(__name__)

BASE = "/console/handbook-pushes"
ONE = BASE + "/{handbook_push_id}"
PUSH = (HandbookPush.KIND, "handbook_push_id")
PAGE_ROWS = 25
MOST_IN_FILE = 20_000
CSV = "text/csv; charset=utf-8"


def _labels() -> dict[str, str]:
    labels = {"scenario": gettext("场景"), "county": gettext("县区"), "note": gettext("说明")}
    return labels | {"push": gettext("一册推送")}


@route(
    blueprint,
    BASE,
    permission=Permission.HANDBOOK_PUSH,
    nav=Nav(group=mark("规则"), label=mark("一册推送"), order=75, icon="send"),
)
def list_pushes(request: WebRequest) -> Answer:
    """One query, and one read for the counters of the page."""
    found = request.store.handbook_pushes.recent(request.tenant, open_cursor(request), 25)
    cursor = seal_cursor(request, found.next)
    pushes = [one for one in found.records if is_within(request, one)]
    opened = opened_counts(request.store, request.tenant, [one.id for one in pushes])
    return page(
        request,
        "pages/handbook_pushes/list.html",
        rows=[_row(one, opened[one.id]) for one in pushes],
        base=BASE,
        next_url=f"{BASE}?{request.query.encoded({CURSOR: cursor})}" if cursor else "",
        first_url=BASE if request.query.text(CURSOR) else "",
    )


def is_within(request: WebRequest, push: HandbookPush) -> bool:
    return request.actor.division is None or push.county == request.actor.division


def _row(push: HandbookPush, opened: int) -> dict[str, Any]:
    return {
        "push": push,
        "scenario": scenario_label(push.scenario),
        "place": place_label(push.county) if push.county else gettext("全部县区"),
        "opened": opened,
        "unread": max(push.recipients - opened, 0),
    }


@route(blueprint, f"{BASE}/new", permission=Permission.HANDBOOK_PUSH)
def new_push(request: WebRequest) -> Answer:
    return _form(request, request.query)


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=Permission.HANDBOOK_PUSH,
    sample_body={"scenario": "refined_oil"},
)
def post_push(request: WebRequest) -> Answer:
    form = request.form
    try:
        push = request_push(
            request.store,
            request.tenant,
            request.act(),
            scenario=form.text("scenario"),
            county=form.text("county"),
            note=form.text("note"),
        )
    except InvalidInputError as error:
        return _form(request, form, error)
    return see_other(f"{BASE}/{push.id}", gettext("正在推送，可以离开这一页"))


def _form(request: WebRequest, values: Fields, error: InvalidInputError | None = None) -> Answer:
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    counties = counties_of(tenant.divisions, request.actor)
    return page(
        request,
        "pages/handbook_pushes/new.html",
        422 if error else 200,
        base=BASE,
        values=values.single(),
        scenarios=[(name, scenario_label(name)) for name in tenant.scenarios if registry().holds(name)],
        counties=[("", gettext("全部县区")), *((code, place_label(code)) for code in counties)],
        problems=form_problems(error, _labels()) if error else [],
    )


def _asked(request: WebRequest) -> tuple[bool, str]:
    """(those who opened it, county) of the filters; without a choice those who have not read."""
    state, county = request.query.text("state") or "unread", request.query.text("county")
    if state not in ("unread", "opened"):
        raise invalid("state", "unknown_choice")
    return state == "opened", county


@route(blueprint, ONE, permission=Permission.HANDBOOK_PUSH, resource=PUSH)
def show_push(request: WebRequest, handbook_push_id: str) -> Answer:
    return _page(request, handbook_push_id)


def _page(request: WebRequest, push_id: str, error: InvalidInputError | None = None) -> Answer:
    """The push, its counter, one page of its receipts."""
    push = request.store.handbook_pushes.get(request.tenant, push_id)
    is_opened, county = _asked(request)
    found = request.store.handbook_receipts.of_push(
        request.tenant, push.id, is_opened=is_opened, county=county, after=open_cursor(request), limit=PAGE_ROWS
    )
    cursor = seal_cursor(request, found.next)
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    url, state = f"{BASE}/{push.id}", "opened" if is_opened else "unread"
    query = f"state={state}&county={county}"
    return page(
        request,
        "pages/handbook_pushes/show.html",
        422 if error else 200,
        base=BASE,
        url=url,
        row=_row(push, opened_count(request.store, request.tenant, push.id)),
        push=push,
        rows=[{"receipt": one, "place": place_label(one.county)} for one in found.records],
        state=state,
        county=county,
        counties=[
            ("", gettext("全部县区")),
            *((code, place_label(code)) for code in counties_of(tenant.divisions, request.actor)),
        ],
        states=[
            {"label": gettext("没有打开的"), "url": f"{url}?state=unread&county={county}", "active": not is_opened},
            {"label": gettext("打开过的"), "url": f"{url}?state=opened&county={county}", "active": is_opened},
        ],
        file_url=f"{url}/file?{query}",
        may_remind=push.may_remind(request.now),
        next_url=f"{url}?{request.query.encoded({CURSOR: cursor})}" if cursor else "",
        first_url=f"{url}?{query}" if request.query.text(CURSOR) else "",
        problems=form_problems(error, _labels()) if error else [],
    )


@route(blueprint, f"{ONE}/file", permission=Permission.HANDBOOK_PUSH, resource=PUSH)
def fetch_receipts(request: WebRequest, handbook_push_id: str) -> Answer:
    """The filtered list as CSV, MOST_IN_FILE rows at most: what does not fit is fetched county by county."""
    is_opened, county = _asked(request)
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow([gettext("对象"), gettext("代码"), gettext("县区"), gettext("送出"), gettext("打开的人和时间")])
    found = request.store.handbook_receipts.each_of_push(
        request.tenant, handbook_push_id, is_opened=is_opened, county=county
    )
    for count, one in enumerate(found):
        if count >= MOST_IN_FILE:
            writer.writerow([gettext("这里只有前%(count)s行，请按县区分开下载", count=MOST_IN_FILE)])
            break
        writer.writerow([safe_cell(cell) for cell in _cells(one)])
    name = gettext("打开过的") if is_opened else gettext("没有打开的")
    return file_answer(b"\xef\xbb\xbf" + out.getvalue().encode(), CSV, f"{name}.csv")


def _cells(one: HandbookReceipt) -> list[str]:
    openings = (f"{opening.name} {format_datetime(opening.opened_at)}" for opening in one.openings)
    return [
        one.subject_name,
        one.code,
        place_label(one.county),
        format_datetime(one.sent_at),
        gettext("；").join(openings),
    ]


@route(blueprint, f"{ONE}/remind", methods=("POST",), permission=Permission.HANDBOOK_PUSH, resource=PUSH)
def remind(request: WebRequest, handbook_push_id: str) -> Answer:
    try:
        remind_unread(request.store, request.tenant, request.act(), push_id=handbook_push_id)
    except InvalidInputError as error:
        return _page(request, handbook_push_id, error)
    return see_other(f"{BASE}/{handbook_push_id}", gettext("正在提醒没有打开的企业"))
