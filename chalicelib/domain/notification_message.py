"""One message that leaves the site: to one person, through one channel, about one or several notifications."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.delivery_report import DeliveryReport, ReportedState
from chalicelib.domain.notification_rules import Channel, notification_rules
from chalicelib.domain.record import Record, UtcTime

KEPT_DAYS = 180


class MessageState(StrEnum):
    """held: waits for the end of quiet hours or the digest. failed: will be tried again. given_up: will not."""

    HELD = "held"
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    GIVEN_UP = "given_up"


NOT_RECEIVED = "not_received"
"""Reason of an attempt that the gateway took and of which it tells later that it did not arrive."""
WAITING = frozenset({MessageState.HELD, MessageState.QUEUED, MessageState.FAILED})


class MessageAttempt(BaseModel):
    """One try, or what the gateway told of it later. reason: a stable code, empty when it went well; reference: the
    gateway's own number of it; is_report: no try, but what the gateway told of one; gateway_code: why it says that the
    message did not arrive."""

    model_config = ConfigDict(frozen=True)

    at: UtcTime
    state: MessageState
    reason: str = ""
    reference: str = Field(default="", max_length=120)
    is_report: bool = False
    gateway_code: str = Field(default="", max_length=40)


class NotificationMessage(Record):
    """Without words and without the address: both are looked up when it leaves, and are stored nowhere else.

    tries: failed attempts since it was made or last asked for; attempts: the last twelve of all.
    """

    KIND: ClassVar[str] = "notification_message"

    person_id: str
    channel: Channel
    notification_ids: list[str] = Field(min_length=1)
    template: str
    template_version: int
    language: str = "zh"
    state: MessageState
    created_at: UtcTime
    next_attempt_at: UtcTime | None = None
    attempts: list[MessageAttempt] = Field(default_factory=list)
    tries: int = 0
    masked_address: str = ""

    @property
    def is_waiting(self) -> bool:
        return self.state in WAITING

    @property
    def reason(self) -> str:
        return self.attempts[-1].reason if self.attempts else ""

    @property
    def attempt_count(self) -> int:
        """Of the last twelve entries, those that were tries."""
        return sum(not one.is_report for one in self.attempts)

    @property
    def expires_at(self) -> datetime:
        return self.created_at + timedelta(days=KEPT_DAYS)

    def is_due(self, now: datetime) -> bool:
        return self.is_waiting and self.next_attempt_at is not None and self.next_attempt_at <= now

    def with_another(self, notification_id: str) -> "NotificationMessage":
        """The held message, about one more notification."""
        ids = self.notification_ids
        return self if notification_id in ids else self.with_changes(notification_ids=[*ids, notification_id])

    def succeeded(self, at: datetime, *, is_delivered: bool, reference: str, masked: str) -> "NotificationMessage":
        state = MessageState.DELIVERED if is_delivered else MessageState.SENT
        tried = MessageAttempt(at=at, state=state, reference=reference[:120])
        return self._after(tried, next_attempt_at=None, masked_address=masked)

    def refused(self, at: datetime, reason: str, *, is_final: bool, masked: str = "") -> "NotificationMessage":
        """After a failed try: tried again after a growing pause, or given up."""
        return self._failed(MessageAttempt(at=at, state=MessageState.FAILED, reason=reason), is_final, masked)

    def reported(self, report: DeliveryReport, at: datetime) -> "NotificationMessage | None":
        """After what the gateway told; None when it changes nothing: told before, of an attempt that a later one has
        followed, or of a message that was never sent. A report may come before the attempt's own end was stored: then
        the message is still due and the reference one that no attempt has."""
        sent = [one for one in self.attempts if one.state is MessageState.SENT]
        is_early = self.is_due(at) and report.reference not in {"", *(one.reference for one in self.attempts)}
        if self.state is MessageState.DELIVERED or not (sent or is_early):
            return None
        if report.state is ReportedState.DELIVERED:
            arrived = MessageAttempt(at=at, state=MessageState.DELIVERED, reference=report.reference, is_report=True)
            return self._after(arrived, next_attempt_at=None)
        is_last = self.state is MessageState.SENT and report.reference in ("", self.attempts[-1].reference)
        if not (is_last or is_early):
            return None
        told = MessageAttempt(
            at=at,
            state=MessageState.FAILED,
            reason=NOT_RECEIVED,
            reference=report.reference,
            is_report=True,
            gateway_code=report.gateway_code,
        )
        return self._failed(told, report.state is ReportedState.REFUSED)

    def postponed(self, until: datetime) -> "NotificationMessage":
        """Not tried: the day's cap is used up."""
        return self.with_changes(state=MessageState.HELD, next_attempt_at=until)

    def retried(self, at: datetime) -> "NotificationMessage":
        """Somebody asked for another try; it may fail as often as a new one."""
        return self.with_changes(state=MessageState.QUEUED, next_attempt_at=at, tries=0)

    def _failed(self, tried: MessageAttempt, is_final: bool, masked: str = "") -> "NotificationMessage":
        pause = None if is_final else notification_rules().pause_after(self.tries + 1)
        state = MessageState.GIVEN_UP if pause is None else MessageState.FAILED
        until = None if pause is None else tried.at + timedelta(seconds=pause)
        masked = masked or self.masked_address
        noted = tried.model_copy(update={"state": state})
        return self._after(noted, next_attempt_at=until, tries=self.tries + 1, masked_address=masked)

    def _after(self, tried: MessageAttempt, **changes: object) -> "NotificationMessage":
        return self.with_changes(state=tried.state, attempts=[*self.attempts, tried][-12:], **changes)
