"""What a plan's page shows, put together for the person who looks at it: where it is, what waits, who may do it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from chalicelib.contract.scenario import Scenario
from chalicelib.domain.access import Permission, Resource, allowed
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.division import division_label
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.loop import machine
from chalicelib.domain.plan import InspectionPlan, InspectionTask, Opinion
from chalicelib.domain.tenancy import Actor
from chalicelib.services.plan.collect_opinions import HEARING, SETTLED
from chalicelib.services.plan.finish_plan import PlanTally, tally_plan
from chalicelib.services.scenario.read_edition import read_edition
from chalicelib.services.visit.deadlines import working_days_left
from chalicelib.web.body_words import body_name
from chalicelib.web.console.plan_bases import (
    BrokenOverlay,
    RepealedBasis,
    WaitingBasis,
    overlays_not_holding,
    packages_of,
    repealed_bases,
    waiting_bases,
)
from chalicelib.web.formats import format_short_date
from chalicelib.web.i18n import gettext, ngettext
from chalicelib.web.joint_words import also_words
from chalicelib.web.plan_steps import STEPS, Step
from chalicelib.web.plan_words import (
    TASK_TONES,
    history_entries,
    phase_ids,
    state_words,
    step_number,
    term_words,
)
from chalicelib.web.request import WebRequest

P = Permission
_DONE_BY = {
    "plan": EventType.PLAN_APPROVED,
    "task_generation": EventType.TASKS_GENERATED,
    "opinion": EventType.OPINIONS_CLOSED,
    "scheduling": EventType.VISITS_SCHEDULED,
    "disposition": EventType.DISPOSITION_COMPLETED,
    "closing": EventType.PLAN_CLOSED,
}
_RULES = {phase: next((s.deadline_rule for s in machine("loop").states if s.phase == phase and s.deadline_rule), None)
          for phase in phase_ids()}  # fmt: skip


@dataclass(frozen=True)
class Action:
    """A button. url is set for a link; else `step` is taken after a question."""

    label: str
    step: Step | None = None
    url: str = ""


@dataclass(frozen=True)
class TaskRow:
    """One acting body's part, and what this reader may do to it."""

    task: InspectionTask
    state: str
    tone: str
    opinion: Opinion | None
    days_left: int | None
    may_answer: bool
    may_reply: bool
    may_approve: bool
    may_withdraw: bool


@dataclass(frozen=True)
class PlanView:
    """One plan for one reader. `now`: what it waits for, in a sentence; `waiting_bases`: 依据待确认;
    `repealed_bases`: those that no longer hold before its period ends; `broken_overlays`: of the scenarios served."""

    plan: InspectionPlan
    package: Scenario | None
    state: str
    days_left: int | None
    steps: list[dict[str, Any]]
    now: str
    primary: Action | None
    others: list[Action]
    tasks: list[TaskRow]
    tally: PlanTally | None
    also: str
    waiting_bases: list[WaitingBasis]
    repealed_bases: list[RepealedBasis]
    broken_overlays: list[BrokenOverlay]
    may_confirm_basis: bool
    history: list[dict[str, str]]
    has_clock: bool
    places: list[str]
    approve: Action
    refuse: Action
    withdraw: Action


def has_clock(plan: InspectionPlan) -> bool:
    """Whether a deadline runs, be it one that cannot be told yet."""
    return plan.due_at is not None or plan.is_due_undetermined


def view_of(request: WebRequest, plan: InspectionPlan) -> PlanView:
    """Calls of the table: history, confirmations, and from disposition on visits and findings."""
    store, tenant, actor = request.store, request.tenant, request.actor
    events = store.plans.history(tenant, plan.ref)
    step = step_number(plan.state)
    is_final = machine("loop").state(plan.state).is_final
    tally = tally_plan(store, tenant, plan) if plan.state in ("disposition", "closing") else None
    primary, others = _actions(actor, plan, tally)
    names = {task.acting_body_id: body_name(task) for task in plan.tasks}
    package = _package(request, plan)
    packages = packages_of(request, plan, package) if package and not is_final else {}
    return PlanView(
        plan=plan,
        package=package,
        state=state_words(plan.state),
        days_left=working_days_left(request.now, plan.due_at),
        steps=_steps(plan, step, events, request.now),
        now=_now(plan, tally),
        primary=primary,
        others=others,
        tasks=[_row(actor, plan, task, request.now) for task in sorted(plan.tasks, key=lambda t: not t.is_lead)],
        tally=tally,
        also=also_words(plan),
        waiting_bases=waiting_bases(request, plan, packages),
        repealed_bases=repealed_bases(request, plan, packages),
        broken_overlays=overlays_not_holding(request, plan) if packages else [],
        may_confirm_basis=allowed(actor, P.BASIS_CONFIRM),
        history=history_entries(events, names),
        has_clock=has_clock(plan),
        places=[division_label(code) for code in plan.divisions],
        approve=_step("approvals"),
        refuse=_step("refusals"),
        withdraw=_step("task-withdrawals"),
    )


def _package(request: WebRequest, plan: InspectionPlan) -> Scenario | None:
    """In the version on which the plan stays; None when that is nowhere any more."""
    try:
        edition = read_edition(request.store, request.tenant, plan.scenario, plan.scenario_version, plan.overlay_number)
        return edition.scenario.in_language(request.locale)
    except RecordNotFoundError:
        return None


def _steps(plan: InspectionPlan, current: int, events: list[Event], now: datetime) -> list[dict[str, Any]]:
    """The six steps for components/steps.html: what is done and when, the present clock, the terms to come."""
    done_at: dict[EventType, datetime] = {}
    for event in reversed(events):
        done_at[event.type] = event.at
    found: list[dict[str, Any]] = []
    for number, phase in enumerate(phase_ids(), start=1):
        if number < current or plan.state == "closed":
            day = format_short_date(done_at.get(_DONE_BY[phase]))
            found.append({"state": "done", "deadline": day, "note": gettext("已完成")})
        elif number == current and plan.state != "cancelled":
            due = gettext("%(day)s止", day=format_short_date(plan.due_at)) if plan.due_at else ""
            if plan.is_due_undetermined:
                due = gettext("时限待定，缺放假安排")
            found.append({"state": "now", "deadline": due, "note": state_words(plan.state)})
        else:
            rule = _RULES[phase]
            found.append({"state": "todo", "deadline": term_words(rule, shanghai_date(now)) if rule else ""})
    return found


def _now(plan: InspectionPlan, tally: PlanTally | None) -> str:
    """What the plan waits for and in whose hands it is."""
    lead = body_name(plan.lead)
    active = [task for task in plan.tasks if task.state != "withdrawn"]
    unapproved = [
        body_name(task) for task in active if task.state in ("consented", "consent_deemed", "opinion_requested")
    ]
    if plan.state == "opinion":
        asked = sum(task.state == "opinion_requested" for task in active)
        if any(task.state == "change_proposed" for task in active):
            return gettext("有执法主体提出修改意见，等统筹岗答复。")
        if asked:
            return ngettext("还有%(num)d个执法主体没有答复。", "还有%(num)d个执法主体没有答复。", asked)
        return gettext("意见已收齐，等统筹岗结束意见征集。")
    if plan.state == "scheduling" and unapproved:
        return ngettext(
            "还有%(num)d个执法主体的负责人没有批准检查。",
            "还有%(num)d个执法主体的负责人没有批准检查。",
            len(unapproved),
        )
    if plan.state == "disposition" and tally:
        return gettext(
            "检查%(visits)s家，已了结%(settled)s家；问题%(findings)s个，已销号%(closed)s个。",
            visits=tally.visits,
            settled=tally.settled,
            findings=tally.findings,
            closed=tally.closed_findings,
        )
    if plan.state == "closing" and tally:
        return gettext(
            "已确认%(concluded)s家，已公示%(published)s家，已重新评价%(evaluated)s家。",
            concluded=tally.concluded,
            published=tally.published,
            evaluated=tally.evaluated,
        )
    return {
        "plan": gettext("计划还在起草，改好后提交审批。"),
        "plan_submitted": gettext("等%(body)s负责人审批。", body=lead),
        "task_generation": gettext("计划已批准，等统筹岗生成任务。"),
        "scheduling": gettext("各执法主体都已批准，可以抽取对象和人员。"),
        "pool_frozen": gettext("抽取池已锁定，等随机数揭示后抽取。"),
        "drawn": gettext("对象和人员已抽出，等统筹岗排定日期。"),
        "closed": gettext("这份计划已办结。"),
        "cancelled": gettext("这份计划已取消。"),
    }.get(plan.state, "")


def _actions(actor: Actor, plan: InspectionPlan, tally: PlanTally | None) -> tuple[Action | None, list[Action]]:
    """The one thing that this person should do next, and the others they may."""
    base = f"/console/plans/{plan.id}"
    lead = Resource(divisions=frozenset(plan.divisions), departments=frozenset({plan.lead.acting_body_id}))
    is_coordinator = allowed(actor, P.PLAN_WRITE, plan.resource)
    if plan.state == "plan_submitted" and allowed(actor, P.PLAN_APPROVE, lead):
        return _step("approve"), [_step("return")]
    if not is_coordinator:
        return None, []
    draw = Action(gettext("抽取对象和人员"), url=f"{base}/draw")
    is_heard = all(task.state in SETTLED for task in plan.tasks)
    is_approved = all(task.state in ("approved", "withdrawn") for task in plan.tasks)
    edit = Action(gettext("修改"), url=f"{base}/edit")
    ready: dict[str, tuple[Action | None, list[Action]]] = {
        "plan": (_step("submit"), [edit, _step("cancel")]),
        "plan_submitted": (None, [_step("cancel")]),
        "task_generation": (_step("tasks"), [_step("revise"), _step("cancel")]),
        "opinion": (_step("close-opinions") if is_heard else None, [_step("revise"), _step("cancel")]),
        "scheduling": (draw if is_approved else None, [_step("revise"), _step("cancel")]),
        "pool_frozen": (Action(gettext("去抽取"), url=f"{base}/draw"), []),
        "drawn": (Action(gettext("排定检查日期"), url=f"{base}/schedule"), []),
        "disposition": (_step("complete") if tally and tally.is_disposed else None, []),
        "closing": (_step("close") if tally and tally.is_told else None, [_step("reopen")]),
    }
    return ready.get(plan.state, (None, []))


def _step(name: str) -> Action:
    return Action(gettext(STEPS[name].label), step=STEPS[name])


def _row(actor: Actor, plan: InspectionPlan, task: InspectionTask, now: datetime) -> TaskRow:
    own = Resource(divisions=frozenset(plan.divisions), departments=frozenset({task.acting_body_id}))
    is_consented = task.state in ("consented", "consent_deemed") and plan.state in ("opinion", "scheduling")
    is_asked = plan.state in ("opinion", "scheduling") and task.state == "opinion_requested"
    runs = plan.state in ("opinion", "scheduling") and task.due_at is not None
    before_tasks = plan.state in ("plan", "plan_submitted", "task_generation", "cancelled")
    return TaskRow(
        task=task,
        state=gettext("未征求")
        if before_tasks and task.state == "opinion_requested"
        else state_words(task.state, "task"),
        tone="" if before_tasks else TASK_TONES.get(task.state, ""),
        opinion=task.opinions[-1] if task.opinions else None,
        days_left=working_days_left(now, task.due_at) if runs else None,
        may_answer=is_asked and allowed(actor, P.OPINION_GIVE, own),
        may_reply=task.state == "change_proposed" and allowed(actor, P.PLAN_WRITE, plan.resource),
        may_approve=is_consented and allowed(actor, P.TASK_APPROVE, own),
        may_withdraw=plan.state in HEARING
        and not plan.draw_id
        and not task.is_lead
        and task.state != "withdrawn"
        and allowed(actor, P.PLAN_WRITE, plan.resource),
    )
