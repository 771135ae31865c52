"""Words of people: roles with what each is for, kinds of tenants, labels of the forms."""

from chalicelib.domain.tenancy import ADMINISTRATORS, Role, TenantKind
from chalicelib.web.i18n import gettext, mark

ROLES: dict[Role, tuple[str, str]] = {
    Role.COORDINATOR: (mark("统筹岗"), mark("定计划、合并、派单、跟办")),
    Role.DEPARTMENT_OFFICER: (mark("部门经办"), mark("提意见、处置、确认结果")),
    Role.APPROVER: (mark("执法主体负责人"), mark("批准本主体的任务")),
    Role.INSPECTOR: (mark("执法人员"), mark("到现场检查，须有执法证")),
    Role.LEGAL_REVIEWER: (mark("法制审核"), mark("确认法律依据")),
    Role.JUSTICE_SUPERVISOR: (mark("司法行政监督"), mark("监督计划和抽取")),
    Role.SUBJECT_USER: (mark("企业用户"), mark("看自己的事、交整改")),
    Role.EVALUATOR: (mark("评估人员"), mark("看指标、查抽取")),
    Role.SCENARIO_AUTHOR: (mark("场景作者"), mark("编写和发布场景")),
    Role.PLATFORM_OPERATOR: (mark("平台运营"), mark("开通单位")),
    Role.SYSTEM_ADMINISTRATOR: (mark("系统管理员"), mark("管系统设置，和安全管理员互相复核人员变更")),
    Role.SECURITY_ADMINISTRATOR: (mark("安全管理员"), mark("管人员和权限，不碰业务")),
    Role.AUDIT_ADMINISTRATOR: (mark("审计管理员"), mark("查日志，不碰业务和账号")),
}
"""Name and purpose of every role."""

TENANT_KINDS: dict[TenantKind, str] = {
    TenantKind.PLATFORM: mark("平台"),
    TenantKind.REGION: mark("自治区"),
    TenantKind.CITY: mark("设区市"),
    TenantKind.PARK: mark("产业园区"),
}

ASSIGNABLE = tuple(role for role in Role if role is not Role.PLATFORM_OPERATOR)
"""What a tenant's security administrator may give."""


def role_label(role: Role) -> str:
    return gettext(ROLES[role][0])


def role_labels(roles: frozenset[Role]) -> list[str]:
    """Names of these roles, in the order of the table."""
    return [role_label(role) for role in ROLES if role in roles]


def role_options() -> list[tuple[str, str, str]]:
    """(code, name, purpose) for the form: business roles first, the three administrators last."""
    ordered = sorted(ASSIGNABLE, key=lambda role: role in ADMINISTRATORS)
    return [(role.value, role_label(role), gettext(ROLES[role][1])) for role in ordered]


def labels() -> dict[str, str]:
    """Field names of the forms to their labels in the reader's language."""
    found = {
        "name": gettext("姓名"),
        "roles": gettext("角色"),
        "department_id": gettext("部门"),
        "acting_body_id": gettext("执法主体"),
        "division": gettext("只看哪个县区"),
        "is_active": gettext("在岗"),
        "certificates": gettext("执法证"),
        "id": gettext("单位代码"),
        "label": gettext("单位名称"),
        "label_en": gettext("英文名称"),
        "short_label": gettext("文号简称"),
        "kind": gettext("单位类型"),
        "divisions": gettext("管辖的行政区划"),
        "scenarios": gettext("启用的场景"),
        "scenario": gettext("场景"),
        "system_administrator": role_label(Role.SYSTEM_ADMINISTRATOR),
        "security_administrator": role_label(Role.SECURITY_ADMINISTRATOR),
        "audit_administrator": role_label(Role.AUDIT_ADMINISTRATOR),
    }
    for row in range(10):
        found |= {
            f"certificate_number_{row}": gettext("执法证号"),
            f"certificate_from_{row}": gettext("有效期起"),
            f"certificate_to_{row}": gettext("有效期止"),
        }
    return found
