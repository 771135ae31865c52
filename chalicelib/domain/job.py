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


class Job(Record):
    """One piece of long work. `name` picks the worker, `values` are its plain inputs, `result` what came of it.

    progress and total count the job's own unit (rows, subjects); total 0 means not known yet.
    error_code, error_details and error_problems are those of the YijianshiError that ended it.
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

    @property
    def is_finished(self) -> bool:
        return self.state in (JobState.DONE, JobState.FAILED)
