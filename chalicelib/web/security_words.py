"""Words of the security log: its kinds and what happened, and one entry as pages and the API show it."""

from collections.abc import Sequence
from typing import Any

from chalicelib.domain.event import Event, EventType
from chalicelib.domain.security_event import SecurityKind, security_kind
from chalicelib.domain.tenancy import Person
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.job_words import NAMES
from chalicelib.web.request import WebRequest

KINDS = {
    SecurityKind.SIGN_IN: mark("登录和账号"),
    SecurityKind.ACCESS: mark("人员和权限"),
    SecurityKind.DATA: mark("数据进出"),
    SecurityKind.SYSTEM: mark("系统对接"),
}
WORDS = {
    EventType.SESSION_STARTED: mark("登录了系统"),
    EventType.SESSION_ENDED: mark("退出了系统"),
    EventType.LOGIN_LINKED: mark("绑定登录账号"),
    EventType.LOGIN_UNLINKED: mark("解绑登录账号"),
    EventType.PERSON_JOINED: mark("凭绑定码加入"),
    EventType.ACCESS_CHANGE_REQUESTED: mark("申请变更权限"),
    EventType.ACCESS_CHANGE_CONFIRMED: mark("复核通过权限变更"),
    EventType.ACCESS_CHANGE_REFUSED: mark("不同意权限变更"),
    EventType.ACCESS_CHANGE_WITHDRAWN: mark("撤回权限变更"),
    EventType.PERSON_ADDED: mark("添加了人员"),
    EventType.PERSON_CHANGED: mark("修改了人员"),
    EventType.DEPUTY_NAMED: mark("指定代行人"),
    EventType.DEPUTY_ENDED: mark("结束代行"),
    EventType.DEPARTURE_STARTED: mark("开始离岗交接"),
    EventType.DEPARTURE_COMPLETED: mark("完成离岗交接"),
    EventType.CONTACTS_REVEALED: mark("查看完整联系方式"),
    EventType.JOB_REQUESTED: mark("数据作业"),
    EventType.TENANT_CLOSING_ASKED: mark("申请注销单位"),
    EventType.TENANT_CLOSING_WITHDRAWN: mark("撤回注销申请"),
    EventType.TENANT_CLOSING_CONFIRMED: mark("确认注销单位"),
    EventType.CLIENT_REGISTERED: mark("登记系统客户端"),
    EventType.CLIENT_REVOKED: mark("停用系统客户端"),
    EventType.WEBHOOK_REGISTERED: mark("登记事件推送"),
    EventType.WEBHOOK_CHANGED: mark("修改事件推送"),
    EventType.WEBHOOK_SECRET_ROTATED: mark("更换推送密钥"),
    EventType.RECEIPT_KEY_RENEWED: mark("更换回执密钥"),
}


def entries(request: WebRequest, events: Sequence[Event]) -> list[dict[str, Any]]:
    """Each event with its words, who did it and the person it is about: one call for all names."""
    named = (id for one in events for id in (one.actor_id, _person_of(one)))
    ids = [id for id in named if id and not id.startswith("system:")]
    people = request.store.people.find_many(request.tenant, ids, is_listed=True)
    return [_entry(one, people) for one in events]


def _entry(event: Event, people: dict[str, Person]) -> dict[str, Any]:
    kind, about = security_kind(event), _person_of(event)
    what = gettext(WORDS[event.type])
    if event.type is EventType.JOB_REQUESTED:
        name = str(event.data.get("name", ""))
        what = gettext(NAMES.get(name, name))
    return {
        "id": event.id,
        "at": event.at,
        "kind": kind.value if kind else "",
        "kind_words": gettext(KINDS[kind]) if kind else "",
        "type": event.type.value,
        "what": what,
        "actor_id": event.actor_id,
        "actor": _name(people, event.actor_id),
        "about_id": about,
        "about": _name(people, about) if about != event.actor_id else "",
    }


def _person_of(event: Event) -> str:
    if event.record.kind == Person.KIND:
        return event.record.id
    return str(event.data.get("person_id", ""))


def _name(people: dict[str, Person], id: str) -> str:
    from chalicelib.web.console.people import shown_name

    return shown_name(people[id]) if id in people else gettext("系统") if id.startswith("system:") else id
