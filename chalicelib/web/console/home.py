"""The console's first page: what waits for me, what is late, what is under way."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.plan_todo import head_of
from chalicelib.domain.tenancy import ADMINISTRATORS, Actor, Role
from chalicelib.domain.todo import Todo
from chalicelib.services.visit.deadlines import working_days_left
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.plans import plan_row
from chalicelib.web.i18n import gettext, mark, ngettext
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import SIGNED_IN, Nav, route
from chalicelib.web.todo_words import kind_words, page_of, task_words, topic_words
from chalicelib.web.ui import home_of

blueprint = Blueprint(__name__)

ROWS = 50
PLANS = 5
SOON_DAYS = 3
# Roles whose work comes to them as a role of the tenant, not as people of an acting body.
_SHARED = (Role.COORDINATOR, Role.LEGAL_REVIEWER, Role.JUSTICE_SUPERVISOR)
_QUIET = {
    Role.SYSTEM_ADMINISTRATOR: (mark("系统管理"), mark("您管理本单位的设置和参数，看不到业务数据。")),
    Role.SECURITY_ADMINISTRATOR: (mark("安全管理"), mark("您管理账号、角色和授权，看不到业务数据。")),
    Role.AUDIT_ADMINISTRATOR: (mark("审计管理"), mark("您查看安全日志和存证，看不到业务数据。")),
    Role.PLATFORM_OPERATOR: (mark("平台运维"), mark("您开通单位、发布场景包，看不到各单位的业务数据。")),
    Role.SCENARIO_AUTHOR: (mark("场景编制"), mark("您编写、核对、发布场景包。")),
    Role.EVALUATOR: (mark("评估"), mark("您查看指标和存证，复核每一次抽取。")),
}
"""Roles without a to-do list, with what they come for."""


def owners_of(actor: Actor) -> list[str]:
    """Under which keys something may wait for this person: one query each, at most three for a person of one role."""
    owners = [actor.person_id]
    if actor.acting_body_id:
        if Role.APPROVER in actor.roles:
            owners.append(head_of(actor.acting_body_id))
        owners.append(actor.acting_body_id)
    return owners + [f"role.{role}" for role in _SHARED if role in actor.roles]


def waiting_for(request: WebRequest) -> list[Todo]:
    """Everything that waits for this person, most urgent first; entries of one owner come in order of deadline."""
    found = [
        todo
        for owner in owners_of(request.actor)
        for todo in request.store.todos.of_owner(request.tenant, owner, limit=ROWS).records
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


@route(
    blueprint,
    "/console",
    permission=SIGNED_IN,
    nav=Nav(group=mark("办理"), label=mark("待办"), order=10, icon="clipboard-check"),
)
def show_home(request: WebRequest) -> Answer:
    """To-do entries by owner and the plans under way: at most four queries."""
    actor = request.actor
    home = home_of(actor)
    if home != "/console":
        return see_other(home)
    quiet = next((words for role, words in _QUIET.items() if actor.roles <= {role}), None)
    if quiet or actor.roles & ADMINISTRATORS:
        title, text = quiet or ("", "")
        return page(request, "pages/home/quiet.html", title=gettext(title), text=gettext(text))
    rows = [todo_row(request, todo) for todo in waiting_for(request)]
    kind = request.query.text("kind")
    shown = [row for row in rows if not kind or row["kind"] == kind]
    plans = _plans(request)
    return page(
        request,
        "pages/home/show.html",
        rows=shown,
        total=len(rows),
        title=_title(len(rows)),
        meta_words=_counts(rows),
        filters=_filters(rows, kind),
        first_url=rows[0]["url"] if rows else "",
        figures=_figures(rows, plans),
        plans=plans,
        may_plan=allowed(actor, Permission.PLAN_WRITE),
        may_import=allowed(actor, Permission.SUBJECT_IMPORT),
        is_inspector=Role.INSPECTOR in actor.roles,
    )


def _plans(request: WebRequest) -> list[dict[str, Any]]:
    """Plans of the year that are under way and that this person takes part in, newest first."""
    if not allowed(request.actor, Permission.PLAN_READ):
        return []
    year = shanghai_date(request.now).year
    found = request.store.plans.of_year(request.tenant, year, limit=ROWS).records
    readable = [one for one in found if allowed(request.actor, Permission.PLAN_READ, one.resource)]
    return [row for row in (plan_row(request, one) for one in readable) if not row["is_final"]]


def _title(count: int) -> str:
    if not count:
        return gettext("今天没有等您处理的事")
    return ngettext("今天有%(num)d件事等您处理", "今天有%(num)d件事等您处理", count)


def _counts(rows: Sequence[dict[str, Any]]) -> list[str]:
    """Late and due today, in words; nothing that is zero."""
    late, today = _late(rows), sum(row["days_left"] == 0 for row in rows)
    words = [ngettext("%(num)d件已逾期", "%(num)d件已逾期", late)] if late else []
    return words + ([ngettext("%(num)d件今天到期", "%(num)d件今天到期", today)] if today else [])


def _late(rows: Sequence[dict[str, Any]]) -> int:
    return sum(row["days_left"] is not None and row["days_left"] < 0 for row in rows)


def _filters(rows: Sequence[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    counts = Counter(row["kind"] for row in rows)
    found = [{"label": gettext("全部"), "url": "/console", "count": len(rows), "active": not kind}]
    return found + [
        {"label": name, "url": f"/console?kind={name}", "count": count, "active": name == kind}
        for name, count in counts.items()
    ]


def _figures(rows: Sequence[dict[str, Any]], plans: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Counted from what is on this page, so that every figure can be checked by eye."""
    soon = sum(row["days_left"] is not None and 0 <= row["days_left"] <= SOON_DAYS for row in rows)
    late_plans = sum(row["days_left"] is not None and row["days_left"] < 0 for row in plans)
    late = _late(rows)
    return [
        {"label": gettext("已逾期"), "value": late, "unit": gettext("件"), "tone": "red" if late else ""},
        {
            "label": gettext("%(days)s个工作日内到期", days=SOON_DAYS),
            "value": soon,
            "unit": gettext("件"),
        },
        {
            "label": gettext("在走的计划"),
            "value": len(plans),
            "unit": gettext("个"),
            "note": ngettext("其中%(num)d个超过本步时限", "其中%(num)d个超过本步时限", late_plans)
            if late_plans
            else "",
            "url": "/console/plans",
        },
    ]
