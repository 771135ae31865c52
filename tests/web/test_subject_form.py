"""The form of a subject asks for what its kind has, and shows what is known all the same."""

import pytest

from chalicelib.contract.registry import registry
from chalicelib.domain.subject_kind import SubjectKind
from chalicelib.web.fields import Fields
from chalicelib.web.kind_form import read_attributes
from chalicelib.web.subject_form import attribute_fields, attribute_words


def _names(scenario: str, kind: str) -> set[str]:
    return {field["name"] for field in attribute_fields(scenario, {}, kind)}


def test_each_kind_of_subject_is_asked_for_its_own_attributes() -> None:
    lot, firm, vehicle = (_names("bottled_gas", kind) for kind in ("equipment_lot", "company", "vehicle"))

    assert "bottled_gas.made_on" in lot - firm - vehicle
    assert "bottled_gas.gas_role" in firm - lot - vehicle
    assert _names("bottled_gas", "unknown_operator") == set()


def test_an_attribute_of_no_kind_in_particular_is_everybodys() -> None:
    manifest = registry().get("self_built_housing").manifest
    everybodys = {f"{manifest.name}.{one.code}" for one in manifest.attributes if not one.subject_kinds}

    assert everybodys
    assert all(everybodys <= _names(manifest.name, kind) for kind in manifest.subject_kind_codes)


def test_what_is_held_is_shown_even_where_the_kind_would_not_be_asked() -> None:
    shown = dict(attribute_words("bottled_gas", {"made_on": "2022-03-31"}, "company"))

    assert shown["制造日期"] == "2022-03-31"
    assert "气瓶类型" not in shown
    assert shown["燃气角色"] == "不清楚"


@pytest.mark.parametrize(
    ("typed", "held"), [("1,200.5", 120050), ("１２００．５０", 120050), ("-0.00", 0), ("100000000000", 10**13)]
)
def test_an_amount_is_kept_in_fen(typed: str, held: int) -> None:
    refused: list[tuple[str, str]] = []
    fields = Fields({"kind.prepaid_balance": [typed]})

    found = read_attributes(SubjectKind.CARD_PROGRAMME, fields, lambda field, code: refused.append((field, code)))

    assert (found["prepaid_balance"], refused) == (held, [])


@pytest.mark.parametrize("typed", ["很多", "1.005", "1e999999", "1e999990", "-1e999999", "Infinity", "NaN", "9" * 5000])
def test_an_amount_beyond_all_bounds_is_refused_by_its_field(typed: str) -> None:
    refused: list[tuple[str, str]] = []
    fields = Fields({"kind.prepaid_balance": [typed]})

    found = read_attributes(SubjectKind.CARD_PROGRAMME, fields, lambda field, code: refused.append((field, code)))

    assert (found, refused) == ({}, [("kind.prepaid_balance", "not_a_number")])
