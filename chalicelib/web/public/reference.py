"""The reference of the API for people: every call by area, from the same description that programs read."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.web.answers import Answer, page
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.public.reference_view import CallView, area_view, every_call
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import OPEN, route

blueprint = Blueprint(__name__)

BASE = "/api-reference"
AREAS = {
    "access-changes": mark("权限变更"),
    "acting-bodies": mark("执法主体"),
    "binding-requests": mark("绑定申请"),
    "bindings": mark("对象绑定"),
    "clients": mark("系统客户端"),
    "departments": mark("部门"),
    "deputies": mark("代行"),
    "divisions": mark("区划"),
    "draws": mark("抽取核验"),
    "evaluations": mark("评价"),
    "evidence": mark("存证"),
    "exports": mark("名录导出"),
    "findings": mark("问题和整改"),
    "imports": mark("名录导入"),
    "jobs": mark("后台任务"),
    "me": mark("当前身份"),
    "messages": mark("短信和企业微信"),
    "notification-preference": mark("通知偏好"),
    "notification-setting": mark("通知设置"),
    "notifications": mark("通知"),
    "onboarding": mark("开通导入"),
    "openapi.json": mark("接口描述文件"),
    "own": mark("经营者自己的数据"),
    "people": mark("人员"),
    "plans": mark("检查计划、抽取和排期"),
    "public": mark("公示（无需登录）"),
    "results": mark("检查结果"),
    "scenarios": mark("监管场景"),
    "setup": mark("开通进度"),
    "sms-receipts": mark("短信送达回执（网关签名）"),
    "subject-filters": mark("常用筛选"),
    "subjects": mark("监管对象"),
    "tenant": mark("本租户"),
    "tenants": mark("全部租户"),
    "todos": mark("待办"),
    "visits": mark("入企检查"),
    "webhook-deliveries": mark("事件推送记录"),
    "webhooks": mark("事件推送"),
}


@route(blueprint, BASE, permission=OPEN)
def show_index(request: WebRequest) -> Answer:
    """How the API works, and its calls: all, or those that contain what was searched for."""
    query = request.query.text("q")[:100]
    words = query.lower().split()
    calls = [call for call in every_call() if all(word in _searched(call) for word in words)]
    return page(
        request,
        "pages/reference/index.html",
        base=BASE,
        query=query,
        areas=_by_area(calls),
        count=len(calls),
    )


@route(blueprint, f"{BASE}/{{area}}", permission=OPEN, sample={"area": "plans"})
def show_area(request: WebRequest, area: str) -> Answer:
    """Every call of one area with what goes in and out."""
    view = area_view(area)
    if not view.calls:
        raise RecordNotFoundError(kind="area", id=area)
    return page(request, "pages/reference/area.html", base=BASE, label=_label(area), view=view)


def _label(area: str) -> str:
    return gettext(AREAS[area]) if area in AREAS else area


def _searched(call: CallView) -> str:
    return f"{call.method} {call.path} {call.summary} {call.id} {_label(call.area)}".lower()


def _by_area(calls: tuple[CallView, ...] | list[CallView]) -> list[dict[str, Any]]:
    found: dict[str, list[CallView]] = {}
    for call in calls:
        found.setdefault(call.area, []).append(call)
    return [{"name": name, "label": _label(name), "calls": found[name]} for name in sorted(found)]
