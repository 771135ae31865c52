"""`draw order` and `draw verify` as somebody types them."""

import hashlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from chalicelib.cli.draw import group as draw
from chalicelib.domain.draw import Tickets
from tests.unit.verify.draw_case import case

SEED = hashlib.sha256(b"demo").digest()


def test_order_prints_one_line_each_first_drawn_first() -> None:
    result = CliRunner().invoke(draw, ["order", "--seed-hex", SEED.hex(), "--weights", "A=1, B=2,C=4,D=8"])

    assert result.exit_code == 0
    lines = [line.split("\t") for line in result.output.splitlines()]
    assert [name for name, _ in lines] == ["C", "A", "D", "B"]
    assert lines[0][1] == Tickets(SEED).business("C", 4).hex()


@pytest.mark.parametrize(
    ("seed", "weights"),
    [
        ("00", "A=1"),
        ("zz" * 32, "A=1"),
        (SEED.hex(), "A"),
        (SEED.hex(), "A=1,A=2"),
        (SEED.hex(), "A=0"),
        (SEED.hex(), "A=17"),
        (SEED.hex(), "A=1.5"),
        (SEED.hex(), "=1"),
        (SEED.hex(), ""),
    ],
)
def test_what_cannot_be_read_is_a_sentence_not_a_traceback(seed: str, weights: str) -> None:
    result = CliRunner().invoke(draw, ["order", "--seed-hex", seed, "--weights", weights])

    assert result.exit_code == 2
    assert "Error: Invalid value" in result.output


def test_verify_runs_the_public_script_with_its_exit_codes(tmp_path: Path) -> None:
    good, bad = tmp_path / "good.json", tmp_path / "bad.json"
    good.write_bytes(case().certificate.to_bytes())
    bad.write_bytes(good.read_bytes().replace(b'"uniform_k":2', b'"uniform_k":1'))

    assert CliRunner().invoke(draw, ["verify", str(good)]).exit_code == 0
    assert CliRunner().invoke(draw, ["verify", str(bad)]).exit_code == 1
    assert CliRunner().invoke(draw, ["verify", str(tmp_path / "none.json")]).exit_code == 2
    assert CliRunner().invoke(draw, ["verify", str(good), "--key-id", "0" * 32]).exit_code == 1
