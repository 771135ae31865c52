"""Handbook (一业一册): what a subject of the trade must do, what it needs, how it is inspected and what follows.

Every supervision item carries the eight standard elements of the list of inspection items: name, code, legal basis,
type, subject kinds, procedure, inspection form and result.
"""

from collections.abc import Collection, Iterable
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.checklist import Checklist, possible_items
from chalicelib.domain.condition import Condition
from chalicelib.domain.item import CheckItem, CheckLocation, SubjectFacts
from chalicelib.domain.label import Code, Label


class SupervisionItemType(StrEnum):
    """事项类型: what kind of administrative act the supervision item is."""

    ADMINISTRATIVE_INSPECTION = "administrative_inspection"
    LICENCE_SUPERVISION = "licence_supervision"
    FILING_SUPERVISION = "filing_supervision"
    QUALITY_SAMPLING = "quality_sampling"
    REMOTE_SUPERVISION = "remote_supervision"


class HandbookItem(BaseModel):
    """One supervision item of one department with its eight standard elements.

    `item_code` is the package's own code: a tenant lays its official catalogue code over it. It is for the subjects
    of its kinds that meet `condition` (attributes only: a handbook knows no answers) and of whom something of what it
    rests on may be asked: `check_item_ids`, or else the check items of its department, or those that it shares.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    department: Code
    item_name: Label = Field(min_length=1)
    item_code: str = Field(pattern=r"^[A-Z0-9-]{4,40}$")
    legal_basis_ids: tuple[Code, ...] = Field(min_length=1)
    item_type: SupervisionItemType
    subject_kinds: tuple[Code, ...] = Field(min_length=1)
    condition: Condition | None = None
    check_item_ids: tuple[Code, ...] = ()
    procedure: Label = Field(min_length=1)
    inspection_form: Label = Field(min_length=1)
    inspection_locations: tuple[CheckLocation, ...] = Field(min_length=1)
    result: Label = Field(min_length=1)

    def rests_on(self, items: Iterable[CheckItem]) -> list[CheckItem]:
        """Those of the check items that say what is looked at under this item."""
        known = tuple(items)
        if self.check_item_ids:
            return [one for one in known if one.id in self.check_item_ids]
        own = [one for one in known if one.department == self.department]
        return own or [one for one in known if self.department in one.shared_by]

    def concerns(self, subject: SubjectFacts, checklist: Checklist) -> bool:
        """Whether it is for this subject."""
        if subject.kind not in self.subject_kinds:
            return False
        if self.condition and not self.condition.holds({}, subject.known):
            return False
        return not self.rests_on(checklist.items) or bool(self.rests_on(possible_items(checklist, subject)))


class SectionKind(StrEnum):
    """The parts of a handbook."""

    DUTIES = "duties"
    PERMITS = "permits"
    PROCEDURE = "procedure"
    NEGATIVE_LIST = "negative_list"
    RIGHTS = "rights"


class Paragraph(BaseModel):
    """One statement. A duty names the check items that look at it; every paragraph cites what it rests on.

    It is for the subjects of its kinds that meet `condition` (attributes only) and, where it names check items, of
    whom at least one of them may be asked. `figure_ids`: figures of the package that are shown behind it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    text: Label = Field(min_length=1)
    is_duty: bool = False
    department: Code | None = None
    legal_basis_ids: tuple[Code, ...] = ()
    check_item_ids: tuple[Code, ...] = ()
    subject_kinds: tuple[Code, ...] = ()
    condition: Condition | None = None
    figure_ids: tuple[Code, ...] = ()

    def concerns(self, subject: SubjectFacts, possible: Collection[str]) -> bool:
        """Whether it is for this subject. possible: ids of the check items that may ever be asked of the subject."""
        if self.subject_kinds and subject.kind not in self.subject_kinds:
            return False
        if self.condition and not self.condition.holds({}, subject.known):
            return False
        return not self.check_item_ids or any(one in possible for one in self.check_item_ids)


class HandbookSection(BaseModel):
    """Paragraphs of one kind under a heading."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    kind: SectionKind
    title: Label
    paragraphs: tuple[Paragraph, ...] = Field(min_length=1)


class Handbook(BaseModel):
    """The handbook of one trade."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Label
    introduction: Label = ""
    items: tuple[HandbookItem, ...] = Field(min_length=1)
    sections: tuple[HandbookSection, ...] = Field(min_length=1)

    @property
    def paragraphs(self) -> tuple[Paragraph, ...]:
        return tuple(paragraph for section in self.sections for paragraph in section.paragraphs)
