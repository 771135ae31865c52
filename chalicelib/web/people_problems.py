"""Sentences for what is wrong in the forms of people: codes, bindings, deputies, handovers, changes of access."""

from chalicelib.web.i18n import mark

PEOPLE_PROBLEMS: dict[str, str] = {
    "binding_code_form": mark("绑定码是16位字母和数字，请对照通知书再输一次"),
    "binding_code_unknown": mark("没有这个绑定码，请对照通知书核对；还可以试%(left)s次"),
    "code_used": mark("这个绑定码已经用过，只能用一次；请向送达单位再要一个"),
    "code_expired": mark("这个绑定码已过有效期，请向送达单位再要一个"),
    "code_revoked": mark("这个绑定码已被作废，请向送达单位再要一个"),
    "too_many_tries": mark("输错太多次，请%(minutes)s分钟后再试；通知书不清楚的，请部门核实"),
    "already_bound": mark("您已经绑定这家企业，不用再绑"),
    "too_many_agents": mark("这家企业已有%(maximum)s人能办事，请先停用不再办事的人"),
    "subject_code_form": mark("代码不对：信用代码是18位，检查码形如2026-XXXX-XXXX-XX"),
    "subject_not_registered": mark("本地名录里没有这个代码，请核对，或联系检查单位登记"),
    "request_waits": mark("这家企业的申请还在等部门核实，不用再提"),
    "too_many_requests_open": mark("最多同时有%(maximum)s个申请在等核实，请等答复或先撤回一个"),
    "deputy_self": mark("代行人不能是本人，请另选一位"),
    "deputy_unit": mark("代行人要是同一部门或同一执法主体的在岗人员"),
    "deputy_role": mark("代行人不能是系统、安全、审计管理员或企业用户"),
    "deputy_overlap": mark("这段时间已经有代行人，请先结束那一个"),
    "period_too_long": mark("“%(label)s”最长%(days)s天，请缩短"),
    "permission_not_own": mark("只能把您自己有的权限交给代行人"),
    "successor_self": mark("接手人不能是本人"),
    "successor_unit": mark("接手人要在同一执法主体或同一部门"),
    "successor_role": mark("接手人没有办这件事的角色"),
    "successor_inactive": mark("接手人已停用，请另选一位"),
    "successor_certificate": mark("接手人的执法证在检查那天无效，请另选一位"),
    "successor_recused": mark("接手人须回避这家企业，请另选一位"),
    "successor_in_team": mark("接手人已经在这次检查的组里，请另选一位"),
    "last_of_role": mark("本单位没有别的%(role)s，请先由安全管理员补一位"),
    "certificate_number_held": mark("这个执法证号已经登记过，请核对"),
    "certificate_not_later": mark("新证要比现在的证晚到期，请核对日期"),
}
