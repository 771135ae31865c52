"""The list pages, and the most that one of them may cost: table calls and read units of a page.

Shared by the test that holds the bound and by the measurement on 120,000 subjects (tests/bench/bench_lists.py).
"""

from typing import NamedTuple

from chalicelib.domain.tenancy import Role
from tests.large_tenant import SCENARIO

MAX_CALLS, MAX_UNITS = 3, 50


class ListPage(NamedTuple):
    """A list as somebody opens it. `next_page` follows its cursor once and measures that."""

    role: Role | None
    path: str
    next_page: bool = False


_C, _O, _S = Role.COORDINATOR, Role.DEPARTMENT_OFFICER, Role.SECURITY_ADMINISTRATOR
_Y, _P = Role.SYSTEM_ADMINISTRATOR, Role.PLATFORM_OPERATOR
REGISTER = "/console/subjects"
LIST_PAGES = [
    ListPage(_C, REGISTER),
    ListPage(_C, REGISTER, next_page=True),
    ListPage(_C, f"{REGISTER}?order=division"),
    ListPage(_C, f"{REGISTER}?division=450103000000"),
    ListPage(_C, f"{REGISTER}?division=450103000000&order=changed"),
    ListPage(_C, f"{REGISTER}?division=450103001000"),
    ListPage(_C, f"{REGISTER}?status=closed"),
    ListPage(_C, f"{REGISTER}?kind=vehicle&division=450103000000"),
    ListPage(_C, f"{REGISTER}?scenario={SCENARIO}"),
    ListPage(_C, f"{REGISTER}?scenario={SCENARIO}&division=450103000000&status=closed"),
    ListPage(_C, f"{REGISTER}?scenario={SCENARIO}&order=grade"),
    ListPage(_C, f"{REGISTER}?scenario={SCENARIO}&grade=C&division=450103001000"),
    ListPage(_C, f"{REGISTER}?q=加油"),
    ListPage(_C, f"{REGISTER}?q=加油", next_page=True),
    ListPage(_C, f"{REGISTER}?q=加油&division=450103000000"),
    ListPage(_C, f"{REGISTER}?q=南宁市"),
    ListPage(_C, f"{REGISTER}?q=91450100MA"),
    ListPage(_C, "/api/v1/subjects?limit=100"),
    ListPage(_C, "/api/v1/subjects?q=加油&limit=100"),
    ListPage(_C, "/console/filters"),
    ListPage(_C, "/console/jobs"),
    ListPage(_C, "/console/imports"),
    ListPage(_C, "/console/plans"),
    ListPage(_C, "/console/draws"),
    ListPage(_C, "/console/visits"),
    ListPage(_C, "/console/findings"),
    ListPage(_C, "/console/results"),
    ListPage(_C, "/console/evaluations"),
    ListPage(_C, "/console/people"),
    ListPage(_C, "/console/people?role=inspector"),
    ListPage(_C, "/console/people?q=测试"),
    ListPage(_C, "/console/people/certificates"),
    ListPage(_C, "/console/departments"),
    ListPage(_C, "/console/bodies"),
    ListPage(_C, "/console/divisions"),
    ListPage(_C, "/console/bindings"),
    ListPage(_C, "/console/hand-overs"),
    ListPage(_C, "/console/notifications"),
    ListPage(_C, "/console/evidence"),
    ListPage(Role.AUDIT_ADMINISTRATOR, "/console/security-log"),
    ListPage(Role.AUDIT_ADMINISTRATOR, "/console/security-log?kind=access"),
    ListPage(_C, "/console/bases"),
    ListPage(_C, "/console/bases/changes"),
    ListPage(_C, "/console/bases/limits"),
    ListPage(_C, "/console/self-checks"),
    ListPage(_C, "/console/self-checks", next_page=True),
    ListPage(_C, f"/console/self-checks?scenario={SCENARIO}&division=450103000000&order=oldest"),
    ListPage(_C, "/console/handbook-pushes"),
    ListPage(_P, "/console/packages"),
    ListPage(_P, "/console/tenants"),
    ListPage(_O, "/console/visits"),
    ListPage(_O, "/console/findings"),
    ListPage(_O, "/console/patrols"),
    ListPage(_O, "/console/disposals"),
    ListPage(_C, "/console/reports"),
    ListPage(_C, "/console/reports?form=refined_oil.fuel_month&period=2026-M10"),
    ListPage(_O, "/console/patrols/due"),
    ListPage(_O, "/console/patrols/due", next_page=True),
    ListPage(_O, "/console/patrols/due?division=450102001000"),
    ListPage(_O, "/api/v1/patrols/due?limit=100"),
    ListPage(_S, "/console/people/changes"),
    ListPage(_Y, "/console/messages"),
    ListPage(_Y, "/console/webhooks"),
    ListPage(_S, "/console/clients"),
    ListPage(_C, "/console"),
    ListPage(_C, "/console", next_page=True),
    ListPage(_C, "/api/v1/todos?limit=100"),
    ListPage(_O, "/console"),
    ListPage(Role.APPROVER, "/console"),
    ListPage(Role.LEGAL_REVIEWER, "/console"),
    ListPage(_S, "/console"),
    ListPage(_C, "/console/search?q=加油"),
    ListPage(_C, "/console/search?q=南宁市"),
    ListPage(Role.APPROVER, "/console/deputies"),
    ListPage(_C, "/console/scenarios"),
    ListPage(_C, "/console/tenant/archives"),
    ListPage(Role.INSPECTOR, "/field"),
    ListPage(Role.SUBJECT_USER, "/subject"),
    ListPage(Role.SUBJECT_USER, "/subject/self-checks"),
    ListPage(Role.SUBJECT_USER, "/subject/orders"),
    ListPage(Role.SUBJECT_USER, "/subject/reports"),
    ListPage(Role.SUBJECT_USER, "/subject/bindings"),
    ListPage(Role.SUBJECT_USER, "/subject/notifications"),
    ListPage(None, "/p/gx450100"),
    ListPage(None, "/p/gx450100?q=加油"),
    ListPage(None, "/p/gx450100/draws"),
]
MORE_CALLS = {
    "/console": (6, "a first screen of several boxes: one query per box, and one per key under which to-dos wait"),
    "/console/search": (5, "the box looks for numbers, subjects and people, each its own query"),
    "/subject": (4, "a first screen of several boxes, one query each: findings, orders, reports, and whose they are"),
}
"""List pages that may make more than three calls: how many, and why."""
NO_LISTS = {
    "/": "the way in",
    "/login": "the way in",
    "/login/callback": "the way in",
    "/login/tenant": "the tenants of one login, which the session holds",
    "/login/join": "the way in",
    "/logout/done": "the way out",
    "/api-reference": "the calls of the API, which the code declares",
    "/offline": "a page that the device keeps",
    "/service-worker.js": "a script",
    "/glossary": "terms that the package ships",
    "/console/glossary": "terms that the package ships",
    "/field/glossary": "terms that the package ships",
    "/subject/glossary": "terms that the package ships",
    "/console/calendars": "two years, and proposals that wait",
    "/console/figures": "sums that are stored as such",
    "/console/setup": "a checklist of a dozen conditions, in as many calls for a hundred acting bodies as for one",
    "/console/tenant": "one record",
    "/console/tenant/closing": "one record",
    "/console/tenant/reset": "a question before a deed",
    "/console/onboarding": "a form",
    "/console/message-setting": "a form",
    "/console/message-setting/receipt-key": "a form",
    "/console/notifications/preference": "a form",
    "/subject/notifications/preference": "a form",
    "/console/notifications/unread": "a number",
    "/subject/notifications/unread": "a number",
    "/console/reports/file": "a form",
    "/console/reports/sheets/template": "a file to fill in, made whole",
    "/console/webhooks/receiving": "instructions",
    "/subject/evaluation": "one record",
    "/subject/handbook": "one document",
    "/subject/handbook/file": "one document",
}
"""Pages without parameters that show no list of records, each with what it shows."""


def may_list(path: str) -> bool:
    """Whether a page of this path may show a list: not that of one record, a form for a new one, or a file."""
    is_one = "{" in path or path.rpartition("/")[2] in ("new", "enter")
    return not (is_one or path.startswith("/api/") or path.endswith((".csv", ".xlsx")))


WITHOUT_A_LIST = {
    Role.COORDINATOR: "/console/glossary",
    Role.INSPECTOR: "/field/glossary",
    Role.SUBJECT_USER: "/subject/glossary",
    None: "/glossary",
}
"""A page of each face that reads nothing of its own: what it costs is session, person and department."""
