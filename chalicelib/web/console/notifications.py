"""A person's notifications: the list, opening them, how many are unread. The same pages for staff and for firms."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.notification import Notification
from chalicelib.domain.notification_rules import notification_rules
from chalicelib.domain.tenancy import Role
from chalicelib.services.notification.choose_preference import choose_preference
from chalicelib.services.notification.read_notifications import open_all, open_notification
from chalicelib.web import messages
from chalicelib.web.answers import HTML, Answer, page, see_other
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.i18n import gettext, ngettext
from chalicelib.web.notification_form import PreferenceForm, preference_labels, typed_preference
from chalicelib.web.notification_words import entry_words, group_words, page_of
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Face, route

blueprint = Blueprint(__name__)

CONSOLE, SUBJECT = "/console/notifications", "/subject/notifications"
NOTIFICATION = (Notification.KIND, "notification_id")
PAGE_ROWS = 25
_MOST_SHOWN = 99


def base_of(request: WebRequest) -> str:
    """The list's address on the face that the request is on."""
    return SUBJECT if request.face is Face.SUBJECT else CONSOLE


def row(request: WebRequest, entry: Notification) -> dict[str, Any]:
    return {"entry": entry, "words": entry_words(entry), "group": group_words(entry.group)}


@route(blueprint, SUBJECT, permission=Permission.NOTIFICATION_READ)
def list_own(request: WebRequest) -> Answer:
    return list_notifications(request)


@route(blueprint, CONSOLE, permission=Permission.NOTIFICATION_READ)
def list_notifications(request: WebRequest) -> Answer:
    """One query for the page, one for the count; a group is filtered after the read."""
    store, tenant, me, base = request.store, request.tenant, request.actor.person_id, base_of(request)
    is_unread, group = request.query.text("show") == "unread", request.query.text("group")
    found = store.notifications.of_person(tenant, me, is_unread=is_unread, after=open_cursor(request), limit=PAGE_ROWS)
    unread = store.notifications.unread_count(tenant, me)
    entries = [one for one in found.records if not group or one.group == group]
    cursor = seal_cursor(request, found.next)
    asked = [f"{name}={value}" for name, value in (("show", "unread" if is_unread else ""), ("group", group)) if value]
    first_url = base + ("?" + "&".join(asked) if asked else "")
    return page(
        request,
        "pages/notifications/list.html",
        base=base,
        rows=[row(request, one) for one in entries],
        unread=unread,
        title=ngettext("有%(num)d条通知没看", "有%(num)d条通知没看", unread) if unread else gettext("通知都看过了"),
        filters=[
            {"label": gettext("全部"), "url": base, "active": not is_unread and not group},
            {"label": gettext("没看的"), "url": f"{base}?show=unread", "count": unread, "active": is_unread},
            *(
                {"label": group_words(one.id), "url": f"{base}?group={one.id}", "active": group == one.id}
                for one in notification_rules().groups
            ),
        ],
        next_url=f"{base}?{'&'.join([*asked, f'{CURSOR}={cursor}'])}" if cursor else "",
        first_url=first_url if request.query.text(CURSOR) else "",
        is_filtered=bool(group or is_unread),
    )


@route(blueprint, f"{SUBJECT}/unread", permission=Permission.NOTIFICATION_READ)
def count_own(request: WebRequest) -> Answer:
    return count_unread(request)


@route(blueprint, f"{CONSOLE}/unread", permission=Permission.NOTIFICATION_READ)
def count_unread(request: WebRequest) -> Answer:
    """The number beside the bell, asked for by each page once it is shown."""
    count = request.store.notifications.unread_count(request.tenant, request.actor.person_id)
    text = "" if not count else str(count) if count <= _MOST_SHOWN else f"{_MOST_SHOWN}+"
    words = gettext("%(count)s条没看", count=text) if text else ""
    body = f'<span class="n" aria-hidden="true">{text}</span><span class="visually-hidden">{words}</span>'
    return Answer(body if text else "", content_type=HTML)


@route(
    blueprint,
    f"{SUBJECT}/{{notification_id}}/open",
    methods=("POST",),
    permission=Permission.NOTIFICATION_READ,
    resource=NOTIFICATION,
)
def open_own(request: WebRequest, notification_id: str) -> Answer:
    return open_one(request, notification_id)


@route(
    blueprint,
    f"{CONSOLE}/{{notification_id}}/open",
    methods=("POST",),
    permission=Permission.NOTIFICATION_READ,
    resource=NOTIFICATION,
)
def open_one(request: WebRequest, notification_id: str) -> Answer:
    """Mark it as read, and on to the record; `stay` stays on the list."""
    opened = open_notification(request.store, request.tenant, request.act(), notification_id=notification_id)
    if request.form.flag("stay"):
        return see_other(base_of(request))
    return see_other(page_of(request, opened.about, is_field=request.actor.roles == {Role.INSPECTOR}))


@route(blueprint, f"{SUBJECT}/open", methods=("POST",), permission=Permission.NOTIFICATION_READ)
def open_all_own(request: WebRequest) -> Answer:
    return open_every(request)


@route(blueprint, f"{CONSOLE}/open", methods=("POST",), permission=Permission.NOTIFICATION_READ)
def open_every(request: WebRequest) -> Answer:
    count = open_all(request.store, request.tenant, request.act())
    return see_other(base_of(request), ngettext("%(num)d条已标为看过", "%(num)d条已标为看过", count))


@route(blueprint, f"{SUBJECT}/preference", permission=Permission.NOTIFICATION_READ)
def show_own_preference(request: WebRequest) -> Answer:
    return show_preference(request)


@route(blueprint, f"{CONSOLE}/preference", permission=Permission.NOTIFICATION_READ)
def show_preference(request: WebRequest) -> Answer:
    held = request.store.notification_preferences.of(request.tenant, request.actor.person_id)
    return _form(request, PreferenceForm.values_of(held))


@route(blueprint, f"{SUBJECT}/preference", methods=("POST",), permission=Permission.NOTIFICATION_READ)
def post_own_preference(request: WebRequest) -> Answer:
    return post_preference(request)


@route(blueprint, f"{CONSOLE}/preference", methods=("POST",), permission=Permission.NOTIFICATION_READ)
def post_preference(request: WebRequest) -> Answer:
    try:
        wanted = PreferenceForm(request.form).read(request.actor.person_id)
    except InvalidInputError as error:
        return _form(request, typed_preference(request.form), error)
    choose_preference(request.store, request.tenant, request.act(), wanted=wanted)
    return see_other(f"{base_of(request)}/preference", gettext("已保存"))


def _form(request: WebRequest, values: dict[str, Any], error: InvalidInputError | None = None) -> Answer:
    setting = request.store.notification_settings.of(request.tenant)
    return page(
        request,
        "pages/notifications/preference.html",
        422 if error else 200,
        base=base_of(request),
        values=values,
        setting=setting,
        groups=[(one.id, group_words(one.id)) for one in notification_rules().groups],
        problems=messages.form_problems(error, preference_labels()) if error else [],
    )
