"""Evaluations for programs: both outputs for staff who may read the risk level, the credit grade for everybody else."""

from chalice import Blueprint

from chalicelib.domain.access import Permission, Resource, allowed
from chalicelib.domain.subject_evaluation import CreditView, SubjectEvaluation
from chalicelib.services.binding.own_subjects import own_subjects
from chalicelib.web.answers import Answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Listed, listed
from chalicelib.web.console.evaluations import evaluated_subject
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)


@route(
    blueprint,
    f"{PREFIX}/evaluations/{{subject_id}}",
    permission=Permission.EVALUATION_READ,
    resource=("subject", "subject_id"),
    answers=Listed[SubjectEvaluation] | Listed[CreditView],
)
def show_evaluations(request: WebRequest, subject_id: str) -> Answer:
    """The evaluations of a subject, one per scenario. Without `risk.read` only what the subject itself may know."""
    subject = evaluated_subject(request, subject_id)
    found = request.store.evaluations.of_subject(request.tenant, subject_id)
    if not allowed(request.actor, Permission.RISK_READ, Resource(divisions=frozenset({subject.division}))):
        return listed(request, [CreditView.of(one) for one in found])
    return listed(request, found)


@route(blueprint, f"{PREFIX}/own/evaluations", permission=Permission.OWN_SUBJECT_READ, answers=Listed[CreditView])
def show_own(request: WebRequest) -> Answer:
    """The credit evaluations of every subject to which the caller is bound."""
    found = [
        CreditView.of(one)
        for subject in own_subjects(request.store, request.tenant, request.actor)
        for one in request.store.evaluations.of_subject(request.tenant, subject.id)
    ]
    return listed(request, found)
