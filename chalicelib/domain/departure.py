"""Departure (离岗交接): what is open at somebody who leaves goes to successors, then their login closes.

A visit goes to an officer of the same acting body whose certificate holds on its day and who need not keep away from
the subject (行政处罚法 42, 43). What belongs to an office (a head, the coordinators) stays with it, but the last holder
does not leave before there is another.
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.record import Record, Ref, UtcTime
from chalicelib.domain.tenancy import Person, Role
from chalicelib.domain.visit import TeamMember, Visit

OFFICES = frozenset(
    {Role.COORDINATOR, Role.DEPARTMENT_OFFICER, Role.APPROVER, Role.LEGAL_REVIEWER, Role.JUSTICE_SUPERVISOR}
)
"""Roles whose work waits under the office, not under the person."""
OF_BODY = frozenset({Role.DEPARTMENT_OFFICER, Role.APPROVER})


class OpenWorkKind(StrEnum):
    VISIT = "visit"
    TODO = "todo"


class OpenWork(BaseModel):
    """One open thing of a person. id: the visit, or `<kind>.<record>.<entry>` of a to-do entry."""

    model_config = ConfigDict(frozen=True)

    kind: OpenWorkKind
    id: str
    title: str
    due_at: UtcTime | None = None
    topic: str = ""
    about: Ref | None = None


class DepartureState(StrEnum):
    """`stopped`: something is left; the login stays open until another departure takes it."""

    RUNNING = "running"
    STOPPED = "stopped"
    COMPLETED = "completed"


class Departure(Record):
    """One departure. successors: id of the open work → person who takes it; left: what no successor could take, with
    the code of the reason; the login closes only when nothing is left."""

    KIND: ClassVar[str] = "departure"

    person_id: str
    person_name: str
    successors: dict[str, str]
    started_at: UtcTime
    started_by: str
    job_id: str | None = None
    state: DepartureState = DepartureState.RUNNING
    handed: int = Field(default=0, ge=0)
    left: dict[str, str] = Field(default_factory=dict)
    completed_at: UtcTime | None = None


def visit_problem(visit: Visit, leaving: Person, successor: Person, day: date) -> str:
    """Why this officer cannot take the visit; empty when they can. day: the visit's, at least today."""
    if successor.id == leaving.id:
        return "successor_self"
    if not successor.is_active:
        return "successor_inactive"
    if Role.INSPECTOR not in successor.roles:
        return "successor_role"
    own = next((one.acting_body_id for one in visit.team if one.person_id == leaving.id), None)
    if successor.acting_body_id != own:
        return "successor_unit"
    if any(one.person_id == successor.id for one in visit.team):
        return "successor_in_team"
    if successor.certificate_on(day) is None:
        return "successor_certificate"
    return "successor_recused" if visit.subject.subject_id in successor.recused_subjects else ""


def todo_problem(leaving: Person, successor: Person) -> str:
    """Why this person cannot take a to-do entry: it needs the same unit and a common role."""
    if successor.id == leaving.id:
        return "successor_self"
    if not successor.is_active:
        return "successor_inactive"
    if not _is_same_unit(leaving, successor):
        return "successor_unit"
    return "" if leaving.roles & successor.roles else "successor_role"


def _is_same_unit(one: Person, other: Person) -> bool:
    pairs = ((one.department_id, other.department_id), (one.acting_body_id, other.acting_body_id))
    return any(left is not None and left == right for left, right in pairs)


def with_successor(visit: Visit, leaving: Person, successor: Person, day: date) -> Visit:
    """The visit with the successor in the leaving officer's place, under the successor's own certificate."""
    certificate = successor.certificate_on(day)
    return visit.with_changes(
        team=[
            TeamMember(
                person_id=successor.id,
                name=successor.name,
                acting_body_id=one.acting_body_id,
                certificate_number=certificate.number if certificate else "",
            )
            if one.person_id == leaving.id
            else one
            for one in visit.team
        ]
    )


def offices_left_empty(leaving: Person, people: list[Person]) -> list[Role]:
    """Offices that nobody would hold any more: of the acting body for its officers and head, else of the tenant."""
    others = [one for one in people if one.id != leaving.id and one.is_active]
    found = []
    for role in sorted(leaving.roles & OFFICES):
        unit = [one for one in others if role in one.roles]
        if role in OF_BODY and leaving.acting_body_id:
            unit = [one for one in unit if one.acting_body_id == leaving.acting_body_id]
        if not unit:
            found.append(role)
    return found
