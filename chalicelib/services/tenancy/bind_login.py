"""Bind a login of the identity provider to a person of the tenant, and take it back.

Only the tenant's own memberships of the identity are touched: the same login may act elsewhere, and stays so.
"""

from collections.abc import Sequence

from chalicelib.domain.access import Permission, reaches, require
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.deadline import Due, deadline_rule, due_at
from chalicelib.domain.errors import FieldProblem, IllegalTransitionError, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.login_binding import LoginBinding
from chalicelib.domain.session import Identity, Membership
from chalicelib.domain.tenancy import ADMINISTRATORS, TenantId
from chalicelib.domain.todo import Todo
from chalicelib.services.draw.problems import SecondPersonNeededError
from chalicelib.services.tenancy.bind_identity import identity_id
from chalicelib.services.working_calendar import working_calendar
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store

DEADLINE = "login_confirmation"


def ask_login(store: Store, tenant: TenantId, act: Act, *, person_id: str, issuer: str, subject: str) -> LoginBinding:
    """A binding that waits for another administrator until its term ends. Raises RecordNotFoundError for an unknown
    person, InvalidInputError for an empty login or one that is bound to this person already."""
    require(act.actor, Permission.PEOPLE_MANAGE)
    subject = subject.strip()
    if not subject or len(subject) > 200:
        raise InvalidInputError([FieldProblem(field="login", code="too_long" if subject else "required")])
    person = store.people.get(tenant, person_id)
    known = identity_id(issuer, subject)
    earlier = store.login_bindings.find(tenant, LoginBinding.id_of(person.id, known))
    if earlier is not None and earlier.ended_at is None and not earlier.has_lapsed(act.at):
        raise InvalidInputError([FieldProblem(field="login", code="login_bound")])
    due = due_at(deadline_rule(DEADLINE, shanghai_date(act.at)), act.at, working_calendar())
    ends = due.due_at if isinstance(due, Due) else None
    binding = _binding(person.id, known, act, earlier).with_changes(expires_at=ends)
    _save(store, tenant, act, EventType.LOGIN_LINKED, binding, binding.todos(person.name))
    return binding


def confirm_login(store: Store, tenant: TenantId, act: Act, *, binding_id: str, label: str = "") -> LoginBinding:
    """The binding in force. Raises SecondPersonNeededError for who asked, the wrong kind of administrator and
    the person concerned, IllegalTransitionError once it has lapsed."""
    require(act.actor, Permission.ACCESS_CONFIRM)
    binding = store.login_bindings.get(tenant, binding_id)
    if binding.is_waiting:
        if binding.has_lapsed(act.at):
            raise IllegalTransitionError(state="expired", step="confirm_login")
        if not binding.may_be_confirmed_by(act.actor):
            raise SecondPersonNeededError(step="confirm_login")
        binding = binding.with_changes(confirmed_by=act.actor.person_id)
        _save(store, tenant, act, EventType.LOGIN_LINKED, binding)
    if binding.is_active:
        member = Membership(tenant=tenant, person_id=binding.person_id, label=label)
        _set(store, binding.identity_id, member, is_bound=True)
    return binding


def bind_login(
    store: Store, tenant: TenantId, act: Act, *, person_id: str, issuer: str, subject: str, label: str = ""
) -> bool:
    """Bind at once, as onboarding does, whose two persons have both agreed. Whether it was new to this person.

    The tenant's record comes first, so that no login is bound without one; repeated, both end up the same.
    """
    if not reaches(act.actor, Permission.TENANT_ONBOARD):
        require(act.actor, Permission.PEOPLE_MANAGE)
    person = store.people.get(tenant, person_id)
    known = identity_id(issuer, subject.strip())
    earlier = store.login_bindings.find(tenant, LoginBinding.id_of(person.id, known))
    is_new = earlier is None or not earlier.is_active
    if is_new:
        binding = _binding(person.id, known, act, earlier).with_changes(confirmed_by=act.actor.person_id)
        _save(store, tenant, act, EventType.LOGIN_LINKED, binding)
    _set(store, known, Membership(tenant=tenant, person_id=person.id, label=label), is_bound=True)
    return is_new


def unbind_login(store: Store, tenant: TenantId, act: Act, *, binding_id: str) -> LoginBinding:
    """The ended binding: whoever signs in by it afterwards does not act as this person any more."""
    require(act.actor, Permission.PEOPLE_MANAGE)
    binding = store.login_bindings.get(tenant, binding_id)
    if binding.ended_at is None:
        binding = binding.with_changes(ended_at=act.at)
        _save(store, tenant, act, EventType.LOGIN_UNLINKED, binding)
    _set(store, binding.identity_id, Membership(tenant=tenant, person_id=binding.person_id), is_bound=False)
    return binding


def _binding(person_id: str, identity: str, act: Act, earlier: LoginBinding | None) -> LoginBinding:
    return LoginBinding(
        id=LoginBinding.id_of(person_id, identity),
        version=earlier.version if earlier else 0,
        person_id=person_id,
        identity_id=identity,
        bound_by=act.actor.person_id,
        bound_for=act.actor.acting_for,
        bound_role=next(iter(act.actor.roles & ADMINISTRATORS), None),
        bound_at=act.at,
    )


def _save(
    store: Store,
    tenant: TenantId,
    act: Act,
    type: EventType,
    binding: LoginBinding,
    waiting: Sequence[Todo] = (),
) -> None:
    try:
        with store.change(tenant, act) as change:
            change.save(binding)
            store.todos.replace(change, binding.ref, list(waiting))
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
