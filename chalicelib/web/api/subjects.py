"""Subjects over the API: list, read, register, change."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import listed
from chalicelib.web.api.subject_shapes import (
    NewSubjectBody,
    SubjectAnswer,
    SubjectListQuery,
    SubjectPage,
    SubjectPatch,
)
from chalicelib.web.console.subject_edit import kind_of, register_from, save_changes
from chalicelib.web.fields import Fields
from chalicelib.web.preconditions import seen_version
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, route
from chalicelib.web.subject_form import SubjectForm, values_of
from chalicelib.web.subject_json import json_values
from chalicelib.web.subject_list import read_page
from chalicelib.web.subject_view import SUBJECT, grades_of, read_subject, subject_json

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/subjects"
SAMPLE_SUBJECT = {
    "name": "example filling station",
    "code": "91450100MA5K000012",
    "division": "450103000000",
    "address": "1 Example Road",
    "scenario": "refined_oil",
    "attributes": {"refined_oil": {"has_own_tanker": False}},
}
_FIXED = dict.fromkeys(("code", "kind", "operator_code"), "code_cannot_change") | {"scenario": "scenario_by_membership"}
"""What PATCH does not change, and why."""


def _body(request: WebRequest, model: type[SubjectPatch]) -> dict[str, Any]:
    """What was named, and nothing else."""
    return request.model(model).model_dump(mode="json", exclude_unset=True)


def _fields(values: dict[str, str]) -> Fields:
    return Fields({name: [value] for name, value in values.items()})


@route(blueprint, BASE, permission=Permission.SUBJECT_READ, query=SubjectListQuery, answers=SubjectPage)
def show_list(request: WebRequest) -> Answer:
    """The register by filters.

    Without filters county after county, by division, kind and name; within one county also `order=name` or `changed`,
    within one scenario `order=grade`. Hits of `q` come in the order of what follows the text. A page holds 50 records
    at most; `is_cut` says that it is short because the filters read their share of the register, and that there is more
    to search behind `cursor`."""
    found = read_page(request, limit=request.asked(SubjectListQuery).limit, is_strict=True)
    items = [subject_json(request, one) for one in found.page.subjects]
    return listed(request, items, found.page.next, is_cut=found.page.is_cut)


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=Permission.SUBJECT_EDIT,
    body=NewSubjectBody,
    answers={201: SubjectAnswer},
    sample_body=SAMPLE_SUBJECT,
)
def post_subject(request: WebRequest) -> Answer:
    """Register a subject. `attributes` is {scenario: {attribute: value}}.

    A plate that another subject has is the problem `plate_registered`, with its `subject_id`; where it is not the same
    one, `is_another` registers it all the same."""
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    body = _body(request, NewSubjectBody)
    is_another = bool(body.pop("is_another", False))
    form = SubjectForm(_fields(json_values(body, kind_of(str(body.get("kind", ""))))), tenant.divisions)
    subject = register_from(request, form, tenant.scenarios, is_another=is_another)
    answer = json_answer(subject_json(request, subject), 201, etag=subject.version)
    answer.headers["Location"] = f"{BASE}/{subject.id}"
    return answer


@route(blueprint, f"{BASE}/{{subject_id}}", permission=Permission.SUBJECT_READ, resource=SUBJECT, answers=SubjectAnswer)
def show_subject(request: WebRequest, subject_id: str) -> Answer:
    """One subject with its grades, as far as the caller may see them."""
    subject = read_subject(request, subject_id)
    return json_answer(subject_json(request, subject, grades_of(request, subject)), etag=subject.version)


@route(
    blueprint,
    f"{BASE}/{{subject_id}}",
    methods=("PATCH",),
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
    body=SubjectPatch,
    answers=SubjectAnswer,
    match=Match.REQUIRED,
    sample_body={"address": "1"},
)
def patch_subject(request: WebRequest, subject_id: str) -> Answer:
    """Change what the body names."""
    subject = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    seen = seen_version(request)
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    body = _body(request, SubjectPatch)
    if fixed := sorted(_FIXED & body.keys()):
        raise InvalidInputError([FieldProblem(field=name, code=_FIXED[name]) for name in fixed])
    values = values_of(subject) | json_values(body, subject.kind)
    changes = SubjectForm(_fields(values), tenant.divisions).changes(subject)
    changed = save_changes(request, subject, changes, seen)
    return json_answer(subject_json(request, changed), etag=changed.version)
