"""Words of notifications, messages and pushed events, and where a notification leads. The texts themselves are data."""

from chalicelib.domain.notification import Notification
from chalicelib.domain.notification_message import NOT_RECEIVED, MessageAttempt, MessageState
from chalicelib.domain.notification_rules import Channel, notification_rules
from chalicelib.domain.record import Ref
from chalicelib.domain.webhook import TEST, DeliveryState
from chalicelib.domain.webhook_rules import webhook_rules
from chalicelib.web.i18n import current_locale, gettext, mark
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Face

CHANNELS = {Channel.IN_APP: mark("站内"), Channel.WECOM: mark("企业微信"), Channel.SMS: mark("短信")}

MESSAGE_STATES: dict[MessageState, tuple[str, str]] = {
    MessageState.HELD: (mark("等时段"), ""),
    MessageState.QUEUED: (mark("排队中"), "blue"),
    MessageState.SENT: (mark("已发出"), "green"),
    MessageState.DELIVERED: (mark("已送达"), "green"),
    MessageState.FAILED: (mark("待重试"), "orange"),
    MessageState.GIVEN_UP: (mark("未送达"), "red"),
}
DELIVERY_STATES: dict[DeliveryState, tuple[str, str]] = {
    DeliveryState.QUEUED: (mark("排队中"), "blue"),
    DeliveryState.FAILED: (mark("待重试"), "orange"),
    DeliveryState.DELIVERED: (mark("已送达"), "green"),
    DeliveryState.GIVEN_UP: (mark("未送达"), "red"),
}
_REASONS = {
    "unreachable": mark("连不上对方服务器"),
    "timed_out": mark("对方没有按时应答"),
    "tls_refused": mark("对方的证书不可信"),
    "unknown_host": mark("域名解析不到"),
    "address_refused": mark("地址不在公网，已拒绝连接"),
    "answer_too_large": mark("对方的应答太大"),
    "endpoint_disabled": mark("地址已停用"),
    "gateway_refused": mark("网关没有受理"),
    "unreadable_answer": mark("网关的应答读不懂"),
    "unknown_member": mark("企业微信里没有这个成员，或应用对其不可见"),
    "no_gateway": mark("没有配置这个渠道"),
    "no_address": mark("本人没有填写号码或账号"),
    NOT_RECEIVED: mark("网关回执：没有送到手机"),
    "already_read": mark("本人已在站内看过，不再外发"),
}
_PAGES = {
    Face.CONSOLE: {
        "inspection_plan": "/console/plans/{id}",
        "visit": "/console/visits/{id}",
        "finding": "/console/findings/{id}",
        "patrol": "/console/patrols/{id}",
        "periodic_report": "/console/reports/{id}",
        "disposal": "/console/disposals/{id}",
        "disposal_order": "/console/orders/{id}",
        "random_draw": "/console/draws/{id}",
        "inspection_result": "/console/results/{id}",
        "job": "/console/jobs/{id}",
        "webhook_endpoint": "/console/webhooks/{id}",
        "handbook_push": "/console/handbook-pushes/{id}",
        "scenario_overlay": "/console/scenarios/{whole}/overlay",
    },
    Face.FIELD: {"visit": "/field/visits/{id}"},
    Face.SUBJECT: {
        "periodic_report": "/subject/reports/{id}",
        "finding": "/subject/findings/{id}",
        "disposal_order": "/subject/orders/{id}",
        "handbook_push": "/subject/handbook?push={id}",
    },
}
_HOMES = {Face.CONSOLE: "/console", Face.FIELD: "/field", Face.SUBJECT: "/subject"}


def template_words(id: str, version: int) -> str:
    """What a template says, in the reader's language."""
    return notification_rules().template(id, version).in_language(current_locale())


def group_words(id: str) -> str:
    return notification_rules().group(id).in_language(current_locale())


def reason_words(reason: str, status: int = 0) -> str:
    """Why an attempt failed; a gateway's own number stays as it is."""
    if status:
        return gettext("对方应答%(status)s", status=status)
    return gettext(_REASONS[reason]) if reason in _REASONS else reason


def attempt_words(attempt: MessageAttempt) -> str:
    """Why this attempt failed, with the gateway's own code; empty when it went well."""
    words = reason_words(attempt.reason) if attempt.reason else ""
    if words and attempt.gateway_code:
        return gettext("%(reason)s（代码%(code)s）", reason=words, code=attempt.gateway_code)
    return words


def event_words(type: str) -> str:
    """A type of pushed event, in the reader's language."""
    if type == TEST:
        return gettext("测试推送")
    found = next((one for one in webhook_rules().events if one.id == type), None)
    return type if found is None else found.en if current_locale() == "en" else found.zh


def page_of(request: WebRequest, about: Ref, *, is_field: bool = False) -> str:
    """Where the record of a notification is dealt with; the first page of the face for a kind without a page."""
    face = Face.FIELD if is_field else request.face
    pattern = _PAGES.get(face, {}).get(about.kind) or _HOMES.get(face, "/")
    return pattern.format(id=about.id, whole=about.id.rpartition(".")[0])


def entry_words(entry: Notification) -> str:
    return template_words(entry.template, entry.template_version)
