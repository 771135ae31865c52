"""A tenant that is large enough to measure its lists on, and a directory of many tenants."""

from collections.abc import Iterator
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import DrawGrade, ScenarioMembership, Subject
from chalicelib.domain.tenancy import PLATFORM, Person, Role, Tenant, TenantKind
from chalicelib.storage import keys
from chalicelib.storage.register_contents import county_note, grade_note, place_note, scenario_note
from infra.local.synthetic import synthetic_code
from tests.table_items import items_of, write
from tests.web.site import NOW

SCENARIO, PATROLLED = "refined_oil", "self_built_housing"
ROUNDS = 400
"""Members of a scenario with patrols in one county: more than one call reads."""
COUNTIES = [f"4501{number:02d}000000" for number in (2, 3, 5, 7, 8, 9, 10, 23, 24, 25, 26, 81)]
GRADES = list(DrawGrade)


def large_subject(number: int) -> Subject:
    """Of a register of stations: as long as real ones are, in twelve counties with a township each, three in five in
    the scenario."""
    county = COUNTIES[number % len(COUNTIES)]
    code = synthetic_code("450100", number)
    one = Subject(
        name=f"南宁市{_word(number)}{_word(number // 7)}加油站有限公司",
        code=code,
        division=county if number % 2 else f"{county[:6]}001000",
        address=f"南宁市示例大道{number}号{_word(number)}广场一层",
        phone="15400001234",
        responsible_person="韦甲子",
        source="import:01JD00000000000000000SAMP0",
        status="closed" if number % 97 == 0 else "active",
        memberships=(
            ScenarioMembership(
                scenario=SCENARIO,
                draw_grade=GRADES[number % 4],
                attributes={"has_storage_tank": True, "pump_count": 4, "business_form": "retail"},
            ),
        )
        if number % 5 < 3
        else (),
    )
    one.touch(NOW)
    return one


def _patrolled(number: int) -> ScenarioMember:
    one = large_subject(12 * number).with_changes(
        memberships=(ScenarioMembership(scenario=PATROLLED),), status="active"
    )
    return ScenarioMember.of(one, PATROLLED)


def _word(number: int) -> str:
    """Two characters out of a hundred."""
    return "甲乙丙丁戊己庚辛壬癸"[number % 10] + "东南西北中上下左右前"[number // 10 % 10]


def write_subjects(tenant: str, count: int) -> None:
    """A register of this many subjects, written past the services."""

    def items() -> Iterator[dict[str, Any]]:
        contents = keys.register_contents(tenant)
        names = [
            *(county_note(one) for one in COUNTIES),
            scenario_note(SCENARIO),
            *(grade_note(SCENARIO, one) for one in GRADES),
            scenario_note(PATROLLED),
            place_note(PATROLLED, COUNTIES[0]),
        ]
        key = {"pk": {"S": contents.partition}, "sk": {"S": contents.sort}}
        yield key | {"shape": {"S": "contents"}, "names": {"SS": names}}
        for number in range(count):
            subject = large_subject(number)
            yield from items_of(tenant, subject)
            for membership in subject.memberships:
                yield from items_of(tenant, ScenarioMember.of(subject, membership.scenario))
        for number in range(ROUNDS):
            yield from items_of(tenant, _patrolled(number))

    write(items())


def write_platform(count: int = 50) -> None:
    """The directory of tenants, and the operator who reads it."""
    with bootstrap.scope(PLATFORM):
        operator = Person(id="operator", name="测试运营", roles=frozenset({Role.PLATFORM_OPERATOR}))
        tenants = [Tenant(id=f"gx4501{one}", label=f"测试{one}", kind=TenantKind.CITY) for one in range(10, 10 + count)]
        write(item for one in (operator, *tenants) for item in items_of(PLATFORM, one))
