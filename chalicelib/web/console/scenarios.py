"""Scenario packages: which are installed and enabled, the four ones of each, and its legal bases."""

from collections.abc import Callable
from typing import Any

from chalice import Blueprint

from chalicelib.contract.exchange import ChecklistRequest, EvaluationRequest, HandlerContext, InspectionRequest
from chalicelib.contract.finding_words import finding_words
from chalicelib.contract.registry import BrokenScenarioError, registry
from chalicelib.contract.scenario import PLACEHOLDER
from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.evaluation import EvaluationFacts
from chalicelib.domain.item import SubjectFacts
from chalicelib.domain.legal_basis import BasisStatus, waiting_bases
from chalicelib.services.scenario.basis_library import scenarios_of
from chalicelib.services.scenario.basis_marks import standing_marks
from chalicelib.services.scenario.limit_conflicts import conflicts_in, read_conflicts
from chalicelib.services.scenario.read_edition import editions_of
from chalicelib.services.tenancy.enable_scenario import ScenarioUnfinishedError
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.conflict_words import conflict_rows
from chalicelib.web.console.checklist_view import checklist_context
from chalicelib.web.console.people import label_of
from chalicelib.web.enabling import ask_first, switch_scenario
from chalicelib.web.evaluation_views import matrix_rows
from chalicelib.web.i18n import current_locale, gettext, mark
from chalicelib.web.outdated_bases import outdated_words
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route
from chalicelib.web.scenario_standing import StandingNote, standing_notes
from chalicelib.web.scenario_views import (
    call,
    chosen_kind,
    package_in_words,
    read_handbook,
    staff_context,
    words_of,
)

blueprint = Blueprint(__name__)

BASE = "/console/scenarios"
SAMPLE = {"scenario": "refined_oil"}
PARTS = {
    "handbook": mark("一业一册"),
    "checklist": mark("一业一单"),
    "inspection": mark("一业一查"),
    "evaluation": mark("一业一评"),
    "bases": mark("法律依据"),
}


@route(
    blueprint,
    BASE,
    permission=Permission.SCENARIO_READ,
    nav=Nav(group=mark("规则"), label=mark("监管场景"), order=70, icon="notebook"),
)
def list_scenarios(request: WebRequest) -> Answer:
    """Installed packages; one that does not hold is listed with what is wrong."""
    tenant = request.store.tenants.find(request.tenant, request.tenant)
    enabled = tenant.scenarios if tenant else []
    editions = editions_of(request.store, request.tenant, [name for name in enabled if registry().holds(name)])
    rows: list[dict[str, Any]] = []
    for name in registry().names():
        try:
            notes = standing_notes(name, editions)
            package = package_in_words(name)
            row = {"name": name, "package": package, "is_enabled": name in enabled, "problem": ""}
            about = package.manifest.summary
            row["summary"] = "" if about.startswith(PLACEHOLDER) else about
            row["is_unwritten"] = any(text.startswith(PLACEHOLDER) for text in registry().get(name).labels.values())
            rows.append(row | {"notes": notes})
        except BrokenScenarioError as error:
            first = finding_words(error.findings[0], current_locale())[0] if error.findings else ""
            rows.append({"name": name, "package": None, "is_enabled": name in enabled, "problem": first})
    return page(
        request,
        "pages/scenarios/list.html",
        rows=rows,
        enabled=sum(row["is_enabled"] for row in rows),
        may_enable=allowed(request.actor, Permission.SCENARIO_ENABLE),
    )


@route(
    blueprint,
    BASE + "/{scenario}/enabled",
    permission=Permission.SCENARIO_ENABLE,
    methods=["POST"],
    sample=SAMPLE,
    sample_body={"is_enabled": "yes"},
)
def switch(request: WebRequest, scenario: str) -> Answer:
    """On with `is_enabled=yes`, off without; a package below silver only with `is_confirmed=yes`, else asks."""
    return post_switch(request, scenario, f"{BASE}/{scenario}/enabled", BASE)


def post_switch(request: WebRequest, scenario: str, action: str, url: str) -> Answer:
    """action: where this was posted to; url: the page to go back to."""
    is_enabled = request.form.flag("is_enabled")
    try:
        switch_scenario(request, scenario, is_enabled=is_enabled, is_confirmed=request.form.flag("is_confirmed"))
    except ScenarioUnfinishedError:
        return ask_first(request, scenario, action, url)
    return _switched(request, scenario, is_enabled, url)


@route(
    blueprint,
    BASE + "/{scenario}/{part}",
    permission=Permission.SCENARIO_READ,
    sample=SAMPLE | {"part": "handbook"},
)
def show_part(request: WebRequest, scenario: str, part: str) -> Answer:
    """One of the four ones, each through its handler, or the legal bases."""
    if part not in PARTS:
        raise RecordNotFoundError(kind="scenario_part", id=part)
    package = package_in_words(scenario)
    url = f"{BASE}/{scenario}"
    return page(
        request,
        f"pages/scenarios/{part}.html",
        package=package,
        url=url,
        words_of=words_of,
        tabs=[
            *({"label": gettext(words), "url": f"{url}/{one}", "active": one == part} for one, words in PARTS.items()),
            {"label": gettext("本地调整"), "url": f"{url}/overlay"},
        ],
        notes=notes_of(request, scenario),
        **_CONTEXTS[part](request, scenario),
    )


def notes_of(request: WebRequest, scenario: str) -> list[StandingNote]:
    """Two reads; nothing is said of a scenario that is not enabled."""
    editions = editions_of(request.store, request.tenant, scenarios_of(request.store, request.tenant))
    return standing_notes(scenario, editions)


def _switched(request: WebRequest, scenario: str, is_enabled: bool, url: str) -> Answer:
    """Back to the list, with what keeps the scenario from being used as others are."""
    if not is_enabled:
        return see_other(url, gettext("已停用，进行中的检查不受影响。"))
    notes = notes_of(request, scenario)
    if not notes:
        return see_other(url, gettext("已启用，公众可以看手册。"))
    return see_other(url, gettext("已启用，但有要处理的：") + "".join(one.text for one in notes), "orange")


def _handbook(request: WebRequest, scenario: str) -> dict[str, Any]:
    package = package_in_words(scenario)
    kind = chosen_kind(request, package)
    context = staff_context(request, scenario)
    view, conditional = read_handbook(context, kind)
    shown = {
        "view": view,
        "conditional": conditional,
        "outdated": outdated_words(context, standing_marks(request.store, request.tenant)),
    }
    return shown | {"kinds": _kinds(f"{BASE}/{scenario}/handbook", scenario, kind)}


def _kinds(url: str, scenario: str, kind: str) -> list[dict[str, Any]]:
    return [
        {"label": one.label, "url": f"{url}?kind={one.code}", "active": one.code == kind}
        for one in package_in_words(scenario).manifest.subject_kinds
    ]


def _checklist(request: WebRequest, scenario: str) -> dict[str, Any]:
    context = staff_context(request, scenario)
    package = context.scenario.in_language(current_locale())
    kind = chosen_kind(request, package)
    asked = ChecklistRequest(language=current_locale(), subject=SubjectFacts(kind=kind))
    result = call("checklist", asked, context)
    url = f"{BASE}/{scenario}/checklist"
    conflicts = _conflicts(request, context)
    shown = checklist_context(request, package, result, url, kind, conflicts)
    return shown | {"kinds": _kinds(url, scenario, kind)}


def _conflicts(request: WebRequest, context: HandlerContext) -> list[dict[str, Any]]:
    """Those within the scenario, as they are settled, with what other scenarios say of the same question; without a
    page where it is not enabled. Nothing is read while it has none."""
    own = conflicts_in([context.scenario], request.now)
    if not own:
        return []
    standing = {one.record.id: one for one in read_conflicts(request.store, request.tenant, request.now)}
    shared = [standing[one.record.id] for one in own if one.record.id in standing]
    return conflict_rows(shared) + conflict_rows([one for one in own if one.record.id not in standing], has_page=False)


def _inspection(request: WebRequest, scenario: str) -> dict[str, Any]:
    bodies = request.store.acting_bodies.every(request.tenant)
    asked = InspectionRequest.model_validate(
        {
            "language": current_locale(),
            "acting_bodies": [{"id": body.id, "departments": body.departments} for body in bodies],
        }
    )
    context = staff_context(request, scenario)
    package = context.scenario.in_language(current_locale())
    return {
        "result": call("inspection", asked, context),
        "bodies": {body.id: label_of(body) for body in bodies},
        "matrix": matrix_rows(package),
        "department_label": package.manifest.department_label,
    }


def _evaluation(request: WebRequest, scenario: str) -> dict[str, Any]:
    """The rules, and what the handler makes of a subject of which nothing is known."""
    context = staff_context(request, scenario)
    asked = EvaluationRequest(language=current_locale(), facts=EvaluationFacts(as_of=context.today))
    rules = context.scenario.in_language(current_locale()).evaluation
    return {"rules": rules, "initial": call("evaluation", asked, context)}


def _bases(request: WebRequest, scenario: str) -> dict[str, Any]:
    package = package_in_words(scenario)
    confirmations = request.store.confirmations.of_scenario(request.tenant, scenario)
    waiting = {basis.id for basis in waiting_bases(package.legal_basis.bases, confirmations)}
    confirmed = {one.basis_id: one for one in confirmations}
    confirmers = sorted({one.confirmed_by for one in confirmations})
    people = request.store.people.find_many(request.tenant, confirmers, is_listed=True)
    cited: dict[str, int] = {}
    for item in package.checklist.items:
        for one in (*item.legal_basis_ids, *item.penalty_basis_ids):
            cited[one] = cited.get(one, 0) + 1
    return {
        "rows": [
            {
                "basis": basis,
                "is_waiting": basis.id in waiting,
                "confirmation": confirmed.get(basis.id) if basis.id not in waiting else None,
                "cited": cited.get(basis.id, 0),
            }
            for basis in sorted(package.legal_basis.bases, key=lambda one: one.id not in waiting)
        ],
        "waiting": len(waiting),
        "verified": sum(basis.status is BasisStatus.VERIFIED for basis in package.legal_basis.bases),
        "names": {id: person.name for id, person in people.items()},
        "may_confirm": allowed(request.actor, Permission.BASIS_CONFIRM),
    }


_CONTEXTS: dict[str, Callable[[WebRequest, str], dict[str, Any]]] = {
    "handbook": _handbook,
    "checklist": _checklist,
    "inspection": _inspection,
    "evaluation": _evaluation,
    "bases": _bases,
}
