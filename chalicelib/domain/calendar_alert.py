"""From when on next year's official calendar is missed: the State Council's notice usually comes in November."""

from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.calendar import WorkingCalendar

_RULES = Path(__file__).parent / "data" / "calendar_alerts.json"


class CalendarAlerts(BaseModel):
    """from_month: the month of the year before from which a year without a calendar is told of."""

    model_config = ConfigDict(frozen=True)

    version: str
    from_month: int = Field(ge=1, le=12)


@cache
def calendar_alerts() -> CalendarAlerts:
    return CalendarAlerts.model_validate_json(_RULES.read_text(encoding="utf-8"))


def missing_years(calendar: WorkingCalendar, today: date) -> list[int]:
    """The years that should be known today and are not: this one, and late in the year the next."""
    needed = [today.year] + ([today.year + 1] if today.month >= calendar_alerts().from_month else [])
    return [year for year in needed if not calendar.knows(year)]
