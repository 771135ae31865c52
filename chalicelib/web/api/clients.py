"""System clients over the API: list, register, revoke."""

from datetime import datetime

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.system_client import ClientScope, SystemClient
from chalicelib.domain.tenancy import Role
from chalicelib.services.client.revoke_client import revoke_client
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, Shown, listed
from chalicelib.web.client_form import ClientBody, register_from
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/clients"
ONE = f"{BASE}/{{client_id}}"
CLIENT = (SystemClient.KIND, "client_id")


class ClientAnswer(Shown):
    """One system client. The identity provider keeps its secret."""

    id: str
    name: str
    department_id: str
    role: Role
    scopes: list[ClientScope]
    provider_subject: str
    is_active: bool
    registered_by: str
    registered_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None
    version: int


class RevocationBody(Body):
    reason: str = Field(min_length=1, max_length=400)


def client_json(client: SystemClient) -> dict[str, object]:
    body = client.model_dump(mode="json", exclude={"identity_id"})
    return body | {"scopes": sorted(client.scopes), "is_active": client.is_active, "version": client.version}


@route(blueprint, BASE, permission=Permission.CLIENT_READ, answers=Listed[ClientAnswer])
def list_clients(request: WebRequest) -> Answer:
    """The system clients of the tenant, the revoked ones too."""
    return listed(request, [client_json(one) for one in request.store.system_clients.every(request.tenant)])


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=Permission.CLIENT_MANAGE,
    body=ClientBody,
    answers={201: ClientAnswer},
    sample_body={
        "name": "third-party evaluation",
        "department_id": "gx450100-market",
        "role": "evaluator",
        "scopes": ["read"],
        "provider_subject": "7n1qexampleclientid",
    },
)
def post_client(request: WebRequest) -> Answer:
    """Register a client that the identity provider knows; its tokens count at once."""
    client = register_from(request, request.model(ClientBody))
    answer = json_answer(client_json(client), 201, etag=client.version)
    answer.headers["Location"] = f"{BASE}/{client.id}"
    return answer


@route(blueprint, ONE, permission=Permission.CLIENT_READ, resource=CLIENT, answers=ClientAnswer)
def show_client(request: WebRequest, client_id: str) -> Answer:
    """One system client."""
    client = request.store.system_clients.get(request.tenant, client_id)
    return json_answer(client_json(client), etag=client.version)


@route(
    blueprint,
    f"{ONE}/revocation",
    methods=("POST",),
    permission=Permission.CLIENT_MANAGE,
    resource=CLIENT,
    body=RevocationBody,
    answers=ClientAnswer,
    match=Match.OPTIONAL,
    sample_body={"reason": "no longer in use"},
)
def revoke(request: WebRequest, client_id: str) -> Answer:
    """Revoke a client: from its next call on its tokens open nothing."""
    reason = request.model(RevocationBody).reason
    revoked = revoke_client(request.store, request.tenant, request.act(), client_id=client_id, reason=reason)
    return json_answer(client_json(revoked), etag=revoked.version)
