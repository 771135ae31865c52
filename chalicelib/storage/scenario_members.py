"""Members of scenarios in their small form: pools and lists by scenario and grade (access pattern 3)."""

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import merge
from itertools import takewhile

from chalicelib.domain.record import Ref
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import DrawGrade, Subject, SubjectStatus
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.text import normalise
from chalicelib.storage import keys
from chalicelib.storage.errors import translated
from chalicelib.storage.register_contents import grade_note, place_note, scenario_note
from chalicelib.storage.repository import Page, Placement, Position, Repository
from chalicelib.storage.subjects import MAX_ROWS, PAGE_ROWS
from chalicelib.storage.table import RecordItem

Wanted = Callable[[ScenarioMember], bool]
_THERE = (SubjectStatus.ACTIVE, SubjectStatus.SUSPENDED)
"""What there is something left of to go to."""
_NEVER = "0000-00-00"


@dataclass(frozen=True)
class MemberPage:
    """One page of a scenario's members. `is_cut`: it is short although there is more behind `next`."""

    members: list[ScenarioMember]
    next: Position | None
    is_cut: bool


class ScenarioMembers(Repository[ScenarioMember]):
    """Index 1: of a scenario, by place and name. Index 2: of a grade. Index 3: of a county, by the last patrol."""

    model = ScenarioMember

    def placement(self, tenant: TenantId, record: ScenarioMember) -> Placement:
        graded = keys.scenario_members(tenant, record.scenario, record.grade.value)
        listed = f"{record.division}#{record.subject_kind}#{normalise(record.name)[:120]}#{record.subject_id}"
        return Placement(
            index1=(keys.scenario_subjects(tenant, record.scenario), listed),
            index2=(graded, self.place_of(record)),
            index3=self._round(tenant, record) if record.status in _THERE else None,
        )

    def _round(self, tenant: TenantId, record: ScenarioMember) -> tuple[str, str]:
        last = record.patrolled_on.isoformat() if record.patrolled_on else _NEVER
        partition = keys.patrol_rounds(tenant, record.scenario, record.county)
        return partition, f"{last}#{record.division}#{record.subject_id}"

    def notes(self, record: ScenarioMember) -> tuple[str, ...]:
        name = record.scenario
        return scenario_note(name), grade_note(name, record.grade), place_note(name, record.county)

    def listed(
        self,
        tenant: TenantId,
        scenario: str,
        *,
        grades: Sequence[DrawGrade] = (),
        held: Container[DrawGrade] = frozenset(DrawGrade),
        prefix: str = "",
        after: Position | None = None,
        limit: int = PAGE_ROWS,
        wanted: Wanted | None = None,
    ) -> MemberPage:
        """Members of a scenario: by division, kind and name; with `grades` grade after grade in their order, each by
        county. One call of 250 rows at most; a page ends with its grade.

        held: those of `grades` in which there is anything at all; the others are passed over.
        prefix: significant digits of a division; with `grades` those of a county at most. wanted: filters that no key
        answers. `after` is what the last page gave as `next`.
        """
        place, position = (after["place"], after["at"]) if after else (_next_held(grades, held, 0), None)
        partition = keys.scenario_subjects(tenant, scenario)
        if grades and place >= len(grades):
            return MemberPage([], None, is_cut=False)
        if grades:
            partition = keys.scenario_members(tenant, scenario, grades[place].value)
        index, size = 2 if grades else 1, MAX_ROWS if wanted else limit
        page = self.page(index, partition, prefix=prefix, after=position, limit=size)
        fitting = [member for member in page.records if wanted is None or wanted(member)]
        taken = fitting[:limit]
        position = page.next if len(taken) == len(fitting) else self._position(tenant, taken[-1], index)
        place = place if position else _next_held(grades, held, place + 1)
        following = {"place": place, "at": position} if position or place < len(grades) else None
        return MemberPage(taken, following, is_cut=len(taken) < limit and following is not None)

    def _position(self, tenant: TenantId, member: ScenarioMember, index: int) -> Position:
        item = self.item(tenant, member)
        return {name: {"S": getattr(item, name)} for name in ("pk", "sk", f"index{index}_pk", f"index{index}_sk")}

    def of_grade(
        self, tenant: TenantId, scenario: str, grade: DrawGrade, county: str = "", beyond: str = ""
    ) -> Iterator[ScenarioMember]:
        """Members of one grade, by county and subject; `county` limits to one county's 12-digit code, `beyond` to those
        after a `place_of`."""
        prefix = f"{county}#" if county else ""
        return self.all(2, keys.scenario_members(tenant, scenario, grade.value), prefix=prefix, beyond=beyond)

    @staticmethod
    def place_of(member: ScenarioMember) -> str:
        """Where it stands among the members of its grade, and of its scenario."""
        return f"{member.county}#{member.subject_id}"

    def page_of_grade(
        self, tenant: TenantId, scenario: str, grade: DrawGrade, after: Position | None = None, limit: int = 25
    ) -> Page[ScenarioMember]:
        """One page of one grade, by county and subject."""
        return self.page(2, keys.scenario_members(tenant, scenario, grade.value), after=after, limit=limit)

    def of_scenario(self, tenant: TenantId, scenario: str, beyond: str = "") -> Iterator[ScenarioMember]:
        """Every member of a scenario (after a `place_of`) in the order of county and subject: for jobs, streamed grade
        by grade."""
        parts = [self.of_grade(tenant, scenario, grade, beyond=beyond) for grade in DrawGrade]
        return merge(*parts, key=lambda member: (member.county, member.subject_id))

    def to_patrol(
        self,
        tenant: TenantId,
        scenario: str,
        county: str,
        *,
        until: date,
        after: Position | None = None,
        limit: int = PAGE_ROWS,
        wanted: Wanted | None = None,
    ) -> MemberPage:
        """Members of one county that were last patrolled by `until` or never, the longest unpatrolled first: one query,
        of 250 rows where `wanted` chooses among them."""
        partition = keys.patrol_rounds(tenant, scenario, county)
        page = self.page(3, partition, after=after, limit=MAX_ROWS if wanted else limit)
        due = list(takewhile(lambda one: one.patrolled_on is None or one.patrolled_on <= until, page.records))
        fitting = [one for one in due if wanted is None or wanted(one)]
        taken = fitting[:limit]
        following = None if len(due) < len(page.records) else page.next
        if len(taken) < len(fitting):
            following = self._position(tenant, taken[-1], 3)
        return MemberPage(taken, following, is_cut=len(taken) < limit and following is not None)

    def find_of(self, tenant: TenantId, subjects: Sequence[Subject]) -> dict[tuple[str, str], ScenarioMember]:
        """The entries of these subjects' memberships, by subject and scenario: 100 a call."""
        wanted = [
            tuple(keys.child(tenant, subject.ref, Ref(kind=ScenarioMember.KIND, id=one.scenario)))
            for subject in subjects
            for one in subject.memberships
        ]
        if not wanted:
            return {}
        with translated():
            found = [self.load(item) for item in RecordItem.batch_get(wanted, consistent_read=True)]
        return {(member.subject_id, member.scenario): member for member in found}

    def of_subject(self, tenant: TenantId, subject_id: str) -> list[ScenarioMember]:
        return self.children(tenant, Ref(kind=Subject.KIND, id=subject_id))


def _next_held(grades: Sequence[DrawGrade], held: Container[DrawGrade], place: int) -> int:
    """The first place from this one on whose grade is held; behind the last when there is none."""
    return next((at for at in range(place, len(grades)) if grades[at] in held), len(grades))
