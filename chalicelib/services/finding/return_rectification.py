"""The acting body hands a rectification back to the subject with the reason."""

from datetime import date

from chalicelib.domain.act import Act
from chalicelib.domain.finding import Finding, Reinspection
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.finding.move_finding import move_finding, open_finding, require_text
from chalicelib.services.finding.remedy_clock import remedy_clock
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store


@idempotent
def return_rectification(
    store: Store, tenant: TenantId, act: Act, *, finding_id: str, reason: str, remedy_due_on: date | None = None
) -> Finding:
    """The returned finding. `remedy_due_on`: the new day by which it is mended; without one the day that was set counts
    while it lies ahead, after that the rule's term from now."""
    finding = open_finding(store, tenant, act, finding_id, "return_rectification")
    words = require_text("reason", reason)
    clock = remedy_clock(act, finding, remedy_due_on)
    note = Reinspection(made_by=act.actor.person_id, made_at=act.at, is_passed=False, is_returned=True, text=words)
    return move_finding(
        store,
        tenant,
        act,
        finding,
        "return_rectification",
        facts={"has_reason": True},
        data={"remedy_due_on": clock.due_on.isoformat()},
        due_at=clock.due_at,
        remedy_due_on=clock.due_on,
        reinspections=[*finding.reinspections, note],
    )
