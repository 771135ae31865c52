"""Kinds of subject: every kind has its rules, values are tried against their limits, kinds relate as the data says."""

import json

import pytest

from chalicelib.domain.subject_kind import (
    _KINDS,
    KindAttribute,
    RelationKind,
    SubjectKind,
    kind_rules,
    relation_rules,
    relations_between,
    responsible_roles,
)


@pytest.mark.parametrize("kind", list(SubjectKind))
def test_every_kind_has_rules_and_attributes_in_both_languages(kind: SubjectKind) -> None:
    attributes = kind_rules(kind).attributes

    assert attributes
    assert len({one.code for one in attributes}) == len(attributes)
    for one in attributes:
        assert one.words("zh") and one.words("en") and one.words("zh") != one.words("en")
        assert bool(one.choices) == (one.type == "choice")


def test_the_data_names_no_kind_or_relation_twice() -> None:
    body = json.loads(_KINDS.read_text(encoding="utf-8"))

    assert sorted(one["code"] for one in body["kinds"]) == sorted(SubjectKind)
    assert sorted(one["code"] for one in body["relations"]) == sorted(RelationKind)
    assert len({one.code for one in responsible_roles()}) == len(responsible_roles())


@pytest.mark.parametrize(
    ("kind", "code", "value", "problem"),
    [
        (SubjectKind.BUILDING, "floor_count", 6, None),
        (SubjectKind.BUILDING, "floor_count", 0, "out_of_range"),
        (SubjectKind.BUILDING, "floor_count", 201, "out_of_range"),
        (SubjectKind.BUILDING, "floor_count", True, "not_a_number"),
        (SubjectKind.BUILDING, "is_self_built", "yes", "unknown_choice"),
        (SubjectKind.BUILDING, "structure", "steel", None),
        (SubjectKind.BUILDING, "structure", "paper", "unknown_choice"),
        (SubjectKind.TANK, "tested_until", "2027-02-28", None),
        (SubjectKind.TANK, "tested_until", "2027-02-30", "not_a_date"),
        (SubjectKind.CARD_PROGRAMME, "prepaid_balance", 1, None),
        (SubjectKind.VEHICLE, "transport_permit", "1" * 61, "too_long"),
        (SubjectKind.VEHICLE, "transport_permit", 5, "invalid"),
        (SubjectKind.EQUIPMENT_LOT, "quantity", 1200, None),
        (SubjectKind.EQUIPMENT_LOT, "quantity", 0, "out_of_range"),
    ],
)
def test_a_value_is_tried_against_its_limits(kind: SubjectKind, code: str, value: object, problem: str | None) -> None:
    attribute: KindAttribute = next(one for one in kind_rules(kind).attributes if one.code == code)

    assert attribute.problem(value) == problem  # type: ignore[arg-type]


def test_how_kinds_relate() -> None:
    tank, company, building = SubjectKind.TANK, SubjectKind.COMPANY, SubjectKind.BUILDING

    assert relations_between(tank, company) == (RelationKind.OPERATED_BY, RelationKind.PART_OF)
    assert relations_between(company, tank) == ()
    assert RelationKind.LOCATED_IN in relations_between(tank, building)
    assert relation_rules(RelationKind.PART_OF).words_of("en", is_reverse=True) == "Parts"


def test_a_lot_of_equipment_belongs_to_a_firm_and_lies_at_its_premises() -> None:
    lot = SubjectKind.EQUIPMENT_LOT

    assert relations_between(lot, SubjectKind.COMPANY) == (RelationKind.OPERATED_BY,)
    assert relations_between(lot, SubjectKind.PREMISES) == (RelationKind.LOCATED_IN,)
    assert not kind_rules(lot).needs_address and not kind_rules(lot).needs_plate
