"""A street of 南宁市 for the scenarios besides refined oil: buildings, eateries, gas stations with a lot of cylinders
each, card issuers, and schools of which each is under three scenarios at once.

What a subject is, in a scenario's own attributes, comes from the sample cases of that package.
"""

import json
from collections.abc import Iterator
from functools import cache
from itertools import cycle
from typing import Any

from chalicelib import bootstrap
from chalicelib.contract.registry import registry
from chalicelib.domain.subject import ScenarioMembership, Subject, SubjectDraft, SubjectKind
from chalicelib.domain.subject_kind import RelationKind
from chalicelib.services.patrol.record_patrol import record_patrol
from chalicelib.services.register.register_subject import register_subject
from chalicelib.services.register.relate_subjects import relate_subjects
from infra.local.demo_cast import act, actor_of
from infra.local.demo_disposals import load_disposal
from infra.local.demo_reports import load_reports
from infra.local.demo_roster import STREET, Login
from infra.local.synthetic import synthetic_code

HOME, COUNTY = "gx450100", "450103000000"
BUILDING = "self_built_housing"
FIRST_NUMBER = 900_000
"""Of the codes of the street: far from those of the stations."""

BUILDINGS = ("骑楼甲座", "骑楼乙座", "骑楼丙座", "民宿小楼", "综合楼", "仓库楼")
EATERIES = ("老友粉店", "柠檬鸭馆", "奶茶店", "早餐店", "火锅店", "糖水铺", "烧烤店", "茶餐厅")
GAS_COOKED = ("柠檬鸭馆", "火锅店")
"""Of the eateries those that cook with bottled gas: of that scenario only what is asked of a user applies to them."""
AT_STOVE = {"gas_role": "catering_user", "last_user_check_on": "2026-05-25", "has_living_quarters": False}
GAS_STATIONS = ("东街瓶装燃气供应站", "西街瓶装燃气供应站", "南站瓶装燃气供应站")
CYLINDERS = ("钢瓶2021年4月批", "钢瓶2018年5月批", "钢瓶2022年3月批")
"""A lot of each station, made when the sample cases say."""
ISSUERS: dict[str, dict[str, Any]] = {
    "便民超市": {"trade": "retail", "issuer_category": "large_scale"},
    "美发中心": {"trade": "beauty", "issuer_category": "brand", "is_brand_owner": True},
    "洗衣连锁": {"trade": "resident_services", "issuer_category": "group", "is_group_parent": True},
    "健身中心": {"trade": "sport", "legal_form": "individual_business"},
    "水果连锁": {"trade": "retail", "issuer_category": "large_scale"},
}
"""With what each is, beside the samples of the package."""
OWNERS = ("覃岚琳", "梁泽宁", "黄语然", "陆知行", "莫雨桐")
AT_SCHOOL = {"trade": "training", "business_use": "tutoring", "is_crowded_place": True}
"""What a school is, beside the samples of the scenarios that are not its own."""
AT_ONCE = ("off_campus_tutoring", "prepaid_card", "self_built_housing")
SCHOOLS = ("书法培训学校", "少儿编程培训学校", "舞蹈艺术培训学校", "数学思维培训学校")


def load_street() -> tuple[int, Login]:
    """Register them all; how many, and the login of somebody who reports for issuers."""
    numbers = iter(range(1, 1000))
    buildings = [_made(SubjectKind.BUILDING, f"示例步行街{name}", next(numbers), BUILDING) for name in BUILDINGS]
    within = cycle(buildings)
    made = list(buildings)
    issuers: dict[str, Subject] = {}
    for name in EATERIES:
        scenarios = ("bottled_gas", "catering") if name in GAS_COOKED else ("catering",)
        made.append(_made(SubjectKind.PREMISES, f"示例步行街{name}", next(numbers), *scenarios))
        _stands(made[-1], next(within))
    for name, lot in zip(GAS_STATIONS, CYLINDERS, strict=True):
        station = _made(SubjectKind.COMPANY, f"南宁示例{name}", next(numbers), "bottled_gas")
        cylinders = _made(SubjectKind.EQUIPMENT_LOT, f"{name}{lot}", next(numbers), "bottled_gas")
        _relate(cylinders, station, RelationKind.OPERATED_BY)
        made += [station, cylinders]
    for name, facts in ISSUERS.items():
        made.append(_made(SubjectKind.COMPANY, f"南宁示例{name}有限公司", next(numbers), "prepaid_card", facts=facts))
        _stands(made[-1], next(within))
        issuers[name] = made[-1]
    for name in SCHOOLS:
        made.append(_made(SubjectKind.COMPANY, f"南宁示例{name}有限公司", next(numbers), *AT_ONCE))
        _stands(made[-1], next(within))
    _patrol(buildings[0])
    login = load_reports(issuers)
    load_disposal(buildings[1], login.person_id)
    return len(made), login


def _made(kind: SubjectKind, name: str, number: int, *scenarios: str, facts: dict[str, Any] | None = None) -> Subject:
    is_company = kind is SubjectKind.COMPANY
    draft = SubjectDraft(
        kind=kind,
        name=name,
        code=synthetic_code(COUNTY, FIRST_NUMBER + number) if is_company else None,
        division=STREET[-1],
        address=f"青秀区示例步行街{number}号",
        phone=f"1540001{number:04d}",
        responsible_person=OWNERS[number % len(OWNERS)],
        memberships=[_membership(one, kind, facts or {}, is_school=scenarios == AT_ONCE) for one in scenarios],
        source="form",
    )
    found: Subject = register_subject(bootstrap.store(), HOME, _coordinator(), draft=draft)
    return found


def _membership(scenario: str, kind: SubjectKind, facts: dict[str, Any], *, is_school: bool) -> ScenarioMembership:
    if scenario == "bottled_gas" and kind is SubjectKind.PREMISES:
        return ScenarioMembership(scenario=scenario, attributes=dict(AT_STOVE))
    attributes = next(_attributes(scenario, kind)) | facts
    if is_school:
        attributes = {name: AT_SCHOOL.get(name, value) for name, value in attributes.items()}
    return ScenarioMembership(scenario=scenario, attributes=attributes)


@cache
def _attributes(scenario: str, kind: SubjectKind) -> Iterator[dict[str, Any]]:
    """Attributes of the package's sample subjects of this kind, else of any kind, again and again."""
    samples = json.loads((registry().folder(scenario) / "samples" / "cases.json").read_bytes())
    subjects = [case["request"]["subject"] for case in samples["cases"] if "subject" in case["request"]]
    alike = [one for one in subjects if one.get("kind") == kind.value] or subjects
    return cycle([dict(one.get("attributes", {})) for one in alike] or [{}])


def _stands(subject: Subject, building: Subject) -> None:
    _relate(subject, building, RelationKind.LOCATED_IN)


def _relate(subject: Subject, other: Subject, kind: RelationKind) -> None:
    relate_subjects(bootstrap.store(), HOME, _coordinator(), subject_id=subject.id, other_id=other.id, kind=kind)


def _patrol(building: Subject) -> None:
    """Somebody walked by and told the fire department what stood in the stairs."""
    by = act(actor_of(HOME, f"{HOME}-officer-housing-construction"))
    seen = ["blocked_exit"]
    record_patrol(
        bootstrap.store(), HOME, by, subject_id=building.id, scenario=BUILDING, observation_ids=seen, note="二层楼梯间"
    )


def _coordinator() -> Any:
    return act(actor_of(HOME, f"{HOME}-coordinator"))
