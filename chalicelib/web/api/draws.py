"""The draw over the API: every step of the console, with JSON."""

from typing import Any

from chalice import Blueprint
from pydantic import BaseModel, Field

from chalicelib import bootstrap
from chalicelib.domain.access import Permission, allowed, require
from chalicelib.domain.draw_opening import FullOpening, Opening
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.random_draw import RandomDraw
from chalicelib.services.draw.commit_seed import commit_seed, reveal_seed
from chalicelib.services.draw.drawn_subjects import DrawnSubject, result_of
from chalicelib.services.draw.enter_numbers import confirm_numbers, enter_numbers
from chalicelib.services.draw.logged import find_checkpoint
from chalicelib.services.draw.open_draw import open_draw
from chalicelib.services.draw.open_place import open_all, open_place
from chalicelib.services.draw.request_draw import request_draw
from chalicelib.services.draw.request_freeze import request_freeze
from chalicelib.services.draw.void_draw import ask_void, confirm_void, decline_void
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.jobs import JobAnswer, job_answer
from chalicelib.web.api.shapes import Body, Listed, ListQuery, listed
from chalicelib.web.console.draw_form import OpenDrawInput
from chalicelib.web.cursors import open_cursor
from chalicelib.web.preconditions import check_match
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import SAFE_METHODS, Match, route

blueprint = Blueprint(__name__)

DRAW = PREFIX + "/plans/{plan_id}/draw"
OF_PLAN = ("inspection_plan", "plan_id")
SAMPLE_DRAW = {
    "seed_departments": ["commerce", "justice"],
    "reveal_due_at": "2026-11-25T09:00:00Z",
    "fallback": {"lottery": "double_colour_ball", "round": "2026136", "due_at": "2026-11-27T13:15:00Z"},
}
SAMPLE_NUMBERS = {"source": "double_colour_ball", "round": "2026136", "numbers": "01 02 03 04 05 06 07"}


class SeedInput(Body):
    sha256: str = Field(max_length=64)


class SecretInput(Body):
    secret: str = Field(max_length=64)


class NumbersInput(Body):
    source: str = Field(max_length=80)
    round: str = Field(max_length=80)
    numbers: str = Field(max_length=400)


class EnteredNumbersInput(NumbersInput):
    reason: str = Field(default="", max_length=200)


class ReasonInput(Body):
    reason: str = Field(max_length=400)


def _draw(request: WebRequest, plan_id: str) -> RandomDraw:
    """The plan's draw that counts, if this person belongs to the plan's group."""
    plan = request.store.plans.get(request.tenant, plan_id)
    require(request.actor, Permission.DRAW_READ, plan.resource)
    if not plan.draw_id:
        raise RecordNotFoundError(kind=RandomDraw.KIND, id=plan_id)
    draw: RandomDraw = request.store.draws.get(request.tenant, plan.draw_id)
    if request.method not in SAFE_METHODS:
        check_match(request, draw)
    return draw


def _answer(draw: RandomDraw, status: int = 200) -> Answer:
    return json_answer(draw, status, etag=draw.version)


@route(blueprint, f"{PREFIX}/draws", permission=Permission.DRAW_READ, query=ListQuery, answers=Listed[RandomDraw])
def list_draws(request: WebRequest) -> Answer:
    """Draws of all plans, void ones too, those of the newest plan first; without their signed checkpoints."""
    limit = request.asked(ListQuery).limit
    found = request.store.draws.recent(request.tenant, after=open_cursor(request), limit=limit)
    shown = [one for one in found.records if allowed(request.actor, Permission.DRAW_READ, one.resource)]
    return listed(request, shown, found.next)


@route(blueprint, DRAW, permission=Permission.DRAW_READ, resource=OF_PLAN, answers=RandomDraw)
def read_draw(request: WebRequest, plan_id: str) -> Answer:
    """The draw; `checkpoint` is there as soon as the log has signed."""
    draw = _draw(request, plan_id)
    found = find_checkpoint(request.store, request.tenant, draw) if draw.commitment else None
    shown = draw.with_changes(position=found[0], checkpoint=found[1]) if found else draw
    return _answer(shown)


@route(
    blueprint,
    DRAW,
    permission=Permission.DRAW_RUN,
    methods=["POST"],
    resource=OF_PLAN,
    body=OpenDrawInput,
    answers={201: RandomDraw},
    sample_body=SAMPLE_DRAW,
)
def create_draw(request: WebRequest, plan_id: str) -> Answer:
    """Open the draw of a plan: name its beacons."""
    request.store.plans.get(request.tenant, plan_id)
    values = request.model(OpenDrawInput).values()
    return _answer(open_draw(request.store, request.tenant, request.act(), plan_id=plan_id, **values), 201)


@route(
    blueprint,
    DRAW + "/seed",
    permission=Permission.DRAW_SEED,
    methods=["POST"],
    resource=OF_PLAN,
    body=SeedInput,
    answers=RandomDraw,
    match=Match.OWN,
    sample_body={"sha256": "0" * 64},
)
def seal(request: WebRequest, plan_id: str) -> Answer:
    """Commit a department's secret seed by its SHA-256."""
    return _answer(_call(request, plan_id, commit_seed, SeedInput))


@route(
    blueprint,
    DRAW + "/reveal",
    permission=Permission.DRAW_SEED,
    methods=["POST"],
    resource=OF_PLAN,
    body=SecretInput,
    answers=RandomDraw,
    match=Match.OWN,
    sample_body={"secret": "0" * 64},
)
def reveal(request: WebRequest, plan_id: str) -> Answer:
    """Show the seed that was committed."""
    return _answer(_call(request, plan_id, reveal_seed, SecretInput))


@route(
    blueprint,
    DRAW + "/freeze",
    permission=Permission.DRAW_RUN,
    methods=["POST"],
    resource=OF_PLAN,
    answers={202: JobAnswer},
    match=Match.OWN,
)
def freeze(request: WebRequest, plan_id: str) -> Answer:
    """Freeze the pool and fix the commitment: a job."""
    return job_answer(_call(request, plan_id, request_freeze))


@route(
    blueprint,
    DRAW + "/numbers",
    permission=Permission.DRAW_RUN,
    methods=["POST"],
    resource=OF_PLAN,
    body=EnteredNumbersInput,
    answers=RandomDraw,
    match=Match.OWN,
    sample_body=SAMPLE_NUMBERS,
)
def type_numbers(request: WebRequest, plan_id: str) -> Answer:
    """Enter the numbers of a lottery round as announced."""
    return _answer(_call(request, plan_id, enter_numbers, EnteredNumbersInput))


@route(
    blueprint,
    DRAW + "/numbers/confirm",
    permission=Permission.DRAW_CONFIRM,
    methods=["POST"],
    resource=OF_PLAN,
    body=NumbersInput,
    answers=RandomDraw,
    match=Match.OWN,
    sample_body=SAMPLE_NUMBERS,
)
def check_numbers(request: WebRequest, plan_id: str) -> Answer:
    """Enter the same numbers a second time, by another person."""
    return _answer(_call(request, plan_id, confirm_numbers, NumbersInput))


@route(
    blueprint,
    DRAW + "/result",
    permission=Permission.DRAW_RUN,
    methods=["POST"],
    resource=OF_PLAN,
    answers={202: JobAnswer},
    match=Match.OWN,
)
def compute(request: WebRequest, plan_id: str) -> Answer:
    """Compute the result: a job."""
    return job_answer(_call(request, plan_id, request_draw))


@route(
    blueprint,
    DRAW + "/subjects",
    permission=Permission.DRAW_READ,
    resource=OF_PLAN,
    answers=Listed[DrawnSubject],
)
def list_drawn(request: WebRequest, plan_id: str) -> Answer:
    """The drawn subjects with names and teams, in ticket order."""
    draw = _draw(request, plan_id)
    return listed(request, result_of(request.store, request.tenant, draw))


@route(
    blueprint,
    DRAW + "/void",
    permission=Permission.DRAW_VOID,
    methods=["POST"],
    resource=OF_PLAN,
    body=ReasonInput,
    answers=RandomDraw,
    match=Match.OWN,
    sample_body={"reason": "sample"},
)
def void(request: WebRequest, plan_id: str) -> Answer:
    """Ask for the draw to be voided."""
    return _answer(_call(request, plan_id, ask_void, ReasonInput))


@route(
    blueprint,
    DRAW + "/void/confirm",
    permission=Permission.DRAW_VOID_CONFIRM,
    methods=["POST"],
    resource=OF_PLAN,
    answers=RandomDraw,
    match=Match.OWN,
)
def confirm(request: WebRequest, plan_id: str) -> Answer:
    """Void the draw, by a second person."""
    return _answer(_call(request, plan_id, confirm_void, signer=bootstrap.signer()))


@route(
    blueprint,
    DRAW + "/void/decline",
    permission=Permission.DRAW_READ,
    methods=["POST"],
    resource=OF_PLAN,
    answers=RandomDraw,
    match=Match.OWN,
)
def decline(request: WebRequest, plan_id: str) -> Answer:
    """Decline to void the draw."""
    return _answer(_call(request, plan_id, decline_void))


@route(
    blueprint,
    DRAW + "/opening",
    permission=Permission.DRAW_AUDIT,
    methods=["POST"],
    resource=OF_PLAN,
    answers=FullOpening,
    is_repeatable=False,
)
def unblind(request: WebRequest, plan_id: str) -> Answer:
    """Everybody's opening, for who audits; that it was taken is on record."""
    plan = request.store.plans.get(request.tenant, plan_id)
    draw_id = plan.draw_id or (plan.void_draw_ids or [""])[-1]
    return json_answer(open_all(request.store, request.tenant, request.act(), draw_id=draw_id))


@route(
    blueprint,
    PREFIX + "/draws/{draw_id}/openings/{subject_id}",
    permission=Permission.OWN_SUBJECT_READ,
    resource=("random_draw", "draw_id"),
    answers=Opening,
)
def open_own(request: WebRequest, draw_id: str, subject_id: str) -> Answer:
    """A subject's own opening, once its inspection is over."""
    opening = open_place(request.store, request.tenant, request.actor, draw_id=draw_id, subject_id=subject_id)
    return json_answer(opening)


def _call(request: WebRequest, plan_id: str, service: Any, body: type[BaseModel] | None = None, **values: Any) -> Any:
    """Find the draw, then read the body: who may not know of the plan learns nothing about the body either."""
    draw = _draw(request, plan_id)
    if body is not None:
        values |= request.model(body).model_dump()
    return service(request.store, request.tenant, request.act(), draw_id=draw.id, **values)
