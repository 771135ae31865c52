"""Long work done outside a request: imports, pools, draws. It shows progress, can be left, found again, retried."""

from enum import StrEnum
from typing import Any, ClassVar

from pydantic import Field

from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.record import Record, UtcTime
from chalicelib.domain.tenancy import Actor


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


CANCELLABLE = frozenset({"import_register", "export_subjects", "enter_sheet"})
"""Jobs that stop at safe points, so that a person may cancel them: what is done stays done, nothing is half-done."""


class Job(Record):
    """One piece of long work. `name` picks the worker, `values` are its plain inputs, `result` what came of it.

    progress and total count the job's own unit (rows, subjects); total 0 means not known yet.
    error_code, error_details and error_problems are those of the YijianshiError that ended it.
    checkpoint: where the next run goes on, in the job's own terms; parts: how often it was handed on to a new run, as a
    function of the cloud lives fifteen minutes at most; cancel_asked_at: a person wants it to stop.
    """

    KIND: ClassVar[str] = "job"

    name: str = Field(pattern=r"^[a-z][a-z_]*$")
    values: dict[str, Any] = Field(default_factory=dict)
    requested_by: Actor
    requested_at: UtcTime
    state: JobState = JobState.QUEUED
    progress: int = 0
    total: int = 0
    result: dict[str, Any] = Field(default_factory=dict)
    error_code: str | None = None
    error_details: dict[str, Any] = Field(default_factory=dict)
    error_problems: list[FieldProblem] = Field(default_factory=list)
    finished_at: UtcTime | None = None
    checkpoint: dict[str, Any] = Field(default_factory=dict)
    parts: int = 0
    cancel_asked_at: UtcTime | None = None

    @property
    def is_finished(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)

    @property
    def is_cancellable(self) -> bool:
        """Whether it may still be stopped."""
        return self.name in CANCELLABLE and not self.is_finished and self.cancel_asked_at is None

    @property
    def is_retryable(self) -> bool:
        """Whether it may go on after it failed or was cancelled."""
        return self.name in CANCELLABLE and self.state in (JobState.FAILED, JobState.CANCELLED)
