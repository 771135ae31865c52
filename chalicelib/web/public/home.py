"""The first public pages: which places there are, and the search for a result in one of them."""

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.domain.public_result import search_text
from chalicelib.domain.tenancy import PLATFORM
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.i18n import mark
from chalicelib.web.public.tenants import enter_tenant, label_of
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import OPEN, Nav, route
from chalicelib.web.scenarios import scenario_label

blueprint = Blueprint(__name__)

ROWS = 10
MAX_HITS = 50
MIN_QUERY = 2


@route(blueprint, "/", permission=OPEN)
def list_places(request: WebRequest) -> Answer:
    """Every tenant with its public pages, from the directory's public projection."""
    with bootstrap.scope(PLATFORM, ScopeRole.PUBLIC):
        tenants = request.store.public_tenants.directory(PLATFORM)
    return page(
        request,
        "pages/public/places.html",
        tenants=[(label_of(one, request.locale), one) for one in tenants],
        is_synthetic=any(one.is_synthetic for one in tenants),
    )


@route(blueprint, "/p/{tenant}", permission=OPEN, nav=Nav(group="", label=mark("查结果"), order=10))
def show_home(request: WebRequest, tenant: str) -> Answer:
    """The search box with the newest results, or what a query found; one hit alone is shown at once."""
    place = enter_tenant(request, tenant)
    query = request.query.text("q")[:100]
    text = search_text(query)
    base = f"/p/{tenant}"
    if query:
        hits = request.store.public_names.starting(tenant, text, limit=MAX_HITS) if len(text) >= MIN_QUERY else []
        if len(hits) == 1:
            return see_other(f"{base}/subjects/{hits[0].subject_id}")
        return page(
            request,
            "pages/public/results.html",
            base=base,
            query=query,
            is_short=len(text) < MIN_QUERY,
            hits=hits,
            is_cut=len(hits) >= MAX_HITS,
            place=place,
        )
    found = request.store.public_results.newest(tenant, after=open_cursor(request), limit=ROWS)
    cursor = seal_cursor(request, found.next)
    return page(
        request,
        "pages/public/home.html",
        base=base,
        place=place,
        results=found.records,
        scenarios=[(name, scenario_label(name)) for name in place.scenarios],
        next_url=f"{base}?{CURSOR}={cursor}" if cursor else "",
        first_url=base if request.query.text(CURSOR) else "",
    )
