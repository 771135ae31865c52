"""A list of questions with answers, as pages walk through it: what is done, what comes before and after."""

from typing import Generic, Protocol, TypeVar

from chalicelib.contract.exchange import ChecklistEntry
from chalicelib.domain.item import Answer, Compliance


class Answered(Protocol):
    """One question in its place."""

    @property
    def key(self) -> str: ...
    @property
    def is_done(self) -> bool: ...
    @property
    def is_non_compliant(self) -> bool: ...


Q = TypeVar("Q", bound=Answered)


def outcome_of(entry: ChecklistEntry, answer: Answer | None) -> str:
    """What a list shows of an answer: a compliance, `recorded` for a fact, or empty."""
    if answer is None or not answer.is_given:
        return ""
    found = [slot.compliance for slot in entry.slots if slot.compliance]
    if Compliance.NON_COMPLIANT in found:
        return Compliance.NON_COMPLIANT.value
    said = answer.compliance or next(iter(found), None)
    return said.value if said else "recorded"


class AnsweredList(Generic[Q]):
    """What every such list can say of itself; `questions` in their order."""

    questions: tuple[Q, ...]

    @property
    def total(self) -> int:
        return len(self.questions)

    @property
    def done(self) -> int:
        """Questions without a gap."""
        return sum(one.is_done for one in self.questions)

    @property
    def non_compliant(self) -> int:
        return sum(one.is_non_compliant for one in self.questions)

    @property
    def first_open(self) -> Q | None:
        return next((one for one in self.questions if not one.is_done), None)

    def question(self, key: str) -> Q | None:
        return next((one for one in self.questions if one.key == key), None)

    def after(self, key: str) -> Q | None:
        """The next question in the list, None at its end."""
        return self._beside(key, 1)

    def before(self, key: str) -> Q | None:
        return self._beside(key, -1)

    def _beside(self, key: str, step: int) -> Q | None:
        at = next((n for n, one in enumerate(self.questions) if one.key == key), None)
        wanted = -1 if at is None else at + step
        return self.questions[wanted] if 0 <= wanted < len(self.questions) else None
