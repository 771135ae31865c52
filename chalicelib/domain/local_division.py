"""What a tenant knows of its divisions beyond the shipped list: villages, and what was set up, renamed or closed since.

The shipped list holds regions, cities, counties and townships; a tenant's own entries are laid over it. Where no tenant
is at work (a test, a command) only the list is known.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.division import Division, DivisionLevel, ancestor_codes, covers, full_code, level_of
from chalicelib.domain.record import Record


class EarlierName(BaseModel):
    """A name that a division bore until a day (included)."""

    model_config = ConfigDict(frozen=True)

    name: str
    until_on: date


class LocalDivision(Record):
    """A division as the tenant keeps it; `id` is its 12-digit code. Closed, it stays known for what was done there."""

    KIND: ClassVar[str] = "local_division"

    id: str = Field(pattern=r"^[0-9]{12}$")
    name: str = Field(min_length=1, max_length=60)
    valid_from: date | None = None
    closed_on: date | None = None
    earlier_names: list[EarlierName] = Field(default_factory=list)

    @property
    def level(self) -> DivisionLevel:
        return level_of(self.id)

    def is_open_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.closed_on is None or day < self.closed_on)

    def renamed(self, name: str, on: date) -> "LocalDivision":
        """With this name from `on`; the earlier one is kept. The same name changes nothing."""
        if name == self.name:
            return self
        earlier = EarlierName(name=self.name, until_on=on)
        return self.with_changes(name=name, earlier_names=[*self.earlier_names, earlier])

    def as_division(self) -> Division:
        above = ancestor_codes(self.id)
        return Division(code=self.id, name=self.name, level=self.level, parent_code=above[-1] if above else None)


Loader = Callable[[], Sequence[LocalDivision]]
_loader: ContextVar[Loader | None] = ContextVar("local_divisions", default=None)


@contextmanager
def local_divisions(load: Loader) -> Iterator[None]:
    """Within this block the tenant's own divisions are known; they are loaded when first asked for, at most once."""
    found: list[Sequence[LocalDivision]] = []

    def once() -> Sequence[LocalDivision]:
        if not found:
            found.append(load())
        return found[0]

    token = _loader.set(once)
    try:
        yield
    finally:
        _loader.reset(token)


def known_local() -> Sequence[LocalDivision]:
    """The tenant's own divisions, closed ones too; none outside a block."""
    load = _loader.get()
    return load() if load else ()


def local_label(code: str) -> str | None:
    """The tenant's name for exactly this division."""
    wanted = full_code(code)
    return next((one.name for one in known_local() if one.id == wanted), None)


def local_children(code: str, day: date) -> list[LocalDivision]:
    """Open divisions of the tenant's own, directly below."""
    wanted = full_code(code)
    return [
        one
        for one in known_local()
        if one.id != wanted and covers(wanted, one.id) and ancestor_codes(one.id)[-1] == wanted and one.is_open_on(day)
    ]
