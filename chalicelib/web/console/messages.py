"""What leaves the site, for the system administrator: state of each message, trying again, cost, the tenant's settings.

Nobody's name, number or text is shown: the template that was used, the channel, and the address masked.
"""

from typing import Any

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.domain.access import Permission
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.notification_message import MessageState, NotificationMessage
from chalicelib.domain.notification_preference import NotificationSetting
from chalicelib.domain.notification_rules import Channel
from chalicelib.services.notification.choose_preference import change_setting
from chalicelib.services.notification.recording import recorded
from chalicelib.services.notification.retry_message import RETRIED, retry_message
from chalicelib.settings import Stage, settings
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.notification_form import CHOICES, SettingForm, setting_labels
from chalicelib.web.notification_words import CHANNELS, MESSAGE_STATES, attempt_words, template_words
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)

BASE = "/console/messages"
SETTING = "/console/message-setting"
MESSAGE = (NotificationMessage.KIND, "message_id")
PAGE_ROWS = 25


def row(message: NotificationMessage) -> dict[str, Any]:
    state, tone = MESSAGE_STATES[message.state]
    return {
        "message": message,
        "words": template_words(message.template, message.template_version),
        "channel": gettext(CHANNELS[message.channel]),
        "state": (gettext(state), tone),
        "reason": attempt_words(message.attempts[-1]) if message.attempts else "",
        "may_retry": message.state in RETRIED,
    }


def state_asked(request: WebRequest) -> str:
    state = request.query.text("state")
    if state and state not in {one.value for one in MessageState}:
        raise invalid("state", "unknown_choice")
    return state


@route(
    blueprint,
    BASE,
    permission=Permission.NOTIFICATION_MANAGE,
    nav=Nav(group=mark("单位"), label=mark("通知外发"), order=90, icon="send", also=(SETTING,)),
)
def list_messages(request: WebRequest) -> Answer:
    """Three queries: the page, the month's counts, the tenant's settings."""
    state = state_asked(request)
    store, tenant = request.store, request.tenant
    found = store.notification_messages.recent(tenant, state, after=open_cursor(request), limit=PAGE_ROWS)
    today = shanghai_date(request.now)
    counts = store.outbound.counts(tenant, Channel.SMS, f"{today:%Y-%m}")
    setting = store.notification_settings.of(tenant)
    cursor, query = seal_cursor(request, found.next), f"state={state}&" if state else ""
    return page(
        request,
        "pages/messages/list.html",
        rows=[row(one) for one in found.records],
        filters=[
            {"label": gettext("全部"), "url": BASE, "active": not state},
            *(
                {"label": gettext(words), "url": f"{BASE}?state={one.value}", "active": state == one}
                for one, (words, _) in MESSAGE_STATES.items()
            ),
        ],
        sent_today=counts.get(today.isoformat(), 0),
        sent_this_month=sum(counts.values()),
        setting=setting,
        missing=[gettext(CHANNELS[one]) for one in CHOICES if one in setting.channels and one not in _set_up()],
        is_recording=settings().stage is not Stage.PRODUCTION,
        next_url=f"{BASE}?{query}{CURSOR}={cursor}" if cursor else "",
        first_url=f"{BASE}?{query}".rstrip("?&") if request.query.text(CURSOR) else "",
    )


def _set_up() -> frozenset[Channel]:
    return frozenset(bootstrap.gateways())


@route(blueprint, f"{BASE}/{{message_id}}", permission=Permission.NOTIFICATION_MANAGE, resource=MESSAGE)
def show_message(request: WebRequest, message_id: str) -> Answer:
    message = request.store.notification_messages.get(request.tenant, message_id)
    tried = [
        {
            "at": one.at,
            "state": (gettext(MESSAGE_STATES[one.state][0]), MESSAGE_STATES[one.state][1]),
            "reason": attempt_words(one),
            "reference": one.reference,
        }
        for one in reversed(message.attempts)
    ]
    is_recorded = settings().stage is not Stage.PRODUCTION
    return page(
        request,
        "pages/messages/show.html",
        **row(message),
        attempts=tried,
        english=message.language == "en",
        stand_in=recorded(request.store, request.tenant, message.id) if is_recorded else None,
    )


@route(
    blueprint,
    f"{BASE}/{{message_id}}/retry",
    methods=("POST",),
    permission=Permission.NOTIFICATION_MANAGE,
    resource=MESSAGE,
)
def post_retry(request: WebRequest, message_id: str) -> Answer:
    retry_message(request.store, request.tenant, request.act(), message_id=message_id)
    return see_other(f"{BASE}/{message_id}", gettext("已排队重发"))


@route(blueprint, SETTING, permission=Permission.NOTIFICATION_MANAGE)
def show_setting(request: WebRequest) -> Answer:
    held = request.store.notification_settings.of(request.tenant)
    return _form(request, SettingForm.values_of(held), held.version)


@route(blueprint, SETTING, methods=("POST",), permission=Permission.NOTIFICATION_MANAGE)
def post_setting(request: WebRequest) -> Answer:
    form, version = SettingForm(request.form), request.form.integer("version") or 0
    try:
        wanted: NotificationSetting = form.read(request.tenant)
    except InvalidInputError as error:
        return _form(request, form.typed(), version, error)
    change_setting(request.store, request.tenant, request.act(), wanted=wanted, version=version)
    return see_other(SETTING, gettext("已保存"))


def _form(request: WebRequest, values: dict[str, Any], version: int, error: InvalidInputError | None = None) -> Answer:
    return page(
        request,
        "pages/messages/setting.html",
        422 if error else 200,
        values=values,
        version=version,
        channels=[(one.value, gettext(CHANNELS[one])) for one in CHOICES],
        problems=messages.form_problems(error, setting_labels()) if error else [],
    )
