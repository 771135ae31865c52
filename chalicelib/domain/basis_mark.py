"""A clause that was amended or repealed, as a legal officer marked it, and the work that follows from it.

The mark names the law as it is cited (title, article), not one package's entry: every scenario that cites it is
concerned. What has to change is computed from the packages (`contract/basis_work.py`); the mark keeps what is done.
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.law_clause import article_words
from chalicelib.domain.legal_basis import BasisConfirmation, LegalBasis, plain_title
from chalicelib.domain.record import Record, UtcTime


class BasisChange(StrEnum):
    """What happened to the clause: another text holds, or none."""

    AMENDED = "amended"
    REPEALED = "repealed"


class WorkDone(BaseModel):
    """One entry of the work list that somebody settled. `key` is `<scenario>:<kind>:<id>`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str = Field(max_length=200)
    by: str
    at: UtcTime


class _Mark(BaseModel):
    """article: empty means the whole text. decided_on: the day of the new text or of the repeal; effective_on: from
    when it counts; successor: what holds instead."""

    title: str = Field(min_length=2, max_length=200)
    article: str = Field(default="", pattern=r"^(\d{1,4}(-\d{1,2})?)?$")
    change: BasisChange
    decided_on: date
    effective_on: date
    successor: str = Field(default="", max_length=200)
    note: str = Field(default="", max_length=1000)

    @property
    def citation(self) -> str:
        """《消防法》第16条, as `LegalBasis.citation`; without an article it is the whole text."""
        return f"《{self.title}》" + article_words(self.article)

    def is_outdated(self, basis: LegalBasis) -> bool:
        """Whether the basis is still cited as current: it neither says that it ends nor rests on the new text."""
        return self.is_old_text(basis.title, basis.article, basis.text_date, basis.effective_to)

    def is_old_text(self, title: str, article: str, text_date: date | None, effective_to: date | None) -> bool:
        """As `is_outdated`, of a citation that is no basis, as those of deadlines are."""
        if plain_title(title) != plain_title(self.title) or self.article not in ("", article):
            return False
        if effective_to is not None and effective_to <= self.effective_on:
            return False
        is_new_text = text_date is not None and text_date >= self.decided_on
        return not (self.change is BasisChange.AMENDED and is_new_text)

    def is_met_by(self, confirmation: BasisConfirmation) -> bool:
        """Whether the tenant's legal officer has read the text that this amendment made."""
        read = confirmation.text_date
        return self.change is BasisChange.AMENDED and read is not None and read >= self.decided_on


class BasisMark(_Mark, Record):
    """A tenant's own; one that the platform made is copied, with its identifier, when somebody settles its first entry.
    is_withdrawn: it was a mistake."""

    KIND: ClassVar[str] = "basis_mark"

    done: list[WorkDone] = Field(default_factory=list, max_length=2000)
    is_withdrawn: bool = False
    is_of_platform: bool = False
    marked_by: str
    marked_at: UtcTime

    def settled(self, key: str) -> WorkDone | None:
        return next((one for one in self.done if one.key == key), None)


class PublicBasisMark(_Mark, Record):
    """A mark without names: of the platform, which every tenant reads, or a tenant's own as its public handbooks show
    it. `id` as of the mark."""

    KIND: ClassVar[str] = "public_basis_mark"

    is_withdrawn: bool = False
    marked_at: UtcTime

    @classmethod
    def of(cls, mark: BasisMark, version: int = 0) -> "PublicBasisMark":
        """version: that of the projection being replaced."""
        values = {name: getattr(mark, name) for name in cls.model_fields if name != "version"}
        return cls(**values, version=version)

    def as_mark(self) -> BasisMark:
        """The same as if the reading tenant had made it; nothing is settled yet."""
        values = {name: getattr(self, name) for name in type(self).model_fields if name != "version"}
        return BasisMark(**values, is_of_platform=True, marked_by="platform")
