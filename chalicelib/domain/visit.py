"""Visit (入企检查): one visit of one subject for several acting bodies, its answers and their conclusions.

An answer is given once for everyone; each acting body adopts it or makes its own finding on it (行政处罚法 42: each
acting body inspects with at least two certified officers).
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.access import Resource
from chalicelib.domain.item import Answer, Compliance
from chalicelib.domain.loop import machine
from chalicelib.domain.record import Record, Ref, UtcTime
from chalicelib.domain.served_scenario import VisitScenario


class TeamMember(BaseModel):
    """An officer drawn for the visit, with the certificate that held on the day of the draw."""

    model_config = ConfigDict(frozen=True)

    person_id: str
    name: str
    acting_body_id: str
    certificate_number: str


class VisitBody(BaseModel):
    """One acting body of the visit. `concluded_at` is set when it adopted or found on every item of its own."""

    model_config = ConfigDict(frozen=True)

    acting_body_id: str
    label: str
    departments: list[str]
    concluded_by: str | None = None
    concluded_at: UtcTime | None = None


class VisitSubject(BaseModel):
    """The subject as it was when it was drawn. cap_code: its operator's, under which visits of a year are counted."""

    model_config = ConfigDict(frozen=True)

    subject_id: str
    name: str
    code: str | None = None
    cap_code: str = ""
    kind: str
    division: str
    address: str = ""
    attributes: dict[str, str | int | bool] = Field(default_factory=dict)

    @property
    def counted_as(self) -> str:
        """What the annual cap counts: all subjects of one operator together."""
        return self.cap_code or self.code or self.subject_id


class Visit(Record):
    """One visit. It keeps the scenario version with which its plan began. Walks the machine `visit`.

    also_serves: the other scenarios of the plan that its subject is a member of, each in its own version.
    """

    KIND: ClassVar[str] = "visit"

    plan_id: str
    draw_id: str | None = None
    order: int = Field(default=0, ge=0, description="place in the ticket order, from 1")
    number: str = ""
    scenario: str
    scenario_version: str
    overlay_number: int = Field(default=0, ge=0, description="version of the tenant's overlay; 0: none")
    also_serves: list[VisitScenario] = Field(default_factory=list)
    subject: VisitSubject
    bodies: list[VisitBody]
    team: list[TeamMember]
    scheduled_on: date | None = None
    scheduled_at: str = Field(default="", pattern=r"^(|[0-2]\d:[0-5]\d)$", description="local time of day")
    inspection_code: str = ""
    state: str = "scheduled"
    due_at: UtcTime | None = None
    started_at: UtcTime | None = None
    submitted_at: UtcTime | None = None
    concluded_at: UtcTime | None = None
    result_id: str | None = None

    @property
    def awaits_calendar(self) -> bool:
        found = machine("visit").state(self.state)
        return self.due_at is None and found.deadline_rule is not None and not found.is_final

    @property
    def resource(self) -> Resource:
        parts = {body.acting_body_id for body in self.bodies} | {d for body in self.bodies for d in body.departments}
        return Resource(
            divisions=frozenset({self.subject.division}),
            departments=frozenset(parts),
            people=frozenset(member.person_id for member in self.team),
            subjects=frozenset({self.subject.subject_id}),
        )

    @property
    def served(self) -> tuple[VisitScenario, ...]:
        """Every scenario that it serves, its own first."""
        own = VisitScenario(
            scenario=self.scenario,
            scenario_version=self.scenario_version,
            overlay_number=self.overlay_number,
            attributes=self.subject.attributes,
        )
        return (own, *self.also_serves)

    def serves(self, scenario: str) -> bool:
        return any(one.scenario == scenario for one in self.served)

    def body(self, acting_body_id: str | None) -> VisitBody | None:
        return next((body for body in self.bodies if body.acting_body_id == acting_body_id), None)


class Photo(BaseModel):
    """A stored picture: object key, SHA-256 (hex) of the original bytes, size in bytes, when it was taken."""

    model_config = ConfigDict(frozen=True)

    object_key: str
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    size: int = Field(gt=0)
    content_type: str
    taken_at: UtcTime


class VisitAnswer(Record):
    """The answer to one question of a visit; `id` is the question key. `remedy_due_on`: what the officer proposed."""

    KIND: ClassVar[str] = "visit_answer"

    visit_id: str
    answer: Answer
    photos: list[Photo] = Field(default_factory=list)
    legal_basis_id: str | None = None
    remedy_due_on: date | None = None
    answered_by: str
    answered_at: UtcTime
    saved_at: UtcTime

    @property
    def parent_ref(self) -> Ref:
        return Ref(kind=Visit.KIND, id=self.visit_id)


class ConclusionChoice(StrEnum):
    """An acting body takes over the shared answer, or finds differently."""

    ADOPTED = "adopted"
    OWN = "own"


class BodyConclusion(Record):
    """One acting body's own word on one check item, of `scenario`; `id` is `<acting body id>.<item key>`."""

    KIND: ClassVar[str] = "body_conclusion"

    visit_id: str
    acting_body_id: str
    scenario: str = ""
    item_id: str
    question_key: str
    choice: ConclusionChoice
    compliance: Compliance
    note: str = Field(default="", max_length=2000)
    legal_basis_id: str | None = None
    remedy_due_on: date | None = None
    made_by: str
    made_at: UtcTime

    @property
    def parent_ref(self) -> Ref:
        return Ref(kind=Visit.KIND, id=self.visit_id)
