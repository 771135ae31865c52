"""Who the caller is, as the API sees them."""

from chalice import Blueprint

from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import SIGNED_IN, route

blueprint = Blueprint(__name__)


@route(blueprint, f"{PREFIX}/me", permission=SIGNED_IN)
def who_am_i(request: WebRequest) -> Answer:
    """Tenant, person and roles that a token or session leads to."""
    actor = request.actor
    return json_answer(
        {
            "tenant": actor.tenant,
            "person_id": actor.person_id,
            "roles": sorted(actor.roles),
            "department_id": actor.department_id,
            "acting_body_id": actor.acting_body_id,
            "division": actor.division,
        }
    )
