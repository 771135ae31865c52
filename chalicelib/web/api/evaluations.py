"""Evaluations for programs: both outputs for staff who may read the risk level, the credit grade for everybody else."""

from chalice import Blueprint

from chalicelib.domain.access import Permission, Resource, allowed
from chalicelib.domain.subject_evaluation import CreditView
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.console.evaluations import evaluated_subject
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)


@route(
    blueprint,
    f"{PREFIX}/evaluations/{{subject_id}}",
    permission=Permission.EVALUATION_READ,
    resource=("subject", "subject_id"),
)
def show_evaluations(request: WebRequest, subject_id: str) -> Answer:
    """One per scenario."""
    subject = evaluated_subject(request, subject_id)
    found = request.store.evaluations.of_subject(request.tenant, subject_id)
    if not allowed(request.actor, Permission.RISK_READ, Resource(divisions=frozenset({subject.division}))):
        return json_answer({"evaluations": [CreditView.of(one) for one in found]})
    return json_answer({"evaluations": found})


@route(blueprint, f"{PREFIX}/own/evaluations", permission=Permission.OWN_SUBJECT_READ)
def show_own(request: WebRequest) -> Answer:
    """Of every subject to which the caller is bound."""
    found = [
        CreditView.of(one)
        for id in sorted(request.actor.subject_ids)
        for one in request.store.evaluations.of_subject(request.tenant, id)
    ]
    return json_answer({"evaluations": found})
