"""The draw mt/1: vectors, order, probabilities, and integer arithmetic only."""

import ast
import hashlib
import hmac
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import chalicelib.domain.draw
from chalicelib.domain.draw import (
    DrawnBy,
    InvalidDrawError,
    PoolRow,
    Stratum,
    Tickets,
    check_weight,
    derive_seed,
    draw_count,
    draw_subjects,
    strata_from_ratios,
    ticket_order,
)

SEED = hashlib.sha256(b"demo").digest()


def seeds(count: int) -> list[bytes]:
    return [hashlib.sha256(b"seed %d" % number).digest() for number in range(count)]


def blind(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def plain_draw(seed: bytes, rows: list[PoolRow], strata: list[Stratum], uniform_k: int) -> list[tuple[str, str]]:
    """The rules of the draw with lists and sorting, nothing saved: (blind, drawn by)."""
    by_chance = sorted(rows, key=lambda row: (Tickets(seed).uniform(row.blind), row.blind))
    drawn = [(Tickets(seed).uniform(row.blind), row.blind, "uniform") for row in by_chance[:uniform_k]]
    taken = {row.blind for row in by_chance[:uniform_k]}
    for stratum in strata:
        own = [row for row in rows if row.stratum == stratum.name and row.blind not in taken]
        tickets = sorted((Tickets(seed).business(row.blind, row.weight), row.blind, "stratum") for row in own)
        drawn.extend(tickets[: stratum.k])
    return [(blind_, drawn_by) for _, blind_, drawn_by in sorted(drawn)]


pools = st.lists(
    st.tuples(st.integers(0, 10_000), st.integers(1, 16), st.sampled_from("AB")),
    unique_by=lambda row: row[0],
    max_size=60,
).map(lambda rows: [PoolRow(blind(str(number)), weight, stratum) for number, weight, stratum in rows])


def test_the_published_vector() -> None:
    order = ticket_order(SEED, {"A": 1, "B": 2, "C": 4, "D": 8})

    assert [name for name, _ in order] == ["C", "A", "D", "B"]


def test_a_ticket_is_the_smallest_of_as_many_as_the_weight() -> None:
    tickets = [hmac.new(SEED, f"biz\x1fC\x1f{turn}".encode(), "sha256").digest() for turn in (1, 2, 3, 4)]

    assert Tickets(SEED).business("C", 4) == min(tickets)
    assert Tickets(SEED).business("C", 1) == tickets[0]
    assert Tickets(SEED).uniform("C") == hmac.new(SEED, b"uni\x1fC", "sha256").digest()


@given(st.binary(min_size=32, max_size=32), st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 16))
def test_tickets_are_hmacs_of_the_standard_library(seed: bytes, name: str, weight: int) -> None:
    messages = [f"biz\x1f{name}\x1f{turn}".encode() for turn in range(1, weight + 1)]

    assert Tickets(seed).business(name, weight) == min(hmac.digest(seed, each, "sha256") for each in messages)


def test_the_seed_joins_commitment_and_beacons_in_order() -> None:
    commitment, one, two = b"C" * 32, b"01 07", b"abc"
    joined = b"mt/1" + commitment + hashlib.sha256(one).digest() + hashlib.sha256(two).digest()

    assert derive_seed(commitment, [one, two]) == hashlib.sha256(joined).digest()
    assert derive_seed(commitment, [two, one]) != derive_seed(commitment, [one, two])


@given(pools, st.data())
def test_a_draw_follows_its_rules_whatever_the_order_of_the_rows(rows: list[PoolRow], data: st.DataObject) -> None:
    sizes = Counter(row.stratum for row in rows)
    strata = [Stratum(name=name, k=data.draw(st.integers(0, sizes[name]))) for name in "AB"]
    uniform_k = data.draw(st.integers(0, min(5, len(rows))))
    shuffled = data.draw(st.permutations(rows))

    drawn = draw_subjects(SEED, iter(shuffled), strata, uniform_k)

    assert [(each.blind, each.drawn_by.value) for each in drawn] == plain_draw(SEED, rows, strata, uniform_k)
    assert draw_subjects(SEED, rows, strata, uniform_k) == drawn


@given(pools, st.data())
def test_k_is_exact(rows: list[PoolRow], data: st.DataObject) -> None:
    sizes = Counter(row.stratum for row in rows)
    strata = [Stratum(name=name, k=data.draw(st.integers(0, sizes[name]))) for name in "AB"]
    uniform_k = data.draw(st.integers(0, len(rows)))

    drawn = draw_subjects(SEED, rows, strata, uniform_k)

    assert len({each.blind for each in drawn}) == len(drawn)
    assert sum(each.drawn_by is DrawnBy.UNIFORM for each in drawn) == uniform_k
    for stratum in strata:
        own = [each for each in drawn if each.stratum == stratum.name]
        by_stratum = sum(each.drawn_by is DrawnBy.STRATUM for each in own)
        left = sizes[stratum.name] - (len(own) - by_stratum)
        assert by_stratum == min(stratum.k, left)


def test_the_buffer_is_cut_many_times_and_nothing_is_lost() -> None:
    rows = [PoolRow(blind(str(number)), 1 + number % 16, "AB"[number % 2]) for number in range(3000)]
    strata = [Stratum(name="A", k=7), Stratum(name="B", k=3)]

    drawn = draw_subjects(SEED, rows, strata, 4)

    assert [(each.blind, each.drawn_by.value) for each in drawn] == plain_draw(SEED, rows, strata, 4)


def test_probability_of_the_first_place_is_the_share_of_the_weight() -> None:
    weights = {"A": 1, "B": 2, "C": 4, "D": 8}

    firsts = Counter(ticket_order(seed, weights)[0][0] for seed in seeds(3000))

    for name, weight in weights.items():
        expected = 3000 * weight // 15
        assert abs(firsts[name] - expected) < 100, (name, firsts[name], expected)


def test_the_rest_is_drawn_without_replacement() -> None:
    weights = {"A": 1, "B": 2, "C": 4, "D": 8}

    orders = [[name for name, _ in ticket_order(seed, weights)] for seed in seeds(6000)]
    seconds = Counter(order[1] for order in orders if order[0] == "D")

    for name in "ABC":
        expected = seconds.total() * weights[name] // 7
        assert abs(seconds[name] - expected) < 130, (name, seconds[name], expected)


def test_the_uniform_share_does_not_feel_the_weights() -> None:
    rows = [PoolRow(blind(name), weight, "all") for name, weight in {"A": 1, "B": 16}.items()]

    firsts = Counter(draw_subjects(seed, rows, [Stratum(name="all", k=0)], 1)[0].weight for seed in seeds(2000))

    assert abs(firsts[1] - firsts[16]) < 200


def test_progress_is_told_while_rows_pass() -> None:
    told: list[int] = []
    rows = (PoolRow(f"{number:064x}", 1, "all") for number in range(20_005))

    draw_subjects(SEED, rows, [Stratum(name="all", k=1)], on_progress=told.append)

    assert told == [10_000, 20_000]


def test_a_stratum_that_was_not_named_is_refused() -> None:
    with pytest.raises(InvalidDrawError, match="unknown_stratum"):
        draw_subjects(SEED, [PoolRow("a" * 64, 1, "other")], [Stratum(name="all", k=1)])


@pytest.mark.parametrize("weight", [0, 17, -1, True, "3"])
def test_a_weight_is_an_integer_from_1_to_16(weight: int) -> None:
    with pytest.raises(InvalidDrawError, match="weight_out_of_range"):
        check_weight(weight)


@pytest.mark.parametrize(
    ("size", "ratio", "count"),
    [(0, 10_000, 0), (1, 1, 1), (340, 700, 24), (100, 500, 5), (101, 500, 6), (3, 10_000, 3), (50, 0, 0), (96, 300, 3)],
)
def test_ratios_round_up(size: int, ratio: int, count: int) -> None:
    assert draw_count(size, ratio) == count


@given(st.integers(0, 2_000_000), st.integers(0, 10_000))
def test_a_ratio_takes_at_least_one_and_never_more_than_there_are(size: int, ratio: int) -> None:
    count = draw_count(size, ratio)

    assert 0 <= count <= size
    assert (count >= 1) == (size > 0 and ratio > 0)
    assert count * 10_000 >= size * ratio > (count - 1) * 10_000 or count == 0


def test_strata_from_ratios() -> None:
    strata = strata_from_ratios({"D": 15, "A": 96, "B": 168}, {"A": 300, "D": 10_000})

    assert [(each.name, each.k) for each in strata] == [("A", 3), ("B", 0), ("D", 15)]
    with pytest.raises(InvalidDrawError, match="ratio_out_of_range"):
        strata_from_ratios({"A": 1}, {"A": 10_001})
    with pytest.raises(ValidationError):
        Stratum(name="A", k=-1)


DOMAIN = Path(chalicelib.domain.draw.__file__).parent
EXACT = [
    *sorted(DOMAIN.glob("draw*.py")),
    *(DOMAIN.joinpath(name) for name in ("merkle.py", "beacon.py", "checkpoint.py")),
    DOMAIN.parent.joinpath("web", "static", "verify", "verify_draw.py"),
]


@pytest.mark.parametrize("path", EXACT, ids=lambda path: path.name)
def test_no_arithmetic_but_that_of_integers(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))

    inexact = [
        node.lineno
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div))
        or (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"float", "round"})
    ]

    assert inexact == []


def test_shuffled_large_pool_gives_the_same_draw() -> None:
    rows = [PoolRow(blind(str(number)), 1 + number % 16, "all") for number in range(2000)]
    shuffled = random.Random(7).sample(rows, len(rows))

    assert draw_subjects(SEED, rows, [Stratum(name="all", k=50)]) == draw_subjects(
        SEED, shuffled, [Stratum(name="all", k=50)]
    )
