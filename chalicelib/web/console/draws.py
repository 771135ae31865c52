"""Console pages of the random draw: seal and reveal seeds, freeze, draw, void, look at everything."""

from collections.abc import Callable
from itertools import islice
from typing import Any

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.domain.access import Permission, allowed, require
from chalicelib.domain.beacon import InvalidBeaconError
from chalicelib.domain.division import division_label
from chalicelib.domain.draw_opening import opening_bytes
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from chalicelib.domain.pool_exclusion import exclusion_reason
from chalicelib.domain.random_draw import DrawState, RandomDraw
from chalicelib.domain.record import Record
from chalicelib.services.draw.commit_seed import commit_seed, reveal_seed
from chalicelib.services.draw.drawn_subjects import result_of
from chalicelib.services.draw.enter_numbers import confirm_numbers, enter_numbers
from chalicelib.services.draw.open_place import open_all
from chalicelib.services.draw.read_frozen import frozen_officers, frozen_subjects
from chalicelib.services.draw.request_draw import request_draw
from chalicelib.services.draw.request_freeze import request_freeze
from chalicelib.services.draw.void_draw import ask_void, confirm_void, decline_void
from chalicelib.web import messages
from chalicelib.web.answers import HTML, Answer, file_answer, page, see_other
from chalicelib.web.console.draw_page import exclusion_rows, grade_rows, job_state, qr, share, view_of
from chalicelib.web.console.draw_words import as_input_error, labels, state_words
from chalicelib.web.console.people import label_of
from chalicelib.web.cursors import open_cursor, seal_cursor
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)

BASE = "/console/draws"
PAGE_ROWS = 25
OF_DRAW = ("random_draw", "draw_id")


def read_draw(request: WebRequest, draw_id: str) -> RandomDraw:
    """The draw, if this person belongs to its plan's group."""
    draw = request.find_named(RandomDraw, draw_id) or request.store.draws.get(request.tenant, draw_id)
    require(request.actor, Permission.DRAW_READ, draw.resource)
    return draw


def _show(request: WebRequest, draw: RandomDraw, error: InvalidInputError | None = None, status: int = 200) -> Answer:
    view = view_of(request, draw)
    drawn = result_of(request.store, request.tenant, draw) if draw.state is DrawState.DRAWN else []
    start = max(0, (request.query.integer("from") or 1) - 1)
    bodies = {body.id: label_of(body) for body in request.store.acting_bodies.every(request.tenant)} if drawn else {}
    return page(
        request,
        "pages/draws/show.html",
        status,
        view=view,
        draw=view.draw,
        exclusions=exclusion_rows(draw),
        grades=grade_rows(draw),
        share=share,
        job_state=job_state(view.job) if view.job else "",
        job_problem=messages.ERRORS.get(view.job.error_code or "", ("", ""))[0] if view.job else "",
        qr=qr(request, view.public_url) if draw.commitment else "",
        is_to_schedule=bool(drawn) and request.store.plans.get(request.tenant, draw.plan_id).state == "drawn",
        drawn=drawn[start : start + PAGE_ROWS],
        drawn_from=start + 1,
        drawn_all=len(drawn),
        bodies=bodies,
        place_of=place_of,
        problems=messages.form_problems(error, labels()) if error else [],
        typed=request.form.single() if error else {},
    )


def place_of(code: str) -> str:
    """The name of a division, or its code where the data has none."""
    try:
        return division_label(code)
    except RecordNotFoundError:
        return code


def _do(
    request: WebRequest, draw_id: str, service: Callable[..., Record], field: str, done: str, **values: Any
) -> Answer:
    """Run one step of a draw; what was typed wrong is shown beside its field, with everything still there."""
    read_draw(request, draw_id)
    try:
        service(request.store, request.tenant, request.act(), draw_id=draw_id, **values)
    except InvalidInputError as error:
        return _show(request, read_draw(request, draw_id), error, 422)
    except InvalidBeaconError as error:
        return _show(request, read_draw(request, draw_id), as_input_error(error, field), 422)
    return see_other(f"{BASE}/{draw_id}", gettext(done))


@route(
    blueprint,
    BASE,
    permission=Permission.DRAW_READ,
    nav=Nav(group=mark("办理"), label=mark("随机抽取"), order=25, icon="certificate"),
)
def list_draws(request: WebRequest) -> Answer:
    """Draws of all plans, void ones too."""
    found = request.store.draws.recent(request.tenant, after=open_cursor(request), limit=PAGE_ROWS)
    readable = [draw for draw in found.records if _may_read(request, draw)]
    return page(
        request,
        "pages/draws/list.html",
        draws=readable,
        state_words=state_words,
        next_cursor=seal_cursor(request, found.next),
    )


def _may_read(request: WebRequest, draw: RandomDraw) -> bool:
    return allowed(request.actor, Permission.DRAW_READ, draw.resource)


# -- one draw ------------------------------------------------------------------------------------------------------


@route(blueprint, BASE + "/{draw_id}", permission=Permission.DRAW_READ, resource=OF_DRAW)
def show_draw(request: WebRequest, draw_id: str) -> Answer:
    return _show(request, read_draw(request, draw_id))


@route(blueprint, BASE + "/{draw_id}/progress", permission=Permission.DRAW_READ, resource=OF_DRAW)
def show_progress(request: WebRequest, draw_id: str) -> Answer:
    """The part of the page that waits; when there is news the whole page is loaded again."""
    view = view_of(request, read_draw(request, draw_id))
    if not request.is_partial:
        return see_other(f"{BASE}/{draw_id}")
    if not view.waits:
        answer = Answer("", content_type=HTML)
        answer.headers["HX-Refresh"] = "true"
        return answer
    return page(request, "pages/draws/progress.html", view=view, job_state=job_state(view.job) if view.job else "")


@route(blueprint, BASE + "/{draw_id}/seed", permission=Permission.DRAW_SEED, methods=["POST"], resource=OF_DRAW)
def seal_seed(request: WebRequest, draw_id: str) -> Answer:
    done = mark("已封存。请妥善保管随机数文件，锁定抽取池后再揭示。")
    return _do(request, draw_id, commit_seed, "sha256", done, sha256=request.form.text("sha256"))


@route(blueprint, BASE + "/{draw_id}/reveal", permission=Permission.DRAW_SEED, methods=["POST"], resource=OF_DRAW)
def show_seed(request: WebRequest, draw_id: str) -> Answer:
    done = mark("已揭示，与封存时一致。")
    return _do(request, draw_id, reveal_seed, "secret", done, secret=request.form.text("secret"))


@route(blueprint, BASE + "/{draw_id}/freeze", permission=Permission.DRAW_RUN, methods=["POST"], resource=OF_DRAW)
def freeze(request: WebRequest, draw_id: str) -> Answer:
    return _do(request, draw_id, request_freeze, "seeds", mark("开始锁定抽取池。"))


@route(blueprint, BASE + "/{draw_id}/numbers", permission=Permission.DRAW_RUN, methods=["POST"], resource=OF_DRAW)
def type_numbers(request: WebRequest, draw_id: str) -> Answer:
    values = {name: request.form.text(name) for name in ("source", "round", "numbers", "reason")}
    return _do(request, draw_id, enter_numbers, "numbers", mark("号码已录入，请另一位人员核对。"), **values)


@route(
    blueprint,
    BASE + "/{draw_id}/numbers/confirm",
    permission=Permission.DRAW_CONFIRM,
    methods=["POST"],
    resource=OF_DRAW,
)
def check_numbers(request: WebRequest, draw_id: str) -> Answer:
    values = {name: request.form.text(name) for name in ("source", "round", "numbers")}
    return _do(request, draw_id, confirm_numbers, "numbers", mark("两人录入一致，号码已采用。"), **values)


@route(blueprint, BASE + "/{draw_id}/draw", permission=Permission.DRAW_RUN, methods=["POST"], resource=OF_DRAW)
def draw_now(request: WebRequest, draw_id: str) -> Answer:
    return _do(request, draw_id, request_draw, "beacons", mark("开始计算抽取结果。"))


# -- voiding -------------------------------------------------------------------------------------------------------


@route(blueprint, BASE + "/{draw_id}/void", permission=Permission.DRAW_VOID, resource=OF_DRAW)
def ask_to_void(request: WebRequest, draw_id: str) -> Answer:
    """The question as a page."""
    draw = read_draw(request, draw_id)
    return page(
        request,
        "pages/draws/void.html",
        draw=draw,
        problems=[],
        typed={},
    )


@route(blueprint, BASE + "/{draw_id}/void", permission=Permission.DRAW_VOID, methods=["POST"], resource=OF_DRAW)
def void(request: WebRequest, draw_id: str) -> Answer:
    draw = read_draw(request, draw_id)
    try:
        ask_void(request.store, request.tenant, request.act(), draw_id=draw_id, reason=request.form.text("reason"))
    except InvalidInputError as error:
        problems = messages.form_problems(error, labels())
        return page(request, "pages/draws/void.html", 422, draw=draw, problems=problems, typed=request.form.single())
    return see_other(f"{BASE}/{draw_id}", gettext("已申请作废，请司法行政部门确认。"), "warning")


@route(
    blueprint,
    BASE + "/{draw_id}/void/confirm",
    permission=Permission.DRAW_VOID_CONFIRM,
    methods=["POST"],
    resource=OF_DRAW,
)
def confirm_voiding(request: WebRequest, draw_id: str) -> Answer:
    done = mark("已作废，理由已公开。可以重新抽取。")
    return _do(request, draw_id, confirm_void, "reason", done, signer=bootstrap.signer())


@route(
    blueprint,
    BASE + "/{draw_id}/void/decline",
    permission=Permission.DRAW_READ,
    methods=["POST"],
    resource=OF_DRAW,
)
def decline_voiding(request: WebRequest, draw_id: str) -> Answer:
    return _do(request, draw_id, decline_void, "reason", mark("作废申请已撤下，抽取照常有效。"))


# -- lists ---------------------------------------------------------------------------------------------------------


@route(
    blueprint,
    BASE + "/{draw_id}/excluded/{reason}",
    permission=Permission.DRAW_READ,
    resource=OF_DRAW,
    sample={"reason": "suspended"},
)
def list_excluded(request: WebRequest, draw_id: str, reason: str) -> Answer:
    """Who was left out for one reason, from the frozen snapshot."""
    draw = read_draw(request, draw_id)
    found = exclusion_reason(reason)
    if draw.commitment is None:
        raise RecordNotFoundError(kind="exclusions", id=draw_id)
    start = max(0, (request.query.integer("from") or 1) - 1)
    if found.is_of_people:
        people = [o for o in frozen_officers(request.store, request.tenant, draw) if o.reason == reason]
        shown = people[start : start + PAGE_ROWS]
        known = request.store.people.find_many(request.tenant, (o.person for o in shown), is_listed=True)
        names = {id: one.name for id, one in known.items()}
        rows = [{"name": names.get(o.person, o.person), "code": "", "place": ""} for o in shown]
    else:
        excluded = (s for s in frozen_subjects(request.store, request.tenant, draw) if s.reason == reason)
        subjects = islice(excluded, start, start + PAGE_ROWS)
        rows = [{"name": s.name, "code": s.code or "", "place": place_of(s.county)} for s in subjects]
    figures = draw.figures
    total = (figures.people_excluded if found.is_of_people else figures.excluded).get(reason, 0)
    return page(request, "pages/draws/excluded.html", draw=draw, reason=found, rows=rows, total=total, start=start + 1)


@route(blueprint, BASE + "/{draw_id}/opening", permission=Permission.DRAW_AUDIT, methods=["POST"], resource=OF_DRAW)
def unblind(request: WebRequest, draw_id: str) -> Answer:
    """Everybody's opening as a file, for who audits the draw."""
    opening = open_all(request.store, request.tenant, request.act(), draw_id=draw_id)
    return file_answer(opening_bytes(opening), "application/json", f"opening-{draw_id}.json")
