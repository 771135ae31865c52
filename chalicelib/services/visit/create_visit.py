"""Create one visit of a drawn subject: record, officers' work entries, inspection code and annual cap in one step."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import date

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.loop import initial_state
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.served_scenario import VisitScenario
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import TeamMember, Visit, VisitBody, VisitSubject
from chalicelib.domain.visit_member import members_of
from chalicelib.services.idempotent import idempotent
from chalicelib.services.visit.preflight import MIN_OFFICERS
from chalicelib.storage import keys
from chalicelib.storage.store import Store

_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


@idempotent
def create_visit(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    plan_id: str,
    subject: VisitSubject,
    order: int,
    team: Sequence[TeamMember],
    scheduled_on: date,
    scheduled_at: str = "",
    annual_caps: Mapping[str, int | None] | None = None,
    also_serves: Sequence[VisitScenario] = (),
) -> Visit:
    """A scheduled visit with its inspection code. `order`: place in the ticket order, from 1; `annual_caps`: acting
    body id to the tenant's cap of visits a year (None: counted, not capped); `also_serves`: the other scenarios of the
    plan that the subject is a member of, which the same visit serves and no cap counts again.

    Raises InvalidInputError (team too small), AlreadyExistsError (the draw's visit of this subject is there already),
    LimitReachedError (an acting body's cap on this operator is used up).
    """
    plan = store.plans.get(tenant, plan_id)
    require(act.actor, Permission.VISIT_SCHEDULE, plan.resource)
    bodies = _bodies(plan)
    _check_team(bodies, team, _uncertified(store, tenant, team, scheduled_on))
    visit = Visit(
        plan_id=plan.id,
        draw_id=plan.draw_id,
        order=order,
        number=f"{plan.number}-{order}" if plan.number else "",
        scenario=plan.scenario,
        scenario_version=plan.scenario_version,
        overlay_number=plan.overlay_number,
        also_serves=list(also_serves),
        subject=subject,
        bodies=bodies,
        team=list(team),
        scheduled_on=scheduled_on,
        scheduled_at=scheduled_at,
        inspection_code=_new_code(scheduled_on),
        state=initial_state("visit"),
    )
    operator = subject.counted_as
    with store.change(tenant, act) as change:
        change.save(visit)
        for member in members_of(visit):
            change.save(member)
        change.claim("visit_of_draw", f"{plan.draw_id or plan.id}.{subject.subject_id}", visit.ref)
        change.claim("inspection_code", visit.inspection_code, visit.ref)
        for body in bodies:
            cap = (annual_caps or {}).get(body.acting_body_id)
            counter = keys.annual_cap(tenant, operator, body.acting_body_id, scheduled_on.year)
            change.count(counter, name="annual_cap", limit=cap)
        change.event(
            EventType.VISIT_SCHEDULED,
            visit,
            {
                "plan_id": plan.id,
                "subject_id": subject.subject_id,
                "order": order,
                "scheduled_on": scheduled_on.isoformat(),
                "inspection_code": visit.inspection_code,
                "acting_bodies": [body.acting_body_id for body in bodies],
                **({"also_serves": [one.scenario for one in also_serves]} if also_serves else {}),
            },
        )
    return visit


def _bodies(plan: InspectionPlan) -> list[VisitBody]:
    return [
        VisitBody(acting_body_id=task.acting_body_id, label=task.label, departments=task.departments)
        for task in sorted(plan.tasks, key=lambda task: not task.is_lead)
        if task.state != "withdrawn"
    ]


def _uncertified(store: Store, tenant: TenantId, team: Sequence[TeamMember], day: date) -> set[str]:
    """Officers who have left, or whose certificate does not hold on the day: they are not sent (行政处罚法 42)."""
    people = store.people.find_many(tenant, (member.person_id for member in team)).values()
    return {one.id for one in people if not (one.is_active and one.certificate_on(day))}


def _check_team(bodies: Sequence[VisitBody], team: Sequence[TeamMember], uncertified: set[str]) -> None:
    problems = []
    for body in bodies:
        own = {member.person_id for member in team if member.acting_body_id == body.acting_body_id} - uncertified
        if len(own) < MIN_OFFICERS:
            details: dict[str, str | int] = {"found": len(own), "needed": MIN_OFFICERS}
            problems.append(FieldProblem(field=f"team.{body.acting_body_id}", code="team_too_small", details=details))
    known = {body.acting_body_id for body in bodies}
    for member in team:
        if member.acting_body_id not in known:
            problems.append(FieldProblem(field=f"team.{member.person_id}", code="unknown_acting_body"))
    if problems:
        raise InvalidInputError(problems)


def _new_code(on: date) -> str:
    """Ten characters without look-alikes behind the year: 2026-7K3M-Q8RT-2Z."""
    text = "".join(secrets.choice(_ALPHABET) for _ in range(10))
    return f"{on.year}-{text[:4]}-{text[4:8]}-{text[8:]}"
