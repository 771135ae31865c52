"""Departments, acting bodies and divisions over the API, and what is missing before the first plan."""

from datetime import date
from typing import Any

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.local_division import LocalDivision
from chalicelib.domain.tenancy import ActingBody, Department, Entrustment
from chalicelib.services.tenancy.keep_organisation import keep_acting_body, keep_department, keep_division
from chalicelib.services.tenancy.setup_checklist import SetupItem, setup_checklist
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, listed
from chalicelib.web.console.organisation import BODY, DEPARTMENT
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)


class DepartmentBody(Body):
    label: str = Field(max_length=60)
    label_en: str = Field(default="", max_length=100)
    division: str = Field(default="", max_length=12, description="12 digits; empty: the tenant's own")
    is_active: bool = True


class NewDepartmentBody(DepartmentBody):
    code: str = Field(max_length=60, description="the scenario packages' word for it, e.g. emergency_management")


class ActingBodyBody(Body):
    label: str = Field(max_length=60)
    label_en: str = Field(default="", max_length=100)
    division: str = Field(default="", max_length=12, description="12 digits; empty: the tenant's own")
    departments: list[str] = Field(max_length=60, description="codes of the departments it acts for")
    document_code: str = Field(default="", max_length=10, description="its word in its documents' numbers, in Chinese")
    entrustment: Entrustment | None = None
    is_active: bool = True


class DivisionBody(Body):
    name: str = Field(max_length=60)
    valid_from: date | None = None
    closed_on: date | None = Field(default=None, description="from this day it cannot be chosen")
    changed_on: date | None = Field(default=None, description="when a new name holds; today without it")


SAMPLE_BODY = {"label": "Example", "departments": ["commerce"]}


@route(
    blueprint,
    f"{PREFIX}/departments",
    methods=("POST",),
    permission=Permission.TENANT_ORGANISE,
    body=NewDepartmentBody,
    answers={201: Department},
    sample_body={"code": "example", "label": "Example"},
)
def post_department(request: WebRequest) -> Answer:
    """Add a department."""
    body = request.model(NewDepartmentBody)
    made = keep_department(request.store, request.tenant, request.act(), **body.model_dump())
    return json_answer(made, 201, etag=made.version)


@route(
    blueprint,
    f"{PREFIX}/departments/{{department_id}}",
    methods=("PUT",),
    permission=Permission.TENANT_ORGANISE,
    resource=DEPARTMENT,
    body=DepartmentBody,
    answers=Department,
    sample_body={"label": "Example"},
)
def put_department(request: WebRequest, department_id: str) -> Answer:
    """Change a department, or close it with `is_active` false. Its code stays."""
    body = request.model(DepartmentBody)
    kept = keep_department(
        request.store, request.tenant, request.act(), department_id=department_id, **body.model_dump()
    )
    return json_answer(kept, etag=kept.version)


@route(
    blueprint,
    f"{PREFIX}/acting-bodies",
    methods=("POST",),
    permission=Permission.TENANT_ORGANISE,
    body=ActingBodyBody,
    answers={201: ActingBody},
    sample_body=SAMPLE_BODY,
)
def post_body(request: WebRequest) -> Answer:
    """Add an acting body."""
    made = keep_acting_body(request.store, request.tenant, request.act(), **_body_values(request))
    return json_answer(made, 201, etag=made.version)


@route(
    blueprint,
    f"{PREFIX}/acting-bodies/{{acting_body_id}}",
    methods=("PUT",),
    permission=Permission.TENANT_ORGANISE,
    resource=BODY,
    body=ActingBodyBody,
    answers=ActingBody,
    sample_body=SAMPLE_BODY,
)
def put_body(request: WebRequest, acting_body_id: str) -> Answer:
    """Change an acting body, or close it with `is_active` false."""
    values = _body_values(request)
    kept = keep_acting_body(request.store, request.tenant, request.act(), acting_body_id=acting_body_id, **values)
    return json_answer(kept, etag=kept.version)


def _body_values(request: WebRequest) -> dict[str, Any]:
    body = request.model(ActingBodyBody)
    return {name: getattr(body, name) for name in type(body).model_fields}


@route(blueprint, f"{PREFIX}/divisions", permission=Permission.TENANT_READ, answers=Listed[LocalDivision])
def list_divisions(request: WebRequest) -> Answer:
    """The divisions that the tenant keeps beyond the official list, closed ones too."""
    return listed(request, request.store.local_divisions.every(request.tenant))


@route(
    blueprint,
    f"{PREFIX}/divisions/{{code}}",
    methods=("PUT",),
    permission=Permission.TENANT_ORGANISE,
    sample={"code": "450105001001"},
    body=DivisionBody,
    answers=LocalDivision,
    sample_body={"name": "Example"},
)
def put_division(request: WebRequest, code: str) -> Answer:
    """Add, rename or close a village or township by its 12-digit code."""
    body = request.model(DivisionBody)
    kept = keep_division(request.store, request.tenant, request.act(), code=code, **body.model_dump())
    return json_answer(kept, etag=kept.version)


@route(blueprint, f"{PREFIX}/setup", permission=Permission.TENANT_READ, answers=Listed[SetupItem])
def show_setup(request: WebRequest) -> Answer:
    """What a first plan rests on, and what of it is missing."""
    return listed(request, setup_checklist(request.store, request.tenant, request.actor, request.now))
