"""Texts that people read inside versioned data, and the codes that data is addressed by.

A field typed `Label` holds Chinese source text. Its key is the path of ids that leads to it
(`checklist.items.licence_valid.name`), so a translation survives reordering and can be checked for completeness.
"""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, StringConstraints


class LabelMark:
    """Marks a field as text for people; carried in the field's type annotation."""


Label = Annotated[str, LabelMark()]
"""Chinese source text for people."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""Stored code: English snake_case, at most 64 characters."""

M = TypeVar("M", bound=BaseModel)


@cache
def _fields(model: type[BaseModel]) -> tuple[tuple[str, bool], ...]:
    """A model's fields, and whether each is a label."""
    fields = model.model_fields.items()
    return tuple((name, any(isinstance(mark, LabelMark) for mark in field.metadata)) for name, field in fields)


def _step(prefix: str, name: str, value: Any, position: int) -> str:
    address = getattr(value, "id", None) or getattr(value, "code", None) or str(position)
    return f"{prefix}.{name}.{address}"


def labels_of(model: BaseModel, prefix: str) -> Iterator[tuple[str, str]]:
    """Every non-empty label under `model` as (key, Chinese text), depth first."""
    for name, is_label in _fields(type(model)):
        value = getattr(model, name)
        if is_label and isinstance(value, str) and value:
            yield f"{prefix}.{name}", value
        elif isinstance(value, BaseModel):
            yield from labels_of(value, f"{prefix}.{name}")
        elif isinstance(value, tuple):
            for position, part in enumerate(value):
                if isinstance(part, BaseModel):
                    yield from labels_of(part, _step(prefix, name, part, position))


def with_labels(model: M, prefix: str, strings: Mapping[str, str]) -> M:
    """A copy of `model` in which every label that `strings` knows is replaced; the others stay Chinese."""
    changed: dict[str, Any] = {}
    for name, is_label in _fields(type(model)):
        value = getattr(model, name)
        if is_label and isinstance(value, str) and value:
            changed[name] = strings.get(f"{prefix}.{name}", value)
        elif isinstance(value, BaseModel):
            changed[name] = with_labels(value, f"{prefix}.{name}", strings)
        elif isinstance(value, tuple):
            changed[name] = tuple(
                with_labels(part, _step(prefix, name, part, position), strings) if isinstance(part, BaseModel) else part
                for position, part in enumerate(value)
            )
    return model.model_copy(update=changed)
