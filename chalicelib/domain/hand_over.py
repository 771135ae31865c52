"""Handing a subject to another tenant: offered, answered, copied; both sides keep their history.

Nothing is read across tenants. Each side keeps its own record of the same identifier, and what passes between them is a
message that a courier puts into the other's inbox. Before the answer it holds a masked projection only.
"""

from enum import StrEnum
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.access import Resource
from chalicelib.domain.errors import IllegalTransitionError
from chalicelib.domain.record import Record, Ref, UtcTime
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import Role, TenantId, role_owner
from chalicelib.domain.text import mask_name, mask_phone
from chalicelib.domain.todo import Todo

COORDINATORS = role_owner(Role.COORDINATOR)


class Direction(StrEnum):
    OUTGOING = "outgoing"
    INCOMING = "incoming"


class HandOverState(StrEnum):
    """accepted: the receiver said yes and waits for the copy; completed: the copy is there."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    COMPLETED = "completed"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class HandOverStep(StrEnum):
    ACCEPT = "accept"
    RETURN = "return"
    WITHDRAW = "withdraw"
    COMPLETE = "complete"


_STEPS: dict[HandOverStep, tuple[frozenset[HandOverState], HandOverState]] = {
    HandOverStep.ACCEPT: (frozenset({HandOverState.OFFERED}), HandOverState.ACCEPTED),
    HandOverStep.RETURN: (frozenset({HandOverState.OFFERED}), HandOverState.RETURNED),
    HandOverStep.WITHDRAW: (frozenset({HandOverState.OFFERED, HandOverState.ACCEPTED}), HandOverState.WITHDRAWN),
    HandOverStep.COMPLETE: (frozenset({HandOverState.OFFERED, HandOverState.ACCEPTED}), HandOverState.COMPLETED),
}


class SubjectProjection(BaseModel):
    """What the receiver learns before it answers: no telephone number and no name of a person in full."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    kind: str
    code: str | None
    division: str
    address: str
    phone_masked: str
    responsible_person_masked: str
    scenarios: tuple[str, ...]
    plate: str = ""
    open_findings: int = 0
    visits: int = 0

    @classmethod
    def of(cls, subject: Subject, *, open_findings: int, visits: int) -> "SubjectProjection":
        return cls(
            name=subject.name,
            kind=subject.kind.value,
            code=subject.code,
            plate=subject.held_plate,
            division=subject.division,
            address=subject.address,
            phone_masked=mask_phone(subject.phone),
            responsible_person_masked=mask_name(subject.responsible_person),
            scenarios=tuple(one.scenario for one in subject.memberships),
            open_findings=open_findings,
            visits=visits,
        )


class HandOver(Record):
    """One hand-over as one side keeps it. other_tenant: the receiver of an outgoing one, the sender of an incoming one.

    division: where the receiver puts the subject, of an accepted one.
    """

    KIND: ClassVar[str] = "hand_over"

    direction: Direction
    subject_id: str
    projection: SubjectProjection
    other_tenant: TenantId
    other_label: str
    reason: str = Field(min_length=1, max_length=400)
    state: HandOverState = HandOverState.OFFERED
    answer: str = Field(default="", max_length=400)
    division: str = ""
    offered_by: str
    offered_at: UtcTime
    answered_at: UtcTime | None = None
    due_at: UtcTime | None = None

    @property
    def resource(self) -> Resource:
        return Resource(
            divisions=frozenset({self.projection.division}) if self.direction == "outgoing" else frozenset()
        )

    @property
    def awaits_calendar(self) -> bool:
        return self.is_waiting and self.due_at is None

    @property
    def is_waiting(self) -> bool:
        return self.state in (HandOverState.OFFERED, HandOverState.ACCEPTED)

    def moved(self, step: HandOverStep, **changes: Any) -> "HandOver":
        """After this step. Raises IllegalTransitionError when the state does not allow it."""
        allowed, state = _STEPS[step]
        if self.state not in allowed:
            raise IllegalTransitionError(state=self.state.value, step=step.value)
        return self.with_changes(state=state, **changes)

    def todos(self) -> list[Todo]:
        """What waits: for the receiver to answer, for the sender to see what became of it. Silence decides nothing."""
        if self.state is not HandOverState.OFFERED:
            return []
        topic = "hand_over_to_answer" if self.direction is Direction.INCOMING else "hand_over_waiting"
        at, due_at, detail = self.offered_at, self.due_at, self.other_label
        return [Todo.of(self.ref, COORDINATORS, topic, self.projection.name, at=at, due_at=due_at, detail=detail)]


class Topic(StrEnum):
    """What a message between tenants is about."""

    HAND_OVER_OFFERED = "hand_over_offered"
    HAND_OVER_ANSWERED = "hand_over_answered"
    HAND_OVER_WITHDRAWN = "hand_over_withdrawn"
    SUBJECT_DELIVERED = "subject_delivered"
    SUBJECT_MOVED = "subject_moved"


class InboxMessage(Record):
    """A message that the courier put into this tenant's inbox; the tenant's own worker does what it asks, once."""

    KIND: ClassVar[str] = "inbox_message"

    topic: Topic
    sender: TenantId
    about: str
    body: dict[str, Any]
    sent_at: UtcTime


class OutboxMessage(Record):
    """A message on its way to another tenant, kept beside the record that it is about until that record goes on."""

    KIND: ClassVar[str] = "outbox_message"

    topic: Topic
    receiver: TenantId
    about: str
    body: dict[str, Any]
    sent_at: UtcTime

    @property
    def parent_ref(self) -> Ref:
        return Ref(kind=HandOver.KIND, id=self.about)


class SubjectHome(Record):
    """In tenant `platform`: which tenant a subject that was handed over belongs to. One that is not listed belongs to
    the tenant that registered it."""

    KIND: ClassVar[str] = "subject_home"

    tenant: TenantId
    earlier: list[TenantId] = Field(default_factory=list)
    since: UtcTime
