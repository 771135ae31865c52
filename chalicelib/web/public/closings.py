"""The certificate of deletion of a tenant that was closed: for whoever holds its address, without signing in."""

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.domain.checkpoint import canonical
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.tenancy import PLATFORM, is_tenant_id
from chalicelib.domain.tenant_closing import PublicClosing
from chalicelib.web.answers import Answer, file_answer, page
from chalicelib.web.i18n import current_locale
from chalicelib.web.people_words import role_label
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import OPEN, route

blueprint = Blueprint(__name__)

BASE = "/closed"
FILE = "certificate-of-deletion.json"


def _certificate(request: WebRequest, closed_id: str) -> PublicClosing:
    if not is_tenant_id(closed_id):
        raise RecordNotFoundError(kind=PublicClosing.KIND)
    with bootstrap.scope(PLATFORM, ScopeRole.PUBLIC):
        found: PublicClosing = request.store.public_closings.get(PLATFORM, closed_id)
    return found


@route(blueprint, BASE + "/{closed_id}", permission=OPEN, sample={"closed_id": "gx459900"})
def show_certificate(request: WebRequest, closed_id: str) -> Answer:
    """What was erased, when, on whose word, and under which hashes; while it goes on, how that is told."""
    found = _certificate(request, closed_id)
    return page(
        request,
        "pages/public/closing.html",
        closing=found,
        label=(found.label_en if current_locale() == "en" else "") or found.label,
        asked_role=role_label(found.asked_role),
        confirmed_role=role_label(found.confirmed_role),
        total=sum(found.items.values()),
        file_url=f"{BASE}/{found.id}/{FILE}",
    )


@route(blueprint, BASE + "/{closed_id}/" + FILE, permission=OPEN, sample={"closed_id": "gx459900"})
def fetch_certificate(request: WebRequest, closed_id: str) -> Answer:
    """The signed document in its canonical form (RFC 8785), with the signature beside it."""
    found = _certificate(request, closed_id)
    if not found.is_ended:
        raise RecordNotFoundError(kind=PublicClosing.KIND)
    body = canonical({"document": found.document(), "signature": found.signature})
    return file_answer(body, "application/json", FILE)
