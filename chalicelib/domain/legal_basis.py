"""Legal basis (法律依据): what a check item, a duty or a penalty rests on, and whether it may be relied on.

A basis is `verified` when somebody looked the article up and its text supports what cites it. Otherwise it is
`to_be_confirmed`, is shown as 依据待确认, and a real tenant's plan refuses it until its legal officer confirms it.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.label import Code, Label
from chalicelib.domain.law_clause import article_words

ARTICLE = r"^(\d{1,4}(-\d{1,2})?)?$"


class BasisStatus(StrEnum):
    """Whether the citation was looked up: `to_be_confirmed` is shown as 依据待确认."""

    VERIFIED = "verified"
    TO_BE_CONFIRMED = "to_be_confirmed"


class BasisKind(StrEnum):
    """Rank of the document that is cited."""

    LAW = "law"
    ADMINISTRATIVE_REGULATION = "administrative_regulation"
    JUDICIAL_INTERPRETATION = "judicial_interpretation"
    DEPARTMENTAL_RULE = "departmental_rule"
    LOCAL_REGULATION = "local_regulation"
    STANDARD = "standard"
    POLICY = "policy"


class LegalBasis(BaseModel):
    """One citation. `article` is the article's number in Arabic digits ("19"), empty while unknown; `clause` narrows it
    (第一款第（二）项). `text_date` is the date of the text that was looked up. `effective_to` is the first day on which
    the text no longer holds. `summary` is our own wording, never the text of the law."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    kind: BasisKind
    title: str = Field(min_length=1)
    document_number: str = ""
    article: str = Field(default="", pattern=ARTICLE)
    clause: str = ""
    summary: Label = Field(min_length=1)
    status: BasisStatus
    note: Label = ""
    text_date: date | None = None
    effective_from: date | None = None
    effective_to: date | None = None
    successor: str = ""

    @model_validator(mode="after")
    def _verified_names_its_article_and_text(self) -> Self:
        if self.status is BasisStatus.VERIFIED and not (self.article and self.text_date):
            raise ValueError("a verified basis names its article and the date of the text")
        if self.effective_from and self.effective_to and self.effective_to <= self.effective_from:
            raise ValueError("effective_to is after effective_from")
        return self

    def is_in_force(self, on: date) -> bool:
        """Whether the text holds on this day; an unknown beginning counts as held."""
        return (self.effective_from is None or self.effective_from <= on) and (
            self.effective_to is None or on < self.effective_to
        )

    @property
    def has_dated_text(self) -> bool:
        """Whether its text has a date of its own; standards and policy documents carry their year in the number."""
        return self.kind not in (BasisKind.STANDARD, BasisKind.POLICY)

    @property
    def citation(self) -> str:
        """《消防法》第16条第一款, as printed on a document; the article is left out while it is unknown."""
        return f"《{self.title}》" + (article_words(self.article) + self.clause if self.article else "")


class BasisConfirmation(BaseModel):
    """A tenant's legal officer confirmed one basis. It binds what was confirmed: a basis whose title, article or
    clause changes afterwards must be confirmed anew. found_article, found_clause: what the officer found to hold where
    the package names no article."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    basis_id: Code
    title: str
    article: str = ""
    clause: str = ""
    text: str = Field(default="", max_length=2000, description="the text that was read, or where")
    text_date: date | None = None
    found_article: str = Field(default="", pattern=ARTICLE)
    found_clause: str = Field(default="", max_length=100)
    confirmed_by: str = Field(min_length=1)
    confirmed_at: datetime

    def covers(self, basis: LegalBasis) -> bool:
        return (self.basis_id, self.title, self.article, self.clause) == (
            basis.id,
            basis.title,
            basis.article,
            basis.clause,
        )


def as_confirmed(basis: LegalBasis, confirmations: Iterable[BasisConfirmation]) -> LegalBasis:
    """The basis as it is cited: with the article that the legal officer found, where the package names none."""
    held = next((one for one in confirmations if one.found_article and one.covers(basis)), None)
    if held is None or basis.article:
        return basis
    return basis.model_copy(update={"article": held.found_article, "clause": held.found_clause})


def plain_title(title: str) -> str:
    """A title as it is compared: without 《》, spaces and the name of the country."""
    return re.sub(r"[《》\s]|中华人民共和国", "", title)


def waiting_bases(bases: Iterable[LegalBasis], confirmations: Iterable[BasisConfirmation]) -> list[LegalBasis]:
    """Those of `bases` that are to be confirmed and that no confirmation covers, in the order given."""
    held = list(confirmations)
    return [
        basis
        for basis in bases
        if basis.status is BasisStatus.TO_BE_CONFIRMED and not any(one.covers(basis) for one in held)
    ]
