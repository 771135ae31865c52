"""Words of plans: states and steps from `data/loop.json`, what an event means, why a step cannot be taken yet."""

from collections.abc import Iterable
from datetime import date

from chalicelib.domain.deadline import DeadlineUnit, deadline_rule
from chalicelib.domain.errors import IllegalTransitionError
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.loop import machine
from chalicelib.web.formats import format_short_date, format_time, join_clauses, working_days
from chalicelib.web.i18n import gettext, mark, ngettext
from chalicelib.web.job_words import skipped_words

# The labels of data/loop.json, named here so that the catalogue holds their English.
_STATES = (
    mark("计划制定"), mark("任务生成"), mark("意见征集"), mark("任务排单"), mark("部门处置"), mark("任务办结"),
    mark("计划起草中"), mark("计划待审批"), mark("待生成任务"), mark("意见征集中"), mark("待排单"),
    mark("抽取池已锁定"), mark("已抽取，待排期"), mark("部门处置中"), mark("待办结"), mark("已办结"), mark("已取消"),
    mark("征求意见中"), mark("已同意"), mark("逾期视为同意时间和分工"), mark("提出修改意见"),
    mark("负责人已批准检查"), mark("处置中"), mark("已完成"), mark("已撤回"),
)  # fmt: skip

PLAN_TONES = {"closed": "green", "cancelled": "", "disposition": "blue"}
TASK_TONES = {
    "opinion_requested": "orange",
    "consented": "blue",
    "consent_deemed": "blue",
    "change_proposed": "red",
    "approved": "green",
    "disposing": "blue",
    "completed": "green",
}

EVENTS = {
    EventType.PLAN_DRAFTED: mark("起草计划"),
    EventType.PLAN_CHANGED: mark("修改计划"),
    EventType.PLAN_SUBMITTED: mark("提交审批"),
    EventType.PLAN_APPROVED: mark("批准计划"),
    EventType.PLAN_RETURNED: mark("退回"),
    EventType.PLAN_CANCELLED: mark("取消计划"),
    EventType.TASKS_GENERATED: mark("生成任务，征求意见"),
    EventType.OPINION_GIVEN: mark("答复意见"),
    EventType.OPINION_DEEMED: mark("逾期未答复，视为同意时间和分工"),
    EventType.OPINIONS_CLOSED: mark("结束意见征集"),
    EventType.TASK_REVISED: mark("答复修改意见，再次征求"),
    EventType.TASK_APPROVED: mark("负责人批准检查"),
    EventType.TASK_WITHDRAWN: mark("撤回任务"),
    EventType.VISITS_SCHEDULED: mark("排定检查日期"),
    EventType.DISPOSITION_COMPLETED: mark("处置完成"),
    EventType.PLAN_CLOSED: mark("办结"),
    EventType.DEADLINE_DETERMINED: mark("放假安排公布，算出了期限"),
}

FACTS = {
    "plan_is_complete": mark("有执法主体没有检查项"),
    "legal_bases_are_confirmed": mark("还有依据没有经法制审核确认"),
    "legal_bases_hold": mark("有依据在检查期内已经废止，要先改检查项"),
    "overlays_hold": mark("用的本地调整有不成立的地方，要先改好发布，再修改这份计划"),
    "has_task_per_acting_body": mark("有执法主体没有检查任务"),
    "every_opinion_is_settled": mark("还有执法主体没有答复，或修改意见没有处理"),
    "every_task_is_approved": mark("还有执法主体的负责人没有批准检查"),
    "pool_is_not_empty": mark("抽取池里没有对象"),
    "every_drawn_subject_has_visit": mark("还有抽中的对象没有排定日期"),
    "every_visit_is_settled": mark("还有检查没有确认或取消"),
    "every_finding_is_closed": mark("还有问题没有销号"),
    "every_result_is_published": mark("还有检查结果没有公示"),
    "every_subject_is_evaluated": mark("还有对象没有重新评价"),
    "has_reason": mark("没有写理由"),
}

LABELS = {
    "title": mark("计划名称"),
    "scenario": mark("场景"),
    "also_serves": mark("同时查的场景"),
    "divisions": mark("检查区域"),
    "bodies": mark("执法主体"),
    "lead": mark("牵头单位"),
    "selection": mark("抽取方式"),
    "ratios": mark("各等级的比例"),
    "ratios.A": mark("A级的比例"),
    "ratios.B": mark("B级的比例"),
    "ratios.C": mark("C级的比例"),
    "ratios.D": mark("D级的比例"),
    "weights.A": mark("A级的权重"),
    "weights.B": mark("B级的权重"),
    "weights.C": mark("C级的权重"),
    "weights.D": mark("D级的权重"),
    "uniform_k": mark("等概率抽取数"),
    "draw_total": mark("抽取总数"),
    "period_from": mark("开始日期"),
    "period_to": mark("结束日期"),
    "note": mark("计划说明"),
    "reason": mark("理由"),
    "text": mark("修改意见"),
    "officers": mark("派出人数"),
    "first_on": mark("最早从哪天开始"),
    "visits_per_day": mark("每人每天最多几家"),
    "leave_out_reason": mark("排不上的对象不查的理由"),
    "scheduled_on": mark("检查日期"),
    "scheduled_at": mark("时间"),
}


def labels() -> dict[str, str]:
    """Field names to the labels of the pages, for the words of problems."""
    return {name: gettext(label) for name, label in LABELS.items()}


def state_words(state: str, of: str = "loop") -> str:
    """The label of a state of `loop` or `task` in the reader's language."""
    return gettext(machine(of).state(state).label)


def phase_words(phase_id: str) -> str:
    return gettext(next(phase.label for phase in machine("loop").phases if phase.id == phase_id))


def phase_ids() -> list[str]:
    """The six steps in order."""
    return [phase.id for phase in machine("loop").phases]


def step_number(state: str) -> int:
    """1 to 6: which of the six steps a state belongs to; a cancelled plan counts as the first."""
    phase = machine("loop").state(state).phase
    return phase_ids().index(phase) + 1 if phase else 1


def term_words(rule_id: str, on: date) -> str:
    """How long a step's rule gives: 5个工作日, 3天, 24小时."""
    rule = deadline_rule(rule_id, on)
    if rule.unit is DeadlineUnit.WORKING_DAY:
        return working_days(rule.length)
    if rule.unit is DeadlineUnit.DAY:
        return ngettext("%(num)d天", "%(num)d天", rule.length)
    return ngettext("%(num)d小时", "%(num)d小时", rule.length)


def missing_words(error: IllegalTransitionError) -> str:
    """Why the step cannot be taken, in one sentence; empty when no fact is named."""
    return join_clauses([gettext(FACTS[fact]) for fact in error.details.get("missing", []) if fact in FACTS])


def history_entries(events: Iterable[Event], names: dict[str, str]) -> list[dict[str, str]]:
    """Entries for components/lists.html, newest first. names: acting-body and person ids to words."""
    return [
        {
            "at": format_short_date(event.at),
            "title": gettext(EVENTS[event.type]),
            "note": join_clauses([format_time(event.at), *_notes(event, names)]),
        }
        for event in events
        if event.type in EVENTS
    ]


def _notes(event: Event, names: dict[str, str]) -> list[str]:
    data = event.data
    bodies = [data["acting_body_id"]] if "acting_body_id" in data else []
    if event.type is EventType.OPINION_DEEMED:
        bodies = data.get("acting_bodies", [])
    said = ""
    if event.type is EventType.OPINION_GIVEN:
        said = gettext("同意") if data.get("agrees") else str(data.get("text", ""))
    skipped = data.get("skipped", {})
    left_out = [ngettext("%(num)d家没有排上", "%(num)d家没有排上", len(skipped))] if skipped else []
    left_out += [skipped_words(reason) for reason in dict.fromkeys(skipped.values())]
    texts = [str(data.get(name, "")) for name in ("reason", "leave_out_reason")]
    return [*(names.get(body, "") for body in bodies), names.get(event.actor_id, ""), said, *left_out, *texts]
