"""The form of number plates as versioned data: what is read out of a text, and whether it fits.

The layouts follow the standard that the data file names, whose text was not held when they were written: they are a
rule of the product and never shown as law. A temporary, foreign or half-seen plate is registered as `other`.
"""

import json
import re
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.label import Code
from chalicelib.domain.text import normalise

_FORMS = Path(__file__).parent / "data" / "plate_forms.json"
MAX_PLATE = 12
"""Characters of a plate at most."""


class PlateForm(StrEnum):
    """other: checked for readable characters only, because somebody said that it is none of the mainland's."""

    STANDARD = "standard"
    OTHER = "other"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PlateLayout(_Data):
    """pattern: a regular expression for the whole plate; {province} stands for the first character."""

    code: Code
    pattern: str
    example: str


class PlateFormRules(_Data):
    code: PlateForm
    label: str
    label_en: str
    layouts: tuple[PlateLayout, ...]

    def words(self, locale: str) -> str:
        return self.label_en if locale == "en" else self.label


class PlateRules(_Data):
    """separators: characters that people write between the parts of a plate, which are no part of it."""

    version: str
    effective_from: str
    source: str = Field(pattern="^product_rule$")
    standard: str
    note: str
    separators: str
    province: str
    forms: tuple[PlateFormRules, ...]

    def form(self, form: PlateForm) -> PlateFormRules:
        return next(one for one in self.forms if one.code is form)

    def fits(self, plate: str, form: PlateForm) -> bool:
        """Whether a plate, as `read_plate` gives it, has one of this form's layouts."""
        patterns = (one.pattern.replace("{province}", self.province) for one in self.form(form).layouts)
        return any(re.fullmatch(pattern, plate) for pattern in patterns)


@cache
def plate_rules() -> PlateRules:
    return PlateRules.model_validate(json.loads(_FORMS.read_text(encoding="utf-8")))


def read_plate(text: str) -> str:
    """The plate that is kept: upper case, half width, without spaces and separators."""
    return normalise(text).translate({ord(one): None for one in plate_rules().separators})


def plate_problem(plate: str, form: PlateForm) -> str | None:
    """The code of what is wrong with a plate, as `read_plate` gives it; None when it fits or there is none."""
    if not plate:
        return None
    if len(plate) > MAX_PLATE:
        return "text_too_long"
    if plate_rules().fits(plate, form):
        return None
    return "plate_form" if form is PlateForm.STANDARD else "plate_unreadable"
