"""When a message may leave the site: quiet hours and digests, in Shanghai's time of day. Pure."""

from datetime import datetime, time, timedelta

from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.notification_preference import QuietHours
from chalicelib.domain.notification_rules import Urgency


def is_quiet(hours: QuietHours | None, at: datetime) -> bool:
    """Whether an aware moment lies in quiet hours; their end is outside."""
    if hours is None:
        return False
    now = f"{at.astimezone(SHANGHAI):%H:%M}"
    if hours.starts_at < hours.ends_at:
        return hours.starts_at <= now < hours.ends_at
    return now >= hours.starts_at or now < hours.ends_at


def next_at(clock: str, after: datetime) -> datetime:
    """The next moment, later than `after`, at which it is this time of day in Shanghai."""
    local = after.astimezone(SHANGHAI)
    moment = datetime.combine(local.date(), time.fromisoformat(clock), SHANGHAI)
    return (moment if moment > local else moment + timedelta(days=1)).astimezone(after.tzinfo)


def release_at(
    urgency: Urgency, now: datetime, *, hours: QuietHours | None, digest_at: str, has_digest: bool
) -> datetime:
    """When a message of this urgency may leave: `now`, the end of the quiet hours, or the next digest.

    A digest that would fall into quiet hours leaves when they end.
    """
    if urgency is Urgency.URGENT:
        return now
    moment = next_at(digest_at, now) if has_digest or urgency is Urgency.LOW else now
    return next_at(hours.ends_at, moment) if hours is not None and is_quiet(hours, moment) else moment
