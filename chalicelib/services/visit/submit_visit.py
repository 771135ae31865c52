"""Submit a visit when every question asked now is answered, and hand it back when something is to be put right."""

import hashlib
from collections.abc import Mapping

import rfc8785

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import InvalidInputError, NotAllowedError
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import Visit, VisitAnswer, VisitBody
from chalicelib.services.idempotent import idempotent
from chalicelib.services.visit.move_visit import move_visit
from chalicelib.services.visit.questions import ask_questions, is_non_compliant, open_gaps
from chalicelib.storage.store import Store


@idempotent
def submit_visit(store: Store, tenant: TenantId, act: Act, *, visit_id: str) -> Visit:
    """The submitted visit, which waits for each acting body's conclusion. Raises InvalidInputError with every gap."""
    visit = store.visits.get(tenant, visit_id)
    require(act.actor, Permission.VISIT_CONDUCT, visit.resource)
    answers = store.visit_answers.of_visit(tenant, visit_id)
    result = ask_questions(store, tenant, visit, answers, act.at)
    gaps = open_gaps(result.entries, answers)
    if gaps and visit.state == "started":
        raise InvalidInputError(gaps)
    asked = {entry.key: answers[entry.key] for entry in result.entries if entry.key in answers}
    with store.change(tenant, act) as change:
        return move_visit(
            store,
            tenant,
            act,
            change,
            visit,
            "submit_visit",
            facts={"every_required_item_is_answered": not gaps},
            data={"asked": result.asked, "non_compliant": sum(is_non_compliant(entry) for entry in result.entries)},
            hashes={"answers": answers_digest(asked)},
            submitted_at=act.at,
        )


def answers_digest(answers: Mapping[str, VisitAnswer]) -> str:
    """SHA-256 (hex) over the answers in canonical JSON (RFC 8785), by question key."""
    body = {key: given.model_dump(mode="json") for key, given in answers.items()}
    return hashlib.sha256(rfc8785.dumps(body)).hexdigest()


@idempotent
def return_visit(store: Store, tenant: TenantId, act: Act, *, visit_id: str, reason: str) -> Visit:
    """The visit under way again; every acting body will conclude anew. Raises IllegalTransitionError."""
    visit = store.visits.get(tenant, visit_id)
    require(act.actor, Permission.CONCLUSION_MAKE, visit.resource)
    if visit.body(act.actor.acting_body_id) is None:
        raise NotAllowedError(permission=Permission.CONCLUSION_MAKE.value)
    is_returnable = bool(reason.strip()) and any(body.concluded_at is None for body in visit.bodies)
    bodies = [VisitBody.model_validate(body.model_dump() | _UNCONCLUDED) for body in visit.bodies]
    with store.change(tenant, act) as change:
        return move_visit(
            store,
            tenant,
            act,
            change,
            visit,
            "return_visit",
            facts={"has_reason": is_returnable},
            data={"reason": reason.strip()},
            bodies=bodies,
            submitted_at=None,
        )


_UNCONCLUDED = {"concluded_by": None, "concluded_at": None}
