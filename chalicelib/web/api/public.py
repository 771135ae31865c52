"""The public face for programs: no token, read under the public scope, limited by address."""

from chalice import Blueprint
from pydantic import Field

from chalicelib.contract.exchange_handbook import HandbookView
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.public_result import PublicResult, search_text
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Listed, ListQuery, Query, Shown, listed
from chalicelib.web.cursors import open_cursor
from chalicelib.web.fields import invalid
from chalicelib.web.public.home import MAX_HITS, MIN_QUERY
from chalicelib.web.public.tenants import enter_tenant
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import OPEN, route
from chalicelib.web.scenario_views import chosen_kind, package_in_words, public_context, read_handbook

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/public/{{tenant}}"


class SearchQuery(Query):
    q: str = Field(default="", max_length=100, description="a start of the trade name, or a credit code")


class HandbookQuery(Query):
    kind: str = Field(default="", max_length=60, description="kind of subject; the first of the scenario when left out")


class HitAnswer(Shown):
    """A subject with published results."""

    subject_id: str
    name: str
    code: str | None
    division: str


class PublicHandbookAnswer(Shown):
    """conditional: paragraphs and items that apply under a condition only."""

    handbook: HandbookView
    kind: str
    conditional: list[str]


@route(blueprint, f"{BASE}/results", permission=OPEN, query=ListQuery, answers=Listed[PublicResult])
def list_results(request: WebRequest, tenant: str) -> Answer:
    """The newest published results."""
    enter_tenant(request, tenant)
    limit = request.asked(ListQuery).limit
    found = request.store.public_results.newest(tenant, after=open_cursor(request), limit=limit)
    return listed(request, found.records, found.next)


@route(blueprint, f"{BASE}/subjects", permission=OPEN, query=SearchQuery, answers=Listed[HitAnswer])
def search(request: WebRequest, tenant: str) -> Answer:
    """Subjects with published results, by a start of the trade name or by code (`q`)."""
    enter_tenant(request, tenant)
    text = search_text(request.asked(SearchQuery).q)
    if len(text) < MIN_QUERY:
        raise invalid("q", "too_short")
    hits = request.store.public_names.starting(tenant, text, limit=MAX_HITS)
    shown = {"subject_id", "name", "code", "division"}
    return listed(request, [one.model_dump(mode="json", include=shown) for one in hits])


@route(blueprint, f"{BASE}/subjects/{{subject_id}}", permission=OPEN, answers=Listed[PublicResult])
def show_subject(request: WebRequest, tenant: str, subject_id: str) -> Answer:
    """The published results of one subject, the newest inspection first."""
    enter_tenant(request, tenant)
    results = request.store.public_results.of_subject(tenant, subject_id)
    if not results:
        raise RecordNotFoundError(kind="public_result", id=subject_id)
    return listed(request, results)


@route(
    blueprint,
    f"{BASE}/handbooks/{{scenario}}",
    permission=OPEN,
    sample={"scenario": "refined_oil"},
    query=HandbookQuery,
    answers=PublicHandbookAnswer,
)
def show_handbook(request: WebRequest, tenant: str, scenario: str) -> Answer:
    """The handbook of a kind of subject (`kind`); `conditional` names paragraphs and items that apply under a
    condition only."""
    place = enter_tenant(request, tenant)
    if scenario not in place.scenarios:
        raise RecordNotFoundError(kind="scenario", id=scenario)
    kind = chosen_kind(request, package_in_words(scenario))
    context, _ = public_context(request, scenario)
    view, conditional = read_handbook(context, kind)
    return json_answer({"handbook": view, "kind": kind, "conditional": sorted(conditional)})
