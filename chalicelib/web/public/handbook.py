"""Handbooks for everybody: what a trade has to do, and who inspects what."""

from chalice import Blueprint

from chalicelib.contract.exchange_handbook import HandbookView
from chalicelib.contract.registry import registry
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.services.scenario.basis_marks import marks_with
from chalicelib.web.answers import Answer, page
from chalicelib.web.handbook_document import about_kind, handbook_answer
from chalicelib.web.i18n import current_locale, mark
from chalicelib.web.outdated_bases import outdated_words
from chalicelib.web.public.tenants import enter_tenant
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import OPEN, Nav, route
from chalicelib.web.scenario_views import chosen_kind, package_in_words, public_context, read_handbook, words_of

blueprint = Blueprint(__name__)


@route(blueprint, "/p/{tenant}/handbooks", permission=OPEN, nav=Nav(group="", label=mark("看手册"), order=20))
def list_handbooks(request: WebRequest, tenant: str) -> Answer:
    """One for each scenario that the place has enabled."""
    place = enter_tenant(request, tenant)
    return page(
        request,
        "pages/public/handbooks.html",
        base=f"/p/{tenant}/handbooks",
        place=place,
        packages=[package_in_words(name) for name in place.scenarios if registry().holds(name)],
    )


@route(blueprint, "/p/{tenant}/handbooks/{scenario}", permission=OPEN, sample={"scenario": "refined_oil"})
def show_handbook(request: WebRequest, tenant: str, scenario: str) -> Answer:
    """By kind of subject, everything that could apply to it."""
    package, kind, outdated, view, conditional = _read(request, tenant, scenario)
    url = f"/p/{tenant}/handbooks/{scenario}"
    return page(
        request,
        "pages/public/handbook.html",
        base=f"/p/{tenant}/handbooks",
        view=view,
        conditional=conditional,
        outdated=outdated,
        package=package,
        kind=kind,
        kinds=[
            {"label": one.label, "url": f"{url}?kind={one.code}", "active": one.code == kind}
            for one in package.manifest.subject_kinds
        ],
        words_of=words_of,
    )


@route(blueprint, "/p/{tenant}/handbooks/{scenario}/file", permission=OPEN, sample={"scenario": "refined_oil"})
def fetch_handbook(request: WebRequest, tenant: str, scenario: str) -> Answer:
    """The same as a DOCX file."""
    package, kind, outdated, view, conditional = _read(request, tenant, scenario)
    return handbook_answer(view, package, about_kind(kind, package, view), conditional, outdated)


def _read(
    request: WebRequest, tenant: str, scenario: str
) -> tuple[Scenario, str, dict[str, str], HandbookView, set[str]]:
    """The package, the kind that the query names, words for clauses that no longer hold, its handbook, and the
    paragraphs under a condition. Three reads: the tenant, its legal records, the platform's marks."""
    place = enter_tenant(request, tenant)
    if scenario not in place.scenarios:
        raise RecordNotFoundError(kind="scenario", id=scenario)
    context, own = public_context(request, scenario)
    outdated = outdated_words(context, marks_with(request.store, tenant, own))
    package = context.scenario.in_language(current_locale())
    kind = chosen_kind(request, package)
    return package, kind, outdated, *read_handbook(context, kind)
