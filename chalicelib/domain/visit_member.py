"""A visit in the work list of one officer of its team: a small item beside the visit, written together with it."""

from datetime import UTC, date, datetime
from typing import ClassVar, Self

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.loop import machine
from chalicelib.domain.record import Record, Ref, UtcTime
from chalicelib.domain.visit import Visit


class VisitMember(Record):
    """What the day page shows of one visit; `id` is the officer's person id. `starts_at`: the scheduled moment."""

    KIND: ClassVar[str] = "visit_member"

    visit_id: str
    plan_id: str
    subject_name: str
    address: str = ""
    scheduled_on: date
    scheduled_at: str = ""
    starts_at: UtcTime
    body_labels: list[str]
    officers: int
    state: str

    @property
    def parent_ref(self) -> Ref:
        return Ref(kind=Visit.KIND, id=self.visit_id)

    @property
    def is_open(self) -> bool:
        return not machine("visit").state(self.state).is_final

    def with_state(self, state: str) -> Self:
        return self.with_changes(state=state)


def starts_at(visit: Visit) -> datetime:
    """The scheduled moment in UTC; without a time of day the start of the day in Shanghai."""
    if visit.scheduled_on is None:
        raise ValueError("the visit has no date")
    day, clock = visit.scheduled_on, visit.scheduled_at or "00:00"
    hour, minute = (int(part) for part in clock.split(":"))
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI).astimezone(UTC)


def members_of(visit: Visit) -> list[VisitMember]:
    """One item per officer of the team, for a new visit."""
    moment = starts_at(visit)
    return [
        VisitMember(
            id=person_id,
            visit_id=visit.id,
            plan_id=visit.plan_id,
            subject_name=visit.subject.name,
            address=visit.subject.address,
            scheduled_on=moment.astimezone(SHANGHAI).date(),
            scheduled_at=visit.scheduled_at,
            starts_at=moment,
            body_labels=[body.label for body in visit.bodies],
            officers=len({member.person_id for member in visit.team}),
            state=visit.state,
        )
        for person_id in dict.fromkeys(member.person_id for member in visit.team)
    ]
