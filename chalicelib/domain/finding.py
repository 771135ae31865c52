"""Finding (问题) of one acting body at one visit, its rectification by the subject and its reinspection."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.access import Resource
from chalicelib.domain.item import Severity
from chalicelib.domain.loop import machine
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


class PenaltyCase(BaseModel):
    """The penalty case (行政处罚案件) to which a finding was handed over. number: in the acting body's own register;
    filed_on: the day on which it was filed (立案)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str = Field(min_length=1, max_length=80)
    filed_on: date


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
    is_due_undetermined: bool = Field(default=False, description="`due_at` is the last clock's: this one waits")
    state: str = "open"
    rectifications: list[Rectification] = Field(default_factory=list)
    reinspections: list[Reinspection] = Field(default_factory=list)
    closed_at: UtcTime | None = None
    closed_as: str = Field(default="", description="step of machine `finding` that closed it")
    closed_because: str = Field(default="", max_length=2000, description="reason of a withdrawal")
    penalty_case: PenaltyCase | None = None

    @property
    def awaits_calendar(self) -> bool:
        return self.is_due_undetermined and self.closed_at is None

    @property
    def told_due_at(self) -> datetime | None:
        """The end of the clock that runs now; None while no calendar tells it."""
        return None if self.is_due_undetermined else self.due_at

    @property
    def is_withdrawn(self) -> bool:
        """The acting body took it back: it counts nowhere and is told nowhere."""
        return self.closed_as == "withdraw_finding"

    @property
    def passed_at(self) -> datetime | None:
        """When the reinspection passed, None while the last word is another."""
        last = self.reinspections[-1] if self.reinspections else None
        return last.made_at if last is not None and last.is_passed and not last.is_returned else None

    def may(self, step: str) -> bool:
        """Whether machine `finding` knows this step from the present state."""
        return machine("finding").may(self.state, step)

    @property
    def needs_subject(self) -> bool:
        """It waits for the subject to say what it mended."""
        return self.may("submit_rectification")

    def is_sister(self, other: "Finding") -> bool:
        """Another acting body's finding, or one of another scenario, on the same answer of the same visit: a fact that
        was asked once is one fault for the subject, however many judge it. A withdrawn one is nobody's sister."""
        return (
            self.id != other.id
            and bool(self.question_key)
            and (self.visit_id, self.question_key) == (other.visit_id, other.question_key)
            and not self.is_withdrawn
            and not other.is_withdrawn
        )

    @property
    def resource(self) -> Resource:
        return Resource(
            divisions=frozenset({self.division}),
            departments=frozenset({self.acting_body_id, self.department}),
            subjects=frozenset({self.subject_id}),
        )


@dataclass(frozen=True)
class Fault:
    """What the subject mends once: the findings on one answer of one visit, the most urgent first. Each keeps its own
    deadline and is reinspected and closed by the acting body that made it."""

    findings: tuple[Finding, ...]

    @property
    def first(self) -> Finding:
        """The one under which it is shown."""
        return self.findings[0]

    @property
    def due_at(self) -> datetime:
        """The deadline of the most urgent one."""
        return self.first.due_at


def faults_of(findings: Iterable[Finding]) -> list[Fault]:
    """Each finding once, in the order of the earliest deadlines; those that wait for the subject come first in theirs,
    closed ones last."""
    grouped: dict[tuple[str, ...], list[Finding]] = {}
    for one in findings:
        is_shared = one.question_key and not one.is_withdrawn
        key = (one.visit_id, one.question_key) if is_shared else (one.id,)
        grouped.setdefault(key, []).append(one)
    found = [Fault(tuple(sorted(group, key=_urgency))) for group in grouped.values()]
    return sorted(found, key=lambda fault: fault.due_at)


def _urgency(finding: Finding) -> tuple[bool, bool, datetime, str]:
    return not finding.needs_subject, finding.closed_at is not None, finding.due_at, finding.id
