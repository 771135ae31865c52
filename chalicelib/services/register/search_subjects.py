"""Find subjects of the register by a text, as far as the person may know of them."""

from chalicelib.domain.access import Permission, allowed, require
from chalicelib.domain.division import covers
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.storage.store import Store


def search_subjects(
    store: Store,
    tenant: TenantId,
    actor: Actor,
    text: str,
    *,
    limit: int = 8,
    permission: Permission = Permission.SUBJECT_READ,
) -> list[Subject]:
    """The first subjects that a text finds: any part of a trade name, the beginning of a whole name, code, address or
    plate. At most three table calls; two characters at least (domain/search_text.py), else nothing. permission: what
    the person looks for them for."""
    require(actor, permission)
    within = actor.division
    page = store.subjects.search(
        tenant,
        text,
        limit=limit,
        wanted=lambda one: allowed(actor, permission, one.resource),
        wanted_place=(lambda division, _: covers(within, division)) if within else None,
    )
    return page.subjects[:limit]
