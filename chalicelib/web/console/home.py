"""The console's first page, by what a person is there for.

Coordinators, heads, officers, legal reviewers and the supervising justice bureau: what waits, what is late and at
risk, where, and the plans under way. The overseer: the cities instead of the counties. An evaluator: the figures. A
scenario author: the packages with what is wrong in them. Administrators: what they may do. Each box is one query, the
to-do entries one per key under which they wait.
"""

from collections.abc import Sequence
from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.metric import NOW
from chalicelib.domain.tenancy import ADMINISTRATORS, Role, TenantKind
from chalicelib.services.metrics.roll_up import read_roll_ups
from chalicelib.services.visit.deadlines import working_days_left
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.figures import overview
from chalicelib.web.console.home_packages import package_rows
from chalicelib.web.console.home_todos import todo_list
from chalicelib.web.console.plans import plan_row
from chalicelib.web.console.setup import concerns
from chalicelib.web.disposition import finding_chip
from chalicelib.web.figure_views import city_tiles, county_tiles, risk_strip
from chalicelib.web.help_topics import topics
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import SIGNED_IN, Nav, route
from chalicelib.web.ui import home_of

blueprint = Blueprint(__name__)

PLANS = 5
PLAN_ROWS = 50
FINDINGS = 6
_QUIET = {
    Role.SYSTEM_ADMINISTRATOR: (mark("系统管理"), mark("您管理本单位的设置和参数，看不到业务数据。")),
    Role.SECURITY_ADMINISTRATOR: (mark("安全管理"), mark("您管理账号、角色和授权，看不到业务数据。")),
    Role.AUDIT_ADMINISTRATOR: (mark("审计管理"), mark("您查看安全日志和存证，看不到业务数据。")),
    Role.PLATFORM_OPERATOR: (mark("平台运维"), mark("您开通单位、发布场景包，看不到各单位的业务数据。")),
}
"""Roles with a quiet first page, with what they come for."""
_ASKED = ADMINISTRATORS | {Role.PLATFORM_OPERATOR}
"""Those of them for whom something may wait."""


@route(
    blueprint,
    "/console",
    permission=SIGNED_IN,
    nav=Nav(group=mark("办理"), label=mark("待办"), order=10, icon="clipboard-check"),
)
def show_home(request: WebRequest) -> Answer:
    """To-do entries (one query per owner, one for certificates), figures (one), plans under way (one), open findings of
    the own acting body (one); the overseer's roll-ups (one, and the tenant itself)."""
    actor = request.actor
    home = home_of(actor)
    if home != "/console":
        return see_other(home)
    quiet = next((words for role, words in _QUIET.items() if actor.roles <= {role}), None)
    if quiet or actor.roles & ADMINISTRATORS:
        title, text = quiet or ("", "")
        waiting = todo_list(request) if actor.roles & _ASKED else {"rows": []}
        words = {"waiting_title": waiting.get("title", ""), "title": gettext(title), "text": gettext(text)}
        abouts = {path: one.what.told(request.locale) for one in topics() for path in one.paths}
        return page(request, "pages/home/quiet.html", **waiting | words, abouts=abouts, shows_setup=concerns(actor))
    if actor.roles <= {Role.EVALUATOR}:
        return overview(request)
    if actor.roles <= {Role.SCENARIO_AUTHOR}:
        return page(request, "pages/home/packages.html", rows=package_rows())
    return _show_work(request)


def _show_work(request: WebRequest) -> Answer:
    plans, has_more_plans = _plans(request)
    actor = request.actor
    return page(
        request,
        "pages/home/show.html",
        shows_setup=concerns(request.actor),
        **todo_list(request),
        plans=plans,
        has_more_plans=has_more_plans,
        findings=_findings(request),
        may_plan=allowed(actor, Permission.PLAN_WRITE),
        may_import=allowed(actor, Permission.SUBJECT_IMPORT),
        is_inspector=Role.INSPECTOR in actor.roles,
        shows_patrols=allowed(actor, Permission.PATROL_RECORD),
        **_where(request),
    )


def _where(request: WebRequest) -> dict[str, Any]:
    """What is late and at risk, and where: counties of the own tenant, or the cities of an overseer. Only for those
    whose work is the whole tenant's; the others have their department's findings."""
    nothing: dict[str, Any] = {"figures": [], "tiles": None, "is_overseer": False}
    if not request.actor.roles & {Role.COORDINATOR, Role.JUSTICE_SUPERVISOR}:
        return nothing
    home = request.store.tenants.find(request.tenant, request.tenant)
    if home is not None and home.kind is TenantKind.REGION:
        given = read_roll_ups(request.store, request.tenant)
        return nothing | {"tiles": city_tiles(given), "is_overseer": True}
    standing = request.store.metrics.of_period(request.tenant, NOW)
    if not standing:
        return nothing
    today = shanghai_date(request.now)
    return nothing | {"figures": risk_strip(request, standing), "tiles": county_tiles(standing, today)}


def _findings(request: WebRequest) -> list[dict[str, Any]]:
    """The acting body's open findings, the most urgent first."""
    body = request.actor.acting_body_id
    if not body or not request.actor.roles & {Role.APPROVER, Role.DEPARTMENT_OFFICER}:
        return []
    found = request.store.findings.open_of_body(request.tenant, body, limit=FINDINGS).records
    return [
        {
            "finding": one,
            "url": f"/console/findings/{one.id}",
            "state": finding_chip(one),
            "days_left": working_days_left(request.now, one.due_at),
        }
        for one in found
        if allowed(request.actor, Permission.FINDING_READ, one.resource)
    ]


def _plans(request: WebRequest) -> tuple[list[dict[str, Any]], bool]:
    """Plans of whatever year that are under way and that this person takes part in, the newest year first; and whether
    there may be more than were read."""
    if not allowed(request.actor, Permission.PLAN_READ):
        return [], False
    found = request.store.plans.under_way(request.tenant, limit=PLAN_ROWS)
    seen: Sequence[Any] = [one for one in found.records if allowed(request.actor, Permission.PLAN_READ, one.resource)]
    return [plan_row(request, one) for one in seen], found.next is not None
