"""A finding on the phone: what the subject sent, handing it back, looking again, closing it."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed, require
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from chalicelib.domain.finding import Finding
from chalicelib.domain.visit_evidence import IMAGE_TYPES
from chalicelib.services.finding.end_finding import hand_over_finding
from chalicelib.services.finding.record_reinspection import close_finding, record_reinspection
from chalicelib.services.finding.return_rectification import return_rectification
from chalicelib.services.finding.sisters import find_sisters
from chalicelib.services.visit.uploads import keep_upload, prepare_upload
from chalicelib.web.answers import Answer, json_answer, page, see_other
from chalicelib.web.disposition import (
    days_left,
    evidence_answer,
    evidence_of,
    finding_chip,
    labels,
    timeline,
    upload_answer,
)
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import gettext
from chalicelib.web.messages import form_problems
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.scenarios import scenario_label

blueprint = Blueprint(__name__)

FINDING = ("finding", "finding_id")


def read_finding(request: WebRequest, finding_id: str, permission: Permission = Permission.FINDING_READ) -> Finding:
    finding = request.find_named(Finding, finding_id) or request.store.findings.get(request.tenant, finding_id)
    require(request.actor, permission, finding.resource)
    return finding


@route(blueprint, "/field/findings/{finding_id}", permission=Permission.FINDING_REINSPECT, resource=FINDING)
def show_finding(request: WebRequest, finding_id: str) -> Answer:
    return finding_page(request, read_finding(request, finding_id), "field")


@route(
    blueprint,
    "/field/findings/{finding_id}/evidence/{sha256}",
    permission=Permission.FINDING_REINSPECT,
    resource=FINDING,
    sample={"sha256": "0" * 64},
)
def show_evidence(request: WebRequest, finding_id: str, sha256: str) -> Answer:
    return find_evidence(request, read_finding(request, finding_id), sha256)


@route(
    blueprint,
    "/field/findings/{finding_id}/uploads",
    methods=("POST",),
    permission=Permission.FINDING_REINSPECT,
    resource=FINDING,
)
def sign_upload(request: WebRequest, finding_id: str) -> Answer:
    finding = read_finding(request, finding_id, Permission.FINDING_REINSPECT)
    prepared = prepare_upload(
        request.store,
        request.tenant,
        owner=finding,
        content_type=request.form.text("content_type"),
        allowed=IMAGE_TYPES,
    )
    return json_answer(upload_answer(prepared))


@route(
    blueprint,
    "/field/findings/{finding_id}/{step}",
    methods=("POST",),
    permission=Permission.FINDING_REINSPECT,
    resource=FINDING,
    sample={"step": "return"},
)
def take_step(request: WebRequest, finding_id: str, step: str) -> Answer:
    return finding_step(request, finding_id, step, "field")


def find_evidence(request: WebRequest, finding: Finding, sha256: str) -> Answer:
    found = next((one for one in evidence_of(finding) if one.sha256 == sha256), None)
    if found is None:
        raise RecordNotFoundError(kind="evidence")
    return evidence_answer(request, found)


def finding_step(request: WebRequest, finding_id: str, step: str, face: str) -> Answer:
    """`return`, `reinspect`, `close` or `hand-over`, from the phone or the console."""
    finding = read_finding(request, finding_id, Permission.FINDING_REINSPECT)
    form, common = request.form, {"finding_id": finding_id}
    try:
        if step == "return":
            return_rectification(
                request.store,
                request.tenant,
                request.act(),
                reason=form.text("reason"),
                remedy_due_on=form.day("remedy_due_on"),
                **common,
            )
            words = gettext("已退回企业，请其补正")
        elif step == "reinspect":
            if form.text("outcome") not in ("passed", "failed"):
                raise invalid("outcome", "not_chosen")
            is_passed = form.text("outcome") == "passed"
            record_reinspection(
                request.store,
                request.tenant,
                request.act(),
                is_passed=is_passed,
                text=form.text("text"),
                upload_ids=[*form.many("evidence_id"), *_kept(request, finding)],
                remedy_due_on=form.day("remedy_due_on"),
                **common,
            )
            words = gettext("复查合格，可以销号") if is_passed else gettext("复查不合格已记录，新期限已告知企业")
        elif step == "close":
            close_finding(request.store, request.tenant, request.act(), **common)
            words = gettext("问题已销号")
        elif step == "hand-over":
            hand_over_finding(
                request.store,
                request.tenant,
                request.act(),
                case_number=form.text("case_number"),
                filed_on=form.day("filed_on"),
                **common,
            )
            words = gettext("问题已转入处罚程序")
        else:
            raise RecordNotFoundError(kind="step", id=step)
    except InvalidInputError as error:
        return finding_page(request, finding, face, error, step)
    return see_other(f"/{face}/findings/{finding_id}", words)


def _kept(request: WebRequest, finding: Finding) -> list[str]:
    """Photos that came with the form of a browser without script."""
    return [
        keep_upload(request.store, request.tenant, owner=finding, content=file.content, allowed=IMAGE_TYPES)
        for file in request.files.get("evidence", [])
        if file.content
    ]


def finding_page(
    request: WebRequest, finding: Finding, face: str, error: InvalidInputError | None = None, step: str = ""
) -> Answer:
    return page(
        request,
        f"pages/{'field' if face == 'field' else 'findings'}/{'finding' if face == 'field' else 'show'}.html",
        422 if error else 200,
        **finding_context(request, finding, face),
        step=step,
        values=request.form.single() if error else {},
        problems=form_problems(error, labels()) if error else [],
    )


def finding_context(request: WebRequest, finding: Finding, face: str) -> dict[str, Any]:
    """What every page of one finding shows: state, clock, files by round, history."""
    base = f"/{face}/findings/{finding.id}"
    history = request.store.findings.history(request.tenant, finding.ref)
    names = {} if face == "subject" else _names(request, {event.actor_id for event in history})
    is_own = request.actor.acting_body_id in (None, finding.acting_body_id)
    may_act = is_own and allowed(request.actor, Permission.FINDING_REINSPECT, finding.resource)
    may_withdraw = is_own and allowed(request.actor, Permission.RESULT_CONFIRM, finding.resource)
    return {
        "finding": finding,
        "scenario": scenario_label(finding.scenario),
        "base": base,
        "state": finding_chip(finding),
        "days_left": None if finding.state in ("reinspected_passed", "closed") else days_left(request, finding),
        "has_clock": finding.state not in ("reinspected_passed", "closed"),
        "may_return": may_act and finding.may("return_rectification"),
        "may_reinspect": may_act and finding.may("pass_reinspection"),
        "may_fail": finding.may("fail_reinspection"),
        "may_close": may_act and finding.may("close_finding"),
        "may_hand_over": may_act and finding.may("hand_over_finding"),
        "may_withdraw": may_withdraw and finding.may("withdraw_finding"),
        "timeline": timeline(history, names),
        "sisters": [_sister(request, one, face) for one in find_sisters(request.store, request.tenant, finding)],
    }


def _sister(request: WebRequest, finding: Finding, face: str) -> dict[str, Any]:
    """Another finding on the same fault: who judges by what and how far it is; with its page for who may read it."""
    permission = Permission.OWN_SUBJECT_READ if face == "subject" else Permission.FINDING_READ
    return {
        "finding": finding,
        "scenario": scenario_label(finding.scenario),
        "state": finding_chip(finding),
        "url": f"/{face}/findings/{finding.id}" if allowed(request.actor, permission, finding.resource) else "",
    }


def _names(request: WebRequest, ids: set[str]) -> dict[str, str]:
    people = sorted(id for id in ids if not id.startswith("system:"))
    found = request.store.people.find_many(request.tenant, people, is_listed=True)
    return {id: person.name for id, person in found.items()}
