"""Hand-overs over the API: list, read, offer, accept, return, withdraw."""

from datetime import datetime
from typing import Any

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.hand_over import Direction, HandOver, HandOverState, SubjectProjection
from chalicelib.services.register.answer_hand_over import accept_hand_over, return_hand_over
from chalicelib.services.register.offer_hand_over import offer_hand_over, withdraw_hand_over
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, ListQuery, Shown, listed
from chalicelib.web.console.hand_overs import HAND_OVER, read_hand_over
from chalicelib.web.cursors import open_cursor
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.subject_view import SUBJECT, read_subject

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/hand-overs"
ONE = f"{BASE}/{{hand_over_id}}"
P = Permission.SUBJECT_HAND_OVER


class HandOverAnswer(Shown):
    """direction: outgoing offers are this tenant's own. projection: what is known of the subject before the answer."""

    id: str
    version: int
    direction: Direction
    state: HandOverState
    subject_id: str
    projection: SubjectProjection
    other_tenant: str
    other_label: str
    reason: str
    answer: str
    division: str
    offered_at: datetime
    answered_at: datetime | None
    due_at: datetime | None


class HandOverQuery(ListQuery):
    is_waiting: bool = Field(default=True, description="false: those that ended")


class OfferBody(Body):
    receiver: str = Field(pattern=r"^[a-z0-9]{8}$", description="tenant")
    reason: str = Field(min_length=1, max_length=400)


class AcceptBody(Body):
    division: str = Field(pattern=r"^[0-9]{12}$", description="where the receiver puts the subject")


class ReturnBody(Body):
    reason: str = Field(min_length=1, max_length=400)


def _shown(one: HandOver) -> dict[str, Any]:
    return one.model_dump(mode="json", exclude={"offered_by"}) | {"version": one.version}


def _answer(request: WebRequest, hand_over_id: str, status: int = 200) -> Answer:
    found = request.store.hand_overs.get(request.tenant, hand_over_id)
    return json_answer(_shown(found), status, etag=found.version)


@route(blueprint, BASE, permission=P, query=HandOverQuery, answers=Listed[HandOverAnswer])
def list_hand_overs(request: WebRequest) -> Answer:
    """Of either direction, newest first."""
    asked = request.asked(HandOverQuery)
    found = request.store.hand_overs.listed(
        request.tenant, is_waiting=asked.is_waiting, after=open_cursor(request), limit=asked.limit
    )
    mine = [_shown(one) for one in found.records if allowed(request.actor, P, one.resource)]
    return listed(request, mine, found.next)


@route(blueprint, ONE, permission=P, resource=HAND_OVER, answers=HandOverAnswer)
def show_hand_over(request: WebRequest, hand_over_id: str) -> Answer:
    """One hand-over as this side keeps it."""
    found = read_hand_over(request, hand_over_id)
    return json_answer(_shown(found), etag=found.version)


@route(
    blueprint,
    f"{PREFIX}/subjects/{{subject_id}}/hand-over",
    methods=("POST",),
    permission=P,
    resource=SUBJECT,
    body=OfferBody,
    answers={201: HandOverAnswer},
    sample_body={"receiver": "gx450500", "reason": "1"},
)
def post_offer(request: WebRequest, subject_id: str) -> Answer:
    """Offer the subject to another tenant, which sees a masked projection until it accepts."""
    read_subject(request, subject_id, P)
    body = request.model(OfferBody)
    subject = offer_hand_over(
        request.store,
        request.tenant,
        request.act(),
        subject_id=subject_id,
        receiver=body.receiver,
        reason=body.reason,
    )
    answer = _answer(request, subject.hand_over_id, 201)
    answer.headers["Location"] = f"{BASE}/{subject.hand_over_id}"
    return answer


@route(
    blueprint,
    f"{ONE}/accept",
    methods=("POST",),
    permission=P,
    resource=HAND_OVER,
    body=AcceptBody,
    answers=HandOverAnswer,
    sample_body={"division": "450105000000"},
)
def post_acceptance(request: WebRequest, hand_over_id: str) -> Answer:
    """Accept an incoming subject; its record follows."""
    read_hand_over(request, hand_over_id)
    division = request.model(AcceptBody).division
    accept_hand_over(request.store, request.tenant, request.act(), hand_over_id=hand_over_id, division=division)
    return _answer(request, hand_over_id)


@route(
    blueprint,
    f"{ONE}/return",
    methods=("POST",),
    permission=P,
    resource=HAND_OVER,
    body=ReturnBody,
    answers=HandOverAnswer,
    sample_body={"reason": "1"},
)
def post_return(request: WebRequest, hand_over_id: str) -> Answer:
    """Return an incoming subject with the reason."""
    read_hand_over(request, hand_over_id)
    reason = request.model(ReturnBody).reason
    return_hand_over(request.store, request.tenant, request.act(), hand_over_id=hand_over_id, reason=reason)
    return _answer(request, hand_over_id)


@route(blueprint, f"{ONE}/withdraw", methods=("POST",), permission=P, resource=HAND_OVER, answers=HandOverAnswer)
def post_withdrawal(request: WebRequest, hand_over_id: str) -> Answer:
    """Take an outgoing offer back."""
    read_hand_over(request, hand_over_id)
    withdraw_hand_over(request.store, request.tenant, request.act(), hand_over_id=hand_over_id)
    return _answer(request, hand_over_id)
