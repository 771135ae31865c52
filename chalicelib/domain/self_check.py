"""A self-check (自查) as a subject does it: private until the subject shares it, and shared only as long as it likes.

The record says what was asked, when, and what came of it in figures; the answers lie beside it, one record each.
"""

from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.access import Resource
from chalicelib.domain.item import Answer, SubjectFacts
from chalicelib.domain.label import Code
from chalicelib.domain.record import Record, Ref, UtcTime
from chalicelib.domain.self_check_rules import SelfCheckCycle
from chalicelib.domain.visit import Photo

MAX_PHOTOS = 9
"""Of one question."""


class SelfCheckState(StrEnum):
    OPEN = "open"
    FINISHED = "finished"


class SelfCheckSharing(BaseModel):
    """From when to when the regulators of the place could read it, and who of the subject said so."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    shared_by: str
    shared_at: UtcTime
    ended_by: str | None = None
    ended_at: UtcTime | None = None


class SelfCheck(Record):
    """One time through the list. `cycle`: the round that it belongs to, None for the whole list.

    It stays on the package version, the overlay and the facts of the subject with which it began. `total` and
    `non_compliant` count questions, `photos` pictures, when it was finished. `sharings` are never taken away: the last
    one says whether it is shared now.
    """

    KIND: ClassVar[str] = "self_check"

    subject_id: str
    subject_name: str
    division: str
    facts: SubjectFacts
    scenario: Code
    scenario_version: str
    overlay_number: int = Field(default=0, ge=0)
    cycle: SelfCheckCycle | None = None
    state: SelfCheckState = SelfCheckState.OPEN
    started_by: str
    started_at: UtcTime
    finished_by: str | None = None
    finished_at: UtcTime | None = None
    total: int = Field(default=0, ge=0)
    non_compliant: int = Field(default=0, ge=0)
    photos: int = Field(default=0, ge=0)
    sharings: list[SelfCheckSharing] = Field(default_factory=list)

    @property
    def resource(self) -> Resource:
        return Resource(divisions=frozenset({self.division}), subjects=frozenset({self.subject_id}))

    @property
    def is_finished(self) -> bool:
        return self.state is SelfCheckState.FINISHED

    @property
    def is_shared(self) -> bool:
        """Whether the regulators of the place may read it now."""
        return bool(self.sharings) and self.sharings[-1].ended_at is None

    @property
    def shared_at(self) -> UtcTime | None:
        return self.sharings[-1].shared_at if self.is_shared else None


class SelfCheckAnswer(Record):
    """The answer to one question; `id` is the question key. The photos are as private as the self-check."""

    KIND: ClassVar[str] = "self_check_answer"

    self_check_id: str
    answer: Answer
    photos: list[Photo] = Field(default_factory=list, max_length=MAX_PHOTOS)
    answered_by: str
    answered_at: UtcTime
    saved_at: UtcTime

    @property
    def parent_ref(self) -> Ref:
        return Ref(kind=SelfCheck.KIND, id=self.self_check_id)
