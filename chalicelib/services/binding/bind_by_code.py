"""Somebody who is signed in types or scans the code of a served notice and from then on acts for the subject."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.binding import (
    Binding,
    BindingCode,
    BindingSource,
    TooManyTriesError,
    binding_rules,
    code_digest,
    read_code,
)
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.binding.issue_code import CLAIM
from chalicelib.services.binding.put_binding import new_binding, put_binding
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.errors import TooOftenError
from chalicelib.storage.store import Store


@idempotent
def bind_by_code(store: Store, tenant: TenantId, act: Act, *, code: str) -> Binding:
    """The binding. Raises InvalidInputError on field `code` (`binding_code_form`, `binding_code_unknown`,
    `code_used`, `code_expired`, `code_revoked`), TooManyTriesError after the tries that the rules allow."""
    require(act.actor, Permission.OWN_SUBJECT_READ)
    found = find_code(store, tenant, act, code)
    person = store.people.get(tenant, act.actor.person_id)
    subject = store.subjects.get(tenant, found.subject_id)
    binding = new_binding(
        store, tenant, act, person, subject, found.role, found.rights, BindingSource.SERVED_CODE, found.id
    )
    with store.change(tenant, act) as change:
        put_binding(change, person, binding)
        change.save(found.with_changes(used_by=[*found.used_by, person.id]))
        change.event(
            EventType.BINDING_MADE,
            binding,
            {"subject_id": subject.id, "person_id": person.id, "role": binding.role.value, "code_id": found.id},
        )
    return binding


def find_code(store: Store, tenant: TenantId, act: Act, typed: str) -> BindingCode:
    """The code's record. A try is counted before anything is said, and a code of no form is no try."""
    characters = read_code(typed)
    if characters is None:
        raise InvalidInputError([FieldProblem(field="code", code="binding_code_form" if typed.strip() else "required")])
    rules = binding_rules()
    counter = f"binding_code:{tenant}:{act.actor.person_id}"
    try:
        store.limits.hit(counter, rules.tries, rules.tries_seconds, act.at)
    except TooOftenError as error:
        wait = int(error.details["retry_after"])
        raise TooManyTriesError(minutes=-(-wait // 60), retry_after=wait) from error
    owner = store.owner(tenant, CLAIM, code_digest(characters))
    found = store.binding_codes.find(tenant, owner.id) if owner else None
    if found is None:
        left = max(0, rules.tries - store.limits.count(counter, rules.tries_seconds, act.at))
        raise InvalidInputError([FieldProblem(field="code", code="binding_code_unknown", details={"left": left})])
    problem = found.problem_at(act.at)
    if problem:
        raise InvalidInputError([FieldProblem(field="code", code=problem)])
    return found
