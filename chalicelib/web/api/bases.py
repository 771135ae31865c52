"""The legal-basis library for programs: what is cited and rests on what, marks of changed laws and their work."""

from datetime import date
from typing import Any

from chalice import Blueprint
from pydantic import Field

from chalicelib.contract.basis_work import WorkEntry, WorkKind, rests_on
from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.basis_mark import BasisChange, BasisMark
from chalicelib.domain.legal_basis import BasisConfirmation, LegalBasis
from chalicelib.services.scenario.basis_library import LibraryEntry, Standing, items_of, open_inspections
from chalicelib.services.scenario.basis_marks import (
    find_mark,
    mark_basis,
    settle_work,
    standing_marks,
    withdraw_mark,
)
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, Query, Shown, listed, versioned
from chalicelib.web.console.bases import asked, find_entry, library
from chalicelib.web.console.basis_changes import SAMPLE_MARK, work_rows
from chalicelib.web.i18n import current_locale
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/bases"
MARKS = f"{PREFIX}/basis-marks"
ONE = f"{MARKS}/{{mark_id}}"
SAMPLE = {"scenario": "refined_oil", "basis_id": "fuel_retail"}
P = Permission
MarkAnswer = versioned(BasisMark, "BasisMarkAnswer")


class BasisQuery(Query):
    """q: in title, number or summary."""

    q: str = Field(default="", max_length=100)
    scenario: str = ""
    standing: Standing | None = None


class BasisAnswer(Shown):
    """rests: how much of the scenario rests on it; mark_id: of the change that makes it outdated, if any."""

    scenario: str
    basis: LegalBasis
    standing: Standing
    confirmation: BasisConfirmation | None
    mark_id: str | None
    rests: int


class BasisDetailAnswer(BasisAnswer):
    """rests_on_it: what of the scenario rests on it, with the plans and visits under way."""

    rests_on_it: list[WorkEntry]


class MarkBody(Body):
    """title: as it is cited; article: empty for the whole text, 19 or 第十九条之一."""

    title: str = Field(max_length=200)
    article: str = Field(default="", max_length=40)
    change: BasisChange
    decided_on: date
    effective_on: date
    successor: str = Field(default="", max_length=200)
    note: str = Field(default="", max_length=1000)


class WorkBody(Body):
    key: str = Field(max_length=200, description="`<scenario>:<kind>:<id>` of an entry of the work list")
    is_done: bool = True


class WithdrawalBody(Body):
    reason: str = Field(max_length=500)


class WorkAnswer(Shown):
    """An entry of a work list; `is_done` as somebody marked it."""

    scenario: str
    kind: WorkKind
    id: str
    key: str
    label: str
    is_done: bool


def _shown(entry: LibraryEntry) -> dict[str, Any]:
    return {
        "scenario": entry.scenario,
        "basis": entry.basis.model_dump(mode="json"),
        "standing": entry.standing.value,
        "confirmation": entry.confirmation.model_dump(mode="json") if entry.confirmation else None,
        "mark_id": entry.mark.id if entry.mark else None,
        "rests": entry.rests,
    }


@route(blueprint, BASE, permission=P.SCENARIO_READ, query=BasisQuery, answers=Listed[BasisAnswer])
def list_bases(request: WebRequest) -> Answer:
    """Every basis of the enabled scenarios, by title and article."""
    entries, _ = library(request)
    return listed(request, [_shown(one) for one in asked(request, entries)])


@route(
    blueprint,
    f"{BASE}/{{scenario}}/{{basis_id}}",
    permission=P.SCENARIO_READ,
    sample=SAMPLE,
    answers=BasisDetailAnswer,
)
def show_basis(request: WebRequest, scenario: str, basis_id: str) -> Answer:
    """One basis with everything that rests on it."""
    entry, edition, _ = find_entry(request, scenario, basis_id)
    found = rests_on(edition.scenario.in_language(current_locale()), basis_id, edition.overlay)
    if allowed(request.actor, P.PLAN_READ):
        found += open_inspections(request.store, request.tenant, {scenario: items_of(found)})
    return json_answer(_shown(entry) | {"rests_on_it": [one.model_dump(mode="json") for one in found]})


def _told(mark: BasisMark, status: int = 200) -> Answer:
    return json_answer(mark.model_dump(mode="json") | {"version": mark.version}, status, etag=mark.version)


@route(blueprint, MARKS, permission=P.SCENARIO_READ, answers=Listed[BasisMark])
def list_marks(request: WebRequest) -> Answer:
    """Marks that count here, newest first: the tenant's own and the platform's."""
    return listed(request, standing_marks(request.store, request.tenant))


@route(
    blueprint,
    MARKS,
    methods=("POST",),
    permission=P.BASIS_MARK,
    body=MarkBody,
    answers={201: MarkAnswer},
    sample_body=SAMPLE_MARK,
)
def post_mark(request: WebRequest) -> Answer:
    """Mark a clause as amended or repealed."""
    body = request.model(MarkBody)
    return _told(mark_basis(request.store, request.tenant, request.act(), **body.model_dump()), 201)


@route(blueprint, f"{ONE}/work", permission=P.SCENARIO_READ, answers=Listed[WorkAnswer])
def show_work(request: WebRequest, mark_id: str) -> Answer:
    """What has to change because of a mark."""
    mark = find_mark(request.store, request.tenant, mark_id)
    rows = [] if mark.is_withdrawn else work_rows(request, mark)
    return listed(
        request,
        [
            {
                **row["entry"].model_dump(mode="json", exclude={"basis_id"}),
                "key": row["entry"].key,
                "is_done": row["done"] is not None,
            }
            for row in rows
        ],
    )


@route(
    blueprint,
    f"{ONE}/work",
    methods=("POST",),
    permission=P.BASIS_MARK,
    body=WorkBody,
    answers=MarkAnswer,
    sample_body={"key": "refined_oil:check_item:warning_signs"},
)
def post_work(request: WebRequest, mark_id: str) -> Answer:
    """Settle an entry of the work list, or open it again."""
    body = request.model(WorkBody)
    return _told(settle_work(request.store, request.tenant, request.act(), mark_id=mark_id, **body.model_dump()))


@route(
    blueprint,
    f"{ONE}/withdrawal",
    methods=("POST",),
    permission=P.BASIS_MARK,
    body=WithdrawalBody,
    answers=MarkAnswer,
    sample_body={"reason": "标错了"},
)
def post_withdrawal(request: WebRequest, mark_id: str) -> Answer:
    """Take a mark back."""
    reason = request.model(WithdrawalBody).reason
    return _told(withdraw_mark(request.store, request.tenant, request.act(), mark_id=mark_id, reason=reason))
