"""The public face for programs: no token, read under the public scope. The gateway limits how often it is asked."""

from chalice import Blueprint

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.public_result import search_text
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.cursors import open_cursor, seal_cursor
from chalicelib.web.fields import invalid
from chalicelib.web.public.home import MAX_HITS, MIN_QUERY
from chalicelib.web.public.tenants import enter_tenant
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import OPEN, route
from chalicelib.web.scenario_views import chosen_kind, package_in_words, public_context, read_handbook

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/public/{{tenant}}"


@route(blueprint, f"{BASE}/results", permission=OPEN)
def list_results(request: WebRequest, tenant: str) -> Answer:
    """The newest published results."""
    enter_tenant(request, tenant)
    found = request.store.public_results.newest(tenant, after=open_cursor(request))
    return json_answer({"results": found.records, "cursor": seal_cursor(request, found.next)})


@route(blueprint, f"{BASE}/subjects", permission=OPEN)
def search(request: WebRequest, tenant: str) -> Answer:
    """Subjects with published results, by a start of the trade name or by code (`q`)."""
    enter_tenant(request, tenant)
    text = search_text(request.query.text("q")[:100])
    if len(text) < MIN_QUERY:
        raise invalid("q", "too_short")
    hits = request.store.public_names.starting(tenant, text, limit=MAX_HITS)
    shown = {"subject_id", "name", "code", "division"}
    return json_answer({"subjects": [one.model_dump(mode="json", include=shown) for one in hits]})


@route(blueprint, f"{BASE}/subjects/{{subject_id}}", permission=OPEN)
def show_subject(request: WebRequest, tenant: str, subject_id: str) -> Answer:
    """Its published results, the newest inspection first."""
    enter_tenant(request, tenant)
    results = request.store.public_results.of_subject(tenant, subject_id)
    if not results:
        raise RecordNotFoundError(kind="public_result", id=subject_id)
    return json_answer({"results": results})


@route(blueprint, f"{BASE}/handbooks/{{scenario}}", permission=OPEN, sample={"scenario": "refined_oil"})
def show_handbook(request: WebRequest, tenant: str, scenario: str) -> Answer:
    """The handbook of a kind of subject (`kind`); `conditional` names paragraphs that hold under a condition only."""
    place = enter_tenant(request, tenant)
    if scenario not in place.scenarios:
        raise RecordNotFoundError(kind="scenario", id=scenario)
    kind = chosen_kind(request, package_in_words(scenario))
    view, conditional = read_handbook(public_context(request, scenario), kind)
    return json_answer({"handbook": view, "kind": kind, "conditional": sorted(conditional)})
