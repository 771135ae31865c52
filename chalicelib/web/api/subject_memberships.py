"""A registered subject joins a scenario or leaves one, over the API."""

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.services.register.join_scenario import join_scenario
from chalicelib.services.register.leave_scenario import MAX_REASON, leave_scenario
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api.shapes import Body
from chalicelib.web.api.subject_acts import ONE
from chalicelib.web.api.subject_shapes import SubjectAnswer, Values
from chalicelib.web.fields import Fields
from chalicelib.web.preconditions import seen_version
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, route
from chalicelib.web.subject_form import SubjectForm, typed_defaults
from chalicelib.web.subject_json import json_values
from chalicelib.web.subject_view import SUBJECT, grades_of, read_subject, subject_json

blueprint = Blueprint(__name__)


class MembershipBody(Body):
    """attributes: of the scenario, by code. One that is left out has the package's default, if there is one; null: it
    is not known."""

    scenario: str = Field(min_length=1, max_length=60)
    attributes: Values = Field(default_factory=dict, max_length=100)


class LeaveBody(Body):
    """reason: why the scenario does not apply; it stays in the subject's history."""

    reason: str = Field(default="", max_length=MAX_REASON)


@route(
    blueprint,
    f"{ONE}/memberships",
    methods=("POST",),
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
    body=MembershipBody,
    answers=SubjectAnswer,
    match=Match.REQUIRED,
    sample_body={"scenario": "refined_oil"},
)
def post_membership(request: WebRequest, subject_id: str) -> Answer:
    """The subject joins a scenario that the tenant uses and that takes its kind; an evaluation follows."""
    subject = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    body, kind = request.model(MembershipBody), subject.kind.value
    typed = {f"{body.scenario}.{name}": "" for name, value in body.attributes.items() if value is None}
    typed |= json_values({"attributes": {body.scenario: body.attributes}})
    values = Fields({name: [text] for name, text in (typed_defaults(body.scenario, kind) | typed).items()})
    joined = join_scenario(
        request.store,
        request.tenant,
        request.act(),
        subject_id=subject.id,
        scenario=body.scenario,
        attributes=SubjectForm(values, ()).membership(body.scenario, kind, body.attributes),
        version=seen_version(request),
    )
    return json_answer(subject_json(request, joined, grades_of(request, joined)), etag=joined.version)


@route(
    blueprint,
    f"{ONE}/memberships/{{scenario}}/leave",
    methods=("POST",),
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
    body=LeaveBody,
    answers=SubjectAnswer,
    match=Match.REQUIRED,
    sample={"scenario": "refined_oil"},
    sample_body={"reason": "1"},
)
def post_leave(request: WebRequest, subject_id: str, scenario: str) -> Answer:
    """The subject leaves a scenario; what was done stays on record. While a disposal, a finding or a visit of the
    scenario is open, or a visit is drawn, the problem `scenario_has_open_matters` tells how many of each."""
    subject = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    left = leave_scenario(
        request.store,
        request.tenant,
        request.act(),
        subject_id=subject.id,
        scenario=scenario,
        reason=request.model(LeaveBody).reason,
        version=seen_version(request),
    )
    return json_answer(subject_json(request, left, grades_of(request, left)), etag=left.version)
