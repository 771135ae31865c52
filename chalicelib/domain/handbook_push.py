"""A handbook pushed to the subjects of a scenario, and the receipt of each: who opened it, and when."""

from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.access import Resource
from chalicelib.domain.label import Code
from chalicelib.domain.record import Record, Ref, UtcTime

REMINDED_AFTER = timedelta(hours=20)
"""Between two reminders of one push."""


class HandbookPush(Record):
    """One version of a handbook sent to every active subject of a scenario, or of one county (`county`, 12 digits).

    `recipients` counts receipts; it grows until `is_complete`.
    """

    KIND: ClassVar[str] = "handbook_push"

    scenario: Code
    scenario_version: str
    overlay_number: int = Field(default=0, ge=0)
    county: str = ""
    note: str = Field(default="", max_length=300)
    pushed_by: str
    pushed_at: UtcTime
    recipients: int = Field(default=0, ge=0)
    is_complete: bool = False
    reminded_at: UtcTime | None = None
    reminders: int = Field(default=0, ge=0)

    @property
    def resource(self) -> Resource:
        return Resource(divisions=frozenset({self.county} if self.county else ()))

    def may_remind(self, at: datetime) -> bool:
        """Whether those who have not read may be told again now."""
        return self.is_complete and (self.reminded_at is None or at - self.reminded_at >= REMINDED_AFTER)


class HandbookOpening(BaseModel):
    """The first time that one person of the subject opened it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    person_id: str
    name: str
    opened_at: UtcTime


class HandbookReceipt(Record):
    """What became of one push at one subject; `id` is the subject's."""

    KIND: ClassVar[str] = "handbook_receipt"

    push_id: str
    scenario: Code
    scenario_version: str
    subject_name: str
    code: str = ""
    county: str
    division: str
    sent_at: UtcTime
    openings: list[HandbookOpening] = Field(default_factory=list)

    @property
    def parent_ref(self) -> Ref:
        return Ref(kind=HandbookPush.KIND, id=self.push_id)

    @property
    def subject_id(self) -> str:
        return self.id

    @property
    def resource(self) -> Resource:
        return Resource(divisions=frozenset({self.division}), subjects=frozenset({self.id}))

    def opened_by(self, person_id: str) -> bool:
        return any(one.person_id == person_id for one in self.openings)
