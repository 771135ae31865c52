"""What a list of the register stands on, read in one call: the tenant, what its register holds, a person's filters."""

from dataclasses import dataclass
from typing import Self

from chalicelib.domain.division import county_of
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.record import Ref
from chalicelib.domain.subject import DrawGrade
from chalicelib.domain.subject_filter import SubjectFilters
from chalicelib.domain.tenancy import Tenant, TenantId
from chalicelib.storage import keys
from chalicelib.storage.errors import translated
from chalicelib.storage.repository import Repository
from chalicelib.storage.table import ContentsItem, Item, RecordItem

_COUNTY, _SCENARIO, _GRADE, _PLACE = "county#", "scenario#", "grade#", "place#"


def county_note(division: str) -> str:
    return _COUNTY + (county_of(division) or division)


def scenario_note(scenario: str) -> str:
    return _SCENARIO + scenario


def grade_note(scenario: str, grade: DrawGrade) -> str:
    return f"{_GRADE}{scenario}#{grade.value}"


def place_note(scenario: str, county: str) -> str:
    return f"{_PLACE}{scenario}#{county}"


@dataclass(frozen=True)
class RegisterContents:
    """What there is something of, so that a list asks no empty partition. counties: 12-digit codes, ascending; a city's
    or region's own code stands for what was registered without a county. scenarios: names; grades: scenario#grade;
    places: scenario#county."""

    counties: tuple[str, ...] = ()
    scenarios: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    places: tuple[str, ...] = ()

    def grades_of(self, scenario: str) -> frozenset[DrawGrade]:
        """Grades that members of this scenario were ever in."""
        return frozenset(grade for grade in DrawGrade if f"{scenario}#{grade.value}" in self.grades)

    def counties_of(self, scenario: str) -> list[str]:
        """Counties in which this scenario ever had members, ascending."""
        return [place.partition("#")[2] for place in self.places if place.startswith(f"{scenario}#")]

    @classmethod
    def of(cls, item: ContentsItem) -> Self:
        names = sorted(item.names or ())
        return cls(
            tuple(name.removeprefix(_COUNTY) for name in names if name.startswith(_COUNTY)),
            tuple(name.removeprefix(_SCENARIO) for name in names if name.startswith(_SCENARIO)),
            tuple(name.removeprefix(_GRADE) for name in names if name.startswith(_GRADE)),
            tuple(name.removeprefix(_PLACE) for name in names if name.startswith(_PLACE)),
        )


@dataclass(frozen=True)
class RegisterHead:
    tenant: Tenant
    contents: RegisterContents
    filters: SubjectFilters


class SubjectFilterLists(Repository[SubjectFilters]):
    model = SubjectFilters

    def of_person(self, tenant: TenantId, person_id: str) -> SubjectFilters:
        return self.find(tenant, person_id) or SubjectFilters(id=person_id)

    def head(self, tenant: TenantId, person_id: str) -> RegisterHead:
        """One call. RecordNotFoundError for a tenant that is not there."""
        places = [
            keys.record(tenant, Ref(kind=Tenant.KIND, id=tenant)),
            keys.register_contents(tenant),
            keys.record(tenant, Ref(kind=SubjectFilters.KIND, id=person_id)),
        ]
        with translated():
            items: list[Item] = list(Item.batch_get([tuple(place) for place in places]))
        found = {item.pk: item for item in items}
        own, contents, filters = (found.get(place.partition) for place in places)
        if own is None:
            raise RecordNotFoundError(kind=Tenant.KIND, id=tenant)
        return RegisterHead(
            tenant=Tenant.model_validate_json(own.body or ""),
            contents=RegisterContents.of(contents) if isinstance(contents, ContentsItem) else RegisterContents(),
            filters=self.load(filters) if isinstance(filters, RecordItem) else SubjectFilters(id=person_id),
        )

    def contents(self, tenant: TenantId) -> RegisterContents:
        """What the register holds, where nothing else is needed."""
        key = keys.register_contents(tenant)
        with translated():
            found = list(ContentsItem.query(key.partition, ContentsItem.sk == key.sort))
        return RegisterContents.of(found[0]) if found else RegisterContents()
