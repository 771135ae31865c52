"""Which subjects are due for a patrol: the longest unpatrolled first, one county at a time. One query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from chalicelib.contract.inspection import PatrolRules
from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission, Resource, allowed, require
from chalicelib.domain.division import DivisionLevel, county_of, covers, level_of
from chalicelib.domain.patrol import days_late, due_until, end_of_week, next_due_on
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.services.register.list_subjects import narrower
from chalicelib.storage.register_contents import RegisterContents
from chalicelib.storage.repository import Position
from chalicelib.storage.store import Store

PAGE_ROWS = 50


@dataclass(frozen=True)
class Round:
    """A subject in one scenario. due_on: None where it was never patrolled and can be at any time; days_late: 0 while
    the day is not past."""

    member: ScenarioMember
    due_on: date | None
    days_late: int


@dataclass(frozen=True)
class RoundPage:
    """`is_cut`: the page is short although there is more behind `next`."""

    rounds: list[Round]
    next: Position | None = None
    is_cut: bool = False


def patrolled_among(names: Sequence[str]) -> tuple[str, ...]:
    """Of these scenarios the installed ones that have rules of patrols; without a read."""
    return tuple(one for one in names if registry().holds(one) and registry().get(one).inspection.patrol)


def places_of(actor: Actor, contents: RegisterContents, scenario: str) -> list[str]:
    """The counties in which the scenario has members, as far as they are within the actor's reach; the actor's own
    place where that is less than a county."""
    found = [narrower(one, actor.division) for one in contents.counties_of(scenario)]
    return list(dict.fromkeys(one for one in found if one))


def list_rounds(
    store: Store,
    tenant: TenantId,
    actor: Actor,
    *,
    scenario: str,
    rules: PatrolRules,
    division: str,
    today: date,
    after: Position | None = None,
    limit: int = PAGE_ROWS,
) -> RoundPage:
    """Overdue, or due by the end of this week, within the actor's reach. division: a county, or a township or village
    of one (12 digits). `after` is what the last page gave as `next`. Raises NotAllowedError."""
    require(actor, Permission.PATROL_READ)
    is_below = level_of(division) in (DivisionLevel.TOWNSHIP, DivisionLevel.VILLAGE)
    is_whole = not is_below and (actor.division is None or covers(actor.division, division))

    def wanted(member: ScenarioMember) -> bool:
        place = Resource(divisions=frozenset({member.division}))
        return covers(division, member.division) and allowed(actor, Permission.PATROL_READ, place)

    found = store.members.to_patrol(
        tenant,
        scenario,
        county_of(division) or division,
        until=due_until(rules.interval_days, end_of_week(today)),
        after=after,
        limit=limit,
        wanted=None if is_whole else wanted,
    )
    return RoundPage([_round(one, rules, today) for one in found.members], found.next, found.is_cut)


def _round(member: ScenarioMember, rules: PatrolRules, today: date) -> Round:
    due_on = next_due_on(member.patrolled_on, rules.interval_days)
    late = days_late(due_on, today)
    return Round(member, due_on, late)
