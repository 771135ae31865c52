"""Appraisal reports (房屋安全鉴定): a grade A–D of an appraisal body, its validity, and whether the building is in use.

The grade is neither the internal risk level nor the disclosed credit grade, whose letters look the same; it is read,
never computed. An expired C or D still warns: danger does not end with the paper.
"""

from collections.abc import Mapping
from typing import Final

from chalicelib.domain.evaluation import EvaluationFacts, TechnicalGrade
from chalicelib.domain.item import Answer, Compliance

SCHEME: Final = "jgj_125"
"""`TechnicalGrade.scheme` of a building appraisal; a grade of any other scheme says nothing here."""
GRADES: Final = "ABCD"
GRADE_STATED: Final = "appraisal_grade_stated"
IN_USE: Final = "dangerous_in_use"
IN_USE_ITEMS: Final = ("dangerous_building_stopped", "dangerous_place_not_trading")
"""Check items whose finding says that a building of grade C or D is in use."""
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


def is_in_use(measures: Mapping[str, int], answers: Mapping[str, Answer], facts: EvaluationFacts) -> bool | None:
    """Whether people trade in or use the building: `measures[IN_USE]` (1 or 0), else the findings that stand, mended
    ones having ended the use, else an answer that it is out of use; None: not known. An answer alone accuses nobody:
    its finding may have been withdrawn."""
    if IN_USE in measures:
        return bool(measures[IN_USE])
    found = [one for one in facts.findings if one.item_id in IN_USE_ITEMS and one.found_on <= facts.as_of]
    if found:
        return any(one.rectified_on is None or one.rectified_on > facts.as_of for one in found)
    answer = answers.get(IN_USE)
    return False if answer and answer.compliance is Compliance.COMPLIANT else None


def read_appraisal(
    facts: EvaluationFacts, measures: Mapping[str, int], answers: Mapping[str, Answer]
) -> dict[str, int]:
    """Readings of the two indicators that rest on the report: days left (negative once expired), and the grade's rank
    (A is 1) while the building is in use, 0 once it is out of use. What is not known is left out."""
    readings: dict[str, int] = {}
    report = facts.technical_grade
    if report is not None and report.scheme == SCHEME and report.expires_on is not None:
        readings[DAYS_LEFT] = (report.expires_on - facts.as_of).days
    grade, in_use = grade_of(report, answers), is_in_use(measures, answers, facts)
    if grade and in_use is not None:
        readings[GRADE_IN_USE] = (GRADES.index(grade) + 1) if in_use else 0
    return readings
