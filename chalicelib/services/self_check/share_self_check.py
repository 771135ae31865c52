"""A subject shows a finished self-check to the regulators of its place, and takes that back."""

from chalicelib.domain.access import Permission, allowed, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import IllegalTransitionError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.self_check import SelfCheck, SelfCheckSharing
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store


@idempotent
def share_self_check(store: Store, tenant: TenantId, act: Act, *, self_check_id: str) -> SelfCheck:
    """From now on officials of the place may read it. Raises IllegalTransitionError before it is finished."""
    check = _own(store, tenant, act, self_check_id)
    if not check.is_finished:
        raise IllegalTransitionError(state=check.state.value, step="share_self_check")
    if check.is_shared:
        return check
    sharing = SelfCheckSharing(shared_by=act.actor.person_id, shared_at=act.at)
    return _saved(store, tenant, act, check, [*check.sharings, sharing], EventType.SELF_CHECK_SHARED)


@idempotent
def end_sharing(store: Store, tenant: TenantId, act: Act, *, self_check_id: str) -> SelfCheck:
    """Officials may no longer read it; that they could, from when to when, stays on record."""
    check = _own(store, tenant, act, self_check_id)
    if not check.is_shared:
        return check
    ended = check.sharings[-1].model_copy(update={"ended_by": act.actor.person_id, "ended_at": act.at})
    return _saved(store, tenant, act, check, [*check.sharings[:-1], ended], EventType.SELF_CHECK_UNSHARED)


def read_shared(store: Store, tenant: TenantId, actor: Actor, self_check_id: str) -> SelfCheck:
    """The self-check as an official reads it; one that is not shared now does not exist for them."""
    check = store.self_checks.get(tenant, self_check_id)
    require(actor, Permission.SELF_CHECK_READ, check.resource)
    if not check.is_shared:
        raise RecordNotFoundError(kind=SelfCheck.KIND, id=self_check_id)
    return check


def may_answer(actor: Actor, check: SelfCheck) -> bool:
    return allowed(actor, Permission.SELF_CHECK_ANSWER, check.resource)


def _own(store: Store, tenant: TenantId, act: Act, self_check_id: str) -> SelfCheck:
    check = store.self_checks.get(tenant, self_check_id)
    require(act.actor, Permission.SELF_CHECK_ANSWER, check.resource)
    return check


def _saved(
    store: Store, tenant: TenantId, act: Act, check: SelfCheck, sharings: list[SelfCheckSharing], type: EventType
) -> SelfCheck:
    changed = check.with_changes(sharings=sharings)
    with store.change(tenant, act) as change:
        change.save(changed)
        change.event(type, changed)
    return changed
