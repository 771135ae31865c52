"""Appraisal reports (房屋安全鉴定): a grade A–D of an appraisal body, its validity, and whether the building is in use.

The grade is neither the internal risk level nor the disclosed credit grade, whose letters look the same; it is read,
never computed. An expired C or D still warns: danger does not end with the paper.
"""

from collections.abc import Mapping
from datetime import date
from typing import Final

from chalicelib.domain.evaluation import TechnicalGrade
from chalicelib.domain.item import Answer, Compliance

SCHEME: Final = "jgj_125"
"""`TechnicalGrade.scheme` of a building appraisal; a grade of any other scheme says nothing here."""
GRADES: Final = "ABCD"
GRADE_STATED: Final = "appraisal_grade_stated"
IN_USE: Final = "dangerous_in_use"
DAYS_LEFT: Final = "appraisal_days_left"
GRADE_IN_USE: Final = "dangerous_grade_in_use"


def read_grade(text: str | None) -> str:
    """The letter in "C", "c级" or "Ｄ级"; empty for anything else, so that nobody guesses a grade."""
    letter = (text or "").strip().upper().translate({0xFF21 + step: GRADES[step] for step in range(4)})
    letter = letter.removesuffix("级").strip()
    return letter if len(letter) == 1 and letter in GRADES else ""


def grade_of(report: TechnicalGrade | None, answers: Mapping[str, Answer]) -> str:
    """The grade on record, else as copied from the report during the inspection; empty while none is known."""
    if report is not None and report.scheme == SCHEME and (known := read_grade(report.grade)):
        return known
    stated = answers.get(GRADE_STATED)
    return read_grade(stated.text) if stated else ""


def is_in_use(measures: Mapping[str, int], answers: Mapping[str, Answer]) -> bool | None:
    """Whether people trade in or use the building: `measures[IN_USE]` (1 or 0), else the finding; None: not known."""
    if IN_USE in measures:
        return bool(measures[IN_USE])
    answer = answers.get(IN_USE)
    outcomes = {Compliance.NON_COMPLIANT: True, Compliance.COMPLIANT: False}
    return outcomes.get(answer.compliance) if answer and answer.compliance else None


def read_appraisal(
    report: TechnicalGrade | None, measures: Mapping[str, int], answers: Mapping[str, Answer], as_of: date
) -> dict[str, int]:
    """Readings of the two indicators that rest on the report: days left (negative once expired), and the grade's rank
    (A is 1) while the building is in use, 0 once it is out of use. What is not known is left out."""
    readings: dict[str, int] = {}
    if report is not None and report.scheme == SCHEME and report.expires_on is not None:
        readings[DAYS_LEFT] = (report.expires_on - as_of).days
    grade, in_use = grade_of(report, answers), is_in_use(measures, answers)
    if grade and in_use is not None:
        readings[GRADE_IN_USE] = (GRADES.index(grade) + 1) if in_use else 0
    return readings
