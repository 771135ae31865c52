"""What is still missing before the first plan, each with the way to mend it; on the first page until nothing is."""

from typing import Any
from urllib.parse import quote

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.tenancy import ADMINISTRATORS, Actor, Role
from chalicelib.services.tenancy.setup_checklist import SetupItem, SetupTopic, setup_checklist
from chalicelib.web.answers import HTML, Answer, page
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.people_words import role_label
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)

WORDS: dict[SetupTopic, tuple[str, str, str]] = {
    SetupTopic.DEPARTMENTS: (mark("设好部门"), mark("还没有部门。检查项按部门分派。"), mark("添加部门")),
    SetupTopic.BODIES: (mark("设好执法主体"), mark("还没有执法主体。检查以执法主体的名义进行。"), mark("添加执法主体")),
    SetupTopic.DEPARTMENT_WITHOUT_BODY: (
        mark("有检查项的部门都有执法主体"),
        mark("这些部门有检查项，但没有执法主体代表，计划里选不到。"),
        mark("指定执法主体"),
    ),
    SetupTopic.BODY_WITHOUT_APPROVER: (
        mark("执法主体都有负责人"),
        mark("没有负责人，任务没有人批准。"),
        mark("添加负责人"),
    ),
    SetupTopic.INSPECTORS: (
        mark("每个执法主体至少两名持证人员"),
        mark("检查须两人以上持证进行，人不够就抽不出检查组。"),
        mark("添加执法人员"),
    ),
    SetupTopic.CERTIFICATES: (
        mark("执法人员的证都有效"),
        mark("证件无效的人不参加抽取。"),
        mark("更新执法证"),
    ),
    SetupTopic.COORDINATOR: (mark("有统筹岗"), mark("没有统筹岗，没有人定计划。"), mark("添加统筹岗")),
    SetupTopic.SUPERVISOR: (mark("有司法行政监督"), mark("抽取要有司法行政部门的人监督。"), mark("添加监督人员")),
    SetupTopic.SCENARIO: (mark("启用场景"), mark("还没有启用场景。名录和计划都按场景来。"), mark("启用场景")),
    SetupTopic.BASES: (
        mark("法律依据都已确认"),
        mark("这些依据待法制审核确认；确认以前，计划不能批准（演示单位只注明“待确认”）。"),
        mark("确认依据"),
    ),
    SetupTopic.SUBJECTS: (mark("导入监管对象"), mark("还没有监管对象，没有可以抽的。"), mark("导入名录")),
    SetupTopic.DIVISION_WITHOUT_SUBJECTS: (
        mark("每个县区都有监管对象"),
        mark("这些县区一家也没有登记；确实没有的，不用理会。"),
        mark("导入名录"),
    ),
    SetupTopic.CALENDAR: (
        mark("工作日历够用"),
        mark("还没有这一年的官方放假安排，到那时的时限算不出来；公布后自动补算。"),
        mark("上传放假安排"),
    ),
}
"""What is wanted, what is missing, what to do."""

_URLS = {
    SetupTopic.DEPARTMENTS: ("/console/departments/new", Permission.TENANT_ORGANISE),
    SetupTopic.BODIES: ("/console/bodies/new", Permission.TENANT_ORGANISE),
    SetupTopic.DEPARTMENT_WITHOUT_BODY: ("/console/bodies", Permission.TENANT_ORGANISE),
    SetupTopic.BODY_WITHOUT_APPROVER: ("/console/people/new", Permission.PEOPLE_MANAGE),
    SetupTopic.INSPECTORS: ("/console/people/new", Permission.PEOPLE_MANAGE),
    SetupTopic.CERTIFICATES: ("/console/people?role=inspector", Permission.PEOPLE_READ),
    SetupTopic.COORDINATOR: ("/console/people/new", Permission.PEOPLE_MANAGE),
    SetupTopic.SUPERVISOR: ("/console/people/new", Permission.PEOPLE_MANAGE),
    SetupTopic.SCENARIO: ("/console/tenant", Permission.SCENARIO_ENABLE),
    SetupTopic.BASES: ("/console/scenarios", Permission.BASIS_CONFIRM),
    SetupTopic.SUBJECTS: ("/console/imports/new", Permission.SUBJECT_IMPORT),
    SetupTopic.DIVISION_WITHOUT_SUBJECTS: ("/console/imports/new", Permission.SUBJECT_IMPORT),
    SetupTopic.CALENDAR: ("/console/calendars", Permission.TENANT_ONBOARD),
}
_BODY_TOPICS = (SetupTopic.BODY_WITHOUT_APPROVER, SetupTopic.INSPECTORS)


def concerns(actor: Actor) -> bool:
    """Whether the list stands on this person's first page: who can mend some of it."""
    return bool(actor.roles & (ADMINISTRATORS - {Role.AUDIT_ADMINISTRATOR} | {Role.COORDINATOR}))


def item_row(request: WebRequest, item: SetupItem) -> dict[str, Any]:
    """One entry in words, with the address where the reader mends it; else with who does."""
    wanted, missing, act = WORDS[item.topic]
    url, permission = _URLS[item.topic]
    is_mine = allowed(request.actor, permission)
    if item.topic in _BODY_TOPICS and item.refs:
        role = "approver" if item.topic is SetupTopic.BODY_WITHOUT_APPROVER else "inspector"
        url = f"{url}?acting_body_id={quote(item.refs[0])}&roles={role}"
    return {
        "topic": item.topic.value,
        "title": gettext(wanted),
        "text": gettext(missing),
        "names": item.names,
        "more": max(0, item.count - len(item.names)),
        "is_more": item.is_more,
        "is_done": item.is_done,
        "is_blocking": item.is_blocking,
        "act": gettext(act) if is_mine and not item.is_done else "",
        "url": url if is_mine else "",
        "who": [role_label(role) for role in item.roles],
    }


@route(
    blueprint,
    "/console/setup",
    permission=Permission.TENANT_READ,
    nav=Nav(group=mark("单位"), label=mark("开工准备"), order=79, icon="checklist"),
)
def show_setup(request: WebRequest) -> Answer:
    """The list; asked by htmx, the card of the first page, which is empty once nothing is missing."""
    items = setup_checklist(request.store, request.tenant, request.actor, request.now)
    rows = [item_row(request, one) for one in items]
    waiting = [row for row in rows if not row["is_done"]]
    blocking = [row for row in waiting if row["is_blocking"]]
    if request.is_partial:
        if not blocking or not concerns(request.actor):
            return Answer("", content_type=HTML)
        return page(request, "pages/setup/card.html", rows=blocking[:3], count=len(blocking))
    return page(
        request,
        "pages/setup/show.html",
        waiting=waiting,
        done=[row for row in rows if row["is_done"]],
        blocking=len(blocking),
        is_planner=bool(rows),
        may_load=allowed(request.actor, Permission.TENANT_LOAD),
        may_plan=allowed(request.actor, Permission.PLAN_WRITE),
    )
