"""An officer's certificate is renewed under its new number and dates; the old one stays as history."""

from datetime import date

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import Certificate, Person, TenantId
from chalicelib.domain.text import tidy
from chalicelib.services.idempotent import idempotent
from chalicelib.services.people.warn_certificates import TOPIC
from chalicelib.storage.store import Store


@idempotent
def renew_certificate(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    person_id: str,
    number: str,
    valid_from: date | None,
    valid_to: date | None,
) -> Person:
    """The person with one certificate more, in order of their beginnings. Raises InvalidInputError."""
    require(act.actor, Permission.PEOPLE_MANAGE)
    person = store.people.get(tenant, person_id)
    number = tidy(number)
    problems = _problems(person, number, valid_from, valid_to)
    if problems or valid_from is None or valid_to is None:
        raise InvalidInputError(problems)
    fresh = Certificate(number=number, valid_from=valid_from, valid_to=valid_to)
    renewed = person.with_changes(
        certificates=sorted([*person.certificates, fresh], key=lambda one: (one.valid_from, one.valid_to))
    )
    kept = [one for one in store.todos.children(tenant, person.ref) if one.topic != TOPIC]
    with store.change(tenant, act) as change:
        change.save(renewed)
        store.todos.replace(change, person.ref, kept)
        change.event(
            EventType.CERTIFICATE_RENEWED,
            renewed,
            {"valid_from": valid_from.isoformat(), "valid_to": valid_to.isoformat()},
        )
    return renewed


def _problems(person: Person, number: str, valid_from: date | None, valid_to: date | None) -> list[FieldProblem]:
    found = []
    if not 4 <= len(number) <= 30:
        found.append(FieldProblem(field="number", code="certificate_number" if number else "required"))
    elif any(one.number == number and one.valid_to == valid_to for one in person.certificates):
        found.append(FieldProblem(field="number", code="certificate_number_held"))
    for field, day in (("valid_from", valid_from), ("valid_to", valid_to)):
        if day is None:
            found.append(FieldProblem(field=field, code="required"))
    if valid_from and valid_to and valid_to < valid_from:
        found.append(FieldProblem(field="valid_to", code="dates_reversed"))
    elif valid_to and any(one.valid_to >= valid_to for one in person.certificates):
        found.append(FieldProblem(field="valid_to", code="certificate_not_later"))
    return found
