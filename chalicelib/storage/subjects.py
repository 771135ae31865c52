"""The register of subjects: by division, by scenario and grade, by code (access patterns 1–4 of the data model)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from heapq import merge

from chalicelib.domain.division import county_of
from chalicelib.domain.record import Ref
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import DrawGrade, Subject
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.text import normalise
from chalicelib.storage import keys
from chalicelib.storage.repository import Page, Placement, Position, Repository

MAX_PAGES = 5
MAX_MERGED = 10
"""Merges in a row that a link is followed through."""
FILTERED_PAGE = 200
CODE = "code"
"""Name of the claim under which a subject's code is unique."""
Wanted = Callable[[Subject], bool]


@dataclass(frozen=True)
class SubjectPage:
    """One page of a list over several counties. `is_cut`: filters left it short after reading its share of pages."""

    subjects: list[Subject]
    next: Position | None
    is_cut: bool = False


class Subjects(Repository[Subject]):
    model = Subject

    def placement(self, tenant: TenantId, record: Subject) -> Placement:
        county = county_of(record.division) or record.division
        sort = f"{record.division}#{record.kind}#{record.search_name[:120]}#{record.id}"
        return Placement(
            index1=(keys.subjects_of_county(tenant, county), sort),
            index2=(keys.subjects_alike(tenant, "name", county, record.search_name), record.id),
            index3=(keys.subjects_alike(tenant, "address", county, normalise(record.address)), record.id)
            if record.address
            else None,
        )

    def find_current(self, tenant: TenantId, id: str) -> Subject | None:
        """The subject, or the one that a merged duplicate became."""
        found = self.find(tenant, id)
        for _ in range(MAX_MERGED):
            if found is None or not found.merged_into:
                break
            found = self.find(tenant, found.merged_into)
        return found

    def alike(self, tenant: TenantId, subject: Subject, limit: int = 10) -> list[Subject]:
        """Others of its county with the same normalised name or address: two queries. Tombstones are left out."""
        county = county_of(subject.division) or subject.division
        found: dict[str, Subject] = {}
        for index, what, text in ((2, "name", subject.search_name), (3, "address", normalise(subject.address))):
            if text:
                partition = keys.subjects_alike(tenant, what, county, text)
                found |= {one.id: one for one in self.page(index, partition, limit=limit + 1).records}
        return [one for one in found.values() if one.id != subject.id and not one.is_tombstone][:limit]

    def in_counties(
        self,
        tenant: TenantId,
        counties: Sequence[str],
        *,
        prefix: str = "",
        after: Position | None = None,
        limit: int = 25,
        wanted: Wanted | None = None,
    ) -> SubjectPage:
        """Subjects of these counties (12-digit codes) in their order, and by division, kind and name within each.

        prefix: significant digits of a township or village. wanted: filters that no key answers; they are applied after
        the read, over at most five pages of 200, counties without subjects not counted. `after` is what the last page
        gave as `next`.
        """
        found: list[Subject] = []
        place, position = (after["place"], after["at"]) if after else (0, None)
        pages = 0
        while place < len(counties) and len(found) < limit and pages < MAX_PAGES:
            partition = keys.subjects_of_county(tenant, counties[place])
            size = FILTERED_PAGE if wanted else limit - len(found)
            page = self.page(1, partition, prefix=prefix, after=position, limit=size)
            pages += bool(page.records)
            fitting = [subject for subject in page.records if wanted is None or wanted(subject)]
            taken = fitting[: limit - len(found)]
            found += taken
            position = page.next if len(taken) == len(fitting) else self._position(tenant, taken[-1])
            place += position is None
        is_over = place >= len(counties)
        following = None if is_over else {"place": place, "at": position}
        return SubjectPage(found, following, is_cut=len(found) < limit and not is_over)

    def _position(self, tenant: TenantId, subject: Subject) -> Position:
        """Where a page that ended at this subject would go on."""
        item = self.item(tenant, subject)
        return {name: {"S": getattr(item, name)} for name in ("pk", "sk", "index1_pk", "index1_sk")}


class ScenarioMembers(Repository[ScenarioMember]):
    model = ScenarioMember

    def placement(self, tenant: TenantId, record: ScenarioMember) -> Placement:
        partition = keys.scenario_members(tenant, record.scenario, record.grade.value)
        return Placement(index2=(partition, f"{record.county}#{record.subject_id}"))

    def of_grade(self, tenant: TenantId, scenario: str, grade: DrawGrade, county: str = "") -> Iterator[ScenarioMember]:
        """Members of one grade, by county and subject; `county` limits to one county's 12-digit code."""
        prefix = f"{county}#" if county else ""
        return self.all(2, keys.scenario_members(tenant, scenario, grade.value), prefix=prefix)

    def page_of_grade(
        self, tenant: TenantId, scenario: str, grade: DrawGrade, after: Position | None = None, limit: int = 25
    ) -> Page[ScenarioMember]:
        """One page of one grade, by county and subject."""
        return self.page(2, keys.scenario_members(tenant, scenario, grade.value), after=after, limit=limit)

    def of_scenario(self, tenant: TenantId, scenario: str) -> Iterator[ScenarioMember]:
        """Every member of a scenario in the order of county and subject: for jobs, streamed grade by grade."""
        parts = [self.of_grade(tenant, scenario, grade) for grade in DrawGrade]
        return merge(*parts, key=lambda member: (member.county, member.subject_id))

    def of_subject(self, tenant: TenantId, subject_id: str) -> list[ScenarioMember]:
        return self.children(tenant, Ref(kind=Subject.KIND, id=subject_id))
