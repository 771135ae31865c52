"""Words of jobs: what kind of work it is, where its result is seen, why it ended without one."""

from chalicelib.domain.job import Job, JobState
from chalicelib.web import messages
from chalicelib.web.i18n import gettext, mark

NAMES = {
    "import_register": mark("导入监管对象"),
    "enter_sheet": mark("批量录入定期报送"),
    "evaluate_imported": mark("评价导入的监管对象"),
    "evaluate_members": mark("按新规则重新评价"),
    "export_subjects": mark("导出监管对象"),
    "push_handbook": mark("推送一业一册"),
    "remind_handbook": mark("提醒没有打开一业一册的"),
    "load_workbook": mark("装入工作簿"),
    "reset_tenant": mark("重置演示数据"),
    "export_tenant": mark("导出全部数据"),
    "reindex_tenant": mark("更新数据的索引"),
    "delete_tenant": mark("删除单位全部数据"),
    "freeze_pool": mark("锁定抽取池"),
    "compute_draw": mark("计算抽取结果"),
    "schedule_visits": mark("排定检查日期"),
    "determine_clocks": mark("补算待定的时限"),
    "rebuild_metrics": mark("重新计算运行指标"),
}
STATES = {
    JobState.QUEUED: "waiting",
    JobState.RUNNING: "running",
    JobState.DONE: "done",
    JobState.FAILED: "failed",
    JobState.CANCELLED: "cancelled",
}
"""Job states to those of components/job.html."""

SKIPPED = {
    "annual_cap_reached": mark("本年度检查次数已到上限"),
    "no_room_in_period": mark("计划期内排不下，执法人员的时间都满了"),
    "left_scenario": mark("已退出这个场景"),
    "closed_or_moved": mark("已歇业、注销、迁出或移交"),
    "merged_with_drawn": mark("与另一家合并，合并后的那家本次已排检查"),
    "team_too_small": mark("执法人员不够，每个执法主体至少要两人"),
}


def job_name(job: Job) -> str:
    if job.values.get("is_trial"):
        return gettext("核对监管对象名录") if job.name == "import_register" else gettext("核对报送表")
    return gettext(NAMES.get(job.name, job.name))


def skipped_words(reason: str) -> str:
    return gettext(SKIPPED.get(reason, reason))


def left_out(job: Job) -> list[tuple[str, str]]:
    """(name, why) of the subjects to which a schedule gave no visit."""
    return [(one["name"], skipped_words(one["reason"])) for one in job.result.get("skipped", [])]


def error_words(job: Job) -> messages.ErrorWords | None:
    """Why the job ended as failed, and what to do."""
    if job.error_code is None:
        return None
    return messages.code_words(job.error_code, job.error_details)


def job_problems(job: Job) -> list[str]:
    return [messages.field_words(problem) for problem in job.error_problems]


def page_of(job: Job) -> str:
    """Where the result is seen; empty when the job's own page says everything."""
    if job.name == "schedule_visits":
        return f"/console/plans/{job.values.get('plan_id', '')}"
    if job.name in ("freeze_pool", "compute_draw"):
        return f"/console/draws/{job.values.get('draw_id', '')}"
    if job.name == "export_tenant":
        return f"/console/tenant/archives/{job.id}"
    if job.name in ("push_handbook", "remind_handbook"):
        return f"/console/handbook-pushes/{job.values.get('push_id', '')}"
    if job.name == "enter_sheet":
        return f"/console/reports/sheets/{job.id}"
    if job.name == "export_subjects":
        return f"/console/exports/{job.id}"
    return f"/console/imports/{job.id}" if job.name == "import_register" else ""
