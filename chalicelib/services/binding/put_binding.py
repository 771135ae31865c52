"""Write a binding together with the person whom it lets act: the two never differ."""

from collections.abc import Collection

from chalicelib.domain.act import Act
from chalicelib.domain.binding import Binding, BindingRole, BindingSource, binding_id, binding_rules, with_binding
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import Person, SubjectRight, TenantId
from chalicelib.storage.change import Change
from chalicelib.storage.store import Store


def put_binding(change: Change, person: Person, binding: Binding) -> None:
    """Save the binding and what the person's record repeats of it, within this change."""
    change.save(binding)
    change.save(with_binding(person, binding))


def new_binding(
    store: Store,
    tenant: TenantId,
    act: Act,
    person: Person,
    subject: Subject,
    role: BindingRole,
    rights: frozenset[SubjectRight],
    source: BindingSource,
    source_id: str = "",
) -> Binding:
    """The binding to write. Raises InvalidInputError: `already_bound` (as much or more is held), `too_many_agents`."""
    held = [one for one in store.bindings.of_subject(tenant, subject.id) if one.is_held]
    own = next((one for one in held if one.person_id == person.id), None)
    if own is not None and rights <= own.rights:
        raise InvalidInputError([FieldProblem(field="subject", code="already_bound")])
    if own is None and len(held) >= binding_rules().agents_per_subject:
        details: dict[str, str | int] = {"maximum": binding_rules().agents_per_subject}
        raise InvalidInputError([FieldProblem(field="subject", code="too_many_agents", details=details)])
    id = binding_id(subject.id, person.id)
    earlier = store.bindings.find(tenant, id)
    return Binding(
        id=id,
        version=earlier.version if earlier else 0,
        subject_id=subject.id,
        subject_name=subject.name,
        division=subject.division,
        person_id=person.id,
        person_name=person.name,
        role=role,
        rights=rights,
        source=source,
        source_id=source_id,
        bound_at=act.at,
        bound_by=act.actor.person_id,
    )


def rights_of(role: BindingRole, wanted: Collection[SubjectRight]) -> frozenset[SubjectRight]:
    """What this role may be given of what is wanted: an owner everything, an agent reading and what is offered."""
    if role is BindingRole.OWNER:
        return frozenset(SubjectRight)
    return frozenset({SubjectRight.READ}) | (frozenset(wanted) & binding_rules().agent_rights)
