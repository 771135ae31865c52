"""The form of a subject asks for what its kind has, and shows what is known all the same."""

from chalicelib.contract.registry import registry
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
