"""Words for values: dates, clocks, money, masked names. The only place that formats them; every function is a filter.

Times come as UTC-aware datetimes and are shown in Asia/Shanghai (UTC+8, no summer time since 1991). Each function reads
the language of the running request. None gives an empty string, so that a page need not ask first.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

from chalicelib.web.i18n import current_locale, gettext, ngettext

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_WEEKDAYS = {
    "zh": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


class Clock(NamedTuple):
    """A deadline in words. tone: `late`, `today` or empty."""

    words: str
    note: str
    tone: str


def _local(value: date | datetime) -> date | datetime:
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("a datetime without a time zone cannot be shown")
        return value.astimezone(SHANGHAI)
    return value


def format_date(value: date | datetime | None) -> str:
    """2026年11月23日 / 23 Nov 2026."""
    if value is None:
        return ""
    day = _local(value)
    if current_locale() == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def format_month(value: str | None) -> str:
    """`2026-11` as a month: 2026年11月, November 2026."""
    if not value:
        return ""
    year, _, month = value.partition("-")
    if current_locale() == "en":
        return f"{date(int(year), int(month), 1):%B} {year}"
    return f"{year}年{int(month)}月"


def format_short_date(value: date | datetime | None) -> str:
    """11月23日 / 23 Nov, for pages where the year is plain."""
    if value is None:
        return ""
    day = _local(value)
    return f"{day.day} {_MONTHS[day.month - 1]}" if current_locale() == "en" else f"{day.month}月{day.day}日"


def format_time(value: datetime | None) -> str:
    """17:30, in Shanghai."""
    return "" if value is None else _local(value).strftime("%H:%M")


def format_datetime(value: datetime | None) -> str:
    """2026年11月23日17:30 / 23 Nov 2026, 17:30."""
    if value is None:
        return ""
    return f"{format_date(value)}{', ' if current_locale() == 'en' else ''}{format_time(value)}"


def format_iso(value: date | datetime | None) -> str:
    """2026-11-23 or 2026-11-23T17:30+08:00, for `datetime` attributes and date inputs."""
    if value is None:
        return ""
    local = _local(value)
    return local.isoformat(timespec="minutes") if isinstance(local, datetime) else local.isoformat()


def format_weekday(value: date | datetime | None) -> str:
    """星期一 / Monday."""
    return "" if value is None else _WEEKDAYS[current_locale()][_local(value).weekday()]


def working_days(number: int) -> str:
    """5个工作日 / 5 working days."""
    return ngettext("%(num)d个工作日", "%(num)d个工作日", number)


def clock(days_left: int | None, due: date | datetime | None = None) -> Clock:
    """A deadline of `days_left` working days (negative when past, None when it cannot be told yet), due on `due`."""
    day = format_short_date(due)
    if days_left is None:
        why = gettext("%(day)s止", day=day) if day else gettext("缺放假安排，公布后自动补算")
        return Clock(gettext("时限待定"), why, "")
    if days_left < 0:
        words = ngettext("逾期%(num)d个工作日", "逾期%(num)d个工作日", -days_left)
        return Clock(words, gettext("应于%(day)s", day=day) if day else "", "late")
    if days_left == 0:
        words = gettext("今天%(time)s", time=format_time(due)) if isinstance(due, datetime) else gettext("今天到期")
        return Clock(words, gettext("%(day)s止", day=day) if day else "", "today")
    words = ngettext("还剩%(num)d个工作日", "还剩%(num)d个工作日", days_left)
    return Clock(words, gettext("%(day)s止", day=day) if day else "", "")


def format_number(value: int | float | None, decimals: int = 0) -> str:
    """10,631, with `decimals` places; a real minus sign."""
    return "" if value is None else f"{value:,.{decimals}f}".replace("-", "−")


def format_money(fen: int | None) -> str:
    """Money in integer fen: 1,234.50元 / ¥1,234.50."""
    if fen is None:
        return ""
    sign = "−" if fen < 0 else ""
    amount = f"{abs(fen) // 100:,}.{abs(fen) % 100:02d}"
    return f"{sign}¥{amount}" if current_locale() == "en" else f"{sign}{amount}元"


def format_percent(basis_points: int | None, decimals: int = 1) -> str:
    """Basis points (1/100 of a per cent): 706 is 7.1%. Half is rounded up, with integers only."""
    if basis_points is None:
        return ""
    step = 10 ** (2 - decimals)
    units = (abs(basis_points) + step // 2) // step
    whole, rest = divmod(units, 10**decimals)
    sign = "−" if basis_points < 0 and units else ""
    return f"{sign}{whole}{f'.{rest:0{decimals}d}' if decimals else ''}%"


def format_size(size: int | None) -> str:
    """A file's size in bytes: 812 B, 34 KB, 2.6 MB."""
    if size is None:
        return ""
    if size < 1024:
        return f"{size} B"
    return f"{size / 1024:.0f} KB" if size < 1024 * 1024 else f"{size / 1024 / 1024:.1f} MB"


def mask_name(name: str | None) -> str:
    """王小明 → 王*; the family name stays."""
    return "" if not name else f"{name.strip()[:1]}*"


def mask_phone(phone: str | None) -> str:
    """13800138000 → 138****8000; anything shorter is hidden whole."""
    if not phone:
        return ""
    digits = phone.strip()
    return f"{digits[:3]}****{digits[-4:]}" if len(digits) >= 9 else "****"


def mask_identity(number: str | None) -> str:
    """A resident identity number: the first three and the last two characters stay."""
    if not number:
        return ""
    text = number.strip()
    return f"{text[:3]}{'*' * (len(text) - 5)}{text[-2:]}" if len(text) >= 10 else "*" * len(text)


def short_id(identifier: str | None) -> str:
    """The last eight characters of an identifier, enough to tell two rows apart."""
    return "" if not identifier else identifier[-8:]


def group_hash(value: str | None, groups: int = 0) -> str:
    """A hash in groups of four; with `groups` only that many and an ellipsis."""
    if not value:
        return ""
    parts = [value[start : start + 4] for start in range(0, len(value), 4)]
    return " ".join(parts[:groups]) + "…" if groups and len(parts) > groups else " ".join(parts)


def join_words(words: list[str] | tuple[str, ...] | None) -> str:
    """商务、应急、市监 / Commerce, Emergency, Market."""
    return (", " if current_locale() == "en" else "、").join(words or ())


def join_clauses(parts: list[str] | tuple[str, ...] | None) -> str:
    """Clauses of one line, empty ones left out: 江南区，可少进2次 / Jiangnan, 2 visits fewer."""
    return (", " if current_locale() == "en" else "，").join(part for part in parts or () if part)


FILTERS: dict[str, Callable[..., object]] = {
    "date": format_date,
    "month": format_month,
    "short_date": format_short_date,
    "time": format_time,
    "datetime": format_datetime,
    "iso": format_iso,
    "weekday": format_weekday,
    "working_days": working_days,
    "number": format_number,
    "money": format_money,
    "percent": format_percent,
    "size": format_size,
    "masked_name": mask_name,
    "masked_phone": mask_phone,
    "masked_identity": mask_identity,
    "short_id": short_id,
    "hash": group_hash,
    "words": join_words,
    "clauses": join_clauses,
}
