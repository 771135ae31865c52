"""End a binding or change what an agent may do; it holds from the person's next request on, in every session."""

from collections.abc import Collection

from chalicelib.domain.access import Permission, allowed, require
from chalicelib.domain.act import Act
from chalicelib.domain.binding import Binding, BindingRole
from chalicelib.domain.errors import FieldProblem, IllegalTransitionError, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import Actor, SubjectRight, TenantId
from chalicelib.services.binding.put_binding import put_binding, rights_of
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store


def may_revoke(actor: Actor, binding: Binding) -> bool:
    """The person themselves, a department, and the owner for an agent. An owner is ended by a department only: a
    paper that went astray must not lock the true owner out."""
    if binding.person_id == actor.person_id or allowed(actor, Permission.BINDING_CONFIRM, binding.resource):
        return True
    return binding.role is BindingRole.AGENT and allowed(actor, Permission.BINDING_MANAGE, binding.resource)


@idempotent
def revoke_binding(store: Store, tenant: TenantId, act: Act, *, binding_id: str, reason: str = "") -> Binding:
    """The ended binding. Anybody but the person themselves says why."""
    binding = store.bindings.get(tenant, binding_id)
    if not may_revoke(act.actor, binding):
        require(act.actor, Permission.BINDING_CONFIRM, binding.resource)
    if not binding.is_held:
        raise IllegalTransitionError(state="revoked", step="revoke_binding")
    if not reason.strip() and binding.person_id != act.actor.person_id:
        raise InvalidInputError([FieldProblem(field="reason", code="reason_missing")])
    if len(reason) > 500:
        raise InvalidInputError([FieldProblem(field="reason", code="too_long")])
    person = store.people.get(tenant, binding.person_id)
    ended = binding.with_changes(revoked_at=act.at, revoked_by=act.actor.person_id, revoke_reason=reason.strip())
    with store.change(tenant, act) as change:
        put_binding(change, person, ended)
        change.event(
            EventType.BINDING_REVOKED, ended, {"subject_id": binding.subject_id, "person_id": binding.person_id}
        )
    return ended


@idempotent
def change_rights(
    store: Store, tenant: TenantId, act: Act, *, binding_id: str, rights: Collection[SubjectRight]
) -> Binding:
    """The agent's binding with other rights, set by the subject's owner; reading always stays."""
    binding = store.bindings.get(tenant, binding_id)
    require(act.actor, Permission.BINDING_MANAGE, binding.resource)
    if not binding.is_held or binding.role is not BindingRole.AGENT:
        raise IllegalTransitionError(state="revoked" if not binding.is_held else "owner", step="change_rights")
    changed = binding.with_changes(rights=rights_of(binding.role, rights))
    person = store.people.get(tenant, binding.person_id)
    with store.change(tenant, act) as change:
        put_binding(change, person, changed)
        change.event(
            EventType.BINDING_CHANGED,
            changed,
            {"subject_id": binding.subject_id, "rights": sorted(changed.rights)},
        )
    return changed
