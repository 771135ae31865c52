"""The caller's notifications and choices over the API; for the administrator, messages and the tenant's settings."""

from typing import Literal

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.notification import Notification
from chalicelib.domain.notification_message import MessageState, NotificationMessage
from chalicelib.domain.notification_preference import (
    ClockTime,
    NotificationPreference,
    NotificationSetting,
    QuietHours,
)
from chalicelib.domain.notification_rules import Channel
from chalicelib.services.notification.choose_preference import change_setting, choose_preference
from chalicelib.services.notification.read_notifications import open_all, open_notification
from chalicelib.services.notification.retry_message import retry_message
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, ListQuery, Shown, listed, versioned
from chalicelib.web.console.messages import MESSAGE
from chalicelib.web.console.notifications import NOTIFICATION
from chalicelib.web.cursors import open_cursor
from chalicelib.web.notification_form import read_model
from chalicelib.web.notification_words import entry_words
from chalicelib.web.preconditions import seen_version
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/notifications"
PREFERENCE, SETTING, MESSAGES = (
    f"{PREFIX}/notification-preference",
    f"{PREFIX}/notification-setting",
    f"{PREFIX}/messages",
)
R, M = Permission.NOTIFICATION_READ, Permission.NOTIFICATION_MANAGE


class NotificationQuery(ListQuery):
    unread: bool = Field(default=False, description="only those that were not opened yet")


class NotificationAnswer(versioned(Notification, "VersionedNotification")):  # type: ignore[misc]
    """One notification. `words`: what it says, in the language asked for."""

    words: str


class OpenedAnswer(Shown):
    """How many were marked as read by this call: at most 90; call again while it is not 0."""

    opened: int


class PreferenceBody(Body):
    """How the caller wants to be told. channels: per group; what is left out keeps its default, never below the
    minimum that the group has."""

    channels: dict[str, frozenset[Channel]] = Field(default_factory=dict)
    quiet: Literal["tenant", "own", "none"] = "tenant"
    quiet_hours: QuietHours | None = None
    has_digest: bool = False
    language: Literal["zh", "en"] = "zh"
    mobile: str = Field(default="", pattern=r"^(1[3-9]\d{9})?$")
    wecom_user_id: str = Field(default="", pattern=r"^[A-Za-z0-9_.@-]{0,64}$")


class SettingBody(Body):
    """How the tenant sends. sms_day_cap: text messages a day; sms_price_fen: what one is thought to cost."""

    channels: frozenset[Channel] = frozenset()
    quiet_hours: QuietHours | None = None
    digest_at: ClockTime = "08:30"
    sms_day_cap: int = Field(default=500, ge=0, le=100_000)
    sms_price_fen: int = Field(default=5, ge=0, le=1000)


class PreferenceAnswer(PreferenceBody):
    """The caller's choice; `version` is 0 while nothing was chosen."""

    id: str
    version: int = Field(ge=0)


class SettingAnswer(SettingBody):
    """The tenant's settings; `version` is 0 while they are the defaults."""

    id: str
    version: int = Field(ge=0)


class MessageQuery(ListQuery):
    state: MessageState | None = None


MessageAnswer = versioned(NotificationMessage)


@route(blueprint, BASE, permission=R, query=NotificationQuery, answers=Listed[NotificationAnswer])
def list_notifications(request: WebRequest) -> Answer:
    """The caller's notifications, newest first."""
    asked = request.asked(NotificationQuery)
    found = request.store.notifications.of_person(
        request.tenant,
        request.actor.person_id,
        is_unread=asked.unread,
        after=open_cursor(request),
        limit=asked.limit,
    )
    return listed(request, [_told(one) for one in found.records], found.next)


def _told(entry: Notification) -> dict[str, object]:
    return entry.model_dump(mode="json") | {"version": entry.version, "words": entry_words(entry)}


@route(
    blueprint,
    f"{BASE}/{{notification_id}}/open",
    methods=("POST",),
    permission=R,
    resource=NOTIFICATION,
    answers=NotificationAnswer,
)
def post_open(request: WebRequest, notification_id: str) -> Answer:
    """Mark one as read."""
    opened = open_notification(request.store, request.tenant, request.act(), notification_id=notification_id)
    return json_answer(_told(opened), etag=opened.version)


@route(blueprint, f"{BASE}/open", methods=("POST",), permission=R, answers=OpenedAnswer)
def post_open_all(request: WebRequest) -> Answer:
    """Mark the newest unread as read, 90 at a time."""
    return json_answer({"opened": open_all(request.store, request.tenant, request.act())})


@route(blueprint, PREFERENCE, permission=R, answers=PreferenceAnswer)
def show_preference(request: WebRequest) -> Answer:
    """How the caller is told."""
    held = request.store.notification_preferences.of(request.tenant, request.actor.person_id)
    return _answer(held)


@route(
    blueprint,
    PREFERENCE,
    methods=("PUT",),
    permission=R,
    body=PreferenceBody,
    answers=PreferenceAnswer,
    match=Match.OWN,
)
def put_preference(request: WebRequest) -> Answer:
    """Choose anew. `If-Match` with the version that was read is optional."""
    values = request.model(PreferenceBody).model_dump() | {"id": request.actor.person_id}
    wanted: NotificationPreference = read_model(NotificationPreference, values)
    seen = seen_version(request, is_required=False)
    return _answer(choose_preference(request.store, request.tenant, request.act(), wanted=wanted, version=seen))


@route(blueprint, SETTING, permission=M, answers=SettingAnswer)
def show_setting(request: WebRequest) -> Answer:
    """How the tenant sends."""
    return _answer(request.store.notification_settings.of(request.tenant))


@route(blueprint, SETTING, methods=("PUT",), permission=M, body=SettingBody, answers=SettingAnswer, match=Match.OWN)
def put_setting(request: WebRequest) -> Answer:
    """Change it. `If-Match` with the version that was read is optional."""
    values = request.model(SettingBody).model_dump() | {"id": request.tenant}
    wanted: NotificationSetting = read_model(NotificationSetting, values)
    seen = seen_version(request, is_required=False)
    return _answer(change_setting(request.store, request.tenant, request.act(), wanted=wanted, version=seen))


def _answer(record: NotificationPreference | NotificationSetting) -> Answer:
    return json_answer(record.model_dump(mode="json") | {"version": record.version}, etag=record.version)


@route(blueprint, MESSAGES, permission=M, query=MessageQuery, answers=Listed[MessageAnswer])
def list_messages(request: WebRequest) -> Answer:
    """Messages that leave the site, newest first; without words and with masked addresses."""
    asked = request.asked(MessageQuery)
    found = request.store.notification_messages.recent(
        request.tenant, asked.state or "", after=open_cursor(request), limit=asked.limit
    )
    items = [one.model_dump(mode="json") | {"version": one.version} for one in found.records]
    return listed(request, items, found.next)


@route(
    blueprint,
    f"{MESSAGES}/{{message_id}}/retry",
    methods=("POST",),
    permission=M,
    resource=MESSAGE,
    answers={200: MessageAnswer},
)
def post_retry(request: WebRequest, message_id: str) -> Answer:
    """Try again a message that failed or was given up."""
    queued = retry_message(request.store, request.tenant, request.act(), message_id=message_id)
    return json_answer(queued.model_dump(mode="json") | {"version": queued.version}, etag=queued.version)
