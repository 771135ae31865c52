"""The steps that people take on a plan: one table, from which pages, confirmations and the API are made."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from chalicelib.domain.access import Permission
from chalicelib.domain.act import Act
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.plan import approve_plan as approval
from chalicelib.services.plan import cancel_plan as ending
from chalicelib.services.plan import collect_opinions as opinions
from chalicelib.services.plan import finish_plan as finishing
from chalicelib.services.scenario.read_edition import read_edition
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import mark
from chalicelib.web.request import WebRequest

P = Permission


class StepInput(BaseModel):
    """What a step may come with. acting_body_id: empty for the actor's own; agrees: only for an opinion."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    reason: str = Field(default="", max_length=2000)
    acting_body_id: str = ""
    agrees: bool | None = None
    text: str = Field(default="", max_length=2000)
    officers: int | None = Field(default=None, ge=2, le=10)

    @field_validator("officers", "agrees", mode="before")
    @classmethod
    def _empty_is_none(cls, value: Any) -> Any:
        return None if value == "" else value


Run = Callable[[Any, TenantId, Act, str, StepInput], InspectionPlan]


@dataclass(frozen=True)
class Step:
    """label: the button; title and text: the question before it is done; done: what is said afterwards.

    has_reason: asks why; kind: look of the button. `run` is given (store, tenant, act, plan id, input).
    """

    name: str
    permission: Permission
    run: Run
    label: str
    title: str
    text: str
    done: str
    has_reason: bool = False
    kind: str = "line"


def _approve(store: Any, tenant: TenantId, act: Act, plan_id: str, given: StepInput) -> InspectionPlan:
    plan = store.plans.get(tenant, plan_id)
    package = read_edition(store, tenant, plan.scenario, plan.scenario_version, plan.overlay_number).scenario
    return approval.approve_plan(store, tenant, act, plan_id=plan_id, package=package)


def _opinion(store: Any, tenant: TenantId, act: Act, plan_id: str, given: StepInput) -> InspectionPlan:
    if given.agrees is None:
        raise invalid("agrees", "required")
    return opinions.give_opinion(
        store, tenant, act, plan_id=plan_id, acting_body_id=_body(act, given), agrees=given.agrees, text=given.text
    )


def _answer(store: Any, tenant: TenantId, act: Act, plan_id: str, given: StepInput) -> InspectionPlan:
    return opinions.revise_task(
        store,
        tenant,
        act,
        plan_id=plan_id,
        acting_body_id=_body(act, given),
        officers=given.officers,
        reason=given.reason,
    )


def _body(act: Act, given: StepInput) -> str:
    return given.acting_body_id or act.actor.acting_body_id or ""


def _plain(service: Callable[..., InspectionPlan]) -> Run:
    return lambda store, tenant, act, plan_id, given: service(store, tenant, act, plan_id=plan_id)


def _reasoned(service: Callable[..., InspectionPlan]) -> Run:
    return lambda store, tenant, act, plan_id, given: service(store, tenant, act, plan_id=plan_id, reason=given.reason)


STEPS: dict[str, Step] = {
    step.name: step
    for step in (
        Step(
            "submit", P.PLAN_WRITE, _plain(approval.submit_plan), mark("提交审批"), mark("提交这份计划审批？"),
            mark("由牵头单位负责人审批。审批前不能再改；被退回后可以改了再交。"),
            mark("已提交，等牵头单位负责人审批。"), kind="primary",
        ),
        Step(
            "approve", P.PLAN_APPROVE, _approve, mark("批准计划"), mark("批准这份计划？"),
            mark("批准后由统筹岗生成任务，向各执法主体征求意见。各单位的检查仍由各自负责人批准。"),
            mark("计划已批准，接下来由统筹岗生成任务。"), kind="primary",
        ),
        Step(
            "return", P.PLAN_APPROVE, _reasoned(approval.return_plan), mark("退回修改"), mark("退回这份计划？"),
            mark("计划回到起草状态，理由会记入办理记录。"), mark("已退回，统筹岗会按理由修改。"), has_reason=True,
        ),
        Step(
            "tasks", P.PLAN_WRITE, _plain(opinions.generate_tasks), mark("生成任务"),
            mark("生成任务并征求意见？"),
            mark("每个执法主体各收到一份任务，答复时限从现在起算。逾期只视为同意时间安排和分工。"),
            mark("任务已生成，正在征求各执法主体意见。"), kind="primary",
        ),
        Step(
            "opinions", P.OPINION_GIVE, _opinion, mark("同意"), mark("同意时间安排和分工？"),
            mark("同意后由本单位负责人批准检查。"), mark("意见已提交。"), kind="primary",
        ),
        Step(
            "answers", P.PLAN_WRITE, _answer, mark("答复修改意见"), mark("答复并再次征求意见？"),
            mark("这个执法主体会重新收到任务，答复时限重新起算。"), mark("已答复，正在再次征求意见。"), has_reason=True,
        ),
        Step(
            "close-opinions", P.PLAN_WRITE, _plain(opinions.close_opinions), mark("结束意见征集"),
            mark("结束意见征集，进入排单？"),
            mark("各执法主体都已答复或逾期。接下来等负责人批准检查，再抽取对象。"),
            mark("意见征集已结束，可以准备抽取。"), kind="primary",
        ),
        Step(
            "approvals", P.TASK_APPROVE,
            lambda s, t, a, plan_id, given: opinions.approve_task(
                s, t, a, plan_id=plan_id, acting_body_id=_body(a, given)
            ),
            mark("批准检查"), mark("批准本单位参加这次检查？"),
            mark("您以本单位负责人身份批准，姓名和时间会记入案卷。"), mark("已批准本单位的检查。"), kind="primary",
        ),
        Step(
            "refusals", P.TASK_APPROVE,
            lambda s, t, a, plan_id, given: opinions.refuse_task(
                s, t, a, plan_id=plan_id, acting_body_id=_body(a, given), reason=given.reason
            ),
            mark("不批准"), mark("不批准本单位的检查？"),
            mark("本单位的任务会撤出这份计划，理由会记入办理记录。"), mark("本单位已退出这次检查。"),
            has_reason=True,
        ),
        Step(
            "task-withdrawals", P.PLAN_WRITE,
            lambda s, t, a, plan_id, given: opinions.withdraw_task(
                s, t, a, plan_id=plan_id, acting_body_id=given.acting_body_id, reason=given.reason
            ),
            mark("撤回任务"), mark("撤回这个单位的任务？"),
            mark("这个单位不再参加这次检查，它的检查项不查；理由会记入办理记录，也会告诉这个单位。"),
            mark("已撤回，这个单位不再参加这次检查。"), has_reason=True,
        ),
        Step(
            "revise", P.PLAN_WRITE, _reasoned(ending.revise_plan), mark("退回修改计划"),
            mark("退回起草，重新征求意见？"),
            mark("已收到的意见和批准会清空，但都留在办理记录里。"), mark("计划已回到起草状态。"), has_reason=True,
        ),
        Step(
            "cancel", P.PLAN_WRITE, _reasoned(ending.cancel_plan), mark("取消计划"), mark("取消这份计划？"),
            mark("取消后不能恢复，理由会记入办理记录。"), mark("计划已取消。"), has_reason=True, kind="danger",
        ),
        Step(
            "complete", P.PLAN_WRITE, _plain(finishing.complete_disposition), mark("处置完成"),
            mark("全部处置完成，进入办结？"),
            mark("检查都已确认或取消，问题都已销号。接下来核对公示和评价。"),
            mark("处置已完成，请核对公示和评价后办结。"), kind="primary",
        ),
        Step(
            "reopen", P.PLAN_WRITE, _reasoned(finishing.return_to_disposition), mark("退回处置"),
            mark("退回部门处置？"), mark("理由会记入办理记录。"), mark("已退回部门处置。"), has_reason=True,
        ),
        Step(
            "close", P.PLAN_WRITE, _plain(finishing.close_plan), mark("办结"), mark("办结这份计划？"),
            mark("结果都已公示，对象都已重新评价。办结后不再变动。"), mark("计划已办结。"), kind="primary",
        ),
    )
}  # fmt: skip
"""By the last part of the path, of pages and of the API alike."""


def take_step(request: WebRequest, name: str, plan_id: str, given: StepInput) -> InspectionPlan:
    """The plan after the step. Raises what the service raises."""
    return STEPS[name].run(request.store, request.tenant, request.act(), plan_id, given)
