"""What subjects share with the officials of their place: the newest first, within the actor's reach. One query."""

from dataclasses import dataclass

from chalicelib.domain.access import Permission, allowed, require
from chalicelib.domain.division import county_of, covers
from chalicelib.domain.self_check import SelfCheck
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.services.register.list_subjects import narrower
from chalicelib.storage.repository import Position
from chalicelib.storage.store import Store

PAGE_ROWS = 50


@dataclass(frozen=True)
class SharedPage:
    """`is_cut`: the page is short although there is more behind `next`."""

    checks: list[SelfCheck]
    next: Position | None = None
    is_cut: bool = False


def list_shared(
    store: Store,
    tenant: TenantId,
    actor: Actor,
    *,
    scenario: str = "",
    division: str = "",
    is_oldest_first: bool = False,
    after: Position | None = None,
    limit: int = PAGE_ROWS,
) -> SharedPage:
    """Those of a scenario and a place (12 digits), when named. What is not shared now is not read at all.

    `after` is what the last page gave as `next`. Raises NotAllowedError.
    """
    require(actor, Permission.SELF_CHECK_READ)
    place = narrower(division, actor.division) if division else actor.division
    if division and place is None:
        return SharedPage([])
    county = county_of(place) if place else None
    found = store.self_checks.shared(tenant, county, after=after, limit=limit, is_descending=not is_oldest_first)
    shown = [
        one
        for one in found.records
        if scenario in ("", one.scenario)
        and (not place or covers(place, one.division))
        and allowed(actor, Permission.SELF_CHECK_READ, one.resource)
    ]
    return SharedPage(shown, found.next, is_cut=found.next is not None and len(shown) < len(found.records))
