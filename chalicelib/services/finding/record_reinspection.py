"""The acting body looks again: mended or not, and the finding closed once it is."""

from collections.abc import Sequence
from datetime import date

from chalicelib.domain.act import Act
from chalicelib.domain.finding import Finding, Reinspection
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit_evidence import IMAGE_TYPES
from chalicelib.services.finding.move_finding import move_finding, open_finding, require_text
from chalicelib.services.finding.remedy_clock import remedy_clock
from chalicelib.services.idempotent import idempotent
from chalicelib.services.visit.uploads import take_upload
from chalicelib.storage.store import Store


@idempotent
def record_reinspection(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    finding_id: str,
    is_passed: bool,
    text: str,
    upload_ids: Sequence[str] = (),
    remedy_due_on: date | None = None,
) -> Finding:
    """The reinspected finding. What was seen is written down either way; not passed, a new day is set.

    Raises InvalidInputError, IllegalTransitionError, NotAllowedError for another acting body's finding.
    """
    step = "pass_reinspection" if is_passed else "fail_reinspection"
    finding = open_finding(store, tenant, act, finding_id, step)
    words = require_text("text", text)
    evidence = [
        take_upload(store, tenant, owner=finding, upload_id=one, allowed=IMAGE_TYPES, taken_at=act.at)
        for one in dict.fromkeys(upload_ids)
    ]
    seen = Reinspection(made_by=act.actor.person_id, made_at=act.at, is_passed=is_passed, text=words, evidence=evidence)
    clock = None if is_passed else remedy_clock(act, finding, remedy_due_on)
    changes = {"remedy_due_on": clock.due_on} if clock else {}
    return move_finding(
        store,
        tenant,
        act,
        finding,
        step,
        facts={"remedy_is_seen": True, "has_reason": True},
        data={"is_passed": is_passed, **({"remedy_due_on": clock.due_on.isoformat()} if clock else {})},
        evidence=evidence,
        due_at=clock.due_at if clock else None,
        reinspections=[*finding.reinspections, seen],
        **changes,
    )


@idempotent
def close_finding(store: Store, tenant: TenantId, act: Act, *, finding_id: str) -> Finding:
    """The closed finding (销号), after it passed its reinspection. Raises IllegalTransitionError before."""
    finding = open_finding(store, tenant, act, finding_id, "close_finding")
    return move_finding(store, tenant, act, finding, "close_finding", facts={}, closed_at=act.at)
