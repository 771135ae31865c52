"""Certificate warnings (执法证到期提醒): how long an officer's certificates still hold, in steps that are data.

Who may inspect on a day follows from the certificate alone (行政处罚法 42); a warning changes nothing by itself.
"""

from datetime import date, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.tenancy import Person, Role

_RULES = Path(__file__).parent / "data" / "certificate_warnings.json"


class CertificateWarnings(BaseModel):
    """steps: days before the end, ascending; todo_days: from when on it waits in the to-do lists."""

    model_config = ConfigDict(frozen=True)

    version: str
    steps: list[int] = Field(min_length=1)
    todo_days: int = Field(gt=0)


@cache
def certificate_warnings() -> CertificateWarnings:
    return CertificateWarnings.model_validate_json(_RULES.read_text(encoding="utf-8"))


class CertificateState(StrEnum):
    """`not_needed`: no inspector and no certificate. `not_yet`: only certificates that begin later."""

    NOT_NEEDED = "not_needed"
    MISSING = "missing"
    NOT_YET = "not_yet"
    EXPIRED = "expired"
    EXPIRING = "expiring"
    VALID = "valid"


class CertificateStanding(BaseModel):
    """How somebody stands on a day. days_left: to the end of unbroken cover, None when there is none today;
    step: the smallest warning step that is reached, None when none is."""

    model_config = ConfigDict(frozen=True)

    state: CertificateState
    days_left: int | None = None
    step: int | None = None
    ends_on: date | None = None

    @property
    def is_usable(self) -> bool:
        return self.state in (CertificateState.VALID, CertificateState.EXPIRING)


def standing_on(person: Person, day: date) -> CertificateStanding:
    """A renewed certificate that follows without a gap counts: only the end of unbroken cover is warned of."""
    if person.certificate_on(day) is None:
        if person.certificates and min(one.valid_from for one in person.certificates) > day:
            return CertificateStanding(state=CertificateState.NOT_YET)
        if person.certificates:
            past = max(one.valid_to for one in person.certificates if one.valid_to < day)
            return CertificateStanding(state=CertificateState.EXPIRED, ends_on=past)
        needed = Role.INSPECTOR in person.roles
        return CertificateStanding(state=CertificateState.MISSING if needed else CertificateState.NOT_NEEDED)
    ends_on = covered_to(person, day)
    left = (ends_on - day).days
    step = next((one for one in sorted(certificate_warnings().steps) if left <= one), None)
    state = CertificateState.VALID if step is None else CertificateState.EXPIRING
    return CertificateStanding(state=state, days_left=left, step=step, ends_on=ends_on)


def covered_to(person: Person, day: date) -> date:
    """The last day of unbroken cover from `day` on, on which a certificate holds."""
    last = day
    for one in sorted(person.certificates, key=lambda one: one.valid_from):
        if one.valid_from <= last + timedelta(days=1) and one.valid_to > last:
            last = one.valid_to
    return last
