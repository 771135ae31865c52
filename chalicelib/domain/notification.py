"""What one person is told: an entry of their list, with a link to the record and nothing secret in it."""

from datetime import datetime, timedelta
from hashlib import sha256
from typing import ClassVar

from pydantic import Field
from ulid import ULID

from chalicelib.domain.access import Resource
from chalicelib.domain.notification_rules import NotificationTemplate
from chalicelib.domain.record import Record, Ref, UtcTime

KEPT_DAYS = 180
"""Audit logs are kept six months (网络安全法 21); a list that people work with needs no more. Events stay for ever."""


def stable_id(*parts: object) -> str:
    """The same 26 characters for the same parts: what is made twice from one cause is one record."""
    digest = sha256("\x1f".join(map(str, parts)).encode()).digest()
    return str(ULID.from_bytes(digest[:16]))


class Notification(Record):
    """One notice to one person. `number` is that of an official document, never a name.

    source: what caused it, for looking up: `topic:<topic>` or `event:<type>`.
    """

    KIND: ClassVar[str] = "notification"

    person_id: str
    group: str
    template: str
    template_version: int
    about: Ref
    topic: str = ""
    number: str = Field(default="", max_length=60)
    due_at: UtcTime | None = None
    created_at: UtcTime
    read_at: UtcTime | None = None

    @property
    def resource(self) -> Resource:
        """Only the person themself."""
        return Resource(people=frozenset({self.person_id}))

    @property
    def expires_at(self) -> datetime:
        return self.created_at + timedelta(days=KEPT_DAYS)

    @classmethod
    def of(
        cls,
        template: NotificationTemplate,
        person_id: str,
        about: Ref,
        cause: tuple[object, ...],
        *,
        at: datetime,
        topic: str = "",
        number: str = "",
        due_at: datetime | None = None,
    ) -> "Notification":
        """The entry of this person for this cause: there is one of each."""
        return cls(
            id=stable_id(person_id, about.kind, about.id, *cause),
            person_id=person_id,
            group=template.group,
            template=template.id,
            template_version=template.version,
            about=about,
            topic=topic,
            number=number,
            due_at=due_at,
            created_at=at,
        )
