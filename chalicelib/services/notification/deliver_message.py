"""One attempt to bring a message out of the site. May be called twice and at the same time: a lease lets one through,
and the gateway is given the message's own identifier, by which it can tell a repeat."""

from datetime import datetime, timedelta

from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.event import EventType
from chalicelib.domain.notification import Notification
from chalicelib.domain.notification_message import NotificationMessage
from chalicelib.domain.notification_preference import NotificationSetting, masked_address
from chalicelib.domain.notification_rules import Channel, notification_rules
from chalicelib.domain.notification_timing import next_at
from chalicelib.domain.tenancy import Actor, Role, TenantId
from chalicelib.services.find_record import find_record
from chalicelib.services.notification.channels import ChannelRefusedError, Gateways, Outgoing
from chalicelib.services.notification.recipients import Recipients
from chalicelib.storage.store import Store

STAFF_INBOX, SUBJECT_INBOX = "/console/notifications", "/subject/notifications"
SENDER = "sender"


def deliver_message(
    store: Store, tenant: TenantId, message_id: str, now: datetime, *, gateways: Gateways, base_url: str
) -> NotificationMessage | None:
    """The message after the attempt; None when it is gone, not due, or in another worker's hands."""
    message = store.notification_messages.find(tenant, message_id)
    if message is None or not message.is_due(now):
        return None
    until = now + timedelta(seconds=notification_rules().lease_seconds)
    if not store.outbound.take(tenant, message.id, until, now):
        return None
    # Another worker may have finished between the read and the lease.
    message = store.notification_messages.get(tenant, message.id)
    if not message.is_due(now):
        return None
    tried = _tried(store, tenant, message, now, gateways, base_url)
    act = Act(actor=Actor.system(tenant, SENDER), at=now, key=f"send.{message.id}.{message.version}")
    with store.change(tenant, act) as change:
        change.save(tried)
        data = {"state": tried.state.value, "channel": tried.channel.value, "reason": tried.reason}
        change.event(EventType.MESSAGE_ATTEMPTED, tried, data)
    store.outbound.give_back(tenant, message.id)
    return tried


def _tried(
    store: Store, tenant: TenantId, message: NotificationMessage, now: datetime, gateways: Gateways, base_url: str
) -> NotificationMessage:
    preference = store.notification_preferences.of(tenant, message.person_id)
    setting = store.notification_settings.of(tenant)
    address = preference.address(message.channel)
    masked = masked_address(message.channel, address)
    gateway = gateways.get(message.channel)
    entries = store.notifications.those(tenant, message.notification_ids).values()
    unread = [entry for entry in entries if entry.read_at is None and _is_theirs(store, tenant, entry)]
    reason = "no_gateway" if gateway is None else "no_address" if not address else "" if unread else "already_read"
    if gateway is None or reason:
        return message.refused(now, reason, is_final=True, masked=masked)
    if not _counted(store, tenant, message.channel, setting, now):
        return message.postponed(next_at(setting.digest_at, now))
    text = _text(message, len(unread), unread[0].template, unread[0].template_version)
    outgoing = Outgoing(
        id=message.id,
        tenant=tenant,
        template=f"{message.template}@{message.template_version}",
        address=address,
        text=text,
        link=f"{base_url}{_inbox(store, tenant, message.person_id)}",
    )
    try:
        receipt = gateway.send(outgoing)
    except ChannelRefusedError as error:
        reason, is_final = str(error.details["reason"]), bool(error.details["is_final"])
        return message.refused(now, reason, is_final=is_final, masked=masked)
    return message.succeeded(now, is_delivered=receipt.is_delivered, reference=receipt.reference, masked=masked)


def _is_theirs(store: Store, tenant: TenantId, entry: Notification) -> bool:
    """Whether the person may still know of the record: a message may have waited through the night."""
    person, record = store.people.find(tenant, entry.person_id), find_record(store, tenant, entry.about)
    return (
        person is not None
        and person.is_active
        and record is not None
        and Recipients(store, tenant).may_know(person, record)
    )


def _inbox(store: Store, tenant: TenantId, person_id: str) -> str:
    """Path of the person's own list."""
    person = store.people.find(tenant, person_id)
    return SUBJECT_INBOX if person is not None and Role.SUBJECT_USER in person.roles else STAFF_INBOX


def _text(message: NotificationMessage, count: int, template: str, version: int) -> str:
    rules = notification_rules()
    words = rules.template(template, version) if count == 1 else rules.several
    text = words.in_language(message.language)
    return text % {"count": count} if count > 1 else text


def _counted(store: Store, tenant: TenantId, channel: Channel, setting: NotificationSetting, now: datetime) -> bool:
    """Count a message that costs money; False when the tenant's cap for the day in Shanghai is used up."""
    if channel is not Channel.SMS:
        return True
    return store.outbound.count(tenant, channel, shanghai_date(now).isoformat(), setting.sms_day_cap)
