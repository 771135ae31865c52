"""Move one visit that has not begun to another date or time, with a reason."""

from datetime import date, time

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import FieldProblem, IllegalTransitionError, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.loop import initial_state
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import Visit
from chalicelib.domain.visit_member import members_of
from chalicelib.services.idempotent import idempotent
from chalicelib.services.working_calendar import working_calendar
from chalicelib.storage import keys
from chalicelib.storage.change import Change
from chalicelib.storage.store import Store


@idempotent
def reschedule_visit(
    store: Store, tenant: TenantId, act: Act, *, visit_id: str, scheduled_on: date, scheduled_at: str, reason: str
) -> Visit:
    """The visit at its new date (a working day of the plan's period, from today on) and local time of day, HH:MM.

    Raises IllegalTransitionError once it has started, InvalidInputError, CalendarMissingError for an unknown year.
    """
    visit = store.visits.get(tenant, visit_id)
    require(act.actor, Permission.VISIT_SCHEDULE, visit.resource)
    if visit.state != initial_state("visit"):
        raise IllegalTransitionError(state=visit.state, step="reschedule_visit", machine="visit", missing=[])
    problems = _problems(store.plans.get(tenant, visit.plan_id), act, scheduled_on, scheduled_at, reason)
    if problems:
        raise InvalidInputError(problems)
    moved = visit.with_changes(scheduled_on=scheduled_on, scheduled_at=scheduled_at)
    entries = {member.id: member for member in members_of(moved)}
    with store.change(tenant, act) as change:
        change.save(moved)
        for held in store.visit_members.of_visit(tenant, visit.id):
            fresh = entries[held.id]
            change.save(
                held.with_changes(
                    scheduled_on=fresh.scheduled_on, scheduled_at=fresh.scheduled_at, starts_at=fresh.starts_at
                )
            )
        _recount(change, tenant, visit, moved)
        change.event(
            EventType.VISIT_RESCHEDULED,
            moved,
            {
                "from": f"{visit.scheduled_on} {visit.scheduled_at}".strip(),
                "to": f"{scheduled_on} {scheduled_at}",
                "reason": reason.strip(),
            },
        )
    return moved


def _problems(plan: InspectionPlan, act: Act, day: date, clock: str, reason: str) -> list[FieldProblem]:
    found = []
    if day < shanghai_date(act.at):
        found.append(FieldProblem(field="scheduled_on", code="date_in_past"))
    elif not plan.period_from <= day <= plan.period_to:
        found.append(FieldProblem(field="scheduled_on", code="outside_period"))
    elif not working_calendar().is_working_day(day):
        found.append(FieldProblem(field="scheduled_on", code="not_a_working_day"))
    if not _is_time(clock):
        found.append(FieldProblem(field="scheduled_at", code="not_a_time"))
    if not reason.strip():
        found.append(FieldProblem(field="reason", code="reason_missing"))
    return found


def _is_time(text: str) -> bool:
    try:
        return time.fromisoformat(text).strftime("%H:%M") == text
    except ValueError:
        return False


def _recount(change: Change, tenant: TenantId, before: Visit, after: Visit) -> None:
    """A visit that moves into another year counts against that year's cap."""
    old, new = before.scheduled_on, after.scheduled_on
    if old is None or new is None or old.year == new.year:
        return
    operator = after.subject.counted_as
    for body in after.bodies:
        for year, by in ((old.year, -1), (new.year, 1)):
            change.count(keys.annual_cap(tenant, operator, body.acting_body_id, year), name="annual_cap", by=by)
