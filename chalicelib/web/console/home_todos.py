"""What waits for the person who is here: whose entries they are, how a row shows them, and how many are late."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from chalicelib.domain.plan_todo import head_of
from chalicelib.domain.tenancy import Actor, Role, role_owner
from chalicelib.domain.todo import HEAPED, Todo, heap_of
from chalicelib.services.visit.deadlines import working_days_left
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.i18n import gettext, ngettext
from chalicelib.web.request import WebRequest
from chalicelib.web.todo_words import TOPICS, kind_words, page_of, task_words, topic_words

ROWS = 50
# Roles whose work comes to them as a role of the tenant, not as people of an acting body.
_SHARED = (
    Role.COORDINATOR,
    Role.LEGAL_REVIEWER,
    Role.JUSTICE_SUPERVISOR,
    Role.SYSTEM_ADMINISTRATOR,
    Role.SECURITY_ADMINISTRATOR,
    Role.PLATFORM_OPERATOR,
)


def owners_of(actor: Actor) -> list[str]:
    """Under which keys something may wait for this person: one query each, at most three for a person of one role."""
    owners = [actor.acting_for or actor.person_id]
    if actor.acting_body_id:
        if Role.APPROVER in actor.roles:
            owners.append(head_of(actor.acting_body_id))
        owners.append(actor.acting_body_id)
    if actor.department_id and (Role.DEPARTMENT_OFFICER in actor.roles or not actor.acting_body_id):
        owners.append(actor.department_id)
    return list(dict.fromkeys(owners + [role_owner(role) for role in _SHARED if role in actor.roles]))


def heaps_of(actor: Actor) -> list[str]:
    """Keys under which many of one topic wait for a role of this person."""
    keeps_people = Role.SECURITY_ADMINISTRATOR in actor.roles
    return [heap_of(role_owner(Role.SECURITY_ADMINISTRATOR), one) for one in sorted(HEAPED)] if keeps_people else []


def waits_for(request: WebRequest, todo: Todo) -> bool:
    """Not what a second person has to do and this one began, or whom this one acts for."""
    return {request.actor.person_id, request.actor.acting_for}.isdisjoint(todo.not_for)


def todo_list(request: WebRequest, path: str = "/console") -> dict[str, Any]:
    """What the first page shows of the to-do entries, as the context of its templates: one query per key, most urgent
    first, fifty a page. Counts are of everything that waits, as far as it was read: 200+ when there is more."""
    kind = request.query.text("kind")
    given = open_cursor(request)
    found = request.store.todos.of_owners(
        request.tenant,
        owners_of(request.actor),
        lambda todo: waits_for(request, todo) and (not kind or topic_words(todo.topic).kind == kind),
        given["at"] if given else None,
        ROWS,
    )
    heaped = [] if given else _heaped_rows(request)
    known = [*(row["todo"] for row in heaped), *(todo for todo in found.read if waits_for(request, todo))]
    first_url = heaped[0]["url"] if heaped else page_of(known[0]) if known else ""
    shown = [row for row in heaped if not kind or topic_words(row["todo"].topic).kind == kind]
    seen = given["seen"] if given else 0
    passed = len(heaped) + sum(waits_for(request, todo) for todo in found.read[: found.passed])
    next_cursor = found.next and seal_cursor(request, {"at": found.next, "seen": seen + passed})
    asked = {"kind": kind} if kind else {}
    return {
        "rows": shown + [todo_row(request, todo) for todo in found.shown],
        "total": seen + len(known),
        "title": title_of(seen + len(known), found.is_whole),
        "meta_words": [] if given else urgency(request.now, known, found.is_whole),
        "filters": kind_filters(known, kind, path, None if given else found.is_whole),
        "first_url": first_url,
        "more_url": f"{path}?{urlencode({**asked, CURSOR: next_cursor})}" if next_cursor else "",
        "start_url": f"{path}?{urlencode(asked)}".removesuffix("?") if given else "",
    }


def _heaped_rows(request: WebRequest) -> list[dict[str, Any]]:
    """One row for all certificates of which a role is warned: how many, and the page that lists them."""
    rows = []
    for key in heaps_of(request.actor):
        found = request.store.todos.of_heap(request.tenant, key)
        count = len(found.records)
        if not count:
            continue
        row = todo_row(request, found.records[0])
        told = f"{count}+" if found.next else str(count)
        words = gettext("%(count)s人的执法证快到期或已过期，请换证", count=told)
        rows.append(row | {"task": words, "url": "/console/people/certificates"} if count > 1 else row)
    return rows


def todo_row(request: WebRequest, todo: Todo) -> dict[str, Any]:
    return {
        "todo": todo,
        "task": task_words(todo),
        "kind": kind_words(todo.topic),
        "act": gettext(topic_words(todo.topic).act),
        "url": page_of(todo),
        "days_left": working_days_left(request.now, todo.due_at),
    }


def title_of(count: int, is_whole: bool = True) -> str:
    """The situation, as the page's title says it."""
    if not is_whole:
        return gettext("等您处理的事多于%(num)d件", num=count)
    if not count:
        return gettext("今天没有等您处理的事")
    return ngettext("今天有%(num)d件事等您处理", "今天有%(num)d件事等您处理", count)


def urgency(now: datetime, waiting: Sequence[Todo], is_whole: bool = True) -> list[str]:
    """Late and due today, in words; nothing that is zero. What was not read falls due after what was."""
    left = [working_days_left(now, one.due_at) for one in waiting]
    late = sum(days is not None and days < 0 for days in left)
    today = left.count(0)
    if late and late == len(left) and not is_whole:
        return [gettext("已逾期的多于%(num)d件", num=late)]
    words = [ngettext("%(num)d件已逾期", "%(num)d件已逾期", late)] if late else []
    if today and late + today == len(left) and not is_whole:
        return [*words, gettext("今天到期的多于%(num)d件", num=today)]
    return words + ([ngettext("%(num)d件今天到期", "%(num)d件今天到期", today)] if today else [])


def kind_filters(
    waiting: Sequence[Todo], kind: str, path: str = "/console", is_whole: bool | None = True
) -> list[dict[str, Any]]:
    """The kinds among what was read, with how many of each wait; no counts on later pages (is_whole: None)."""
    counts = Counter(topic_words(one.topic).kind for one in waiting)
    if kind in {one.kind for one in TOPICS.values()}:
        counts.setdefault(kind, 0)

    def told(count: int) -> int | str | None:
        return None if is_whole is None else count if is_whole else f"{count}+"

    found = [{"label": gettext("全部"), "url": path, "count": told(len(waiting)), "active": not kind}]
    for name, count in counts.items():
        url = f"{path}?{urlencode({'kind': name})}"
        found.append({"label": gettext(name), "url": url, "count": told(count), "active": name == kind})
    return found
