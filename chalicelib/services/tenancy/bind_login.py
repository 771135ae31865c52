"""Bind a login of the identity provider to a person of the tenant, and take it back.

Only the tenant's own memberships of the identity are touched: the same login may act elsewhere, and stays so.
"""

from chalicelib.domain.access import Permission, reaches, require
from chalicelib.domain.act import Act
from chalicelib.domain.event import EventType
from chalicelib.domain.login_binding import LoginBinding
from chalicelib.domain.session import Identity, Membership
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.tenancy.bind_identity import identity_id
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store


def bind_login(
    store: Store, tenant: TenantId, act: Act, *, person_id: str, issuer: str, subject: str, label: str = ""
) -> bool:
    """Whether the login was new to this person. Raises RecordNotFoundError for an unknown person.

    The tenant's record comes first, so that no login is bound without one; repeated, both end up the same.
    """
    if not reaches(act.actor, Permission.TENANT_ONBOARD):
        require(act.actor, Permission.PEOPLE_MANAGE)
    person = store.people.get(tenant, person_id)
    known = identity_id(issuer, subject.strip())
    id = LoginBinding.id_of(person.id, known)
    earlier = store.login_bindings.find(tenant, id)
    is_new = earlier is None or not earlier.is_active
    if is_new:
        binding = LoginBinding(
            id=id,
            version=earlier.version if earlier else 0,
            person_id=person.id,
            identity_id=known,
            bound_by=act.actor.person_id,
            bound_at=act.at,
        )
        _save(store, tenant, act, EventType.LOGIN_BOUND, binding)
    _set(store, known, Membership(tenant=tenant, person_id=person.id, label=label), is_bound=True)
    return is_new


def unbind_login(store: Store, tenant: TenantId, act: Act, *, binding_id: str) -> LoginBinding:
    """The ended binding: from the next request on the login does not act as this person any more."""
    require(act.actor, Permission.PEOPLE_MANAGE)
    binding = store.login_bindings.get(tenant, binding_id)
    if binding.is_active:
        ended = binding.with_changes(ended_at=act.at)
        _save(store, tenant, act, EventType.LOGIN_UNBOUND, ended)
        binding = ended
    _set(store, binding.identity_id, Membership(tenant=tenant, person_id=binding.person_id), is_bound=False)
    return binding


def _save(store: Store, tenant: TenantId, act: Act, type: EventType, binding: LoginBinding) -> None:
    try:
        with store.change(tenant, act) as change:
            change.save(binding)
            change.event(type, binding, {"person_id": binding.person_id})
    except AlreadyDoneError:
        return


def _set(store: Store, id: str, membership: Membership, *, is_bound: bool) -> None:
    identity = store.identities.lookup(id) or Identity(id=id, memberships=[])
    wanted = (membership.tenant, membership.person_id)
    others = [one for one in identity.memberships if (one.tenant, one.person_id) != wanted]
    memberships = [*others, membership] if is_bound else others
    if memberships != identity.memberships:
        store.identities.bind(identity.model_copy(update={"memberships": memberships}))
