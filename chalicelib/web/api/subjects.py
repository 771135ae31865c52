"""Subjects over the API: list, read, register, change."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.services.register.register_subject import change_subject
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.console.subject_edit import register_from
from chalicelib.web.errors import UnreadableRequestError
from chalicelib.web.fields import Fields
from chalicelib.web.preconditions import seen_version
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, route
from chalicelib.web.subject_form import SubjectForm, values_of
from chalicelib.web.subject_json import json_values
from chalicelib.web.subject_list import list_subjects
from chalicelib.web.subject_view import SUBJECT, grades_of, read_subject, subject_json

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/subjects"
_FIXED = frozenset({"code", "kind", "operator_code", "plate", "scenario"})


def _body(request: WebRequest) -> dict[str, Any]:
    if not isinstance(request.json, dict):
        raise UnreadableRequestError()
    return request.json


def _fields(values: dict[str, str]) -> Fields:
    return Fields({name: [value] for name, value in values.items()})


@route(blueprint, BASE, permission=Permission.SUBJECT_READ)
def show_list(request: WebRequest) -> Answer:
    """Filters q, county, scenario, kind, status; `is_cut` says that there is more to search behind `cursor`."""
    found = list_subjects(request)
    items = [subject_json(request, one) for one in found.subjects]
    return json_answer({"items": items, "cursor": found.cursor, "is_cut": found.is_cut})


@route(blueprint, BASE, methods=("POST",), permission=Permission.SUBJECT_EDIT)
def post_subject(request: WebRequest) -> Answer:
    """201 with the registered subject. `attributes` is {scenario: {attribute: value}}."""
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    form = SubjectForm(_fields(json_values(_body(request))), tenant.divisions)
    subject = register_from(request, form, tenant.scenarios)
    answer = json_answer(subject_json(request, subject), 201, etag=subject.version)
    answer.headers["Location"] = f"{BASE}/{subject.id}"
    return answer


@route(blueprint, f"{BASE}/{{subject_id}}", permission=Permission.SUBJECT_READ, resource=SUBJECT)
def show_subject(request: WebRequest, subject_id: str) -> Answer:
    subject = read_subject(request, subject_id)
    return json_answer(subject_json(request, subject, grades_of(request, subject)), etag=subject.version)


@route(
    blueprint,
    f"{BASE}/{{subject_id}}",
    methods=("PATCH",),
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
    match=Match.REQUIRED,
    sample_body={"address": "1"},
)
def patch_subject(request: WebRequest, subject_id: str) -> Answer:
    """Change what the body names. Needs `If-Match` with the version that was read."""
    subject = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    seen = seen_version(request)
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    body = _body(request)
    if fixed := sorted(_FIXED & body.keys()):
        raise InvalidInputError([FieldProblem(field=name, code="code_cannot_change") for name in fixed])
    values = values_of(subject) | json_values(body)
    changes = SubjectForm(_fields(values), tenant.divisions).changes(subject)
    changed = change_subject(
        request.store, request.tenant, request.act(), subject_id=subject_id, changes=changes, version=seen
    )
    return json_answer(subject_json(request, changed), etag=changed.version)
