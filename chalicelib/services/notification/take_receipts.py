"""What a gateway tells later of messages that it took: kept once, whatever comes twice, late or out of order."""

from collections.abc import Iterable
from datetime import datetime

from chalicelib.domain.act import Act
from chalicelib.domain.delivery_report import DeliveryReport
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.event import EventType
from chalicelib.domain.notification import stable_id
from chalicelib.domain.notification_message import NotificationMessage
from chalicelib.domain.notification_rules import Channel
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store

GATEWAY = "sms_gateway"
"""The actor of what a receipt changes."""
_TRIES = 3


def gateway_act(tenant: TenantId, call_id: str, at: datetime) -> Act:
    """The act of a gateway's call: the same id (`webhook-id`) again is the same act."""
    return Act(actor=Actor.system(tenant, GATEWAY), at=at, key=f"{GATEWAY}.{stable_id(call_id)}")


def take_receipts(store: Store, tenant: TenantId, act: Act, *, reports: Iterable[DeliveryReport]) -> int:
    """How many messages changed. A report of a message that is not there, was no text message or is past it changes
    nothing. What did not arrive waits for its next attempt like one that the gateway refused.

    Raises ConflictError when a message keeps being changed at the same moment: the gateway tells it again.
    """
    told = list(reports)
    messages = store.notification_messages.find_many(tenant, [one.message_id for one in told])
    return sum(
        _take(store, tenant, act.part(str(number)), one, messages.get(one.message_id))
        for number, one in enumerate(told)
    )


def _take(
    store: Store, tenant: TenantId, act: Act, report: DeliveryReport, message: NotificationMessage | None
) -> bool:
    for _ in range(_TRIES):
        if message is None or message.channel is not Channel.SMS:
            return False
        told = message.reported(report, act.at)
        if told is None:
            return False
        data = {"state": told.state.value, "reason": told.reason, "gateway_code": report.gateway_code}
        try:
            with store.change(tenant, act) as change:
                change.save(told)
                change.event(EventType.MESSAGE_REPORTED, told, data)
        except AlreadyDoneError:
            return False
        except ConflictError:
            message = store.notification_messages.find(tenant, report.message_id)
            continue
        return True
    raise ConflictError(kind="notification_message", id=report.message_id)
