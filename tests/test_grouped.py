"""A grouped test hides nothing: every failing case is named, whatever it failed by."""

from collections.abc import Callable

import pytest

from tests.grouped import every, over

CASES = [1, 2, 3, 4, 5]


def _judged(number: int) -> None:
    if number == 2:
        raise KeyError("two")
    if number == 3:
        pytest.fail("three")
    assert number != 5, "five"


def _all_in_one() -> Callable[..., None]:
    @every("number", CASES, lambda number: f"case {number}")
    def run(number: int) -> None:
        _judged(number)

    return run  # type: ignore[no-any-return]


def _in_groups() -> Callable[..., None]:
    @over("number", CASES, lambda number: "all", lambda number: f"case {number}")
    def run(number: int) -> None:
        _judged(number)

    return lambda: run(group="all")


@pytest.mark.parametrize("make", [_all_in_one, _in_groups])
def test_every_case_that_fails_is_named_with_its_reason(make: Callable[[], Callable[..., None]]) -> None:
    with pytest.raises(AssertionError) as raised:
        make()()

    lines = str(raised.value).splitlines()
    assert lines[0] == "3 of 5"
    assert [line.partition(":")[0] for line in lines if line.startswith("case ")] == ["case 2", "case 3", "case 5"]
    assert all(word in str(raised.value) for word in ("KeyError: 'two'", "three", "five"))


def test_a_group_without_cases_is_no_test_that_passes() -> None:
    @every("number", [])
    def run(number: int) -> None: ...

    with pytest.raises(AssertionError, match="no case"):
        run()


@every("number", CASES)
def test_other_arguments_are_fixtures_as_ever(number: int, request: pytest.FixtureRequest) -> None:
    assert request.node.name == "test_other_arguments_are_fixtures_as_ever"
    assert number in CASES
