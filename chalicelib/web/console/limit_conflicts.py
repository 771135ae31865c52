"""Questions on which departments judge by different limits: the list, and each with how people settled it."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from chalicelib.domain.limit_conflict import ConflictState, LimitConflict, LimitDecision, stricter_limit
from chalicelib.services.scenario.basis_library import scenarios_of
from chalicelib.services.scenario.limit_conflicts import (
    StandingConflict,
    decide_conflict,
    settle_conflict,
    standing_conflicts,
)
from chalicelib.services.scenario.read_edition import editions_with
from chalicelib.web import conflict_words as words
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.i18n import gettext
from chalicelib.web.messages import form_problems
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

BASE = words.BASE
ONE = BASE + "/{question_key}"
P = Permission
SAMPLE: dict[str, Any] = {"sample": {"question_key": "dispenser_error"}}


def labels() -> dict[str, str]:
    return {"decision": gettext("怎么定"), "basis": gettext("哪一条依据"), "reason": gettext("理由")}


def conflicts_of(request: WebRequest) -> tuple[list[StandingConflict], list[LimitConflict]]:
    """Those that stand, and the records of those that agree by now: the tenant and its legal records."""
    store, tenant = request.store, request.tenant
    records = store.legal_records.of_tenant(tenant)
    editions = editions_with(store, scenarios_of(store, tenant), records.overlays)
    standing = standing_conflicts(editions, records.conflicts, request.now)
    current = {one.record.id for one in standing}
    return standing, [one for one in records.conflicts if one.id not in current]


@route(blueprint, BASE, permission=P.SCENARIO_READ)
def list_conflicts(request: WebRequest) -> Answer:
    """Open first, then those that are handed up, settled, and those that agree by now."""
    standing, past = conflicts_of(request)
    order = list(ConflictState)
    rows = [
        {"record": one.record, "name": words.question_words(one), "parts": words.part_rows(one)}
        for one in sorted(standing, key=lambda one: order.index(one.record.state))
    ]
    rows += [{"record": one, "name": one.name, "parts": []} for one in past]
    for row in rows:
        row |= {"chip": words.state_chip(row["record"]), "url": words.page_of(row["record"])}
    waiting = sum(row["record"].state in (ConflictState.OPEN, ConflictState.ESCALATED) for row in rows)
    return page(request, "pages/bases/limits.html", rows=rows, waiting=waiting)


@route(blueprint, ONE, permission=P.SCENARIO_READ, **SAMPLE)
def show_conflict(request: WebRequest, question_key: str) -> Answer:
    return _show(request, question_key)


def _show(request: WebRequest, question_key: str, error: InvalidInputError | None = None) -> Answer:
    standing, past = conflicts_of(request)
    found = next((one for one in standing if one.record.id == question_key), None)
    record = found.record if found else next((one for one in past if one.id == question_key), None)
    if record is None:
        raise RecordNotFoundError(kind=LimitConflict.KIND, id=question_key)
    people = {one.settled_by for one in record.settlements}
    names = request.store.people.find_many(request.tenant, people, is_listed=True) if people else {}
    history = [words.settlement_words(one) for one in reversed(record.settlements)]
    return page(
        request,
        "pages/bases/limit.html",
        422 if error else 200,
        record=record,
        name=words.question_words(found) if found else record.name,
        parts=words.part_rows(found) if found else [],
        chip_words=words.state_chip(record),
        history=[
            row | {"by": names[by].name if (by := row["settlement"].settled_by) in names else ""} for row in history
        ],
        latest=history[0] if history and record.settlement else None,
        is_gone=found is None,
        url=words.page_of(record),
        step=_step(request, found),
        values=request.form.single() if error else {},
        problems=form_problems(error, labels()) if error else [],
        **(_choices(found) if found else {}),
    )


def _step(request: WebRequest, found: StandingConflict | None) -> str:
    """What this person may do now: the last part of the form's address; empty for nothing."""
    if found is None:
        return ""
    if found.may_settle and allowed(request.actor, P.LIMIT_SETTLE):
        return "settlement"
    return "decision" if found.may_decide and allowed(request.actor, P.LIMIT_DECIDE) else ""


def _choices(found: StandingConflict) -> dict[str, Any]:
    stricter = stricter_limit(found.record.limits)
    decisions = [one for one in LimitDecision if one is not LimitDecision.STRICTER_HOLDS or stricter]
    if found.may_decide:
        decisions.remove(LimitDecision.ESCALATED)
    holds = gettext("（%(limit)s）", limit=words.limit_words(stricter)) if stricter else ""
    return {
        "decisions": [
            (one.value, gettext(words.DECISIONS[one]) + (holds if one is LimitDecision.STRICTER_HOLDS else ""))
            for one in decisions
        ],
        "bases": [("", gettext("请选择")), *words.basis_choices(found)],
    }


def read_settlement(form: Fields) -> dict[str, Any]:
    """What the services take. Raises InvalidInputError."""
    decision = form.text("decision")
    if decision not in set(LimitDecision):
        raise invalid("decision", "unknown_choice" if decision else "required")
    texts = {name: form.text(name) for name in ("reason", "basis", "seen")}
    return {"decision": LimitDecision(decision), **texts}


SAMPLE_SETTLEMENT = {"decision": "escalated", "reason": "两家意见不一"}


@route(
    blueprint,
    f"{ONE}/settlement",
    methods=("POST",),
    permission=P.LIMIT_SETTLE,
    sample_body=SAMPLE_SETTLEMENT,
    **SAMPLE,
)
def post_settlement(request: WebRequest, question_key: str) -> Answer:
    try:
        values = read_settlement(request.form)
        settled = settle_conflict(request.store, request.tenant, request.act(), question_key=question_key, **values)
    except InvalidInputError as error:
        return _show(request, question_key, error)
    is_up = settled.state is ConflictState.ESCALATED
    return see_other(
        words.page_of(settled), gettext("已上报，等司法行政部门裁定。") if is_up else gettext("已记下商定的结果。")
    )


@route(
    blueprint,
    f"{ONE}/decision",
    methods=("POST",),
    permission=P.LIMIT_DECIDE,
    sample_body={"decision": "stricter_holds", "reason": "从严"},
    **SAMPLE,
)
def post_decision(request: WebRequest, question_key: str) -> Answer:
    try:
        values = read_settlement(request.form)
        settled = decide_conflict(request.store, request.tenant, request.act(), question_key=question_key, **values)
    except InvalidInputError as error:
        return _show(request, question_key, error)
    return see_other(words.page_of(settled), gettext("已记下裁定的结果。"))
