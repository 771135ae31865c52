"""Permissions: their names, which roles hold them and with what reach. `access` says what follows from that."""

from enum import StrEnum

from chalicelib.domain.tenancy import Role, SubjectRight


class Reach(StrEnum):
    TENANT = "tenant"
    DEPARTMENT = "department"
    TEAM = "team"
    SUBJECT = "subject"


class Permission(StrEnum):
    """Every guarded act. The name before the dot is the area, after it the act."""

    HOME_READ = "home.read"
    TENANT_READ = "tenant.read"
    TENANT_ONBOARD = "tenant.onboard"
    TENANT_LOAD = "tenant.load"
    TENANT_ORGANISE = "tenant.organise"
    TENANT_RESET = "tenant.reset"
    TENANT_EXPORT = "tenant.export"
    TENANT_CLOSE = "tenant.close"
    TENANT_CLOSE_CONFIRM = "tenant.close_confirm"
    PEOPLE_READ = "people.read"
    PEOPLE_MANAGE = "people.manage"
    CLIENT_READ = "client.read"
    CLIENT_MANAGE = "client.manage"
    ACCESS_READ = "access.read"
    ACCESS_CONFIRM = "access.confirm"
    DEPUTY_NAME = "deputy.name"
    DEPARTURE_MAKE = "departure.make"
    LOG_READ = "log.read"
    SECURITY_LOG_READ = "security_log.read"
    NOTIFICATION_READ = "notification.read"
    NOTIFICATION_MANAGE = "notification.manage"
    WEBHOOK_MANAGE = "webhook.manage"

    SUBJECT_READ = "subject.read"
    SUBJECT_IMPORT = "subject.import"
    SUBJECT_EDIT = "subject.edit"
    SUBJECT_HAND_OVER = "subject.hand_over"
    CONTACT_READ = "contact.read"
    SCENARIO_READ = "scenario.read"
    SCENARIO_ENABLE = "scenario.enable"
    BASIS_CONFIRM = "basis.confirm"
    BASIS_MARK = "basis.mark"
    LIMIT_SETTLE = "limit.settle"
    LIMIT_DECIDE = "limit.decide"
    OVERLAY_WRITE = "overlay.write"
    OVERLAY_PUBLISH = "overlay.publish"
    PACKAGE_PUBLISH = "package.publish"

    PLAN_READ = "plan.read"
    PLAN_WRITE = "plan.write"
    PLAN_APPROVE = "plan.approve"
    OPINION_GIVE = "opinion.give"
    TASK_APPROVE = "task.approve"
    DRAW_READ = "draw.read"
    DRAW_RUN = "draw.run"
    DRAW_SEED = "draw.seed"
    DRAW_CONFIRM = "draw.confirm"
    DRAW_AUDIT = "draw.audit"
    DRAW_VOID = "draw.void"
    DRAW_VOID_CONFIRM = "draw.void_confirm"
    VISIT_SCHEDULE = "visit.schedule"

    VISIT_READ = "visit.read"
    VISIT_CONDUCT = "visit.conduct"
    CONCLUSION_MAKE = "conclusion.make"
    PATROL_READ = "patrol.read"
    PATROL_RECORD = "patrol.record"
    REPORT_READ = "report.read"
    REPORT_SUBMIT = "report.submit"
    REPORT_ENTER = "report.enter"
    REPORT_RETURN = "report.return"
    DISPOSAL_READ = "disposal.read"
    DISPOSAL_RECORD = "disposal.record"
    ORDER_HANDLE = "order.handle"
    ORDER_DECIDE = "order.decide"
    FINDING_READ = "finding.read"
    FINDING_REINSPECT = "finding.reinspect"
    RECTIFICATION_SUBMIT = "rectification.submit"
    RESULT_READ = "result.read"
    RESULT_CONFIRM = "result.confirm"
    RESULT_PUBLISH = "result.publish"

    EVALUATION_READ = "evaluation.read"
    RISK_READ = "risk.read"
    METRIC_READ = "metric.read"
    OWN_SUBJECT_READ = "own_subject.read"
    HANDBOOK_PUSH = "handbook.push"
    SELF_CHECK_ANSWER = "self_check.answer"
    SELF_CHECK_READ = "self_check.read"
    BINDING_CONFIRM = "binding.confirm"
    BINDING_MANAGE = "binding.manage"


_T, _D, _M, _S = Reach.TENANT, Reach.DEPARTMENT, Reach.TEAM, Reach.SUBJECT
P = Permission

_STAFF = {P.NOTIFICATION_READ: _M, P.HOME_READ: _T, P.SUBJECT_READ: _T, P.SCENARIO_READ: _T, P.TENANT_READ: _T}

PERMISSIONS: dict[Role, dict[Permission, Reach]] = {
    Role.COORDINATOR: _STAFF
    | {
        P.TENANT_EXPORT: _T,
        P.TENANT_CLOSE: _T,
        P.SUBJECT_IMPORT: _T,
        P.SUBJECT_EDIT: _T,
        P.SUBJECT_HAND_OVER: _T,
        P.CONTACT_READ: _T,
        P.SCENARIO_ENABLE: _T,
        P.OVERLAY_WRITE: _T,
        P.OVERLAY_PUBLISH: _T,
        P.PEOPLE_READ: _T,
        P.PLAN_READ: _T,
        P.PLAN_WRITE: _T,
        P.DRAW_READ: _T,
        P.DRAW_RUN: _T,
        P.DRAW_CONFIRM: _T,
        P.DRAW_VOID: _T,
        P.VISIT_SCHEDULE: _T,
        P.VISIT_READ: _T,
        P.PATROL_READ: _T,
        P.REPORT_READ: _T,
        P.REPORT_ENTER: _T,
        P.REPORT_RETURN: _T,
        P.DISPOSAL_READ: _T,
        P.FINDING_READ: _T,
        P.RESULT_READ: _T,
        P.RESULT_PUBLISH: _T,
        P.EVALUATION_READ: _T,
        P.RISK_READ: _T,
        P.METRIC_READ: _T,
        P.LOG_READ: _T,
        P.BINDING_CONFIRM: _T,
        P.SELF_CHECK_READ: _T,
        P.HANDBOOK_PUSH: _T,
        P.DEPUTY_NAME: _T,
        P.DEPARTURE_MAKE: _T,
    },
    Role.DEPARTMENT_OFFICER: _STAFF
    | {
        P.BINDING_CONFIRM: _T,
        P.SELF_CHECK_READ: _T,
        P.DEPUTY_NAME: _T,
        P.CONTACT_READ: _T,
        P.PLAN_READ: _D,
        P.OPINION_GIVE: _D,
        P.DRAW_SEED: _D,
        P.DRAW_READ: _D,
        P.VISIT_READ: _D,
        P.PATROL_READ: _T,
        P.PATROL_RECORD: _T,
        P.REPORT_READ: _D,
        P.REPORT_ENTER: _D,
        P.REPORT_RETURN: _D,
        P.DISPOSAL_READ: _D,
        P.DISPOSAL_RECORD: _D,
        P.ORDER_HANDLE: _D,
        P.FINDING_READ: _D,
        P.FINDING_REINSPECT: _D,
        P.RESULT_READ: _D,
        P.RESULT_CONFIRM: _D,
        P.EVALUATION_READ: _T,
        P.RISK_READ: _T,
        P.METRIC_READ: _T,
    },
    Role.APPROVER: _STAFF
    | {
        P.DEPUTY_NAME: _T,
        P.DEPARTURE_MAKE: _D,
        P.PLAN_READ: _D,
        P.OPINION_GIVE: _D,
        P.TASK_APPROVE: _D,
        P.PLAN_APPROVE: _D,
        P.DRAW_READ: _D,
        P.VISIT_READ: _D,
        P.DISPOSAL_READ: _D,
        P.ORDER_DECIDE: _D,
        P.FINDING_READ: _D,
        P.RESULT_READ: _D,
        P.RESULT_CONFIRM: _D,
        P.METRIC_READ: _T,
    },
    Role.INSPECTOR: {
        P.NOTIFICATION_READ: _M,
        P.HOME_READ: _T,
        P.SCENARIO_READ: _T,
        P.VISIT_READ: _M,
        P.VISIT_CONDUCT: _M,
        P.CONCLUSION_MAKE: _M,
        P.PATROL_READ: _T,
        P.PATROL_RECORD: _T,
        P.DISPOSAL_READ: _D,
        P.DISPOSAL_RECORD: _D,
        P.FINDING_READ: _D,
        P.FINDING_REINSPECT: _D,
    },
    Role.LEGAL_REVIEWER: _STAFF
    | {
        P.BASIS_CONFIRM: _T,
        P.BASIS_MARK: _T,
        P.LIMIT_SETTLE: _T,
        P.OVERLAY_PUBLISH: _T,
        P.PLAN_READ: _T,
        P.RESULT_READ: _T,
        P.DISPOSAL_READ: _T,
        P.FINDING_READ: _T,
        P.DEPUTY_NAME: _T,
    },
    Role.JUSTICE_SUPERVISOR: _STAFF
    | {
        P.PLAN_READ: _T,
        P.DRAW_READ: _T,
        P.DRAW_SEED: _T,
        P.DRAW_CONFIRM: _T,
        P.DRAW_AUDIT: _T,
        P.DRAW_VOID_CONFIRM: _T,
        P.LIMIT_DECIDE: _T,
        P.VISIT_READ: _T,
        P.DISPOSAL_READ: _T,
        P.FINDING_READ: _T,
        P.RESULT_READ: _T,
        P.METRIC_READ: _T,
        P.LOG_READ: _T,
    },
    Role.SUBJECT_USER: {
        P.NOTIFICATION_READ: _M,
        P.OWN_SUBJECT_READ: _S,
        P.RECTIFICATION_SUBMIT: _S,
        P.SELF_CHECK_ANSWER: _S,
        P.REPORT_SUBMIT: _S,
        P.BINDING_MANAGE: _S,
    },
    Role.EVALUATOR: {
        P.NOTIFICATION_READ: _M,
        P.DRAW_AUDIT: _T,
        P.HOME_READ: _T,
        P.SCENARIO_READ: _T,
        P.METRIC_READ: _T,
        P.LOG_READ: _T,
    },
    Role.SCENARIO_AUTHOR: {P.NOTIFICATION_READ: _M, P.HOME_READ: _T, P.SCENARIO_READ: _T},
    Role.PLATFORM_OPERATOR: {
        P.NOTIFICATION_READ: _M,
        P.HOME_READ: _T,
        P.TENANT_ONBOARD: _T,
        P.TENANT_LOAD: _T,
        P.SCENARIO_READ: _T,
        P.PACKAGE_PUBLISH: _T,
        P.BASIS_MARK: _T,
    },
    Role.SYSTEM_ADMINISTRATOR: {
        P.NOTIFICATION_READ: _M,
        P.NOTIFICATION_MANAGE: _T,
        P.WEBHOOK_MANAGE: _T,
        P.HOME_READ: _T,
        P.TENANT_READ: _T,
        P.CLIENT_READ: _T,
        P.CLIENT_MANAGE: _T,
        P.TENANT_LOAD: _T,
        P.TENANT_ORGANISE: _T,
        P.TENANT_RESET: _T,
        P.PEOPLE_READ: _T,
        P.PEOPLE_MANAGE: _T,
        P.ACCESS_READ: _T,
        P.ACCESS_CONFIRM: _T,
    },
    Role.SECURITY_ADMINISTRATOR: {
        P.TENANT_CLOSE_CONFIRM: _T,
        P.NOTIFICATION_READ: _M,
        P.HOME_READ: _T,
        P.TENANT_READ: _T,
        P.CLIENT_READ: _T,
        P.TENANT_LOAD: _T,
        P.PEOPLE_READ: _T,
        P.PEOPLE_MANAGE: _T,
        P.ACCESS_READ: _T,
        P.ACCESS_CONFIRM: _T,
    },
    Role.AUDIT_ADMINISTRATOR: {
        P.NOTIFICATION_READ: _M,
        P.HOME_READ: _T,
        P.LOG_READ: _T,
        P.SECURITY_LOG_READ: _T,
        P.ACCESS_READ: _T,
        P.CLIENT_READ: _T,
    },
}

SUBJECT_RIGHTS: dict[Permission, SubjectRight] = {
    P.OWN_SUBJECT_READ: SubjectRight.READ,
    P.RECTIFICATION_SUBMIT: SubjectRight.RECTIFY,
    P.SELF_CHECK_ANSWER: SubjectRight.RECTIFY,
    P.REPORT_SUBMIT: SubjectRight.RECTIFY,
}
"""The right that an agent needs for a permission with the reach of a subject; one that is not here is the owner's."""
