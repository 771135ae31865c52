"""Conditions of a checklist as `relevant` expressions of an XLSForm, and back.

An expression of XLSForm is XPath; the part of it that says what our conditions say is small: `and`, `or`, `not(…)`,
comparisons of one `${name}` with one value, `selected('a b', ${name})` for one of several.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from chalicelib.contract.xlsform_columns import SUBJECT_PREFIX
from chalicelib.domain.condition import Condition, Scalar
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.scaled_number import scaled_number

_TOKEN = re.compile(
    r"\s*(?:(?P<name>\$\{[A-Za-z_][\w.-]*\})|(?P<text>'[^']*'|\"[^\"]*\")|(?P<number>-?\d+(?:\.\d+)?)"
    r"|(?P<sign><=|>=|!=|=|\(|\)|,)|(?P<word>and|or|not|selected)\b)"
)


class NotRelevantError(ValueError):
    """The expression says something that a condition of a checklist cannot say; the text says where."""


@dataclass(frozen=True)
class Value:
    """How the values of one question or attribute are written: `decimals` of a number question, 0 of a whole number."""

    kind: Literal["text", "number", "truth"]
    decimals: int = 0


Names = Mapping[str, Value]
"""What may stand in `${…}`: question keys, and attributes under their prefix."""


def write_relevant(condition: Condition, names: Names) -> str:
    """The condition as XPath. What XPath cannot say exactly is said as nearly as it can: compare by reading it back."""
    return _write(condition, names, is_inner=False)


def _write(one: Condition, names: Names, *, is_inner: bool) -> str:
    if one.not_ is not None:
        return f"not({_write(one.not_, names, is_inner=False)})"
    parts = one.all or one.any
    if parts is not None:
        joined = (" and " if one.all else " or ").join(_write(part, names, is_inner=True) for part in parts)
        return f"({joined})" if is_inner else joined
    name = one.answer or f"{SUBJECT_PREFIX}{one.attribute}"
    shown, value = f"${{{name}}}", names.get(name, Value("text"))
    if one.is_known is not None:
        return f"{shown} {'!=' if one.is_known else '='} ''"
    if one.equals is not None:
        return f"{shown} = {_literal(one.equals, value)}"
    if one.one_of is not None:
        return f"selected('{' '.join(_plain(wanted, value) for wanted in one.one_of)}', {shown})"
    limit, sign = (one.at_least, ">=") if one.at_least is not None else (one.at_most or 0, "<=")
    return f"{shown} {sign} {_plain(limit, value)}"


def _plain(value: Scalar, of: Value) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return format(Decimal(value).scaleb(-of.decimals), "f")
    return value


def _literal(value: Scalar, of: Value) -> str:
    text = _plain(value, of)
    if isinstance(value, int) and not isinstance(value, bool):
        return text
    return f'"{text}"' if "'" in text else f"'{text}'"


def read_relevant(text: str, names: Names) -> Condition:
    """The condition that an expression says. Raises NotRelevantError."""
    reader = _Reader(_tokens(text), names)
    found = reader.either()
    if reader.left:
        raise NotRelevantError(f"{reader.left[0][1]} is not expected here")
    return found


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None or match.lastgroup is None:
            raise NotRelevantError(f"{text[at:].strip()[:40]} cannot be read")
        found.append((match.lastgroup, match[match.lastgroup]))
        at = match.end()
    return found


class _Reader:
    """Recursive descent over the tokens that are left."""

    def __init__(self, tokens: list[tuple[str, str]], names: Names) -> None:
        self.left, self._names = tokens, names

    def _next(self) -> tuple[str, str]:
        if not self.left:
            raise NotRelevantError("the expression ends too early")
        return self.left.pop(0)

    def _take(self, wanted: str) -> None:
        if (found := self._next()[1]) != wanted:
            raise NotRelevantError(f"{found} stands where {wanted} is expected")

    def _is_next(self, word: str) -> bool:
        return bool(self.left) and self.left[0][1] == word

    def either(self) -> Condition:
        return self._joined("or", self.both, lambda parts: Condition(any=parts))

    def both(self) -> Condition:
        return self._joined("and", self.single, lambda parts: Condition(all=parts))

    def _joined(
        self, word: str, part: Callable[[], Condition], make: Callable[[tuple[Condition, ...]], Condition]
    ) -> Condition:
        parts = [part()]
        while self._is_next(word):
            self.left.pop(0)
            parts.append(part())
        return parts[0] if len(parts) == 1 else make(tuple(parts))

    def single(self) -> Condition:
        kind, text = self._next()
        if text == "not":
            self._take("(")
            inner = self.either()
            self._take(")")
            return Condition(not_=inner)
        if text == "(":
            inner = self.either()
            self._take(")")
            return inner
        if text == "selected":
            return self._selected()
        if kind != "name":
            raise NotRelevantError(f"{text} stands where a question is expected")
        return self._comparison(text[2:-1])

    def _selected(self) -> Condition:
        self._take("(")
        kind, text = self._next()
        if kind != "text":
            raise NotRelevantError("selected() of a list takes the list first: selected('a b', ${question})")
        self._take(",")
        name = self._next()[1][2:-1]
        self._take(")")
        wanted = tuple(self._scalar(one, name) for one in text[1:-1].split())
        if not wanted:
            raise NotRelevantError("the list of selected() is empty")
        return self._leaf(name, one_of=wanted)

    def _comparison(self, name: str) -> Condition:
        sign = self._next()[1]
        kind, raw = self._next()
        if sign not in ("=", "!=", ">=", "<=") or kind not in ("text", "number"):
            raise NotRelevantError(f"{sign} {raw} is no comparison with a value")
        text = raw[1:-1] if kind == "text" else raw
        if not text:
            if sign not in ("=", "!="):
                raise NotRelevantError(f"{sign} needs a number")
            return self._leaf(name, is_known=sign == "!=")
        if sign in (">=", "<="):
            limit = self._whole(text, name)
            return self._leaf(name, at_least=limit) if sign == ">=" else self._leaf(name, at_most=limit)
        found = self._leaf(name, equals=self._scalar(text, name))
        return found if sign == "=" else Condition(not_=found)

    def _leaf(self, name: str, **test: object) -> Condition:
        self._value(name)
        if name.startswith(SUBJECT_PREFIX):
            return Condition.model_validate({"attribute": name.removeprefix(SUBJECT_PREFIX)} | test)
        return Condition.model_validate({"answer": name} | test)

    def _value(self, name: str) -> Value:
        if name not in self._names:
            raise NotRelevantError(f"no question {name}")
        return self._names[name]

    def _scalar(self, text: str, name: str) -> Scalar:
        kind = self._value(name).kind
        if kind == "number":
            return self._whole(text, name)
        if kind == "truth":
            if text not in ("yes", "no"):
                raise NotRelevantError(f"{name} is yes or no, not {text}")
            return text == "yes"
        return text

    def _whole(self, text: str, name: str) -> int:
        decimals = self._value(name).decimals
        try:
            return scaled_number(text, decimals) or 0
        except InvalidInputError as error:
            if error.problems[0].code == "too_many_decimals":
                raise NotRelevantError(f"{text} has more than {decimals} decimals") from None
            raise NotRelevantError(f"{text} is no number") from None
