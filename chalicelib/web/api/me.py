"""Who the caller is, as the API sees them."""

from chalice import Blueprint

from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Shown
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import SIGNED_IN, route

blueprint = Blueprint(__name__)


class MeAnswer(Shown):
    """roles: of the person in this tenant; client_id: of the system client that calls, if it is no person."""

    tenant: str
    person_id: str
    client_id: str | None
    roles: list[str]
    department_id: str | None
    acting_body_id: str | None
    division: str | None


@route(blueprint, f"{PREFIX}/me", permission=SIGNED_IN, answers=MeAnswer)
def who_am_i(request: WebRequest) -> Answer:
    """Who the caller is: tenant, person and roles that a token or session leads to."""
    actor = request.actor
    return json_answer(
        {
            "tenant": actor.tenant,
            "person_id": actor.person_id,
            "client_id": request.client.id if request.client else None,
            "roles": sorted(actor.roles),
            "department_id": actor.department_id,
            "acting_body_id": actor.acting_body_id,
            "division": actor.division,
        }
    )
