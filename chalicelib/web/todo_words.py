"""Words of to-do entries: what kind of thing it is, what to do with it, and where that is done."""

from typing import NamedTuple

from chalicelib.domain.record import Ref
from chalicelib.domain.todo import Todo
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.scenarios import scenario_label


class TopicWords(NamedTuple):
    """kind: the chip and the filter; task: what is asked; act: the link."""

    kind: str
    task: str
    act: str


TOPICS: dict[str, TopicWords] = {
    "plan_draft": TopicWords(mark("计划起草"), mark("%(title)s，核对后提交审批"), mark("去提交")),
    "plan_to_approve": TopicWords(mark("计划审批"), mark("%(title)s，等您审批"), mark("去审批")),
    "tasks_to_generate": TopicWords(mark("任务生成"), mark("%(title)s已批准，等您生成任务"), mark("去生成")),
    "opinion_requested": TopicWords(mark("意见征集"), mark("%(title)s，征求本单位意见"), mark("去答复")),
    "change_proposed": TopicWords(mark("意见征集"), mark("%(title)s，有单位提出修改意见"), mark("处理意见")),
    "opinions_to_close": TopicWords(mark("意见征集"), mark("%(title)s，意见已收齐"), mark("去结束")),
    "task_to_approve": TopicWords(mark("检查审批"), mark("%(title)s，等您批准本单位检查"), mark("去批准")),
    "draw_to_make": TopicWords(mark("随机抽取"), mark("%(title)s，等抽取对象和人员"), mark("去抽取")),
    "seed_to_commit": TopicWords(mark("随机抽取"), mark("%(title)s，等本部门封存随机数"), mark("去封存")),
    "seed_to_reveal": TopicWords(mark("随机抽取"), mark("%(title)s，等本部门揭示随机数"), mark("去揭示")),
    "numbers_to_confirm": TopicWords(mark("随机抽取"), mark("%(title)s，开奖号码等您核对"), mark("去核对")),
    "void_to_confirm": TopicWords(mark("随机抽取"), mark("%(title)s，申请作废，等您确认"), mark("去确认")),
    "visits_to_schedule": TopicWords(mark("任务排单"), mark("%(title)s已抽取，等您排定日期"), mark("去排期")),
    "disposition_to_follow": TopicWords(mark("部门处置"), mark("%(title)s，各部门正在处置"), mark("看进度")),
    "plan_to_close": TopicWords(mark("任务办结"), mark("%(title)s，核对后办结"), mark("去办结")),
    "conclusion_waiting": TopicWords(mark("检查确认"), mark("%(title)s，等本单位作结论"), mark("去确认")),
    "reinspection_waiting": TopicWords(mark("整改复查"), mark("%(title)s，已交整改，等您复查"), mark("去复查")),
    "closing_waiting": TopicWords(mark("整改复查"), mark("%(title)s，复查合格，等您销号"), mark("去销号")),
    "disposal_to_follow": TopicWords(mark("处置"), mark("%(title)s的处置，时限在走"), mark("看进展")),
    "disposal_overdue": TopicWords(mark("处置"), mark("%(title)s的处置超过时限"), mark("去处理")),
    "order_to_decide": TopicWords(mark("处置文书"), mark("%(title)s，等您决定"), mark("去决定")),
    "order_returned": TopicWords(mark("处置文书"), mark("%(title)s被退回，请修改"), mark("去修改")),
    "order_to_serve": TopicWords(mark("处置文书"), mark("%(title)s已决定，等送达"), mark("去送达")),
    "order_to_confirm": TopicWords(mark("处置文书"), mark("%(title)s，对方报告已履行"), mark("去核实")),
    "result_to_confirm": TopicWords(mark("结果确认"), mark("%(title)s的检查结果，等本单位确认"), mark("去确认")),
    "binding_to_confirm": TopicWords(mark("企业绑定"), mark("有人要代表%(title)s，等您核实"), mark("去核实")),
    "certificate_expiring": TopicWords(mark("执法证"), mark("%(title)s的执法证快到期或已过期，请换证"), mark("去看")),
    "access_change_waiting": TopicWords(mark("变更复核"), mark("%(title)s，等您复核"), mark("去复核")),
    "closing_to_confirm": TopicWords(mark("单位注销"), mark("申请注销%(title)s，等您确认"), mark("去确认")),
    "webhook_disabled": TopicWords(mark("数据推送"), mark("%(title)s一直收不到推送，已停用"), mark("去看")),
    "calendar_missing": TopicWords(mark("放假安排"), mark("%(title)s年还没有放假安排，时限待定"), mark("去上传")),
    "login_waiting": TopicWords(mark("账号绑定"), mark("%(title)s绑定登录账号，等您复核"), mark("去复核")),
    "result_to_publish": TopicWords(mark("结果公示"), mark("%(title)s的检查结果，等您公示"), mark("去公示")),
    "conflict_to_settle": TopicWords(mark("限值不一致"), mark("%(title)s：各部门限值不一样，等您商定"), mark("去商定")),
    "conflict_to_decide": TopicWords(mark("限值不一致"), mark("%(title)s：各部门限值不一样，等您裁定"), mark("去裁定")),
    "overlay_to_publish": TopicWords(mark("本地调整"), mark("%(title)s的本地调整，等您发布"), mark("去发布")),
    "overlay_returned": TopicWords(mark("本地调整"), mark("%(title)s的本地调整被退回，请修改"), mark("去修改")),
    "hand_over_to_answer": TopicWords(mark("对象移交"), mark("%(title)s要移交给本地，等您答复"), mark("去答复")),
    "hand_over_waiting": TopicWords(mark("对象移交"), mark("%(title)s已发出移交，等对方答复"), mark("看进展")),
}
_OTHER = TopicWords(mark("待办"), mark("%(title)s"), mark("办理"))

_PAGES = {
    "inspection_plan": "/console/plans/{id}",
    "visit": "/console/visits/{id}",
    "finding": "/console/findings/{id}",
    "disposal": "/console/disposals/{id}",
    "disposal_order": "/console/orders/{id}",
    "random_draw": "/console/draws/{id}",
    "inspection_result": "/console/results/{id}",
    "hand_over": "/console/hand-overs/{id}",
    "job": "/console/jobs/{id}",
    "binding_request": "/console/bindings/{id}",
    "person": "/console/people/{id}",
    "tenant_closing": "/console/tenant/closing",
    "access_change": "/console/people/changes/{id}",
    "subject": "/console/subjects/{id}",
    "limit_conflict": "/console/bases/limits/{id}",
    "scenario_overlay": "/console/scenarios/{whole}/overlay",
    "calendar_proposal": "/console/calendars",
    "login_binding": "/console/people/{whole}/logins",
}
"""`whole`: the identifier before its last dot, of a record that is numbered or named within another thing."""


def topic_words(topic: str) -> TopicWords:
    return TOPICS.get(topic, _OTHER)


def task_words(todo: Todo) -> str:
    """What is asked, with what it is about; a scenario by its name in the reader's language."""
    is_scenario = todo.about.kind == "scenario_overlay"
    title = scenario_label(todo.about.id.rpartition(".")[0]) if is_scenario else todo.title
    return gettext(topic_words(todo.topic).task, title=title)


def kind_words(topic: str) -> str:
    return gettext(topic_words(topic).kind)


def record_page(ref: Ref) -> str:
    """The console's page of a record; its home for a kind without one."""
    return _address(_PAGES.get(ref.kind, "/console"), ref)


def _address(pattern: str, ref: Ref) -> str:
    return pattern.format(id=ref.id, whole=ref.id.rpartition(".")[0])


def page_of(todo: Todo) -> str:
    """Where it is done; the console's home for a kind without a page."""
    pattern = _PAGES.get(todo.about.kind, "/console")
    if todo.topic == "draw_to_make":
        pattern += "/draw"
    if todo.topic == "visits_to_schedule":
        pattern += "/schedule"
    return _address(pattern, todo.about)
