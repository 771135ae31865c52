"""Which event or task tells whom, through which channels, how urgently and in which words: versioned data.

Words outside our own pages carry nothing secret: they say that something waits and where, never about whom.
"""

import json
import re
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.label import Code

_RULES = Path(__file__).parent / "data" / "notification_rules.json"
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")


class Channel(StrEnum):
    """How a person is told. `in_app` is the list of the site itself; the others leave it."""

    IN_APP = "in_app"
    SMS = "sms"
    WECOM = "wecom"


OUTSIDE = (Channel.WECOM, Channel.SMS)
"""Channels that leave the site."""


class Urgency(StrEnum):
    """`urgent` passes quiet hours and digests; `low` leaves the site only within a digest."""

    URGENT = "urgent"
    NORMAL = "normal"
    LOW = "low"


class Words(BaseModel):
    """The same sentence in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: str = Field(min_length=1, max_length=120)
    en: str = Field(min_length=1, max_length=160)

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.zh


class NotificationGroup(Words):
    """What a person chooses channels for. channels: the default; minimum: what nobody can switch off."""

    id: Code
    channels: frozenset[Channel]
    minimum: frozenset[Channel]

    @model_validator(mode="after")
    def _the_minimum_is_part_of_the_default(self) -> Self:
        if not self.minimum <= self.channels or Channel.IN_APP not in self.minimum:
            raise ValueError("the minimum holds in_app and lies within the default")
        return self


class NotificationTemplate(Words):
    """Words of one kind of notice, addressed by id and version; a message says which it was sent with."""

    id: Code
    version: int = Field(ge=1)
    group: Code
    urgency: Urgency

    @model_validator(mode="after")
    def _says_nothing_of_the_record(self) -> Self:
        if _PLACEHOLDER.search(self.zh + self.en):
            raise ValueError("a template takes nothing from the record")
        return self


class EventRule(BaseModel):
    """An event that tells people for whom no task waits. audience: how they are found from the event's record."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: EventType
    audience: Literal[
        "drafter",
        "body_of_task",
        "team",
        "subject_users",
        "requester",
        "handbook_readers",
        "told",
        "told_urgently",
        "supervisors",
        "overseers",
        "heads",
    ]
    template: Code


class NotificationRules(BaseModel):
    """All of it. silent_topics: tasks of which nobody is told; without_tasks: events after which no task is looked for.

    retry_seconds: pauses after the first, second … failed attempt; after the last the message is given up.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int
    groups: tuple[NotificationGroup, ...]
    templates: tuple[NotificationTemplate, ...]
    several: Words
    topics: dict[Code, Code]
    other_topics: Code
    silent_topics: frozenset[Code]
    events: tuple[EventRule, ...]
    without_tasks: frozenset[EventType]
    own_kinds: frozenset[Code]
    numbered_kinds: frozenset[Code]
    retry_seconds: tuple[int, ...]
    lease_seconds: int

    @model_validator(mode="after")
    def _everything_named_is_there(self) -> Self:
        templates, groups = {one.id for one in self.templates}, {one.id for one in self.groups}
        named = {*self.topics.values(), self.other_topics, *(one.template for one in self.events)}
        if named - templates or {one.group for one in self.templates} - groups:
            raise ValueError("a template or group is named that is not there")
        return self

    def template(self, id: str, version: int | None = None) -> NotificationTemplate:
        """The newest version, or the one named. Raises RecordNotFoundError."""
        found = [one for one in self.templates if one.id == id and version in (None, one.version)]
        if not found:
            raise RecordNotFoundError(kind="notification_template", id=id)
        return max(found, key=lambda one: one.version)

    def group(self, id: str) -> NotificationGroup:
        return next(one for one in self.groups if one.id == id)

    def template_of_topic(self, topic: str) -> NotificationTemplate | None:
        """What a new task is told with; None for one that nobody is told of."""
        if topic in self.silent_topics:
            return None
        return self.template(self.topics.get(topic, self.other_topics))

    def looks_for_tasks(self, event: EventType, kind: str) -> bool:
        return event not in self.without_tasks and kind not in self.own_kinds

    def pause_after(self, attempts: int) -> int | None:
        """Seconds until the next attempt after this many; None when it is to be given up."""
        return self.retry_seconds[attempts - 1] if attempts <= len(self.retry_seconds) else None


@cache
def notification_rules() -> NotificationRules:
    """The rules that ship."""
    return NotificationRules.model_validate(json.loads(_RULES.read_text(encoding="utf-8")))
