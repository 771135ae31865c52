"""Evaluations for staff: subjects by stratum of the draw, and one subject with both outputs and what they rest on."""

from chalice import Blueprint

from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission, Resource, allowed, require
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.evaluation import Output
from chalicelib.domain.subject import DrawGrade, Subject
from chalicelib.services.evaluation.evaluate_members import has_older_rules
from chalicelib.web.answers import Answer, page
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.evaluation_views import findings_of, matrix_rows, point_rows
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route
from chalicelib.web.scenario_views import package_in_words, words_of
from chalicelib.web.scenarios import scenario_label

blueprint = Blueprint(__name__)

BASE = "/console/evaluations"


def evaluated_subject(request: WebRequest, subject_id: str) -> Subject:
    """The subject, for staff who may know of its place. Raises RecordNotFoundError."""
    subject: Subject = request.store.subjects.get(request.tenant, subject_id)
    require(request.actor, Permission.EVALUATION_READ, Resource(divisions=frozenset({subject.division})))
    return subject


@route(
    blueprint,
    BASE,
    permission=Permission.RISK_READ,
    nav=Nav(group=mark("成效"), label=mark("风险和信用"), order=80, icon="stairs"),
)
def list_by_grade(request: WebRequest) -> Answer:
    """The tenant and one page of a scenario's subjects in one stratum, most severe first."""
    tenant = request.store.tenants.find(request.tenant, request.tenant)
    names = [name for name in (tenant.scenarios if tenant else []) if registry().holds(name)]
    scenario = request.query.text("scenario", names[0] if names else "")
    grade = request.query.text("grade", DrawGrade.D.value)
    if scenario and scenario not in names:
        raise invalid("scenario", "unknown_choice")
    if grade not in set(DrawGrade):
        raise invalid("grade", "unknown_choice")
    found = (
        request.store.members.page_of_grade(request.tenant, scenario, DrawGrade(grade), after=open_cursor(request))
        if scenario
        else None
    )
    base = f"{BASE}?scenario={scenario}&grade={grade}"
    cursor = seal_cursor(request, found.next if found else None)
    shown = [
        one
        for one in (found.records if found else [])
        if allowed(request.actor, Permission.RISK_READ, Resource(divisions=frozenset({one.division})))
    ]
    return page(
        request,
        "pages/evaluations/list.html",
        members=shown,
        grade=grade,
        grades=[
            {
                "label": gettext("%(grade)s档", grade=one.value),
                "url": f"{BASE}?scenario={scenario}&grade={one.value}",
                "active": one.value == grade,
            }
            for one in reversed(DrawGrade)
        ],
        scenarios=[
            {"label": scenario_label(name), "url": f"{BASE}?scenario={name}&grade={grade}", "active": name == scenario}
            for name in names
        ],
        scenario=scenario,
        next_url=f"{base}&{CURSOR}={cursor}" if cursor else "",
        first_url=base if request.query.text(CURSOR) else "",
    )


@route(
    blueprint,
    "/console/subjects/{subject_id}/evaluation",
    permission=Permission.EVALUATION_READ,
    resource=("subject", "subject_id"),
)
def show_evaluation(request: WebRequest, subject_id: str) -> Answer:
    """Four reads: the subject, its evaluations, its findings, the rules in force. The risk level if it may be read."""
    subject = evaluated_subject(request, subject_id)
    evaluations = request.store.evaluations.of_subject(request.tenant, subject_id)
    wanted = request.query.text("scenario")
    evaluation = next((one for one in evaluations if not wanted or one.id == wanted), None)
    if wanted and evaluation is None:
        raise RecordNotFoundError(kind="subject_evaluation", id=wanted)
    url = f"/console/subjects/{subject_id}/evaluation"
    if evaluation is None:
        names = [(one.scenario, scenario_label(one.scenario)) for one in subject.memberships]
        return page(request, "pages/evaluations/none.html", subject=subject, scenarios=names)
    package = package_in_words(evaluation.id)
    findings = findings_of(request.store.findings.of_subject(request.tenant, subject_id), evaluation.id)
    result = evaluation.result
    return page(
        request,
        "pages/evaluations/show.html",
        subject=subject,
        evaluation=evaluation,
        has_older_rules=has_older_rules(request.store, request.tenant, evaluation, subject),
        result=result,
        package=package,
        risk_rows=point_rows(result.reasons(Output.RISK_LEVEL), findings, package),
        credit_rows=point_rows(result.reasons(Output.CREDIT_GRADE), findings, package),
        indicators={one.id: one for one in package.evaluation.indicators},
        findings=findings,
        matrix=matrix_rows(package),
        may_read_risk=allowed(request.actor, Permission.RISK_READ, Resource(divisions=frozenset({subject.division}))),
        tabs=[
            {"label": scenario_label(one.id), "url": f"{url}?scenario={one.id}", "active": one.id == evaluation.id}
            for one in evaluations
        ],
        words_of=words_of,
    )
