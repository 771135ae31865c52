"""Words of the permissions that an office can hand to a deputy."""

from chalicelib.domain.access import Permission
from chalicelib.web.i18n import gettext, mark

P = Permission

WORDS: dict[Permission, str] = {
    P.SUBJECT_IMPORT: mark("导入监管对象"),
    P.SUBJECT_EDIT: mark("登记和修改监管对象"),
    P.SUBJECT_HAND_OVER: mark("移交监管对象"),
    P.BASIS_CONFIRM: mark("确认法律依据"),
    P.BASIS_MARK: mark("标记依据修订和废止"),
    P.LIMIT_SETTLE: mark("商定不一致的限值"),
    P.LIMIT_DECIDE: mark("裁定上报的限值"),
    P.OVERLAY_WRITE: mark("起草本地调整"),
    P.OVERLAY_PUBLISH: mark("发布本地调整"),
    P.HANDBOOK_PUSH: mark("推送一业一册"),
    P.SELF_CHECK_READ: mark("看企业分享的自查"),
    P.PLAN_WRITE: mark("编制和推进检查计划"),
    P.PLAN_APPROVE: mark("审批检查计划"),
    P.OPINION_GIVE: mark("答复意见征集"),
    P.TASK_APPROVE: mark("批准本单位检查"),
    P.DRAW_RUN: mark("办理随机抽取"),
    P.DRAW_SEED: mark("封存和揭示随机数"),
    P.DRAW_CONFIRM: mark("复核开奖号码"),
    P.DRAW_AUDIT: mark("核查抽取"),
    P.DRAW_VOID: mark("提出作废抽取"),
    P.DRAW_VOID_CONFIRM: mark("同意作废抽取"),
    P.VISIT_SCHEDULE: mark("排定检查"),
    P.PATROL_RECORD: mark("记录巡查"),
    P.REPORT_ENTER: mark("按纸质报表代为报送"),
    P.REPORT_RETURN: mark("退回定期报送"),
    P.DISPOSAL_RECORD: mark("记录处置情况"),
    P.ORDER_HANDLE: mark("起草和送达处置文书"),
    P.ORDER_DECIDE: mark("决定处置文书"),
    P.FINDING_REINSPECT: mark("复查和销号"),
    P.RESULT_CONFIRM: mark("确认检查结果"),
    P.RESULT_PUBLISH: mark("公示检查结果"),
    P.BINDING_CONFIRM: mark("核实企业绑定"),
}


def permission_words(permission: Permission) -> str:
    """The act in words; its code for one that has none yet."""
    return gettext(WORDS[permission]) if permission in WORDS else permission.value
