"""The history of an order in words."""

from collections.abc import Iterable

from chalicelib.domain.event import Event, EventType
from chalicelib.web.formats import format_datetime, join_clauses, mask_name
from chalicelib.web.i18n import gettext, mark

_EVENTS = {
    EventType.ORDER_DRAFTED: mark("起草"),
    EventType.ORDER_REDRAFTED: mark("已修改"),
    EventType.ORDER_WITHDRAWN: mark("文书已撤回"),
    EventType.ORDER_RETURNED: mark("负责人已退回"),
    EventType.ORDER_DECIDED: mark("负责人已决定"),
    EventType.ORDER_SERVED: mark("文书已送达"),
    EventType.ORDER_EXTENDED: mark("期限已延长"),
    EventType.ORDER_FULFILMENT_REPORTED: mark("对方报告已履行"),
    EventType.ORDER_FULFILMENT_RETURNED: mark("报告已退回"),
    EventType.ORDER_FULFILLED: mark("文书已履行"),
    EventType.ORDER_LIFTED: mark("文书已解除"),
}
_PUBLIC = frozenset(
    {
        EventType.ORDER_SERVED,
        EventType.ORDER_EXTENDED,
        EventType.ORDER_FULFILMENT_REPORTED,
        EventType.ORDER_FULFILMENT_RETURNED,
        EventType.ORDER_FULFILLED,
        EventType.ORDER_LIFTED,
    }
)
"""What the subject is shown: nothing of the drafts before it was served, and nobody's name."""


def order_timeline(events: Iterable[Event], names: dict[str, str]) -> list[dict[str, str]]:
    return [_entry(one, mask_name(names.get(one.actor_id, ""))) for one in events if one.type in _EVENTS]


def told_timeline(events: Iterable[Event]) -> list[dict[str, str]]:
    return [_entry(one, "") for one in events if one.type in _PUBLIC]


def _entry(event: Event, who: str) -> dict[str, str]:
    facts = [
        who,
        str(event.data.get("number", "")),
        str(event.data.get("until", "")),
        str(event.data.get("reason", "")),
    ]
    return {"at": format_datetime(event.at), "title": gettext(_EVENTS[event.type]), "note": join_clauses(facts)}
