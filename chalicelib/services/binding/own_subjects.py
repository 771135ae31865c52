"""Whom somebody acts for once duplicates were merged: bound to one identifier of a subject, they reach all of them."""

from collections.abc import Iterable

from chalicelib.domain.binding import reaching
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.storage.store import Store


def with_own_subjects(store: Store, tenant: TenantId, actor: Actor) -> Actor:
    """The actor with the identifiers that their subjects have now, of survivors and of those merged into them: one
    read for who is bound to any. Undone, a merge takes back what it gave."""
    if not actor.subject_ids:
        return actor
    return reaching(actor, identifiers(store, tenant, sorted(actor.subject_ids)))


def own_subjects(store: Store, tenant: TenantId, actor: Actor) -> list[Subject]:
    """The subjects of somebody who reaches all their identifiers (`with_own_subjects`), as they are now, each once, by
    identifier: one read."""
    found = store.subjects.find_many(tenant, sorted(actor.subject_ids))
    return sorted((one for one in found.values() if not one.merged_into), key=lambda one: one.id)


def identifiers(store: Store, tenant: TenantId, subject_ids: Iterable[str]) -> list[frozenset[str]]:
    """For each subject all identifiers that it has now; one that is not there is left out."""
    found = []
    for subject in store.subjects.find_many(tenant, subject_ids, is_listed=True).values():
        current = store.subjects.find_current(tenant, subject.merged_into) if subject.merged_into else subject
        found.append(frozenset({subject.id, *(current or subject).all_ids}))
    return found
