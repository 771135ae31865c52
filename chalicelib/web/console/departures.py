"""Somebody leaves: everything open of theirs, to whom each goes, and then their login closes."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, require
from chalicelib.domain.departure import Departure, DepartureState, OpenWork, OpenWorkKind, offices_left_empty
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.tenancy import Person, Role
from chalicelib.services.people.leave_post import departure_resource, office_holders, start_departure
from chalicelib.services.people.open_work import open_work
from chalicelib.services.visit.deadlines import working_days_left
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.people import BASE, PERSON, shown_name
from chalicelib.web.fields import Fields
from chalicelib.web.formats import join_clauses, join_words
from chalicelib.web.i18n import gettext
from chalicelib.web.messages import field_words
from chalicelib.web.people_words import role_label, role_labels
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.todo_words import topic_words

blueprint = Blueprint(__name__)

EACH = "successor."


def read_leaving(request: WebRequest, person_id: str) -> Person:
    person: Person = request.store.people.get(request.tenant, person_id)
    require(request.actor, Permission.DEPARTURE_MAKE, departure_resource(person))
    return person


@route(blueprint, f"{BASE}/{{person_id}}/departure", permission=Permission.DEPARTURE_MAKE, resource=PERSON)
def show_departure(request: WebRequest, person_id: str) -> Answer:
    return _page(request, read_leaving(request, person_id))


def _page(request: WebRequest, leaving: Person, error: InvalidInputError | None = None) -> Answer:
    """What is open, with the people of the same unit; a choice for all fills what has none of its own."""
    store, tenant = request.store, request.tenant
    works = open_work(store, tenant, leaving.id)
    near = [one for one in store.people.near(tenant, leaving) if _is_near(leaving, one)]
    refused = {one.field: one for one in error.problems} if error else {}
    empty = offices_left_empty(leaving, office_holders(store, tenant, leaving))
    done = store.departures.of_person(tenant, leaving.id)
    return page(
        request,
        "pages/people/departure.html",
        422 if error else 200,
        person=leaving,
        name=shown_name(leaving),
        rows=[_row(request, work, refused) for work in works],
        people=[
            ("", gettext("请选择")),
            *((one.id, join_clauses([one.name, join_words(role_labels(one.roles))])) for one in near),
        ],
        empty_offices=[role_label(role) for role in empty],
        offices=[role_label(role) for role in Role if role in leaving.roles],
        earlier=_earlier(done[0]) if done else None,
        values=request.form.single() if error else {},
        problems=[{"field": one.field, "text": _words(one)} for one in error.problems] if error else [],
    )


def _words(problem: FieldProblem) -> str:
    details = dict(problem.details)
    if "role" in details:
        details["role"] = role_label(Role(str(details["role"])))
    return field_words(problem.model_copy(update={"details": details}), gettext("接手人"))


def _is_near(leaving: Person, other: Person) -> bool:
    if other.id == leaving.id or not other.is_active:
        return False
    pairs = ((leaving.department_id, other.department_id), (leaving.acting_body_id, other.acting_body_id))
    return any(one is not None and one == another for one, another in pairs)


def _row(request: WebRequest, work: OpenWork, refused: dict[str, FieldProblem]) -> dict[str, Any]:
    field = f"{EACH}{work.id}"
    is_visit = work.kind is OpenWorkKind.VISIT
    return {
        "work": work,
        "field": field,
        "kind": gettext("入企检查") if is_visit else gettext(topic_words(work.topic).kind),
        "url": f"/console/visits/{work.id}" if is_visit else "",
        "days_left": working_days_left(request.now, work.due_at),
        "problem": _words(refused[field]) if field in refused else "",
    }


def _earlier(done: Departure) -> dict[str, Any]:
    return {
        "departure": done,
        "is_running": done.state is DepartureState.RUNNING,
        "is_stopped": done.state is DepartureState.STOPPED,
        "job_url": f"/console/jobs/{done.job_id}" if done.job_id else "",
    }


def chosen_successors(request: WebRequest, leaving: Person, values: Fields) -> dict[str, str]:
    """Each thing's own successor, else the one for all."""
    works = open_work(request.store, request.tenant, leaving.id)
    for_all = values.text("successor")
    return {work.id: values.text(f"{EACH}{work.id}") or for_all for work in works}


@route(
    blueprint,
    f"{BASE}/{{person_id}}/departure",
    methods=("POST",),
    permission=Permission.DEPARTURE_MAKE,
    resource=PERSON,
)
def post_departure(request: WebRequest, person_id: str) -> Answer:
    leaving = read_leaving(request, person_id)
    successors = chosen_successors(request, leaving, request.form)
    try:
        done = start_departure(request.store, request.tenant, request.act(), person_id=person_id, successors=successors)
    except InvalidInputError as error:
        return _page(request, leaving, error)
    if done.state is DepartureState.RUNNING:
        return see_other(f"/console/jobs/{done.job_id}", gettext("正在交接，办完后账号自动停用"))
    if done.state is DepartureState.STOPPED:
        return see_other(f"{BASE}/{person_id}/departure", gettext("还有没交出去的，账号没有停用"), "orange")
    return see_other(f"{BASE}/{person_id}", gettext("已交接%(count)s件，账号已停用", count=done.handed))
