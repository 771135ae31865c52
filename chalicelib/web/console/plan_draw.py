"""The draw of a plan: the form that opens one, with what its randomness comes from."""

from collections.abc import Mapping
from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, require
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.lottery import lotteries
from chalicelib.domain.plan import InspectionPlan
from chalicelib.services.draw.open_draw import active_tasks, open_draw
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.draw_form import CAP, first_values, read_form
from chalicelib.web.console.draw_words import labels
from chalicelib.web.console.draws import BASE
from chalicelib.web.i18n import gettext
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

OF_PLAN = ("inspection_plan", "plan_id")


@route(blueprint, "/console/plans/{plan_id}/draw", permission=Permission.DRAW_READ, resource=OF_PLAN)
def show_plan_draw(request: WebRequest, plan_id: str) -> Answer:
    """The plan's draw that counts, or the form that opens one."""
    plan: InspectionPlan = request.store.plans.get(request.tenant, plan_id)
    require(request.actor, Permission.DRAW_READ, plan.resource)
    if plan.draw_id:
        return see_other(f"{BASE}/{plan.draw_id}")
    return _open_form(request, plan)


def _open_form(request: WebRequest, plan: InspectionPlan, error: InvalidInputError | None = None) -> Answer:
    tasks = active_tasks(plan)
    codes = [code for task in tasks for code in task.departments]
    found = {d.code: d.label for d in request.store.departments.every(request.tenant)}
    choices = [(code, found[code]) for code in dict.fromkeys([*codes, "justice"]) if code in found]
    values: Mapping[str, Any] = first_values(request.now, [code for code, _ in (choices[:1] + choices[-1:])])
    if error:
        values = {**request.form.single(), "seed_departments": request.form.many("seed_departments")}
    return page(
        request,
        "pages/draws/open.html",
        422 if error else 200,
        plan=plan,
        tasks=tasks,
        choices=choices,
        lotteries=[(each.code, each.label) for each in lotteries()],
        values=values,
        cap=CAP,
        voided=[draw for draw in request.store.draws.of_plan(request.tenant, plan.id) if draw.voiding],
        problems=messages.form_problems(error, labels()) if error else [],
    )


@route(
    blueprint,
    "/console/plans/{plan_id}/draw",
    permission=Permission.DRAW_RUN,
    methods=["POST"],
    resource=OF_PLAN,
)
def open_plan_draw(request: WebRequest, plan_id: str) -> Answer:
    plan = request.store.plans.get(request.tenant, plan_id)
    require(request.actor, Permission.DRAW_RUN, plan.resource)
    try:
        draw = open_draw(request.store, request.tenant, request.act(), plan_id=plan_id, **read_form(request.form))
    except InvalidInputError as error:
        return _open_form(request, plan, error)
    return see_other(f"{BASE}/{draw.id}", gettext("随机源已定。请各部门封存随机数。"))
