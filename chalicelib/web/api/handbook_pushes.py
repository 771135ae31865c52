"""Handbooks pushed to subjects, for programs: push, who opened it, remind; a subject's people open theirs."""

from typing import Any, Literal

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.handbook_push import HandbookPush, HandbookReceipt
from chalicelib.domain.subject import Subject
from chalicelib.services.handbook.open_handbook import open_handbook
from chalicelib.services.handbook.push_handbook import opened_counts, remind_unread, request_push
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, ListQuery, listed
from chalicelib.web.console.handbook_pushes import PUSH, is_within
from chalicelib.web.cursors import open_cursor
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/handbook-pushes"
ONE = f"{BASE}/{{handbook_push_id}}"
P = Permission


class ReceiptQuery(ListQuery):
    """state: those who opened it, or those who have not; county: 12 digits."""

    state: Literal["unread", "opened"] = "unread"
    county: str = Field(default="", pattern=r"^(\d{12})?$")


class PushBody(Body):
    """county: 12 digits, empty for all of them; whoever works for one county pushes to that county."""

    scenario: str = Field(max_length=64)
    county: str = Field(default="", pattern=r"^(\d{12})?$")
    note: str = Field(default="", max_length=300)


class OpeningBody(Body):
    push_id: str = Field(pattern=r"^[A-Za-z0-9_.:-]{1,80}$")


class PushAnswer(HandbookPush):
    """opened: how many subjects have opened it."""

    opened: int = Field(ge=0)


def _told(push: HandbookPush, opened: int) -> dict[str, Any]:
    return push.model_dump(mode="json") | {"opened": opened}


@route(blueprint, BASE, permission=P.HANDBOOK_PUSH, query=ListQuery, answers=Listed[PushAnswer])
def list_pushes(request: WebRequest) -> Answer:
    """What was pushed, newest first."""
    limit = request.asked(ListQuery).limit
    found = request.store.handbook_pushes.recent(request.tenant, open_cursor(request), limit)
    pushes = [one for one in found.records if is_within(request, one)]
    opened = opened_counts(request.store, request.tenant, [one.id for one in pushes])
    return listed(request, [_told(one, opened[one.id]) for one in pushes], found.next)


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=P.HANDBOOK_PUSH,
    body=PushBody,
    answers={201: PushAnswer},
    sample_body={"scenario": "refined_oil"},
)
def post_push(request: WebRequest) -> Answer:
    """Push the handbook in force to every active subject of the scenario; a job sends it."""
    push = request_push(request.store, request.tenant, request.act(), **request.model(PushBody).model_dump())
    return json_answer(_told(push, 0), 201)


@route(
    blueprint,
    f"{ONE}/receipts",
    permission=P.HANDBOOK_PUSH,
    resource=PUSH,
    query=ReceiptQuery,
    answers=Listed[HandbookReceipt],
)
def list_receipts(request: WebRequest, handbook_push_id: str) -> Answer:
    """The receipt of each subject: who opened it and when, by county."""
    asked = request.asked(ReceiptQuery)
    found = request.store.handbook_receipts.of_push(
        request.tenant,
        handbook_push_id,
        is_opened=asked.state == "opened",
        county=asked.county,
        after=open_cursor(request),
        limit=asked.limit,
    )
    return listed(request, found.records, found.next)


@route(
    blueprint,
    f"{ONE}/reminder",
    methods=("POST",),
    permission=P.HANDBOOK_PUSH,
    resource=PUSH,
    answers=PushAnswer,
)
def post_reminder(request: WebRequest, handbook_push_id: str) -> Answer:
    """Tell again whoever has not opened it: once a day at most."""
    push = remind_unread(request.store, request.tenant, request.act(), push_id=handbook_push_id)
    opened = opened_counts(request.store, request.tenant, [push.id])
    return json_answer(_told(push, opened[push.id]))


@route(
    blueprint,
    f"{PREFIX}/subjects/{{subject_id}}/handbook-openings",
    methods=("POST",),
    permission=P.OWN_SUBJECT_READ,
    resource=(Subject.KIND, "subject_id"),
    body=OpeningBody,
    answers=HandbookReceipt,
    sample_body={"push_id": "01JD0000000000000000000000"},
)
def post_opening(request: WebRequest, subject_id: str) -> Answer:
    """Note that the caller has opened what was pushed to a subject of its own."""
    push_id = request.model(OpeningBody).push_id
    receipt = open_handbook(request.store, request.tenant, request.act(), push_id=push_id, subject_id=subject_id)
    return json_answer(receipt, etag=receipt.version)
