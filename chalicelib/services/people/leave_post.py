"""Hand everything open of somebody who leaves to successors, then close their login. Nothing is left orphaned."""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.domain.access import Permission, Resource, require
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.departure import (
    OF_BODY,
    OFFICES,
    Departure,
    DepartureState,
    OpenWork,
    OpenWorkKind,
    offices_left_empty,
    todo_problem,
    visit_problem,
    with_successor,
)
from chalicelib.domain.errors import ConflictError, FieldProblem, InvalidInputError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job
from chalicelib.domain.tenancy import ADMINISTRATORS, Person, TenantId
from chalicelib.domain.todo import Todo
from chalicelib.domain.visit import Visit
from chalicelib.domain.visit_member import members_of
from chalicelib.services.idempotent import idempotent
from chalicelib.services.jobs.run_job import Progress
from chalicelib.services.people.open_work import find_todo, open_work
from chalicelib.storage.store import Store

HAND_ON = "hand_on_work"
AT_ONCE = 10
"""More open things than this are handed over by a job."""


def departure_resource(person: Person) -> Resource:
    """Whose work it is: an acting body's head hands over within the body, a coordinator anybody's."""
    return Resource(departments=frozenset({person.acting_body_id or "", person.department_id or ""} - {""} or {"-"}))


def office_holders(store: Store, tenant: TenantId, leaving: Person) -> list[Person]:
    """Everybody who holds one of this person's offices: of the acting body for its officers and head, else of the
    tenant."""
    of_body = bool(leaving.roles & OF_BODY and leaving.acting_body_id)
    found = store.people.of_body(tenant, leaving.acting_body_id or "") if of_body else []
    for role in sorted(leaving.roles & OFFICES):
        if not (of_body and role in OF_BODY):
            found += store.people.of_role(tenant, role)
    return found


@idempotent
def start_departure(
    store: Store, tenant: TenantId, act: Act, *, person_id: str, successors: Mapping[str, str]
) -> Departure:
    """The departure, done when little is open, else under way as a job. successors: id of the open work → person.

    Raises InvalidInputError that names every open thing without a fit successor, and each office that would be empty.
    """
    leaving = store.people.get(tenant, person_id)
    require(act.actor, Permission.DEPARTURE_MAKE, departure_resource(leaving))
    if leaving.roles & ADMINISTRATORS:
        raise NotAllowedError(reason="administrators_by_administrators")
    if not leaving.is_active:
        raise ConflictError(kind=Person.KIND, id=person_id)
    works = open_work(store, tenant, person_id)
    problems = [
        FieldProblem(field="person", code="last_of_role", details={"role": role.value})
        for role in offices_left_empty(leaving, office_holders(store, tenant, leaving))
    ]
    people = _people(store, tenant, set(successors.values()))
    for work in works:
        successor = people.get(successors.get(work.id, ""))
        code = _problem(store, tenant, act, work, leaving, successor) if successor else "not_chosen"
        if code:
            problems.append(FieldProblem(field=f"successor.{work.id}", code=code))
    if problems:
        raise InvalidInputError(problems)
    return _begin(store, tenant, act, leaving, {work.id: successors[work.id] for work in works})


def _people(store: Store, tenant: TenantId, ids: set[str]) -> dict[str, Person]:
    return store.people.find_many(tenant, (id for id in ids if id))


def _problem(store: Store, tenant: TenantId, act: Act, work: OpenWork, leaving: Person, successor: Person) -> str:
    if work.kind is OpenWorkKind.TODO:
        return todo_problem(leaving, successor)
    visit = store.visits.get(tenant, work.id)
    today = shanghai_date(act.at)
    return visit_problem(visit, leaving, successor, max(visit.scheduled_on or today, today))


def _begin(store: Store, tenant: TenantId, act: Act, leaving: Person, successors: dict[str, str]) -> Departure:
    begun = Departure(
        person_id=leaving.id,
        person_name=leaving.name,
        successors=successors,
        started_at=act.at,
        started_by=act.actor.person_id,
    )
    if len(successors) <= AT_ONCE:
        with store.change(tenant, act) as change:
            change.save(begun)
            change.event(EventType.DEPARTURE_STARTED, begun, {"person_id": leaving.id, "count": len(successors)})
        return run_departure(store, tenant, act, begun.id, lambda done, total: None)
    job = Job(name=HAND_ON, values={"departure_id": begun.id}, requested_by=act.actor, requested_at=act.at)
    begun = begun.with_changes(job_id=job.id)
    with store.change(tenant, act) as change:
        change.save(begun)
        change.save(job)
        change.event(EventType.JOB_REQUESTED, job, {"name": job.name, "person_id": leaving.id})
    return begun


def hand_on_work(store: Store, tenant: TenantId, act: Act, job: Job, progress: Progress) -> dict[str, Any]:
    """Work of `hand_on_work`: {"departure_id", "person_id", "handed", "left"}."""
    done = run_departure(store, tenant, act, str(job.values["departure_id"]), progress)
    return {"departure_id": done.id, "person_id": done.person_id, "handed": done.handed, "left": done.left}


def run_departure(
    store: Store, tenant: TenantId, act: Act, departure_id: str, progress: Callable[[int, int], object]
) -> Departure:
    """Each open thing in a transaction of its own; a repeat goes on where it stopped."""
    begun = store.departures.get(tenant, departure_id)
    if begun.state is not DepartureState.RUNNING:
        return begun
    leaving = store.people.get(tenant, begun.person_id)
    works = open_work(store, tenant, leaving.id)
    people = _people(store, tenant, set(begun.successors.values()))
    left: dict[str, str] = {}
    for number, work in enumerate(works):
        successor = people.get(begun.successors.get(work.id, ""))
        code = _problem(store, tenant, act, work, leaving, successor) if successor else "not_chosen"
        if code or successor is None:
            left[work.id] = code
            continue
        _hand(store, tenant, act.part(f"{begun.id}.{number}.{work.id}"), work, leaving, successor)
        progress(number + 1, len(works))
    for work in open_work(store, tenant, leaving.id):
        left.setdefault(work.id, "not_chosen")
    return _finish(store, tenant, act, begun, left)


def _hand(store: Store, tenant: TenantId, act: Act, work: OpenWork, leaving: Person, successor: Person) -> None:
    if store.done(tenant, act) is not None:
        return
    if work.kind is OpenWorkKind.VISIT:
        _hand_visit(store, tenant, act, store.visits.get(tenant, work.id), leaving, successor)
        return
    held = find_todo(store, tenant, work)
    if held is None:
        return
    fresh = Todo.of(
        held.about,
        successor.id,
        held.topic,
        held.title,
        at=held.created_at,
        due_at=held.due_at,
        detail=held.detail,
    )
    with store.change(tenant, act) as change:
        change.delete(held)
        if store.todos.find_child(tenant, held.about, fresh.id) is None:
            change.save(fresh)
        data = {"from": leaving.id, "to": successor.id, "topic": held.topic}
        change.event(EventType.TODO_HANDED_OVER, held.about, data)


def _hand_visit(store: Store, tenant: TenantId, act: Act, visit: Visit, leaving: Person, successor: Person) -> None:
    today = shanghai_date(act.at)
    moved = with_successor(visit, leaving, successor, max(visit.scheduled_on or today, today))
    entries = {one.id: one for one in members_of(moved)}
    with store.change(tenant, act) as change:
        change.save(moved)
        for held in store.visit_members.of_visit(tenant, visit.id):
            if held.id == leaving.id:
                change.delete(held)
        change.save(entries[successor.id])
        change.event(EventType.VISIT_HANDED_OVER, moved, {"from": leaving.id, "to": successor.id})


def _finish(store: Store, tenant: TenantId, act: Act, begun: Departure, left: dict[str, str]) -> Departure:
    """Close the login when nothing is left; appointments as or of a deputy end with it."""
    handed = len(begun.successors.keys() - left.keys())
    state = DepartureState.STOPPED if left else DepartureState.COMPLETED
    done = begun.with_changes(state=state, handed=handed, left=left, completed_at=act.at)
    with store.change(tenant, act.part(f"{begun.id}.finish")) as change:
        change.save(done)
        if not left:
            change.save(store.people.get(tenant, begun.person_id).with_changes(is_active=False))
            own = {one.id: one for one in store.deputies.of_principal(tenant, begun.person_id)}
            own |= {one.id: one for one in store.deputies.of_deputy(tenant, begun.person_id)}
            for named in own.values():
                if named.is_open(shanghai_date(act.at)):
                    change.save(named.with_changes(ended_at=act.at, ended_by=act.actor.person_id))
        change.event(
            EventType.DEPARTURE_COMPLETED,
            done,
            {"person_id": begun.person_id, "handed": handed, "left": len(left), "is_closed": not left},
        )
    return done
