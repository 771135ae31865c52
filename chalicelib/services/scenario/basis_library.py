"""The legal-basis library of a tenant: every basis of its scenarios, how it stands, and what rests on it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from chalicelib.contract.basis_work import WorkEntry, WorkKind, outdated_bases, rests_on, work_of
from chalicelib.contract.registry import registry
from chalicelib.domain.basis_mark import BasisChange, BasisMark
from chalicelib.domain.legal_basis import BasisConfirmation, BasisStatus, LegalBasis
from chalicelib.domain.loop import machine
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.tenancy import PLATFORM, TenantId
from chalicelib.services.scenario.read_edition import Edition
from chalicelib.storage.store import Store


class Standing(StrEnum):
    """How a basis stands today: the first that holds, in this order."""

    REPEALED = "repealed"
    AMENDED = "amended"
    ENDED = "ended"
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    UPCOMING = "upcoming"
    VERIFIED = "verified"


@dataclass(frozen=True)
class LibraryEntry:
    """One basis of one scenario, of `edition`. mark: what changed it, if anybody marked that."""

    edition: Edition
    basis: LegalBasis
    standing: Standing
    confirmation: BasisConfirmation | None
    mark: BasisMark | None

    @property
    def scenario(self) -> str:
        return self.edition.package.name

    @property
    def key(self) -> str:
        return f"{self.scenario}.{self.basis.id}"

    @property
    def rests(self) -> int:
        """How much rests on it: looked up for what is shown, since it goes through the whole package."""
        return len(rests_on(self.edition.scenario, self.basis.id, self.edition.overlay))


def scenarios_of(store: Store, tenant: TenantId) -> list[str]:
    """Those that the tenant enabled, on the platform all, that are installed and hold."""
    home = store.tenants.find(tenant, tenant) if tenant != PLATFORM else None
    names = registry().names() if tenant == PLATFORM else home.scenarios if home else ()
    return [name for name in names if registry().holds(name)]


def standing_of(
    basis: LegalBasis, confirmation: BasisConfirmation | None, mark: BasisMark | None, on: date
) -> Standing:
    if mark is not None:
        return Standing.REPEALED if mark.change is BasisChange.REPEALED else Standing.AMENDED
    if basis.effective_to is not None and basis.effective_to <= on:
        return Standing.ENDED
    if basis.status is BasisStatus.TO_BE_CONFIRMED:
        return Standing.CONFIRMED if confirmation is not None else Standing.WAITING
    return Standing.VERIFIED if basis.is_in_force(on) else Standing.UPCOMING


def library_of(
    editions: Sequence[Edition],
    confirmations: Sequence[tuple[str, BasisConfirmation]],
    marks: Sequence[BasisMark],
    on: date,
    language: str,
) -> list[LibraryEntry]:
    """Every basis, by title and article. confirmations: with the scenario that each belongs to."""
    found = []
    given: dict[str, list[BasisConfirmation]] = defaultdict(list)
    for name, one in confirmations:
        given[name].append(one)
    for edition in editions:
        scenario = edition.scenario.in_language(language)
        outdated = {basis.id: mark for basis, mark in outdated_bases(scenario.legal_basis.bases, marks)}
        for basis in scenario.legal_basis.bases:
            held = (one for one in given[scenario.name] if one.covers(basis))
            confirmation, mark = next(held, None), outdated.get(basis.id)
            if mark is not None and confirmation is not None and mark.is_met_by(confirmation):
                mark = None
            standing = standing_of(basis, confirmation, mark, on)
            found.append(LibraryEntry(edition, basis, standing, confirmation, mark))
    return sorted(found, key=lambda one: (one.basis.title, _article(one.basis), one.scenario, one.basis.id))


def _article(basis: LegalBasis) -> tuple[int, ...]:
    return tuple(int(part) for part in basis.article.split("-")) if basis.article else (0,)


def open_inspections(store: Store, tenant: TenantId, items: Mapping[str, Collection[str]]) -> list[WorkEntry]:
    """Plans under way that ask one of these items, and their visits that have not ended: those stay on the version
    with which they began, so somebody has to look at each. items: by scenario. The plans are read once, however many
    there are, and the visits of each such plan by one query."""
    found: list[WorkEntry] = []
    for plan in store.plans.every_under_way(tenant) if any(items.values()) else ():
        touched = [name for name, wanted in items.items() if _asks(plan, name, wanted)]
        visits = store.visits.of_plan(tenant, plan.id) if touched and plan.visit_count else ()
        opened = [one for one in visits if not machine("visit").state(one.state).is_final]
        for name in touched:
            found.append(_entry(name, WorkKind.PLAN, plan.id, f"{plan.number} {plan.title}".strip()))
            found += [_entry(name, WorkKind.VISIT, one.id, one.number or one.id) for one in opened if one.serves(name)]
    return found


def _asks(plan: InspectionPlan, scenario: str, items: Collection[str]) -> bool:
    return any(not set(items).isdisjoint(task.items_of(scenario, plan.scenario)) for task in plan.tasks)


def _entry(scenario: str, kind: WorkKind, id: str, label: str) -> WorkEntry:
    return WorkEntry(scenario=scenario, kind=kind, id=id, label=label, basis_id="")


def items_of(entries: Iterable[WorkEntry]) -> list[str]:
    return [one.id for one in entries if one.kind in (WorkKind.CHECK_ITEM, WorkKind.OVERLAY_ITEM)]


def work_list(
    store: Store, tenant: TenantId, mark: BasisMark, editions: Sequence[Edition], language: str
) -> list[WorkEntry]:
    """What has to change because of the mark, by scenario, with the inspections that are open."""
    found = {
        edition.package.name: work_of(mark, edition.scenario.in_language(language), edition.overlay)
        for edition in editions
    }
    if tenant != PLATFORM:
        for one in open_inspections(store, tenant, {name: items_of(entries) for name, entries in found.items()}):
            found[one.scenario].append(one)
    return [one for entries in found.values() for one in entries]
