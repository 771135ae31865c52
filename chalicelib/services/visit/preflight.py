"""What must hold before a visit may start (行政处罚法 42, 55): approval, certified officers, certificates shown."""

from collections.abc import Mapping
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.tenancy import Person, TenantId
from chalicelib.domain.visit import Visit
from chalicelib.storage.store import Store

MIN_OFFICERS = 2
"""Certified officers per acting body: 行政处罚法 42."""

_APPROVED = frozenset({"approved", "disposing", "completed"})


class BodyPreflight(BaseModel):
    """One acting body's part. `certified`: ids of its officers whose certificate holds on the day."""

    model_config = ConfigDict(frozen=True)

    acting_body_id: str
    label: str
    is_approved: bool
    approved_by_name: str
    certified: list[str]
    uncertified: list[str]

    @property
    def is_certified(self) -> bool:
        return len(self.certified) >= MIN_OFFICERS


class Preflight(BaseModel):
    """Every acting body's part on one day."""

    model_config = ConfigDict(frozen=True)

    on: date
    bodies: list[BodyPreflight]

    @property
    def is_approved(self) -> bool:
        return all(body.is_approved for body in self.bodies)

    @property
    def is_certified(self) -> bool:
        return all(body.is_certified for body in self.bodies)

    @property
    def is_passed(self) -> bool:
        return self.is_approved and self.is_certified


def check_preflight(store: Store, tenant: TenantId, visit: Visit, at: datetime) -> Preflight:
    """Approvals of the plan and certificates of the team as they are today in Shanghai."""
    plan = store.plans.get(tenant, visit.plan_id)
    day = shanghai_date(at)
    people = store.people.find_many(tenant, (one.person_id for one in visit.team))
    return Preflight(on=day, bodies=[_body(visit, plan, people, body.acting_body_id, day) for body in visit.bodies])


def _body(
    visit: Visit, plan: InspectionPlan, people: Mapping[str, Person], acting_body_id: str, day: date
) -> BodyPreflight:
    body, task = visit.body(acting_body_id), plan.task_of(acting_body_id)
    own = list(dict.fromkeys(one.person_id for one in visit.team if one.acting_body_id == acting_body_id))
    certified = [person_id for person_id in own if _is_certified(people.get(person_id), acting_body_id, day)]
    approval = task.approval if task and task.state in _APPROVED else None
    return BodyPreflight(
        acting_body_id=acting_body_id,
        label=body.label if body else "",
        is_approved=approval is not None,
        approved_by_name=approval.approved_by_name if approval else "",
        certified=certified,
        uncertified=[person_id for person_id in own if person_id not in certified],
    )


def _is_certified(person: Person | None, acting_body_id: str, day: date) -> bool:
    return (
        person is not None
        and person.is_active
        and person.acting_body_id == acting_body_id
        and person.certificate_on(day) is not None
    )
