"""The State Council's working-day calendar of one year as the platform keeps it: proposed by one operator, published by
another, and from then on laid over what the program ships with."""

import csv
import io
import json
from datetime import date
from typing import ClassVar

from pydantic import BaseModel, Field, ValidationError

from chalicelib.domain.calendar import CalendarYear
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.record import Record, UtcTime

HOLIDAY, WORKDAY = "holiday", "workday"
_KINDS = {HOLIDAY: HOLIDAY, WORKDAY: WORKDAY, "放假": HOLIDAY, "休": HOLIDAY, "上班": WORKDAY, "班": WORKDAY}


class _Notice(BaseModel):
    """days: ISO date to the name of the feast; make-up days are in make_up_days."""

    year: int = Field(ge=2000, le=2100)
    number: int = Field(default=1, ge=1, description="version of this year")
    holidays: dict[date, str]
    make_up_days: dict[date, str]
    source: str = Field(min_length=4, max_length=200, description="title and number of the notice")
    link: str = Field(default="", max_length=400)
    published_on: date

    def as_calendar_year(self) -> CalendarYear:
        return CalendarYear(
            year=self.year,
            version=self.number,
            holidays=frozenset(self.holidays),
            make_up_days=frozenset(self.make_up_days),
            source=self.source,
            published_on=self.published_on,
        )


class CalendarProposal(_Notice, Record):
    """One operator's upload, waiting for another to compare it with the notice."""

    KIND: ClassVar[str] = "calendar_proposal"

    proposed_by: str
    proposed_for: str | None = None
    proposed_at: UtcTime
    confirmed_by: str | None = None
    refused_by: str | None = None

    @property
    def is_open(self) -> bool:
        return self.confirmed_by is None and self.refused_by is None


class PublicCalendar(_Notice, Record):
    """One published version; `id` is `<year>.<version>`. Published ones never change."""

    KIND: ClassVar[str] = "public_calendar"

    @classmethod
    def of(cls, proposal: CalendarProposal) -> "PublicCalendar":
        names = ("year", "number", "holidays", "make_up_days", "source", "link", "published_on")
        return cls(id=f"{proposal.year}.{proposal.number}", **{name: getattr(proposal, name) for name in names})


def read_days(content: bytes, filename: str) -> tuple[dict[date, str], dict[date, str]]:
    """Holidays and make-up days, each with its name, of a CSV or JSON file with date, kind and name.

    Raises InvalidInputError naming every row that cannot be read.
    """
    holidays: dict[date, str] = {}
    make_up_days: dict[date, str] = {}
    problems = []
    for number, row in enumerate(_rows(content, filename), start=2):
        day, kind = _day(row.get("date", "")), _KINDS.get(row.get("kind", "").strip().lower())
        if day is None or kind is None or day in holidays or day in make_up_days:
            code = "calendar_day" if day is None else "calendar_kind" if kind is None else "calendar_day_twice"
            value = row.get("kind" if code == "calendar_kind" else "date", "")[:20]
            problems.append(FieldProblem(field="file", code=code, details={"row": number, "value": value}))
            continue
        (holidays if kind == HOLIDAY else make_up_days)[day] = row.get("name", "").strip()[:40]
    if problems:
        raise InvalidInputError(problems)
    return holidays, make_up_days


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip().replace("/", "-"))
    except ValueError:
        return None


def _rows(content: bytes, filename: str) -> list[dict[str, str]]:
    unreadable = InvalidInputError([FieldProblem(field="file", code="calendar_file", details={"name": filename[:80]})])
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")
    if text.lstrip().startswith(("[", "{")):
        try:
            found = json.loads(text)
        except ValueError:
            raise unreadable from None
        found = found.get("days") if isinstance(found, dict) else found
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise unreadable
        return [{str(name): str(value) for name, value in one.items()} for one in found]
    reader = csv.DictReader(io.StringIO(text))
    names = {"日期": "date", "类型": "kind", "名称": "name"}
    rows = [{names.get((n or "").strip(), (n or "").strip()): v or "" for n, v in row.items() if n} for row in reader]
    if not rows or not {"date", "kind"} <= rows[0].keys():
        raise unreadable
    return rows


def check_year(proposal: _Notice) -> list[FieldProblem]:
    """What keeps these days from being a year's calendar."""
    try:
        proposal.as_calendar_year()
    except ValidationError as error:
        codes = {
            "every day belongs": "calendar_other_year",
            "a make-up day": "calendar_make_up_weekday",
            "1 January": "calendar_new_year",
        }
        text = str(error)
        code = next((code for words, code in codes.items() if words in text), "calendar_too_few")
        return [FieldProblem(field="file", code=code, details={"year": proposal.year})]
    return []
