"""Words for values, in both languages."""

from datetime import UTC, date, datetime

import pytest

from chalicelib.web import formats
from chalicelib.web.i18n import use_locale

LATE_EVENING_UTC = datetime(2026, 11, 22, 17, 30, tzinfo=UTC)


def test_dates_are_shown_in_shanghai() -> None:
    assert formats.format_date(LATE_EVENING_UTC) == "2026年11月23日"
    assert formats.format_datetime(LATE_EVENING_UTC) == "2026年11月23日01:30"
    assert formats.format_short_date(date(2026, 1, 5)) == "1月5日"
    assert formats.format_weekday(LATE_EVENING_UTC) == "星期一"
    assert formats.format_iso(LATE_EVENING_UTC) == "2026-11-23T01:30+08:00"
    with use_locale("en"):
        assert formats.format_date(LATE_EVENING_UTC) == "23 Nov 2026"
        assert formats.format_datetime(LATE_EVENING_UTC) == "23 Nov 2026, 01:30"
        assert formats.format_weekday(LATE_EVENING_UTC) == "Monday"


def test_a_time_without_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        formats.format_datetime(LATE_EVENING_UTC.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("days", "due", "chinese", "english"),
    [
        (2, date(2026, 11, 25), ("还剩2个工作日", "11月25日止", ""), ("2 working days left", "by 25 Nov", "")),
        (1, None, ("还剩1个工作日", "", ""), ("1 working day left", "", "")),
        (
            -3,
            date(2026, 11, 18),
            ("逾期3个工作日", "应于11月18日", "late"),
            ("3 working days late", "was due 18 Nov", "late"),
        ),
        (0, date(2026, 11, 23), ("今天到期", "11月23日止", "today"), ("Due today", "by 23 Nov", "today")),
        (0, LATE_EVENING_UTC, ("今天01:30", "11月23日止", "today"), ("Today 01:30", "by 23 Nov", "today")),
        (
            None,
            None,
            ("时限待定", "缺放假安排，公布后自动补算", ""),
            ("Deadline to be determined", "No official calendar yet; counted once it is published", ""),
        ),
    ],
)
def test_clock(days: int | None, due: date | None, chinese: tuple[str, ...], english: tuple[str, ...]) -> None:
    assert formats.clock(days, due) == chinese
    with use_locale("en"):
        assert formats.clock(days, due) == english


def test_money_is_integer_fen() -> None:
    assert formats.format_money(123456789) == "1,234,567.89元"
    assert formats.format_money(-5) == "−0.05元"
    with use_locale("en"):
        assert formats.format_money(1234550) == "¥12,345.50"


@pytest.mark.parametrize(
    ("points", "decimals", "shown"),
    [
        (706, 1, "7.1%"),
        (705, 1, "7.1%"),
        (704, 1, "7.0%"),
        (9600, 0, "96%"),
        (3333, 2, "33.33%"),
        (-81, 1, "−0.8%"),
        (-4, 1, "0.0%"),
    ],
)
def test_percent_rounds_half_up_with_integers(points: int, decimals: int, shown: str) -> None:
    assert formats.format_percent(points, decimals) == shown


def test_personal_data_is_masked() -> None:
    assert formats.mask_name("王小明") == "王*"
    assert formats.mask_phone("13800138000") == "138****8000"
    assert formats.mask_phone("5551234") == "****"
    assert formats.mask_identity("450102199001011234") == "450*************34"
    assert formats.mask_identity("123") == "***"


def test_hashes_numbers_and_sizes() -> None:
    assert formats.group_hash("1b7cdce714c3") == "1b7c dce7 14c3"
    assert formats.group_hash("1b7cdce714c3", 2) == "1b7c dce7…"
    assert formats.format_number(-10631) == "−10,631"
    assert formats.format_number(3.14159, 2) == "3.14"
    assert [formats.format_size(size) for size in (812, 34_500, 2_700_000)] == ["812 B", "34 KB", "2.6 MB"]
    assert formats.short_id("01HZZZZZZZZZZZZZZZABCDEFGH") == "ABCDEFGH"


def test_words_are_joined_as_the_language_does() -> None:
    assert formats.join_words(["商务", "应急"]) == "商务、应急"
    with use_locale("en"):
        assert formats.join_words(["Commerce", "Emergency"]) == "Commerce, Emergency"
        assert formats.join_clauses(["Jiangnan", "", "2 visits fewer"]) == "Jiangnan, 2 visits fewer"
    assert formats.join_clauses(["江南区", "可少进2次"]) == "江南区，可少进2次"


def test_nothing_is_shown_for_nothing() -> None:
    for name, shown in formats.FILTERS.items():
        if name != "working_days":
            assert shown(None) == "", name
