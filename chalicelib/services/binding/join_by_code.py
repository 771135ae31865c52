"""Somebody whom the tenant does not know signs up with the code of a served notice: a subject's user, nothing more.

Who signed in with this identity is made a person, bound to the subject, and the login to the person. Nothing is written
before the code holds; the tries are counted as for people who are known.
"""

from chalicelib.domain.act import Act
from chalicelib.domain.binding import Binding, BindingSource
from chalicelib.domain.errors import FieldProblem, InvalidInputError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.login_binding import LoginBinding
from chalicelib.domain.session import Identity, Membership
from chalicelib.domain.tenancy import PLATFORM, Actor, Person, Role, TenantId
from chalicelib.services.binding.bind_by_code import find_code
from chalicelib.services.binding.put_binding import new_binding, put_binding
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store

MAX_NAME = 40


def joining_actor(tenant: TenantId, identity_id: str, name: str = "") -> Actor:
    """Who this identity would be here: always the same person, so that signing up twice makes one."""
    person_id = f"joined-{identity_id[:24]}"
    return Actor(tenant=tenant, person_id=person_id, name=name, roles=frozenset({Role.SUBJECT_USER}))


def join_by_code(store: Store, tenant: TenantId, act: Act, *, code: str, identity_id: str) -> Membership:
    """The membership to sign in by. act.actor: as `joining_actor`, with the name that they gave.

    Raises InvalidInputError as `bind_by_code` does, on `name` too; NotAllowedError for an identity that this tenant
    knows already, switched off or not; TooManyTriesError after the tries that the rules allow.
    """
    home = store.tenants.find(tenant, tenant)
    if home is None or tenant == PLATFORM:
        raise InvalidInputError([FieldProblem(field="code", code="binding_code_unknown", details={"left": 0})])
    _put(store, tenant, act, code=code, identity_id=identity_id)
    member = Membership(tenant=tenant, person_id=act.actor.person_id, label=home.label)
    identity = store.identities.lookup(identity_id) or Identity(id=identity_id, memberships=[])
    if member not in identity.memberships:
        store.identities.bind(identity.model_copy(update={"memberships": [*identity.memberships, member]}))
    return member


@idempotent
def _put(store: Store, tenant: TenantId, act: Act, *, code: str, identity_id: str) -> Binding:
    identity = store.identities.lookup(identity_id)
    is_known = identity is not None and any(one.tenant == tenant for one in identity.memberships)
    if is_known or store.people.find(tenant, act.actor.person_id) is not None:
        raise NotAllowedError(reason="known_here")
    name = act.actor.name.strip()
    if not name or len(name) > MAX_NAME:
        raise InvalidInputError([FieldProblem(field="name", code="too_long" if name else "required")])
    found = find_code(store, tenant, act, code)
    person = Person(id=act.actor.person_id, name=name, roles=act.actor.roles)
    subject = store.subjects.get(tenant, found.subject_id)
    binding = new_binding(
        store, tenant, act, person, subject, found.role, found.rights, BindingSource.SERVED_CODE, found.id
    )
    login = LoginBinding(
        id=LoginBinding.id_of(person.id, identity_id),
        person_id=person.id,
        identity_id=identity_id,
        bound_by=person.id,
        bound_at=act.at,
        confirmed_by=found.id,
    )
    with store.change(tenant, act) as change:
        put_binding(change, person, binding)
        change.save(login)
        change.save(found.with_changes(used_by=[*found.used_by, person.id]))
        change.event(
            EventType.PERSON_JOINED,
            binding,
            {"subject_id": subject.id, "person_id": person.id, "role": binding.role.value, "code_id": found.id},
        )
    return binding
