"""Appraisal reports (房屋安全鉴定): a grade A–D of an appraisal body, its validity, and whether the building is in use.

The grade is neither the internal risk level nor the disclosed credit grade, whose letters look the same; it is read,
never computed, and handed on as given. What it means for the risk is told by indicators of its own with thresholds that
are data: D by itself, C or D while in use, and C or D of which nobody knows whether it is in use. An expired C or D
still warns: danger does not end with the paper.
"""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

from chalicelib.domain.condition import Scalar
from chalicelib.domain.evaluation import EvaluationFacts, TechnicalGrade
from chalicelib.domain.item import Answer, Compliance

SCHEME: Final = "jgj_125"
"""`TechnicalGrade.scheme` of a building appraisal; a grade of any other scheme says nothing here."""
GRADES: Final = "ABCD"
GRADE_STATED: Final = "appraisal_grade_stated"
GRADE_REGISTERED: Final = "appraisal_grade"
IN_USE: Final = "dangerous_in_use"
IN_USE_ITEMS: Final = ("dangerous_building_stopped", "dangerous_place_not_trading")
"""Check items whose finding says that a building of grade C or D is in use."""
DAYS_LEFT: Final = "appraisal_days_left"
GRADE_IN_USE: Final = "dangerous_grade_in_use"
APPRAISED_RANK: Final = "appraised_rank"
USE_UNKNOWN: Final = "dangerous_use_unknown"
NOTHING: Final[Mapping[str, Scalar]] = MappingProxyType({})


def read_grade(text: str | None) -> str:
    """The letter in "C", "c级" or "Ｄ级"; empty for anything else, so that nobody guesses a grade."""
    letter = (text or "").strip().upper().translate({0xFF21 + step: GRADES[step] for step in range(4)})
    letter = letter.removesuffix("级").strip()
    return letter if len(letter) == 1 and letter in GRADES else ""


def _day(value: Scalar | None) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def registered_report(attributes: Mapping[str, Scalar]) -> TechnicalGrade | None:
    """The report as the register tells it; None unless grade, body and day are all there."""
    grade, body = read_grade(str(attributes.get(GRADE_REGISTERED, ""))), attributes.get("appraisal_body")
    issued_on = _day(attributes.get("appraised_on"))
    if not (grade and isinstance(body, str) and body and issued_on):
        return None
    return TechnicalGrade(
        scheme=SCHEME,
        grade=grade,
        number=str(attributes.get("appraisal_number", "")),
        issued_by=body,
        issued_on=issued_on,
        expires_on=_day(attributes.get("appraisal_valid_until")),
    )


def grade_of(
    report: TechnicalGrade | None, answers: Mapping[str, Answer], attributes: Mapping[str, Scalar] = NOTHING
) -> str:
    """The grade of the report, else as copied from it during the inspection, else as registered; empty while none is
    known."""
    stated = answers.get(GRADE_STATED)
    known = (
        report.grade if report is not None and report.scheme == SCHEME else None,
        stated.text if stated else None,
        str(attributes.get(GRADE_REGISTERED, "")),
    )
    return next(filter(None, map(read_grade, known)), "")


def is_in_use(
    measures: Mapping[str, int],
    answers: Mapping[str, Answer],
    facts: EvaluationFacts,
    attributes: Mapping[str, Scalar] = NOTHING,
) -> bool | None:
    """Whether people trade in or use the building: `measures[IN_USE]` (1 or 0), else the findings that stand, mended
    ones having ended the use, else an answer that it is out of use, else the register; None: not known. An answer
    alone accuses nobody: its finding may have been withdrawn."""
    if IN_USE in measures:
        return bool(measures[IN_USE])
    found = [one for one in facts.findings if one.item_id in IN_USE_ITEMS and one.found_on <= facts.as_of]
    if found:
        return any(one.rectified_on is None or one.rectified_on > facts.as_of for one in found)
    answer = answers.get(IN_USE)
    if answer and answer.compliance is Compliance.COMPLIANT:
        return False
    stopped = attributes.get("is_use_stopped")
    return not stopped if isinstance(stopped, bool) else None


def read_appraisal(
    facts: EvaluationFacts,
    measures: Mapping[str, int],
    answers: Mapping[str, Answer],
    attributes: Mapping[str, Scalar] = NOTHING,
) -> dict[str, int]:
    """Readings of the indicators that rest on the report: days left (negative once expired), and the grade's rank (A is
    1) by itself, while the building is in use (0 once it is out of use), and while its use is not known. What is not
    known is left out."""
    readings: dict[str, int] = {}
    report = facts.technical_grade
    if report is not None and report.scheme == SCHEME and report.expires_on is not None:
        readings[DAYS_LEFT] = (report.expires_on - facts.as_of).days
    grade, in_use = grade_of(report, answers, attributes), is_in_use(measures, answers, facts, attributes)
    if not grade:
        return readings
    rank = GRADES.index(grade) + 1
    readings[APPRAISED_RANK] = rank
    if in_use is None:
        readings[USE_UNKNOWN] = rank
    else:
        readings[GRADE_IN_USE] = rank if in_use else 0
    return readings
