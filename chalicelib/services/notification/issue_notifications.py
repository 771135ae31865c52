"""From an event to what people are told: entries of their lists, and the messages that carry them outside.

Told is who has a new task at the event's record, and whom the rules name for the event itself. Taken again it finds
what it made before: an entry's identifier is made of the person, the record and the cause.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from chalicelib.domain.act import Act
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.notification import Notification, stable_id
from chalicelib.domain.notification_message import MessageState, NotificationMessage
from chalicelib.domain.notification_preference import NotificationPreference, NotificationSetting
from chalicelib.domain.notification_rules import OUTSIDE, Channel, NotificationTemplate, notification_rules
from chalicelib.domain.notification_timing import release_at
from chalicelib.domain.record import Ref, timestamp
from chalicelib.domain.tenancy import Person, TenantId
from chalicelib.domain.todo import Todo
from chalicelib.services.find_record import find_record
from chalicelib.services.notification.recipients import Recipients
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store

CHUNK = 24
"""People told in one transaction: each an entry and at most two messages, within the hundred actions of one."""


class Notice(NamedTuple):
    """What is told to some people. cause: makes the entry's identifier, with the person and the record.
    tells_actor: also who did it, for what a worker did in their name."""

    template: NotificationTemplate
    people: Sequence[Person]
    cause: tuple[object, ...]
    topic: str = ""
    number: str = ""
    due_at: datetime | None = None
    tells_actor: bool = False


def issue_notifications(
    store: Store, event: Event, act: Act, *, channels: frozenset[Channel] = frozenset(OUTSIDE)
) -> int:
    """How many people were told of this event now. channels: those outside the site that can carry anything."""
    tenant, rules = event.tenant, notification_rules()
    wanted = [rule for rule in rules.events if rule.event is event.type]
    looks = rules.looks_for_tasks(event.type, event.record.kind)
    todos = store.todos.children(tenant, event.record) if looks else []
    if not wanted and not todos:
        return 0
    record = find_record(store, tenant, event.record)
    if record is None:
        return 0
    people = Recipients(store, tenant)
    notices = list(_of_todos(todos, people))
    for rule in wanted:
        told = people.of_audience(rule.audience, event, record)
        is_theirs = rule.audience == "requester"
        notices.append(Notice(rules.template(rule.template), told, (event.id,), tells_actor=is_theirs))
    entries: dict[str, Notification] = {}
    for notice in notices:
        for person in notice.people:
            is_new_to_them = notice.tells_actor or person.id != event.actor_id
            if person.is_active and is_new_to_them and people.may_know(person, record):
                entry = _entry(notice, person.id, event.record, act.at)
                entries.setdefault(entry.id, entry)
    present = store.notifications.those(tenant, entries)
    new = [entry for id, entry in entries.items() if id not in present]
    for start in range(0, len(new), CHUNK):
        _write(store, tenant, act, new[start : start + CHUNK], channels)
    return len(new)


def _of_todos(todos: Sequence[Todo], people: Recipients) -> Iterator[Notice]:
    """One notice per task; a task that was there before has the same cause and is found by its entry."""
    for todo in todos:
        template = notification_rules().template_of_topic(todo.topic)
        if template is None:
            continue
        due = timestamp(todo.due_at) if todo.due_at else ""
        cause = (todo.topic, timestamp(todo.created_at), due)
        told = [one for one in people.of_owner(todo.owner) if one.id not in todo.not_for]
        yield Notice(template, told, cause, todo.topic, todo.detail, todo.due_at)


def _entry(notice: Notice, person_id: str, about: Ref, at: datetime) -> Notification:
    number = notice.number if about.kind in notification_rules().numbered_kinds else ""
    return Notification.of(
        notice.template,
        person_id,
        about,
        notice.cause,
        at=at,
        topic=notice.topic,
        number=number[:60],
        due_at=notice.due_at,
    )


def _write(
    store: Store, tenant: TenantId, act: Act, entries: Sequence[Notification], channels: frozenset[Channel]
) -> None:
    """Entries and messages in one transaction; those that may leave at once are named in its event, which the stream
    brings to the queue."""
    setting = store.notification_settings.of(tenant)
    messages: dict[str, NotificationMessage] = {}
    for entry in entries:
        preference = store.notification_preferences.of(tenant, entry.person_id)
        for channel in _outside(entry, preference, setting) & channels:
            message = _message(store, tenant, entry, channel, preference, setting, messages, act.at)
            messages[message.id] = message
    now = [id for id, message in messages.items() if message.state is MessageState.QUEUED]
    once = act.part(stable_id(*(entry.id for entry in entries)))
    try:
        with store.change(tenant, once) as change:
            for record in (*entries, *messages.values()):
                change.save(record)
            data = {"people": len(entries), "template": entries[0].template, "messages": len(messages)}
            change.event(EventType.NOTIFICATIONS_ISSUED, entries[0], data | {"outbound": now})
    except AlreadyDoneError:
        return


def _outside(
    entry: Notification, preference: NotificationPreference, setting: NotificationSetting
) -> frozenset[Channel]:
    """Channels outside the site that the person chose for this group, the tenant has on, and that reach them."""
    chosen = preference.channels_of(notification_rules().group(entry.group)) & setting.channels
    return frozenset(one for one in chosen if one in OUTSIDE and preference.address(one))


def _message(
    store: Store,
    tenant: TenantId,
    entry: Notification,
    channel: Channel,
    preference: NotificationPreference,
    setting: NotificationSetting,
    made: dict[str, NotificationMessage],
    now: datetime,
) -> NotificationMessage:
    """A message of its own, or the held one of the same person, channel and moment with one more notification."""
    urgency = notification_rules().template(entry.template, entry.template_version).urgency
    leaves_at = release_at(
        urgency, now, hours=preference.hours(setting), digest_at=setting.digest_at, has_digest=preference.has_digest
    )
    is_held = leaves_at > now
    id = stable_id(entry.person_id, channel, timestamp(leaves_at)) if is_held else stable_id(entry.id, channel)
    if is_held:
        held = made.get(id) or store.notification_messages.find(tenant, id)
        if held is not None and held.state is MessageState.HELD:
            return held.with_another(entry.id)
        if held is not None:
            id = stable_id(entry.id, channel)
    return NotificationMessage(
        id=id,
        person_id=entry.person_id,
        channel=channel,
        notification_ids=[entry.id],
        template=entry.template,
        template_version=entry.template_version,
        language=preference.language,
        state=MessageState.HELD if is_held else MessageState.QUEUED,
        created_at=now,
        next_attempt_at=leaves_at,
    )
