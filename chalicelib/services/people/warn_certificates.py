"""Once a day: certificates that end soon, or have ended, wait at the officer and at who keeps the people."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import chain

from chalicelib.domain.act import Act
from chalicelib.domain.calendar import end_of_day, shanghai_date
from chalicelib.domain.certificate_warning import CertificateState, certificate_warnings, standing_on
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import Actor, Person, Role, TenantId, role_owner
from chalicelib.domain.todo import Todo, heap_of
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store

TOPIC = "certificate_expiring"
CLOCK = "clock"
SWEEP = "certificates"
KEEPER = role_owner(Role.SECURITY_ADMINISTRATOR)
"""Who enters the renewed certificate."""


def warn_certificates(store: Store, tenant: TenantId, now: datetime) -> int:
    """How many people's entries changed. Once a day it reads the officers of whom one is to be warned, and what waits
    at the keeper; taken again on the same day it does nothing."""
    if store.sweeps.was_today(tenant, SWEEP, now):
        return 0
    changed, is_whole = 0, True
    for person, wanted in _to_change(store, tenant, now):
        act = Act(actor=Actor.system(tenant, CLOCK), at=now, key=f"certificate.{person.id}.{shanghai_date(now)}")
        try:
            _note(store, tenant, act, person, wanted)
        except ConflictError:
            is_whole = False
            continue
        changed += 1
    if is_whole:
        store.sweeps.note(tenant, now, SWEEP)
    return changed


def _to_change(store: Store, tenant: TenantId, now: datetime) -> Iterator[tuple[Person, list[Todo]]]:
    """People whose entries are not as they should be, with what is wanted: the keeper's entries tell who has any, as
    the person's own are written with them."""
    held = {one.about.id for one in store.todos.every_of_owner(tenant, heap_of(KEEPER, TOPIC))}
    today = shanghai_date(now)
    soon = today + timedelta(days=certificate_warnings().todo_days)
    covered: set[str] = set()
    officers = (store.people.officers_covered_to(tenant, soon), store.people.officers_covered_from(tenant, today))
    for person in chain(*officers):
        wanted = certificate_todos(person, now)
        if wanted and person.id not in covered:
            covered.add(person.id)
            if person.id not in held:
                yield person, wanted
    for person in store.people.find_many(tenant, sorted(held - covered)).values():
        yield person, certificate_todos(person, now)


def certificate_todos(person: Person, now: datetime) -> list[Todo]:
    """What waits because of this person's certificate; nothing for who is not at work or is covered long enough."""
    standing = standing_on(person, shanghai_date(now))
    is_late = standing.state in (CertificateState.EXPIRED, CertificateState.MISSING)
    is_soon = standing.days_left is not None and standing.days_left <= certificate_warnings().todo_days
    if not person.is_active or Role.INSPECTOR not in person.roles or not (is_late or is_soon):
        return []
    due = end_of_day(standing.ends_on) if standing.ends_on else now - timedelta(days=1)
    return [Todo.of(person.ref, owner, TOPIC, person.name, at=now, due_at=due) for owner in (person.id, KEEPER)]


@idempotent
def _note(store: Store, tenant: TenantId, act: Act, person: Person, wanted: list[Todo]) -> Person:
    others = [one for one in store.todos.children(tenant, person.ref) if one.topic != TOPIC]
    with store.change(tenant, act) as change:
        store.todos.replace(change, person.ref, [*others, *wanted])
        change.event(EventType.CERTIFICATE_EXPIRY_NOTED, person, {"waits": bool(wanted)})
    return person
