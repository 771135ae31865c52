"""The edition that a disposal stays on, and who has a part in it here."""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.contract.inspection import InspectionRules
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.disposal import Disposal
from chalicelib.domain.disposal_order import DisposalOrder
from chalicelib.domain.division import covers
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.tenancy import ActingBody, Actor, Department, TenantId
from chalicelib.services.scenario.read_edition import Edition, edition_in_force, read_edition
from chalicelib.storage.store import Store


def edition_of(store: Store, tenant: TenantId, record: Disposal | DisposalOrder) -> Edition:
    """The version with which the disposal was opened; the one in force where that was never frozen and is gone."""
    try:
        return read_edition(store, tenant, record.scenario, record.scenario_version, record.overlay_number)
    except RecordNotFoundError:
        return edition_in_force(store, tenant, record.scenario)


def has_disposals(package: Scenario) -> bool:
    return bool(package.inspection.occurrences)


def named_departments(rules: InspectionRules) -> tuple[str, ...]:
    """Codes of every department that the package gives a part in a disposal."""
    recording = (code for one in rules.occurrences for code in one.recorded_by)
    return tuple(dict.fromkeys((*recording, *(one.department for one in rules.orders if one.department))))


@dataclass(frozen=True)
class Parties:
    """The tenant's acting bodies and departments whose area covers the place: two queries."""

    bodies: tuple[ActingBody, ...]
    departments: tuple[Department, ...]

    @classmethod
    def at(cls, store: Store, tenant: TenantId, division: str) -> "Parties":
        bodies = (one for one in store.acting_bodies.in_use(tenant) if covers(one.division, division))
        units = (one for one in store.departments.every(tenant) if one.is_active and covers(one.division, division))
        return cls(tuple(bodies), tuple(units))

    def bodies_for(self, codes: Iterable[str]) -> list[ActingBody]:
        wanted = set(codes)
        return [one for one in self.bodies if wanted & set(one.departments)]

    def taking_part(self, codes: Iterable[str]) -> tuple[str, ...]:
        """The codes, and the bodies that act for any of them: what `Resource.departments` is made of."""
        named = tuple(dict.fromkeys(codes))
        return (*named, *(one.id for one in self.bodies_for(named)))

    def owners_for(self, codes: Iterable[str], actor: Actor) -> tuple[str, ...]:
        """Whose work it is: the actor's own body or department where it is among them, else all bodies that act for
        these codes, else the departments themselves."""
        named = tuple(codes)
        bodies = [one.id for one in self.bodies_for(named)]
        if actor.acting_body_id in bodies:
            return (str(actor.acting_body_id),)
        units = [one.id for one in self.departments if one.code in named]
        if actor.department_id in units and not actor.acting_body_id:
            return (str(actor.department_id),)
        return tuple(bodies or units)
