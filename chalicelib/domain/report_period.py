"""Periods that subjects report on: a month, a quarter or a year of the Chinese calendar, each with a code."""

import re
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple, Self

_CODE = re.compile(r"(?P<year>20\d{2})(?:-(?P<kind>[QM])(?P<number>\d{1,2}))?")


class Cadence(StrEnum):
    """How often a report is due."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"

    @property
    def months(self) -> int:
        return {Cadence.MONTH: 1, Cadence.QUARTER: 3, Cadence.YEAR: 12}[self]


class ReportPeriod(NamedTuple):
    """number: the month, the quarter, or 1 of a whole year."""

    cadence: Cadence
    year: int
    number: int

    @classmethod
    def holding(cls, cadence: Cadence, day: date) -> Self:
        return cls(cadence, day.year, (day.month - 1) // cadence.months + 1)

    @classmethod
    def last_ended(cls, cadence: Cadence, today: date) -> Self:
        """The newest period that was over before this day."""
        return cls.holding(cadence, today).previous

    @classmethod
    def read(cls, code: str) -> Self | None:
        """2026, 2026-Q3 or 2026-M09; None for anything else."""
        found = _CODE.fullmatch(code)
        if found is None:
            return None
        cadence = {None: Cadence.YEAR, "Q": Cadence.QUARTER, "M": Cadence.MONTH}[found["kind"]]
        period = cls(cadence, int(found["year"]), int(found["number"] or 1))
        return period if 1 <= period.number <= 12 // cadence.months and period.code == code else None

    @property
    def code(self) -> str:
        """Codes of one cadence sort by time."""
        if self.cadence is Cadence.YEAR:
            return str(self.year)
        return f"{self.year}-Q{self.number}" if self.cadence is Cadence.QUARTER else f"{self.year}-M{self.number:02d}"

    @property
    def first_day(self) -> date:
        return date(self.year, (self.number - 1) * self.cadence.months + 1, 1)

    @property
    def last_day(self) -> date:
        month = self.number * self.cadence.months
        return date(self.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)

    @property
    def previous(self) -> Self:
        return self.holding(self.cadence, self.first_day - timedelta(days=1))
