"""The frozen snapshot: every registered subject of the plan's area with its grade and, if so, why it is left out."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import BinaryIO

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.division import covers_any
from chalicelib.domain.draw import Selection, Stratum, strata_from_ratios
from chalicelib.domain.draw_blind import Blinder
from chalicelib.domain.draw_commitment import ExcludedSubject, PoolMember
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.pool_exclusion import ANNUAL_CAP_REACHED, reason_of_subject
from chalicelib.domain.random_draw import GradeFigures, RandomDraw
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage.store import Store

WHOLE_POOL = "all"
"""Name of the one stratum of a weighted draw."""
_BATCH = 100


class FrozenSubject(BaseModel):
    """One line of the snapshot. The blind, secret until it is opened, keeps the file's hash from being guessed."""

    model_config = ConfigDict(frozen=True)

    subject_id: str
    blind: str
    name: str
    code: str | None = None
    kind: str
    division: str
    county: str
    address: str = ""
    grade: str
    weight: int = Field(ge=1)
    stratum: str
    reason: str = ""


class SnapshotCount(BaseModel):
    """What passed through a snapshot."""

    registered: int = 0
    excluded: Counter[str] = Field(default_factory=Counter)
    pool_by_grade: Counter[str] = Field(default_factory=Counter)
    known: set[str] = Field(default_factory=set, description="subjects in the pool among those asked about")

    @property
    def pool(self) -> int:
        return sum(self.pool_by_grade.values())


def weights_of(plan: InspectionPlan) -> dict[str, int]:
    """Grade → tickets of each member; always 1 when the plan draws by ratio."""
    is_weighted = plan.selection is Selection.WEIGHTED
    return {each.grade: each.weight if is_weighted else 1 for each in plan.ratios}


def registered_subjects(
    store: Store, tenant: TenantId, plan: InspectionPlan, draw: RandomDraw, blinder: Blinder
) -> Iterator[FrozenSubject]:
    """Every member of the scenario in the plan's divisions, with the reason if it is left out, streamed."""
    weights, is_weighted = weights_of(plan), plan.selection is Selection.WEIGHTED
    members = (m for m in store.members.of_scenario(tenant, plan.scenario) if covers_any(plan.divisions, m.division))
    while batch := list(islice(members, _BATCH)):
        capped = _capped(store, tenant, draw, plan.period_from.year, batch)
        for member in batch:
            grade = member.grade.value
            yield FrozenSubject(
                subject_id=member.subject_id,
                blind=blinder.subject(member.subject_id),
                name=member.name,
                code=member.code,
                kind=member.subject_kind.value,
                division=member.division,
                county=member.county,
                address=member.address,
                grade=grade,
                weight=weights.get(grade, 1),
                stratum=WHOLE_POOL if is_weighted else grade,
                reason=reason_of_subject(member.status, {ANNUAL_CAP_REACHED} if member.subject_id in capped else set()),
            )


def _capped(store: Store, tenant: TenantId, draw: RandomDraw, year: int, members: Iterable[ScenarioMember]) -> set[str]:
    """Subjects whose operator some acting body already visited as often as it published."""
    members = list(members)
    capped: set[str] = set()
    for body, cap in draw.annual_caps.items():
        visits = store.draws.visits_this_year(tenant, {m.cap_code for m in members}, body, year)
        capped |= {m.subject_id for m in members if visits.get(m.cap_code, 0) >= cap}
    return capped


def write_snapshot(
    subjects: Iterable[FrozenSubject],
    file: BinaryIO,
    *,
    asked: set[str],
    on_progress: Callable[[int], None],
) -> SnapshotCount:
    """Write one line each and count. asked: subjects that a recusal or an earlier visit names."""
    count = SnapshotCount()
    for subject in subjects:
        file.write(subject.model_dump_json().encode() + b"\n")
        count.registered += 1
        if subject.reason:
            count.excluded[subject.reason] += 1
        else:
            count.pool_by_grade[subject.grade] += 1
            if subject.subject_id in asked:
                count.known.add(subject.subject_id)
        if count.registered % 5_000 == 0:
            on_progress(count.registered)
    return count


def read_snapshot(file: BinaryIO) -> Iterator[FrozenSubject]:
    """Every line from the beginning, which is sought when the first is taken."""
    file.seek(0)
    for line in file:
        yield FrozenSubject.model_validate_json(line)


def pool_members(subjects: Iterable[FrozenSubject]) -> Iterator[PoolMember]:
    return (PoolMember(s.subject_id, s.weight, s.stratum) for s in subjects if not s.reason)


def excluded_subjects(subjects: Iterable[FrozenSubject]) -> Iterator[ExcludedSubject]:
    return (ExcludedSubject(s.subject_id, s.reason) for s in subjects if s.reason)


def strata_of(plan: InspectionPlan, count: SnapshotCount) -> tuple[list[Stratum], int]:
    """Strata with their numbers to draw, and the uniform share; never more than there are."""
    if plan.selection is Selection.WEIGHTED:
        strata = [Stratum(name=WHOLE_POOL, k=min(plan.draw_total, count.pool))]
    else:
        strata = strata_from_ratios(count.pool_by_grade, {each.grade: each.ratio for each in plan.ratios})
    return strata, min(plan.uniform_k, count.pool)


def grade_figures(plan: InspectionPlan, count: SnapshotCount) -> list[GradeFigures]:
    weights = weights_of(plan)
    grades = sorted(set(count.pool_by_grade) | set(weights))
    return [GradeFigures(grade=g, weight=weights.get(g, 1), pool=count.pool_by_grade.get(g, 0)) for g in grades]
