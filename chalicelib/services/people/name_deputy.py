"""Name a deputy for a period, end it early, and see who is acting for whom now."""

from collections.abc import Collection
from datetime import date

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.deputy import Deputy, actor_for, delegable, deputy_rules
from chalicelib.domain.errors import FieldProblem, IllegalTransitionError, InvalidInputError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import Actor, Person, TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store


def may_stand_in(principal: Person, other: Person) -> str:
    """Why this person cannot be the deputy; empty when they can: at work, of the same unit, no administrator."""
    if other.id == principal.id:
        return "deputy_self"
    if other.roles & deputy_rules().refused_roles:
        return "deputy_role"
    pairs = ((principal.department_id, other.department_id), (principal.acting_body_id, other.acting_body_id))
    is_near = any(one is not None and one == another for one, another in pairs)
    return "" if other.is_active and is_near else "deputy_unit"


@idempotent
def name_deputy(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    deputy_id: str,
    from_on: date | None,
    to_on: date | None,
    permissions: Collection[str],
    reason: str = "",
) -> Deputy:
    """The appointment. Raises InvalidInputError with every problem at once; a deputy names no deputy of their own."""
    require(act.actor, Permission.DEPUTY_NAME)
    if act.actor.acting_for:
        raise NotAllowedError(reason="deputy_of_deputy")
    principal = store.people.get(tenant, act.actor.person_id)
    other = store.people.find(tenant, deputy_id) if deputy_id else None
    chosen, problems = _permissions(principal, permissions)
    problem = "not_chosen" if other is None else may_stand_in(principal, other)
    if problem:
        problems.append(FieldProblem(field="deputy_id", code=problem))
    problems += _period_problems(shanghai_date(act.at), from_on, to_on)
    if len(reason) > 200:
        problems.append(FieldProblem(field="reason", code="too_long"))
    if not problems and from_on and to_on:
        held = store.deputies.of_principal(tenant, principal.id)
        if any(one.overlaps(from_on, to_on) for one in held):
            problems.append(FieldProblem(field="from_on", code="deputy_overlap"))
    if problems or other is None or from_on is None or to_on is None:
        raise InvalidInputError(problems)
    named = Deputy(
        principal_id=principal.id,
        principal_name=principal.name,
        deputy_id=other.id,
        deputy_name=other.name,
        from_on=from_on,
        to_on=to_on,
        permissions=chosen,
        reason=reason.strip(),
        named_at=act.at,
    )
    with store.change(tenant, act) as change:
        change.save(named)
        change.event(
            EventType.DEPUTY_NAMED,
            named,
            {
                "principal_id": principal.id,
                "deputy_id": other.id,
                "from": from_on.isoformat(),
                "to": to_on.isoformat(),
                "permissions": sorted(chosen),
            },
        )
    return named


def _permissions(principal: Person, wanted: Collection[str]) -> tuple[frozenset[Permission], list[FieldProblem]]:
    own = {one.value: one for one in delegable(principal)}
    if not wanted:
        return frozenset(), [FieldProblem(field="permissions", code="not_chosen")]
    if not set(wanted) <= own.keys():
        return frozenset(), [FieldProblem(field="permissions", code="permission_not_own")]
    return frozenset(own[name] for name in wanted), []


def _period_problems(today: date, from_on: date | None, to_on: date | None) -> list[FieldProblem]:
    found = [
        FieldProblem(field=field, code="required")
        for field, day in (("from_on", from_on), ("to_on", to_on))
        if day is None
    ]
    if from_on is None or to_on is None:
        return found
    if from_on < today:
        found.append(FieldProblem(field="from_on", code="date_in_past"))
    if to_on < from_on:
        found.append(FieldProblem(field="to_on", code="dates_reversed"))
    elif (to_on - from_on).days >= deputy_rules().most_days:
        details: dict[str, str | int] = {"days": deputy_rules().most_days}
        found.append(FieldProblem(field="to_on", code="period_too_long", details=details))
    return found


@idempotent
def end_deputy(store: Store, tenant: TenantId, act: Act, *, appointment_id: str) -> Deputy:
    """The appointment, ended at once by either of the two."""
    named = store.deputies.get(tenant, appointment_id)
    if act.actor.person_id not in (named.principal_id, named.deputy_id):
        raise NotAllowedError(reason="not_own_deputy")
    if not named.is_open(shanghai_date(act.at)):
        raise IllegalTransitionError(state="ended", step="end_deputy")
    ended = named.with_changes(ended_at=act.at, ended_by=act.actor.person_id)
    with store.change(tenant, act) as change:
        change.save(ended)
        change.event(EventType.DEPUTY_ENDED, ended, {"principal_id": named.principal_id, "deputy_id": named.deputy_id})
    return ended


def find_acting(store: Store, tenant: TenantId, person: Person, appointment_id: str, day: date) -> Actor | None:
    """This person at work under the appointment; None when it does not hold today or the other has left."""
    named = store.deputies.find(tenant, appointment_id)
    if named is None or named.deputy_id != person.id or not named.holds_on(day):
        return None
    principal = store.people.find(tenant, named.principal_id)
    if principal is None or not principal.is_active or may_stand_in(principal, person):
        return None
    department = store.departments.find(tenant, principal.department_id) if principal.department_id else None
    return actor_for(tenant, named, person, principal, department.code if department else None)
