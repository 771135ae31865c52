"""Why a subject or a person is left out of a draw: reasons as versioned data, each with its words and its basis.

Being outside the plan's area is no exclusion: such a subject was never registered for it. "No disturbance" (无事不扰)
is none either: it lowers a grade's ratio, and nobody is exempt from the draw.
"""

import json
from collections.abc import Collection
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.label import Code, Label
from chalicelib.domain.subject import SubjectStatus

_REASONS = Path(__file__).parent / "data" / "pool_exclusions.json"

ANNUAL_CAP_REACHED = "annual_cap_reached"
OPEN_CASE = "open_case"
PERSON_INACTIVE = "person_inactive"
CERTIFICATE_NOT_VALID = "certificate_not_valid"


class ExclusionReason(BaseModel):
    """basis: what the exclusion rests on, in words. statuses: those of a subject that bring this reason about."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    label: Label
    basis: Label
    statuses: tuple[SubjectStatus, ...] = ()
    is_of_people: bool = False


@cache
def exclusion_reasons() -> tuple[ExclusionReason, ...]:
    """Every reason, in the order in which the first that holds is taken."""
    body = json.loads(_REASONS.read_text(encoding="utf-8"))
    return tuple(ExclusionReason.model_validate(entry) for entry in body["reasons"])


def exclusion_reason(code: str) -> ExclusionReason:
    """Raises RecordNotFoundError."""
    found = next((reason for reason in exclusion_reasons() if reason.code == code), None)
    if found is None:
        raise RecordNotFoundError(kind="exclusion_reason", id=code)
    return found


def reason_of_subject(status: SubjectStatus, facts: Collection[str] = ()) -> str:
    """The code of the first reason that holds, "" for a subject that enters the pool. facts: codes that hold."""
    for reason in exclusion_reasons():
        if not reason.is_of_people and (status in reason.statuses or reason.code in facts):
            return reason.code
    return ""
