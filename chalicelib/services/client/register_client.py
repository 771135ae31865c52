"""Register a system client, so that tokens that the identity provider gives it open the API of one tenant."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import AlreadyExistsError, FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.session import Identity, Membership
from chalicelib.domain.system_client import CLIENT_ROLES, ClientScope, SystemClient
from chalicelib.domain.tenancy import Role, TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.tenancy.bind_identity import identity_id
from chalicelib.storage.store import Store


@idempotent
def register_client(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    name: str,
    department_id: str,
    role: Role,
    scopes: frozenset[ClientScope],
    issuer: str,
    provider_subject: str,
) -> SystemClient:
    """The registered client. issuer and provider_subject: `iss` and `sub` of its tokens.

    AlreadyExistsError when this subject is bound to anybody: a token never means two callers.
    """
    require(act.actor, Permission.CLIENT_MANAGE)
    problems = []
    if store.departments.find(tenant, department_id) is None:
        problems.append(FieldProblem(field="department_id", code="unknown_choice"))
    if role not in CLIENT_ROLES:
        problems.append(FieldProblem(field="role", code="unknown_choice"))
    if problems:
        raise InvalidInputError(problems)
    client = SystemClient(
        name=name,
        department_id=department_id,
        role=role,
        scopes=scopes,
        provider_subject=provider_subject,
        identity_id=identity_id(issuer, provider_subject),
        registered_by=act.actor.person_id,
        registered_at=act.at,
    )
    _check_free(store, tenant, client)
    with store.change(tenant, act) as change:
        change.claim("client_subject", client.identity_id, client.ref)
        change.save(client)
        change.event(EventType.CLIENT_REGISTERED, client, _told(client))
    return client


def _check_free(store: Store, tenant: TenantId, client: SystemClient) -> Identity | None:
    """What is known of this subject; a client of this tenant that was erased with its records no longer counts."""
    bound = store.identities.lookup(client.identity_id)
    taken = [
        one
        for one in (bound.memberships if bound else [])
        if one.client_id != client.id
        and not (one.tenant == tenant and one.client_id and store.system_clients.find(tenant, one.client_id) is None)
    ]
    if taken:
        raise AlreadyExistsError(kind=SystemClient.KIND, identity=client.provider_subject)
    return bound


def bind_client(store: Store, tenant: TenantId, client: SystemClient) -> None:
    """Let its tokens find the client: after the record is written, and again at every repeat of the act."""
    member = Membership(tenant=tenant, person_id="", label=client.name, client_id=client.id)
    bound = _check_free(store, tenant, client)
    if bound is None or bound.memberships != [member]:
        version = bound.version if bound else 0
        store.identities.bind(Identity(id=client.identity_id, memberships=[member], version=version))


def _told(client: SystemClient) -> dict[str, object]:
    return {
        "department_id": client.department_id,
        "role": client.role.value,
        "scopes": sorted(client.scopes),
        "provider_subject": client.provider_subject,
    }
