"""A condition as data: when a check item, a paragraph or a rule applies. Nothing is ever evaluated as code.

    {"all": [{"attribute": "has_store", "equals": true}, {"not": {"answer": "licence", "equals": "not_applicable"}}]}

A leaf looks at one answer (by question key) or one attribute of the subject, with exactly one test. A value that is not
known fails every test; `is_known` asks for that itself.
"""

from collections.abc import Collection, Iterator, Mapping
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Scalar = bool | int | str
"""What a test compares: never a float, so that no rounding decides."""

_FORMS = ("all", "any", "not_", "answer", "attribute")
_TESTS = ("equals", "one_of", "at_least", "at_most", "is_known")


class Condition(BaseModel):
    """Exactly one of all, any, not, answer, attribute; the last two with exactly one test."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)

    all: tuple["Condition", ...] | None = Field(default=None, min_length=1)
    any: tuple["Condition", ...] | None = Field(default=None, min_length=1)
    not_: "Condition | None" = Field(default=None, alias="not")
    answer: str | None = None
    attribute: str | None = None
    equals: Scalar | None = None
    one_of: tuple[Scalar, ...] | None = Field(default=None, min_length=1)
    at_least: int | None = None
    at_most: int | None = None
    is_known: bool | None = None

    @model_validator(mode="after")
    def _one_form_one_test(self) -> Self:
        forms = [name for name in _FORMS if getattr(self, name) is not None]
        tests = [name for name in _TESTS if getattr(self, name) is not None]
        if len(forms) != 1:
            raise ValueError("a condition has exactly one of all, any, not, answer, attribute")
        if len(tests) != (1 if forms[0] in ("answer", "attribute") else 0):
            raise ValueError("answer and attribute take exactly one test, the other forms none")
        return self

    def holds(self, answers: Mapping[str, Scalar], attributes: Mapping[str, Scalar]) -> bool:
        """Whether the condition is met by these answers (question key -> value) and attributes of the subject."""
        if self.all is not None:
            return all(part.holds(answers, attributes) for part in self.all)
        if self.any is not None:
            return any(part.holds(answers, attributes) for part in self.any)
        if self.not_ is not None:
            return not self.not_.holds(answers, attributes)
        if self.answer is not None:
            return self._test(answers.get(self.answer))
        return self._test(attributes.get(self.attribute or ""))

    def outlook(self, askable: Collection[str], attributes: Mapping[str, Scalar]) -> bool | None:
        """What these attributes decide before anything is answered; None where the answer to one of the `askable`
        questions decides. A question that is never asked is never answered."""
        if self.not_ is not None:
            inner = self.not_.outlook(askable, attributes)
            return None if inner is None else not inner
        parts = self.all or self.any
        if parts is None:
            return None if self.answer in askable else self.holds({}, attributes)
        outlooks = [part.outlook(askable, attributes) for part in parts]
        decisive = self.any is not None
        return decisive if decisive in outlooks else None if None in outlooks else not decisive

    def _test(self, value: Scalar | None) -> bool:
        if self.is_known is not None:
            return (value is not None) is self.is_known
        if value is None:
            return False
        if self.equals is not None:
            return _same(value, self.equals)
        if self.one_of is not None:
            return any(_same(value, wanted) for wanted in self.one_of)
        if isinstance(value, bool) or not isinstance(value, int):
            return False
        return value >= self.at_least if self.at_least is not None else value <= (self.at_most or 0)

    def leaves(self) -> Iterator["Condition"]:
        """Every leaf: the answers and attributes on which the condition depends."""
        parts = (self.all or ()) + (self.any or ()) + ((self.not_,) if self.not_ else ())
        if not parts:
            yield self
        for part in parts:
            yield from part.leaves()


def _same(value: Scalar, wanted: Scalar) -> bool:
    """Equal and of one kind: True is not 1."""
    return isinstance(value, bool) == isinstance(wanted, bool) and value == wanted
