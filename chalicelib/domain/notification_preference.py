"""What a person and a tenant chose about being told: channels, quiet hours, digest, addresses, limits."""

import re
from typing import Annotated, ClassVar, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.access import Resource
from chalicelib.domain.notification_rules import OUTSIDE, Channel, NotificationGroup
from chalicelib.domain.record import Record

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
MOBILE = re.compile(r"1[3-9]\d{9}")


def _clock(text: str) -> str:
    if not _CLOCK.fullmatch(text):
        raise ValueError("a time of day is HH:MM")
    return text


ClockTime = Annotated[str, AfterValidator(_clock)]
"""Time of day in Shanghai, HH:MM."""


class QuietHours(BaseModel):
    """From `starts_at` to `ends_at` (over midnight when it is the earlier one) nothing leaves the site."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    starts_at: ClockTime
    ends_at: ClockTime

    @model_validator(mode="after")
    def _is_a_span(self) -> Self:
        if self.starts_at == self.ends_at:
            raise ValueError("quiet hours do not last all day")
        return self


class NotificationSetting(Record):
    """The tenant's. `id` is the tenant's. channels: what is switched on; sms_day_cap: messages a day; price in fen."""

    KIND: ClassVar[str] = "notification_setting"

    channels: frozenset[Channel] = frozenset(OUTSIDE)
    quiet_hours: QuietHours | None = QuietHours(starts_at="21:30", ends_at="07:30")
    digest_at: ClockTime = "08:30"
    sms_day_cap: int = Field(default=500, ge=0, le=100_000)
    sms_price_fen: int = Field(default=5, ge=0, le=1000)


class NotificationPreference(Record):
    """A person's. `id` is the person's. channels: per group what they chose; a group that is missing has its default.

    quiet: `tenant` follows the tenant's hours, `own` takes `quiet_hours`, `none` has none.
    """

    KIND: ClassVar[str] = "notification_preference"

    channels: dict[str, frozenset[Channel]] = Field(default_factory=dict)
    quiet: Literal["tenant", "own", "none"] = "tenant"
    quiet_hours: QuietHours | None = None
    has_digest: bool = False
    language: Literal["zh", "en"] = "zh"
    mobile: str = Field(default="", pattern=r"^(1[3-9]\d{9})?$", repr=False)
    wecom_user_id: str = Field(default="", pattern=r"^[A-Za-z0-9_.@-]{0,64}$", repr=False)

    @model_validator(mode="after")
    def _own_hours_are_said(self) -> Self:
        if self.quiet == "own" and self.quiet_hours is None:
            raise ValueError("own quiet hours need their times")
        return self

    @property
    def resource(self) -> Resource:
        """Only the person themself."""
        return Resource(people=frozenset({self.id}))

    def channels_of(self, group: NotificationGroup) -> frozenset[Channel]:
        """What the person chose for a group, never less than its minimum."""
        return self.channels.get(group.id, group.channels) | group.minimum

    def hours(self, setting: NotificationSetting) -> QuietHours | None:
        return {"tenant": setting.quiet_hours, "own": self.quiet_hours, "none": None}[self.quiet]

    def address(self, channel: Channel) -> str:
        """Where this channel reaches the person; empty when it does not."""
        return {Channel.SMS: self.mobile, Channel.WECOM: self.wecom_user_id}.get(channel, "")


def masked_address(channel: Channel, address: str) -> str:
    """138****1234, or the first two characters of an account."""
    if channel is Channel.SMS and MOBILE.fullmatch(address):
        return f"{address[:3]}****{address[-4:]}"
    return f"{address[:2]}***" if address else ""
