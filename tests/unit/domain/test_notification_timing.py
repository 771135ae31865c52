"""Quiet hours over midnight and within a day, digests, and what passes both."""

from datetime import UTC, datetime

import pytest

from chalicelib.domain.notification_preference import QuietHours
from chalicelib.domain.notification_rules import Urgency
from chalicelib.domain.notification_timing import is_quiet, next_at, release_at

NIGHT = QuietHours(starts_at="21:30", ends_at="07:30")
NOON = QuietHours(starts_at="12:00", ends_at="14:00")


def shanghai(hour: int, minute: int = 0, day: int = 23) -> datetime:
    """This time of day in Shanghai, as UTC."""
    return datetime(2026, 11, day, (hour - 8) % 24, minute, tzinfo=UTC).replace(day=day - (hour < 8))


@pytest.mark.parametrize(
    ("hours", "clock", "quiet"),
    [
        (NIGHT, (21, 29), False),
        (NIGHT, (21, 30), True),
        (NIGHT, (3, 0), True),
        (NIGHT, (7, 29), True),
        (NIGHT, (7, 30), False),
        (NOON, (11, 59), False),
        (NOON, (12, 0), True),
        (NOON, (14, 0), False),
        (None, (3, 0), False),
    ],
)
def test_quiet_hours_end_with_their_last_minute(hours, clock, quiet):
    assert is_quiet(hours, shanghai(*clock)) is quiet


def test_next_at_is_later_than_now():
    assert next_at("08:30", shanghai(8, 29)) == shanghai(8, 30)
    assert next_at("08:30", shanghai(8, 30)) == shanghai(8, 30, day=24)


@pytest.mark.parametrize(
    ("urgency", "has_digest", "now", "leaves"),
    [
        (Urgency.NORMAL, False, shanghai(10), shanghai(10)),
        (Urgency.NORMAL, False, shanghai(23), shanghai(7, 30, day=24)),
        (Urgency.NORMAL, True, shanghai(10), shanghai(8, 30, day=24)),
        (Urgency.LOW, False, shanghai(10), shanghai(8, 30, day=24)),
        (Urgency.URGENT, True, shanghai(23), shanghai(23)),
    ],
)
def test_when_a_message_leaves(urgency, has_digest, now, leaves):
    assert release_at(urgency, now, hours=NIGHT, digest_at="08:30", has_digest=has_digest) == leaves


def test_a_digest_within_quiet_hours_waits_for_their_end():
    found = release_at(Urgency.LOW, shanghai(10), hours=NIGHT, digest_at="06:00", has_digest=False)

    assert found == shanghai(7, 30, day=24)


def test_all_day_is_not_quiet_hours():
    with pytest.raises(ValueError, match="all day"):
        QuietHours(starts_at="08:00", ends_at="08:00")
