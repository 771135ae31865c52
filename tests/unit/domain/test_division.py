import pytest

from chalicelib.domain.division import (
    Area,
    DivisionLevel,
    ancestor_codes,
    children,
    city_of,
    county_of,
    covers,
    division,
    division_label,
    find_divisions,
    find_in_address,
    full_code,
    is_known,
    level_of,
    parent_chain,
)
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError

REGION, NANNING, JIANGNAN = "450000000000", "450100000000", "450105000000"


def everything() -> list[str]:
    found, waiting = [], [REGION]
    while waiting:
        found.append(waiting.pop())
        waiting.extend(one.code for one in children(found[-1]))
    return found


def test_the_whole_tree_hangs_together() -> None:
    codes = everything()

    assert len(codes) == len(set(codes)) == 1410
    for code in codes:
        one = division(code)
        assert level_of(code) is one.level
        assert [above.code for above in parent_chain(code)] == list(ancestor_codes(code))
        assert one.parent_code == (ancestor_codes(code)[-1] if ancestor_codes(code) else None)


def test_the_figures_of_the_region() -> None:
    cities = children(REGION)

    assert [one.code for one in children()] == [REGION]
    assert len(cities) == 14
    assert [len(children(one.code)) for one in cities] == [12, 10, 17, 7, 4, 4, 4, 5, 7, 12, 5, 11, 6, 7]
    assert [one.code[:6] for one in children("4505")] == ["450502", "450503", "450512", "450521"]


@pytest.mark.parametrize(
    ("scope", "code", "is_covered"),
    [
        ("45", "450105001201", True),
        (REGION, "460100000000", False),
        ("4501", JIANGNAN, True),
        (NANNING, "450200000000", False),
        (NANNING, NANNING, True),
        (JIANGNAN, NANNING, False),
        ("450105", "450105001201", True),
        ("450105001", "450105001201", True),
        ("450105001000", "450105002000", False),
        ("450105001201", "450105001201", True),
        ("450105001201", "450105001202", False),
        ("450110000000", "450110001000", True),  # a county whose code ends in zero
    ],
)
def test_a_scope_covers_by_its_significant_digits(scope: str, code: str, is_covered: bool) -> None:
    assert covers(scope, code) is is_covered


@pytest.mark.parametrize("code", ["", "4", "45010", "45010x", "4501050010", "450105 00000", "４５"])
def test_what_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(InvalidInputError):
        full_code(code)


def test_a_park_is_a_list_of_divisions() -> None:
    park = Area(division_codes=("450105001000", "450502000000"))

    assert park.covers("450105001201")
    assert park.covers("450502101000")
    assert not park.covers("450105002000")


def test_levels_above() -> None:
    assert level_of("450105001201") is DivisionLevel.VILLAGE
    assert county_of("450105001201") == JIANGNAN
    assert (county_of(NANNING), city_of(JIANGNAN), city_of(REGION)) == (None, NANNING, None)


def test_labels() -> None:
    assert division_label(JIANGNAN) == "江南区"
    assert division_label(JIANGNAN, is_full=True) == "南宁市江南区"
    assert division_label("450103001201", is_full=True) == "南宁市青秀区新竹街道"
    with pytest.raises(RecordNotFoundError):
        division_label("460100000000")


def test_known() -> None:
    assert is_known("450103001201")
    assert not is_known("450199000000")
    assert not is_known("江南区")


@pytest.mark.parametrize(
    "text", ["江南区", "江南", "南宁市江南区", "广西壮族自治区南宁市 江南区", "广西-南宁-江南", "450105", JIANGNAN]
)
def test_a_county_is_found_however_it_is_written(text: str) -> None:
    assert [one.code for one in find_divisions(text, [NANNING])] == [JIANGNAN]


@pytest.mark.parametrize("text", ["北海市江南区", "海城区", "450502", "不存在的区", "", "区", "450199"])
def test_what_does_not_fit_is_not_found(text: str) -> None:
    assert find_divisions(text, [NANNING]) == ()


def test_an_ambiguous_name_gives_all_it_may_be() -> None:
    assert len(find_divisions("城关镇", [REGION])) > 1


def test_a_village_code_is_found_by_its_township() -> None:
    assert [one.code for one in find_divisions("450103001201", [NANNING])] == ["450103001201"]


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("南宁市江南区示例大道18号", JIANGNAN),
        ("青秀区新竹街道示例路1号", "450103001000"),
        ("示例大道18号", None),
        ("江南区与青秀区交界处", None),
    ],
)
def test_an_address_names_its_division_or_nothing_is_guessed(address: str, code: str | None) -> None:
    found = find_in_address(address, [NANNING])

    assert (found.code if found else None) == code
