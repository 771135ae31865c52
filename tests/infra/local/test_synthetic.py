import re

import pytest

from chalicelib.domain.division import covers, division
from chalicelib.domain.text import check_phone, check_uscc, mask_phone
from infra.local.synthetic import synthetic_code, synthetic_stations

CITIES = ["450100000000", "450500000000"]


def test_the_vector_of_the_standard() -> None:
    assert synthetic_code("450100000000", 0) == "91450100MA00000071"


@pytest.mark.parametrize("number", [1, 9, 10, 4711, 99999, 999999])
def test_codes_are_valid(number: int) -> None:
    code = synthetic_code("450502", number)

    assert check_uscc(code).is_valid
    assert re.fullmatch(r"91450502MA\d{6}[0-9X][0-9A-Y]", code)


def test_stations_are_valid_distinct_and_spread() -> None:
    stations = synthetic_stations(CITIES, 900, seed=3)

    assert len({one["code"] for one in stations}) == len({one["name"] for one in stations}) == 900
    assert len({one["division_code"] for one in stations}) == 16
    for one in stations:
        assert check_uscc(one["code"]).is_valid
        assert check_phone(one["phone"]) == one["phone"]
        assert mask_phone(one["phone"]).startswith("154****")
        assert (
            division(one["division_code"]).name == one["division_name"] == one["address"][: len(one["division_name"])]
        )
        assert any(covers(city, one["division_code"]) for city in CITIES)


def test_one_seed_gives_one_register() -> None:
    assert synthetic_stations(CITIES, 30, seed=3) == synthetic_stations(CITIES, 30, seed=3)
    assert synthetic_stations(CITIES, 30, seed=3) != synthetic_stations(CITIES, 30, seed=4)


def test_a_single_county() -> None:
    stations = synthetic_stations(["450105000000"], 3)

    assert {one["division_name"] for one in stations} == {"江南区"}
    assert stations[0]["address"] == "江南区示例大道18号"
