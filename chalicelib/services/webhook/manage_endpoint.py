"""A tenant's administrator registers an endpoint, changes it, rotates its secret, stops and starts it."""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import ConflictError, FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.notification import stable_id
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.webhook import WebhookEndpoint
from chalicelib.domain.webhook_rules import address_problems, webhook_rules
from chalicelib.services.idempotent import idempotent
from chalicelib.services.webhook.vault import Vault, made_secret, renewed
from chalicelib.storage.change import Change
from chalicelib.storage.store import Store


class EndpointDraft(BaseModel):
    """What the administrator fills in. event_types: of those that the rules list."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    label: str = Field(min_length=1, max_length=60)
    url: str = Field(min_length=1, max_length=500)
    event_types: list[str] = Field(min_length=1)


def register_endpoint(
    store: Store, tenant: TenantId, act: Act, *, draft: EndpointDraft, vault: Vault, allows_local: bool
) -> tuple[WebhookEndpoint, str]:
    """The endpoint and its secret, which is shown once: a retry of the same act gives an empty one.

    Raises NotAllowedError, InvalidInputError for an address or event type that cannot be, or one endpoint too many.
    """
    require(act.actor, Permission.WEBHOOK_MANAGE)
    done = store.done(tenant, act)
    if done is not None:
        return store.webhook_endpoints.get(tenant, done.id), ""
    _check(draft, allows_local)
    if len(store.webhook_endpoints.every(tenant)) >= webhook_rules().most_endpoints:
        raise InvalidInputError([FieldProblem(field="url", code="webhook_too_many")])
    id = stable_id(tenant, act.key)
    sealed, secret = made_secret(vault, tenant, id, act.at)
    endpoint = WebhookEndpoint(
        id=id,
        url=draft.url,
        label=draft.label,
        event_types=frozenset(EventType(one) for one in draft.event_types),
        secrets=[sealed],
        registered_by=act.actor.person_id,
        registered_at=act.at,
    )
    with store.change(tenant, act) as change:
        change.save(endpoint)
        change.event(EventType.WEBHOOK_REGISTERED, endpoint, {"events": sorted(endpoint.event_types)})
    return endpoint, secret


@idempotent
def change_endpoint(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    endpoint_id: str,
    draft: EndpointDraft,
    allows_local: bool,
    version: int | None = None,
) -> WebhookEndpoint:
    """The endpoint as drafted. Raises ConflictError when it was changed since `version`."""
    require(act.actor, Permission.WEBHOOK_MANAGE)
    earlier = store.webhook_endpoints.get(tenant, endpoint_id)
    if version is not None and version != earlier.version:
        raise ConflictError(kind=earlier.KIND, id=endpoint_id)
    _check(draft, allows_local)
    wanted = {"label": draft.label, "url": draft.url, "event_types": frozenset(map(EventType, draft.event_types))}
    changed = earlier.with_changes(**wanted)
    with store.change(tenant, act) as change:
        change.save(changed)
        fields = sorted(name for name in wanted if getattr(earlier, name) != getattr(changed, name))
        change.event(EventType.WEBHOOK_CHANGED, changed, {"fields": fields})
    return changed


def rotate_secret(
    store: Store, tenant: TenantId, act: Act, *, endpoint_id: str, vault: Vault
) -> tuple[WebhookEndpoint, str]:
    """The endpoint and its new secret, shown once. The one before signs as well until the overlap of the rules ends."""
    require(act.actor, Permission.WEBHOOK_MANAGE)
    endpoint = store.webhook_endpoints.get(tenant, endpoint_id)
    if store.done(tenant, act) is not None:
        return endpoint, ""
    sealed, secret = made_secret(vault, tenant, endpoint_id, act.at)
    rotated = endpoint.with_changes(secrets=renewed(endpoint.secrets, sealed))
    with store.change(tenant, act) as change:
        change.save(rotated)
        change.event(EventType.WEBHOOK_SECRET_ROTATED, rotated, {"secret_id": rotated.secrets[0].id})
    return rotated, secret


@idempotent
def switch_endpoint(store: Store, tenant: TenantId, act: Act, *, endpoint_id: str, is_active: bool) -> WebhookEndpoint:
    """The endpoint, receiving from now on or no more. What happened while it was off is not pushed later."""
    require(act.actor, Permission.WEBHOOK_MANAGE)
    endpoint = store.webhook_endpoints.get(tenant, endpoint_id)
    if endpoint.is_active is is_active:
        return endpoint
    if is_active:
        switched = endpoint.with_changes(disabled_at=None, disabled_by="", failing_since=None)
    else:
        switched = endpoint.with_changes(disabled_at=act.at, disabled_by=act.actor.person_id)
    with store.change(tenant, act) as change:
        put_endpoint(store, change, switched)
        change.event(EventType.WEBHOOK_ENABLED if is_active else EventType.WEBHOOK_DISABLED, switched)
    return switched


def put_endpoint(store: Store, change: Change, endpoint: WebhookEndpoint) -> None:
    """Write an endpoint and what waits at it into a change."""
    change.save(endpoint)
    store.todos.replace(change, endpoint.ref, endpoint.todos())


def _check(draft: EndpointDraft, allows_local: bool) -> None:
    problems = address_problems(draft.url, allows_local=allows_local) + _unknown(draft.event_types)
    if problems:
        raise InvalidInputError(problems)


def _unknown(types: Iterable[str]) -> list[FieldProblem]:
    known = {one.value for one in webhook_rules().event_types}
    return [FieldProblem(field="event_types", code="unknown_choice") for one in types if one not in known][:1]
