"""Names of acting bodies in records, which keep them as they were, in the reader's language."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import Any

from chalicelib.web.i18n import current_locale

_english: ContextVar[Callable[[], Mapping[str, str]] | None] = ContextVar("english_bodies", default=None)


@contextmanager
def english_bodies(load: Callable[[], Mapping[str, str]]) -> Iterator[None]:
    """Within this block acting bodies have these English names, by identifier; asked for once, by the first English
    page that names a body."""
    token = _english.set(cache(load))
    try:
        yield
    finally:
        _english.reset(token)


def body_name(record: Any) -> str:
    """The body of a finding, an order or a part of a plan, visit or result: on English pages by its English name, if
    it has one, else as the record calls it."""
    kept: str = record.acting_body_label if hasattr(record, "acting_body_label") else record.label
    load = _english.get()
    if load is None or current_locale() != "en":
        return kept
    return load().get(record.acting_body_id) or kept
