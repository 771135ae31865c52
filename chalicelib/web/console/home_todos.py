"""What waits for the person who is here: whose entries they are, how a row shows them, and how many are late."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from chalicelib.domain.plan_todo import head_of
from chalicelib.domain.tenancy import Actor, Role
from chalicelib.domain.todo import Todo
from chalicelib.services.visit.deadlines import working_days_left
from chalicelib.web.i18n import gettext, ngettext
from chalicelib.web.request import WebRequest
from chalicelib.web.todo_words import kind_words, page_of, task_words, topic_words

ROWS = 50
# Roles whose work comes to them as a role of the tenant, not as people of an acting body.
_SHARED = (
    Role.COORDINATOR,
    Role.LEGAL_REVIEWER,
    Role.JUSTICE_SUPERVISOR,
    Role.SYSTEM_ADMINISTRATOR,
    Role.SECURITY_ADMINISTRATOR,
)


def owners_of(actor: Actor) -> list[str]:
    """Under which keys something may wait for this person: one query each, at most three for a person of one role."""
    owners = [actor.acting_for or actor.person_id]
    if actor.acting_body_id:
        if Role.APPROVER in actor.roles:
            owners.append(head_of(actor.acting_body_id))
        owners.append(actor.acting_body_id)
    elif actor.department_id:
        owners.append(actor.department_id)
    return owners + [f"role.{role}" for role in _SHARED if role in actor.roles]


def waiting_for(request: WebRequest) -> list[Todo]:
    """Everything that waits for this person, most urgent first; entries of one owner come in order of deadline. Left
    out is what a second person has to do and this one began, or whom this one acts for."""
    own = {request.actor.person_id, request.actor.acting_for}
    found = [
        todo
        for owner in owners_of(request.actor)
        for todo in request.store.todos.of_owner(request.tenant, owner, limit=ROWS).records
        if own.isdisjoint(todo.not_for)
    ]
    far = request.now.replace(year=9999)
    return sorted(found, key=lambda todo: (todo.due_at or far, todo.created_at))


def todo_row(request: WebRequest, todo: Todo) -> dict[str, Any]:
    return {
        "todo": todo,
        "task": task_words(todo),
        "kind": kind_words(todo.topic),
        "act": gettext(topic_words(todo.topic).act),
        "url": page_of(todo),
        "days_left": working_days_left(request.now, todo.due_at),
    }


def title_of(count: int) -> str:
    """The situation, as the page's title says it."""
    if not count:
        return gettext("今天没有等您处理的事")
    return ngettext("今天有%(num)d件事等您处理", "今天有%(num)d件事等您处理", count)


def urgency(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Late and due today, in words; nothing that is zero."""
    late = sum(row["days_left"] is not None and row["days_left"] < 0 for row in rows)
    today = sum(row["days_left"] == 0 for row in rows)
    words = [ngettext("%(num)d件已逾期", "%(num)d件已逾期", late)] if late else []
    return words + ([ngettext("%(num)d件今天到期", "%(num)d件今天到期", today)] if today else [])


def kind_filters(rows: Sequence[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    counts = Counter(row["kind"] for row in rows)
    found = [{"label": gettext("全部"), "url": "/console", "count": len(rows), "active": not kind}]
    return found + [
        {"label": name, "url": f"/console?kind={name}", "count": count, "active": name == kind}
        for name, count in counts.items()
    ]
