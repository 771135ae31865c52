"""An answer as a form or a script sends it, and as the page shows it again."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from chalicelib.contract.exchange import ChecklistEntry
from chalicelib.domain.item import Answer, AnswerType, Compliance
from chalicelib.domain.scaled_number import scaled_number
from chalicelib.web.fields import Fields, invalid

NOT_CHECKED = "not_checked"
REASONS = {"not_inspected": Compliance.NOT_CHECKED, "not_applicable": Compliance.NOT_APPLICABLE}


@dataclass(frozen=True)
class SentAnswer:
    """Values of one send. `answered_at`: the phone's clock, which the service never lets run ahead."""

    answer: Answer
    legal_basis_id: str | None
    remedy_due_on: date | None
    base_version: int
    answered_at: datetime | None


def read_answer(form: Fields, entry: ChecklistEntry) -> SentAnswer:
    """Raises InvalidInputError for a number or a date that is none."""
    said = form.text("compliance")
    reason = form.text("reason")[:1000]
    compliance: Compliance | None = None
    if said == NOT_CHECKED:
        compliance = REASONS.get(form.text("not_checked"), Compliance.NOT_CHECKED)
    elif said in (Compliance.COMPLIANT.value, Compliance.NON_COMPLIANT.value):
        compliance = Compliance(said)
    is_away = compliance in REASONS.values()
    number = None
    if entry.answer_type is AnswerType.NUMBER and not is_away:
        number = scaled_number(form.text("number"), entry.number.decimals if entry.number else 0)
        compliance = None
    text = form.text("text")[:4000] or None
    if entry.answer_type is AnswerType.PHOTO or is_away:
        text = None
    return SentAnswer(
        answer=Answer(compliance=compliance, number=number, text=text, reason=reason if is_away else ""),
        legal_basis_id=form.text("legal_basis_id") or None,
        remedy_due_on=_quick(form) or form.day("remedy_due_on"),
        base_version=form.integer("base_version", 0) or 0,
        answered_at=_moment(form.text("answered_at")),
    )


def _quick(form: Fields) -> date | None:
    return form.day("remedy_quick")


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text) if text else None
    except ValueError:
        raise invalid("answered_at", "not_a_date") from None
    return found.astimezone(UTC) if found and found.tzinfo else None
