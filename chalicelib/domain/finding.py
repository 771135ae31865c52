"""Finding (问题) of one acting body at one visit, its rectification by the subject and its reinspection."""

from datetime import date, datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.access import Resource
from chalicelib.domain.item import Severity
from chalicelib.domain.record import Record, UtcTime
from chalicelib.domain.visit import Photo


class Rectification(BaseModel):
    """What the subject says it did, with evidence."""

    model_config = ConfigDict(frozen=True)

    submitted_by: str
    submitted_at: UtcTime
    text: str = Field(min_length=1, max_length=2000)
    evidence: list[Photo] = Field(min_length=1)


class Reinspection(BaseModel):
    """What the acting body saw. `is_passed` False or a return needs a reason."""

    model_config = ConfigDict(frozen=True)

    made_by: str
    made_at: UtcTime
    is_passed: bool
    is_returned: bool = False
    text: str = Field(default="", max_length=2000)
    evidence: list[Photo] = Field(default_factory=list)


class Finding(Record):
    """A non-compliance with its clause and the day by which it is mended. Walks the machine `finding`."""

    KIND: ClassVar[str] = "finding"

    visit_id: str
    plan_id: str
    scenario: str
    scenario_version: str
    subject_id: str
    subject_name: str
    division: str
    acting_body_id: str
    acting_body_label: str
    department: str
    item_id: str
    question_key: str = ""
    title: str
    severity: Severity
    legal_basis_id: str | None = None
    clause: str = Field(default="", description="title and article as shown to the subject")
    note: str = Field(default="", max_length=2000)
    photos: list[Photo] = Field(default_factory=list)
    found_on: date
    remedy_due_on: date
    due_at: UtcTime
    state: str = "open"
    rectifications: list[Rectification] = Field(default_factory=list)
    reinspections: list[Reinspection] = Field(default_factory=list)
    closed_at: UtcTime | None = None
    closed_as: str = Field(default="", description="step of machine `finding` that closed it")

    @property
    def is_withdrawn(self) -> bool:
        """The acting body took it back: it counts nowhere and is told nowhere."""
        return self.closed_as == "withdraw_finding"

    @property
    def passed_at(self) -> datetime | None:
        """When the reinspection passed, None while the last word is another."""
        last = self.reinspections[-1] if self.reinspections else None
        return last.made_at if last is not None and last.is_passed and not last.is_returned else None

    @property
    def resource(self) -> Resource:
        return Resource(
            divisions=frozenset({self.division}),
            departments=frozenset({self.acting_body_id, self.department}),
            subjects=frozenset({self.subject_id}),
        )
