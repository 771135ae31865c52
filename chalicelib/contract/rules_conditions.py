"""Bronze, of conditions: each looks at what is known where it stands, and compares with a value that can occur. What
nothing can equal would hide an item for good, and nobody would miss it."""

from collections.abc import Iterator, Set

from chalicelib.contract.package import PackageReading
from chalicelib.contract.rule import Tools
from chalicelib.contract.rule_finding import RuleFinding
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.condition import Condition, Scalar
from chalicelib.domain.handbook import HandbookItem, Paragraph
from chalicelib.domain.item import AnswerType, Compliance

RULE = "conditions_point_back"
KIND = "kind"
"""The attribute that every subject has without a manifest's naming it."""

_LOOK_BACK = "a condition looks at a question asked before it, or at an attribute that the manifest names"
_IN_HANDBOOK = "a handbook knows no answers: a condition in it looks at an attribute that the manifest names"
_IN_REPORTS = "who must report is told from an attribute that the manifest names"

_UNANSWERED = (Compliance.NOT_CHECKED, Compliance.NOT_APPLICABLE)


def conditions_point_back(reading: PackageReading, _: Tools) -> Iterator[RuleFinding]:
    scenario = reading.scenario
    if scenario is None:
        return
    known = _Known(scenario)
    asked: set[str] = set()
    for item in scenario.checklist.items:
        yield from known.findings("checklist.json", item.id, item.condition, asked, _LOOK_BACK)
        asked.add(item.question_key)
    parts: tuple[HandbookItem | Paragraph, ...] = (*scenario.handbook.items, *scenario.handbook.paragraphs)
    for part in parts:
        yield from known.findings("handbook.json", part.id, part.condition, frozenset(), _IN_HANDBOOK)
    for form in scenario.evaluation.reports:
        for duty in form.duties:
            yield from known.findings("evaluation.json", form.id, duty.condition, frozenset(), _IN_REPORTS)


class _Known:
    """What the answers and attributes of one scenario may be."""

    def __init__(self, scenario: Scenario) -> None:
        self.kinds = scenario.manifest.subject_kind_codes
        self.attributes = {one.code: one for one in scenario.manifest.attributes}
        self.answers = {item.question_key: item.answer_type for item in scenario.checklist.items}

    def findings(
        self, file: str, place: str, condition: Condition | None, asked: Set[str], unknown: str
    ) -> Iterator[RuleFinding]:
        """asked: keys of the questions before; unknown: how to mend a name that is not known there."""
        for leaf in condition.leaves() if condition else ():
            name = leaf.answer or leaf.attribute or ""
            if name in (asked if leaf.answer is not None else (KIND, *self.attributes)):
                yield from self._values(file, place, leaf, name)
            else:
                yield RuleFinding(RULE, file, place, f"{name} is not known here", unknown, name)

    def _values(self, file: str, place: str, leaf: Condition, name: str) -> Iterator[RuleFinding]:
        for value in leaf.one_of or (() if leaf.equals is None else (leaf.equals,)):
            if not self._can_be(leaf, value):
                mend = "compare with a value that the answer or the attribute can have"
                shown = str(value).lower() if isinstance(value, bool) else value
                yield RuleFinding(RULE, file, place, f"{name} is never {shown}", mend, name)
        limited = leaf.at_least is not None or leaf.at_most is not None
        if limited and not self._can_be(leaf, 0):
            yield RuleFinding(RULE, file, place, f"{name} is no number", "at_least and at_most compare numbers", name)

    def _can_be(self, leaf: Condition, value: Scalar) -> bool:
        if leaf.answer is not None:
            return _is_answer(self.answers[leaf.answer], value)
        if leaf.attribute == KIND:
            return value in self.kinds
        return self.attributes[leaf.attribute or ""].fits(value)


def _is_answer(type_: AnswerType, value: Scalar) -> bool:
    """A number, a text or photos may be left out, which is an outcome; of photos their number is compared."""
    if type_ is AnswerType.COMPLIANCE:
        return value in tuple(Compliance)
    is_right = isinstance(value, str) if type_ is AnswerType.TEXT else type(value) is int
    return is_right or value in _UNANSWERED
