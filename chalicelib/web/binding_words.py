"""Words of bindings: roles, rights, how a binding came about, states of requests, labels of the forms."""

from collections.abc import Iterable
from typing import Any

from chalicelib.domain.binding import Binding, BindingCode, BindingRequest, BindingRole, BindingSource, binding_rules
from chalicelib.domain.tenancy import SubjectRight
from chalicelib.domain.text import mask_name
from chalicelib.web.i18n import gettext, mark

ROLES: dict[BindingRole, tuple[str, str]] = {
    BindingRole.OWNER: (mark("负责人"), mark("法定代表人或经营负责人，可以办所有事，管代办人")),
    BindingRole.AGENT: (mark("代办人"), mark("替企业办事的员工或受托人，只能办给他的事")),
}
RIGHTS: dict[SubjectRight, tuple[str, str]] = {
    SubjectRight.READ: (mark("查看"), mark("看事项、问题、结果和评价")),
    SubjectRight.RECEIVE: (mark("签收"), mark("签收文书和通知")),
    SubjectRight.RECTIFY: (mark("整改和自查"), mark("提交整改、填写自查")),
    SubjectRight.OBJECT: (mark("异议和评价"), mark("提出异议、评价服务")),
    SubjectRight.MANAGE: (mark("管代办人"), mark("添加、停用代办人")),
}
SOURCES: dict[BindingSource, str] = {
    BindingSource.SERVED_CODE: mark("通知书上的绑定码"),
    BindingSource.CONFIRMATION: mark("部门核实"),
    BindingSource.ADMINISTRATOR: mark("管理员录入"),
}
STATES: dict[str, tuple[str, str]] = {
    "waiting": (mark("等部门核实"), "orange"),
    "confirmed": (mark("已通过"), "green"),
    "refused": (mark("没有通过"), "red"),
    "withdrawn": (mark("已撤回"), ""),
}
CODE_STATES: dict[str, tuple[str, str]] = {
    "": (mark("可以使用"), "green"),
    "code_used": (mark("已使用"), ""),
    "code_expired": (mark("已过期"), ""),
    "code_revoked": (mark("已作废"), ""),
}


def role_label(role: BindingRole) -> str:
    return gettext(ROLES[role][0])


def rights_words(rights: Iterable[SubjectRight]) -> list[str]:
    """Names of the rights, in the order of the table."""
    held = set(rights)
    return [gettext(words[0]) for right, words in RIGHTS.items() if right in held]


def role_options() -> list[tuple[str, str, str]]:
    return [(role.value, gettext(words[0]), gettext(words[1])) for role, words in ROLES.items()]


def right_options() -> list[tuple[str, str, str]]:
    """What an agent may be given besides reading."""
    offered = binding_rules().agent_rights - {SubjectRight.READ}
    return [(right.value, gettext(w[0]), gettext(w[1])) for right, w in RIGHTS.items() if right in offered]


def binding_row(binding: Binding) -> dict[str, Any]:
    return {
        "binding": binding,
        "name": mask_name(binding.person_name),
        "role": role_label(binding.role),
        "rights": rights_words(binding.rights),
        "source": gettext(SOURCES[binding.source]),
    }


def request_row(asked: BindingRequest) -> dict[str, Any]:
    words, tone = STATES[asked.state.value]
    return {
        "request": asked,
        "name": mask_name(asked.person_name),
        "role": role_label(asked.role),
        "rights": rights_words(asked.rights),
        "state": (gettext(words), tone),
    }


def code_row(code: BindingCode, now: Any) -> dict[str, Any]:
    words, tone = CODE_STATES[code.problem_at(now)]
    return {
        "code": code,
        "role": role_label(code.role),
        "rights": rights_words(code.rights),
        "state": (gettext(words), tone),
        "is_open": not code.problem_at(now),
    }


def labels() -> dict[str, str]:
    return {
        "code": gettext("代码"),
        "subject": gettext("企业"),
        "role": gettext("身份"),
        "rights": gettext("可以办的事"),
        "statement": gettext("申请说明"),
        "evidence": gettext("证明材料"),
        "file": gettext("证明材料"),
        "reason": gettext("理由"),
    }
