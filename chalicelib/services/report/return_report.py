"""Who receives a report returns it with a reason: it does not count until it is reported again."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, IllegalTransitionError, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.periodic_report import PeriodicReport, ReportReturn, ReportState
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store


@idempotent
def return_report(store: Store, tenant: TenantId, act: Act, *, report_id: str, reason: str) -> PeriodicReport:
    """The returned report. Raises IllegalTransitionError (nothing that counts), InvalidInputError (no reason)."""
    report = store.periodic_reports.get(tenant, report_id)
    require(act.actor, Permission.REPORT_RETURN, report.resource)
    current, said = report.current, reason.strip()
    if current is None:
        raise IllegalTransitionError(state=report.state.value, step="return_report")
    if not said:
        raise InvalidInputError([FieldProblem(field="reason", code="required")])
    if len(said) > 500:
        raise InvalidInputError([FieldProblem(field="reason", code="too_long", details={"maximum": 500})])
    back = ReportReturn(number=current.number, reason=said, returned_by=act.actor.person_id, returned_at=act.at)
    returned = report.with_changes(state=ReportState.RETURNED, returns=(*report.returns, back))
    with store.change(tenant, act) as change:
        change.save(returned)
        change.event(EventType.REPORT_RETURNED, returned, {"subject_id": report.subject_id, "number": current.number})
    return returned
