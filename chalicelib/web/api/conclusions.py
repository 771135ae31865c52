"""Conclusions of the acting bodies for programs: each adopts the shared answers or says what it finds itself."""

from datetime import date

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import NotAllowedError
from chalicelib.domain.item import Compliance
from chalicelib.domain.visit import BodyConclusion, Visit, VisitBody
from chalicelib.services.visit.conclude_body import conclude_body, make_own_finding
from chalicelib.services.visit.own_items import OwnItem, own_items
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api.shapes import Body, Shown
from chalicelib.web.api.visits import ONE
from chalicelib.web.field.visits import VISIT, read_visit
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, route

blueprint = Blueprint(__name__)


class OwnItemsAnswer(Shown):
    """The items of one acting body, with what the shared answers mean for each."""

    acting_body: VisitBody
    items: list[OwnItem]


class ConclusionBody(Body):
    compliance: Compliance
    note: str = Field(default="", max_length=2000)
    legal_basis_id: str | None = Field(default=None, max_length=80)
    remedy_due_on: date | None = None


@route(blueprint, f"{ONE}/conclusion", permission=Permission.CONCLUSION_MAKE, resource=VISIT, answers=OwnItemsAnswer)
def show_conclusion(request: WebRequest, visit_id: str) -> Answer:
    """The items of the caller's own acting body, with what the shared answers mean for each."""
    visit = read_visit(request, visit_id, Permission.CONCLUSION_MAKE)
    body = visit.body(request.actor.acting_body_id)
    if body is None:
        raise NotAllowedError(permission=Permission.CONCLUSION_MAKE.value)
    answers = request.store.visit_answers.of_visit(request.tenant, visit.id)
    said = request.store.body_conclusions.of_visit(request.tenant, visit.id)
    items = own_items(request.store, request.tenant, visit, body, answers, said, request.now, request.locale)
    return json_answer({"acting_body": body, "items": items})


@route(
    blueprint,
    f"{ONE}/conclusion",
    methods=("POST",),
    permission=Permission.CONCLUSION_MAKE,
    resource=VISIT,
    answers=Visit,
    match=Match.OPTIONAL,
)
def conclude(request: WebRequest, visit_id: str) -> Answer:
    """The caller's acting body adopts every shared answer on which it made no finding of its own."""
    own = _own_body(request, visit_id)
    visit: Visit = conclude_body(request.store, request.tenant, request.act(), visit_id=visit_id, acting_body_id=own)
    return json_answer(visit, etag=visit.version)


@route(
    blueprint,
    f"{ONE}/conclusion/items/{{item_id}}",
    methods=("PUT",),
    permission=Permission.CONCLUSION_MAKE,
    resource=VISIT,
    sample={"item_id": "lightning_protection_tested"},
    body=ConclusionBody,
    answers=BodyConclusion,
    sample_body={"compliance": "compliant"},
)
def put_own_finding(request: WebRequest, visit_id: str, item_id: str) -> Answer:
    """Say for one item what the caller's own acting body finds."""
    body = request.model(ConclusionBody)
    said = make_own_finding(
        request.store,
        request.tenant,
        request.act(),
        visit_id=visit_id,
        acting_body_id=_own_body(request, visit_id),
        item_id=item_id,
        compliance=body.compliance,
        note=body.note,
        legal_basis_id=body.legal_basis_id,
        remedy_due_on=body.remedy_due_on,
    )
    return json_answer(said, etag=said.version)


def _own_body(request: WebRequest, visit_id: str) -> str:
    read_visit(request, visit_id, Permission.CONCLUSION_MAKE)
    if request.actor.acting_body_id is None:
        raise NotAllowedError(permission=Permission.CONCLUSION_MAKE.value)
    return request.actor.acting_body_id
