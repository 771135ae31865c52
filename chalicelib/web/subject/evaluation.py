"""The subject's own evaluation: its credit grade with every point, and what is on record."""

from chalice import Blueprint

from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission, Resource, require
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.subject import Subject
from chalicelib.domain.subject_evaluation import CreditView
from chalicelib.services.binding.own_subjects import own_subjects
from chalicelib.services.evaluation.evaluate_members import has_older_rules
from chalicelib.web.answers import Answer, page
from chalicelib.web.body_words import body_name
from chalicelib.web.evaluation_views import credit_bands, findings_of, next_grade, point_rows
from chalicelib.web.i18n import mark
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route
from chalicelib.web.scenario_views import package_in_words
from chalicelib.web.scenarios import scenario_label

blueprint = Blueprint(__name__)


def own_subject(request: WebRequest) -> tuple[Subject | None, list[Subject]]:
    """The subject that the query names, else the first, and all to which this person is bound."""
    mine = own_subjects(request.store, request.tenant, request.actor)
    wanted = request.query.text("subject")
    if not wanted:
        return (mine[0] if mine else None), mine
    chosen = next((one for one in mine if wanted in one.all_ids), None)
    named = chosen.resource.subjects if chosen else frozenset({wanted})
    require(request.actor, Permission.OWN_SUBJECT_READ, Resource(subjects=named))
    if chosen is None:
        raise RecordNotFoundError(kind="subject", id=wanted)
    return chosen, mine


def own_scenario(request: WebRequest, names: list[str]) -> str:
    """The scenario that the query names, else the first; empty when there is none."""
    wanted = request.query.text("scenario")
    if wanted and wanted not in names:
        raise RecordNotFoundError(kind="scenario", id=wanted)
    return wanted or (names[0] if names else "")


def choices_of(
    url: str, subject: Subject, mine: list[Subject], scenario: str, names: list[str]
) -> list[dict[str, object]]:
    """Chips for who has several subjects or scenarios."""
    chips = [
        {"label": one.name, "url": f"{url}?subject={one.id}", "active": one.id == subject.id}
        for one in mine
        if len(mine) > 1
    ]
    return chips + [
        {
            "label": scenario_label(name),
            "url": f"{url}?subject={subject.id}&scenario={name}",
            "active": name == scenario,
        }
        for name in names
        if len(names) > 1
    ]


@route(
    blueprint,
    "/subject/evaluation",
    permission=Permission.OWN_SUBJECT_READ,
    nav=Nav(group=mark("我的企业"), label=mark("评价"), order=20, icon="stairs"),
)
def show_evaluation(request: WebRequest) -> Answer:
    """The stored evaluation, without risk level and weights: `CreditView` has neither."""
    url = "/subject/evaluation"
    subject, mine = own_subject(request)
    if subject is None:
        return page(request, "pages/subject/evaluation_none.html", subject=None)
    stored = {one.id: one for one in request.store.evaluations.of_subject(request.tenant, subject.id)}
    scenario = own_scenario(request, [name for name in stored if registry().holds(name)])
    if not scenario:
        return page(request, "pages/subject/evaluation_none.html", subject=subject)
    view = CreditView.of(stored[scenario])
    package = package_in_words(scenario)
    findings = findings_of(request.store.findings.of_subject(request.tenant, subject.id), scenario)
    rows = point_rows((*view.overrides, *view.points), findings, package)
    return page(
        request,
        "pages/subject/evaluation.html",
        subject=subject,
        view=view,
        has_older_rules=has_older_rules(request.store, request.tenant, stored[scenario], subject),
        package=package,
        rows=rows,
        bands=credit_bands(package),
        step=next_grade(package, view.credit_grade, view.credit_points),
        findings=findings,
        open_findings=[one for one in findings if one.passed_at is None and one.state != "closed"],
        bodies=list(dict.fromkeys(body_name(one) for one in findings)),
        indicators={one.id: one for one in package.evaluation.indicators},
        choices=choices_of(url, subject, mine, scenario, sorted(stored)),
    )
