"""A periodic report (定期报送) of one subject for one period: expected, overdue, submitted or returned.

Nothing that was reported is ever overwritten: a correction is a new version with its reason, and the last one counts.
"""

from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.access import Resource
from chalicelib.domain.label import Code
from chalicelib.domain.notification import stable_id
from chalicelib.domain.record import Record, UtcTime


class ReportState(StrEnum):
    """expected: the period is over and nothing came yet; overdue: nor did it come in time. returned: to be reported
    again, and not counted until then. merged: set aside when two subjects became one, because the same report is asked
    of it under another identifier, or came under it."""

    EXPECTED = "expected"
    OVERDUE = "overdue"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    MERGED = "merged"


OWED = (ReportState.EXPECTED, ReportState.OVERDUE, ReportState.RETURNED)
"""Those in which somebody waits for it."""


class ReportVersion(BaseModel):
    """What was reported at once. paper_sha256: of the paper that an official entered for the subject; sheet_id: the job
    that entered it from a sheet of many, which is the paper then."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(ge=1)
    values: dict[Code, int]
    scenario_version: str
    overlay_number: int = Field(default=0, ge=0)
    submitted_by: str
    submitted_at: UtcTime
    is_on_behalf: bool = False
    paper_sha256: str = ""
    sheet_id: str = ""
    reason: str = Field(default="", max_length=500)


class ReportReturn(BaseModel):
    """Why the version with this number was returned."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(ge=1)
    reason: str = Field(min_length=1, max_length=500)
    returned_by: str
    returned_at: UtcTime


class PeriodicReport(Record):
    """One subject × form × period, and nothing twice: the id is made of the three. due_at: None while a calendar that
    the term needs is not published; overdue_at: when nothing had come in time."""

    KIND: ClassVar[str] = "periodic_report"

    subject_id: str
    subject_name: str
    division: str
    scenario: Code
    form_id: Code
    period: str
    received_by: Code
    state: ReportState = ReportState.EXPECTED
    due_at: UtcTime | None = None
    overdue_at: UtcTime | None = None
    versions: tuple[ReportVersion, ...] = ()
    returns: tuple[ReportReturn, ...] = ()

    @property
    def awaits_calendar(self) -> bool:
        return self.due_at is None and self.state is ReportState.EXPECTED

    @property
    def resource(self) -> Resource:
        return Resource(
            divisions=frozenset({self.division}),
            departments=frozenset({self.received_by}),
            subjects=frozenset({self.subject_id}),
        )

    @property
    def is_owed(self) -> bool:
        """Whether somebody waits for it."""
        return self.state in OWED

    @property
    def asked(self) -> tuple[str, str, str]:
        """What is asked of a subject once, whatever identifiers it had."""
        return self.scenario, self.form_id, self.period

    @property
    def current(self) -> ReportVersion | None:
        """What counts; None while nothing was reported or what was is returned."""
        return self.versions[-1] if self.state is ReportState.SUBMITTED else None

    @property
    def latest(self) -> ReportVersion | None:
        """The last that came, whether it counts or not."""
        return self.versions[-1] if self.versions else None

    @property
    def is_late(self) -> bool:
        """Whether the first version came after the deadline, or none did."""
        if self.due_at is None:
            return False
        return self.overdue_at is not None or any(one.submitted_at > self.due_at for one in self.versions[:1])

    def set_aside(self) -> "PeriodicReport":
        return self.with_changes(state=ReportState.MERGED)

    def taken_up_again(self) -> "PeriodicReport":
        """As it stood before it was set aside."""
        waiting = ReportState.OVERDUE if self.overdue_at else ReportState.EXPECTED
        return self.with_changes(state=ReportState.RETURNED if self.versions else waiting)

    def with_version(self, version: ReportVersion) -> "PeriodicReport":
        return self.with_changes(state=ReportState.SUBMITTED, versions=(*self.versions, version))


def report_id(subject_id: str, scenario: str, form_id: str, period: str) -> str:
    return stable_id("periodic_report", subject_id, scenario, form_id, period)


def report_source(id: str) -> str:
    """What a point names as its source, so that a page can tell which report it comes from."""
    return f"{PeriodicReport.KIND}:{id}"


REPORT_OVERDUE = "report_overdue"
"""The event under which an evaluation's rules know a report that did not come in time."""
