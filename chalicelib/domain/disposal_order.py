"""Order of a disposal (处置文书): what an acting body decides about a subject, from its draft to its fulfilment.

Walks the machine `disposal_order`. A machine drafts nothing and decides nothing: one person drafts, the head of the
acting body decides, and the document is what the scenario package names.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.access import Resource
from chalicelib.domain.disposal import MAX_FILES, Extension
from chalicelib.domain.evaluation import TechnicalGrade
from chalicelib.domain.label import Code
from chalicelib.domain.loop import machine
from chalicelib.domain.record import Record, UtcTime
from chalicelib.domain.todo import Todo

UNCONFIRMED = "（依据待确认）"
"""Behind a citation that nobody confirmed; only a synthetic tenant's order ever has it."""


class ServiceWay(StrEnum):
    """How a document was served."""

    IN_PERSON = "in_person"
    LEFT_ON_SITE = "left_on_site"
    BY_POST = "by_post"
    ELECTRONIC = "electronic"
    THROUGH_OTHERS = "through_others"
    PUBLIC_NOTICE = "public_notice"


class _Said(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    by: str
    at: UtcTime
    text: str = Field(default="", max_length=1000)
    evidence: tuple[str, ...] = Field(default=(), max_length=MAX_FILES)


class Service(_Said):
    """Proof of service: `at` is when it reached whom it was handed to."""

    way: ServiceWay
    received_by: str = Field(min_length=1, max_length=60)
    recorded_at: UtcTime


class Fulfilment(_Said):
    """That it was done: as the subject reported it, or as the acting body saw it."""


class OrderParty(BaseModel):
    """Whom the order is about, as the register said on the day of the draft."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    address: str = ""
    code: str = ""
    owner: str = ""


class DisposalOrder(Record):
    """One order. departments: who has a part in the disposal (codes and acting-body ids), and may read this.

    basis_ids: of the package; citation: as printed. facts: what it rests on; content: what is to be done. due_on: the
    last day that the order itself names, where no clock of the package does. appraisal: the technical grade on record
    when it was drafted. grounds: why it does not wait for an appraisal, where it rests on danger that was seen.
    review_organ, court: to whom the party may turn; empty for a line to be filled. number: 〔year〕n号 within the
    acting body, given with the decision.
    """

    KIND: ClassVar[str] = "disposal_order"

    disposal_id: str
    subject_id: str
    party: OrderParty
    division: str
    scenario: Code
    scenario_version: str
    overlay_number: int = Field(default=0, ge=0)
    document_id: Code
    name: str
    department: Code
    acting_body_id: str
    acting_body_label: str
    departments: tuple[str, ...] = ()
    basis_ids: tuple[Code, ...] = Field(min_length=1)
    citation: str
    facts: str = Field(min_length=1, max_length=2000)
    content: str = Field(min_length=1, max_length=2000)
    due_on: date | None = None
    appraisal: TechnicalGrade | None = None
    grounds: str = Field(default="", max_length=500)
    review_organ: str = Field(default="", max_length=60)
    court: str = Field(default="", max_length=60)
    state: str = "drafted"
    drafted_by: str
    drafted_for: str | None = None
    drafted_at: UtcTime
    number: str = ""
    decided_by: str = ""
    decided_at: UtcTime | None = None
    reason: str = Field(default="", max_length=500, description="why it came back, was withdrawn or was lifted")
    service: Service | None = None
    due_at: UtcTime | None = None
    reports: tuple[Fulfilment, ...] = Field(default=(), max_length=20)
    fulfilment: Fulfilment | None = None
    extensions: tuple[Extension, ...] = ()
    ended_at: UtcTime | None = None

    @property
    def resource(self) -> Resource:
        """What a reader is measured by."""
        return self._resource(self.acting_body_id, self.department, *self.departments)

    @property
    def office(self) -> Resource:
        """What its officers are measured by: only those of the body in whose name it is, or of its department."""
        return self._resource(self.acting_body_id, self.department)

    @property
    def head_office(self) -> Resource:
        """What a decision is measured by: the body alone, never the department's head."""
        return self._resource(self.acting_body_id)

    def _resource(self, *departments: str) -> Resource:
        return Resource(
            divisions=frozenset({self.division}),
            departments=frozenset(departments),
            subjects=frozenset({self.subject_id}),
        )

    @property
    def cites_unconfirmed(self) -> bool:
        return UNCONFIRMED in self.citation

    def may(self, step: str) -> bool:
        """Whether machine `disposal_order` knows this step from the present state."""
        return machine("disposal_order").may(self.state, step)

    @property
    def is_open(self) -> bool:
        return not machine("disposal_order").state(self.state).is_final

    @property
    def is_shown_to_subject(self) -> bool:
        """The subject knows what was served on it, nothing of drafts."""
        return self.service is not None

    @property
    def files(self) -> frozenset[str]:
        said: Iterable[_Said | None] = (self.service, self.fulfilment, *self.reports)
        return frozenset(sha256 for one in said if one for sha256 in one.evidence)


def order_todos(order: DisposalOrder) -> list[Todo]:
    """Who has to do what next on an order: a pure function of its state."""
    topics = {
        "drafted": (f"{order.acting_body_id}.head", "order_to_decide"),
        "returned": (order.drafted_for or order.drafted_by, "order_returned"),
        "decided": (order.acting_body_id, "order_to_serve"),
        "fulfilment_reported": (order.acting_body_id, "order_to_confirm"),
    }
    if order.state not in topics:
        return []
    owner, topic = topics[order.state]
    at = order.decided_at or order.drafted_at
    behind = tuple(one for one in (order.drafted_by, order.drafted_for) if one)
    not_for = behind if topic == "order_to_decide" else ()
    title = f"{order.party.name}，{order.name}"
    return [Todo.of(order.ref, owner, topic, title, at=at, due_at=order.due_at, not_for=not_for)]
