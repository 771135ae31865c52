"""A finding that ends otherwise than by being mended: handed over to a penalty case, or withdrawn as mistaken."""

from datetime import date

from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.finding import Finding, PenaltyCase
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.finding.move_finding import move_finding, open_finding, require_text
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store

MAX_CASE_NUMBER = 80


@idempotent
def hand_over_finding(
    store: Store, tenant: TenantId, act: Act, *, finding_id: str, case_number: str, filed_on: date | None
) -> Finding:
    """The closed finding with the penalty case that goes on with it. It counts as found and as never mended.

    Raises InvalidInputError (no number, a day before the inspection or after today), IllegalTransitionError while the
    subject may still be mending it otherwise, NotAllowedError for another acting body's finding.
    """
    finding = open_finding(store, tenant, act, finding_id, "hand_over_finding")
    number = require_text("case_number", case_number, MAX_CASE_NUMBER)
    if filed_on is None:
        raise InvalidInputError([FieldProblem(field="filed_on", code="required")])
    if filed_on > shanghai_date(act.at):
        raise InvalidInputError([FieldProblem(field="filed_on", code="date_in_future")])
    if filed_on < finding.found_on:
        raise InvalidInputError([FieldProblem(field="filed_on", code="date_before_visit")])
    case = PenaltyCase(number=number, filed_on=filed_on)
    return move_finding(
        store,
        tenant,
        act,
        finding,
        "hand_over_finding",
        facts={"is_handed_to_penalty_case": True},
        data={"penalty_case": number, "filed_on": filed_on.isoformat()},
        closed_at=act.at,
        penalty_case=case,
    )


@idempotent
def withdraw_finding(store: Store, tenant: TenantId, act: Act, *, finding_id: str, reason: str) -> Finding:
    """The finding that the acting body takes back as mistaken: it counts nowhere, and the result, the published one
    too, is told without it. What was written stays in its history.

    Raises InvalidInputError (no reason), IllegalTransitionError, NotAllowedError for another acting body's finding.
    """
    finding = open_finding(store, tenant, act, finding_id, "withdraw_finding")
    words = require_text("reason", reason)
    return move_finding(
        store,
        tenant,
        act,
        finding,
        "withdraw_finding",
        facts={"has_reason": True},
        data={"reason": words},
        closed_at=act.at,
        closed_because=words,
    )
