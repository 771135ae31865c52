"""The command line answers at once and knows its groups."""

import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from chalicelib.cli.main import _GROUPS, main
from chalicelib.domain.errors import RecordNotFoundError, YijianshiError
from chalicelib.storage.errors import StorageUnavailableError


def test_help_lists_the_groups_without_importing_them() -> None:
    probe = (
        "import sys; from chalicelib.cli.main import main; "
        "main(['--help'], standalone_mode=False); print(sorted(sys.modules))"
    )

    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=Path(__file__).parents[3]
    )

    assert "scenario" in done.stdout
    assert "chalicelib.cli.scenario" not in done.stdout
    assert "boto3" not in done.stdout


def test_a_group_is_loaded_when_it_is_called() -> None:
    answer = CliRunner().invoke(main, ["scenario", "--help"])

    assert answer.exit_code == 0
    assert "Commands" in answer.output


def test_an_unknown_group_is_refused_in_one_line() -> None:
    answer = CliRunner().invoke(main, ["nothing"])

    assert answer.exit_code == 2
    assert "No such command 'nothing'" in answer.output


@pytest.mark.parametrize("name", sorted(_GROUPS))
def test_every_group_that_help_names_opens(name: str) -> None:
    result = CliRunner().invoke(main, [name, "--help"])

    assert result.exit_code == 0, result.output
    assert "Commands:" in result.output


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (StorageUnavailableError(cause="GetError"), "the cloud does not answer (GetError)"),
        (RecordNotFoundError(kind="tenant"), "not_found kind=tenant"),
    ],
)
def test_what_a_command_cannot_do_is_one_sentence(
    error: YijianshiError, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    @click.command()
    def failing() -> None:
        raise error

    monkeypatch.setattr(main, "get_command", lambda ctx, name: failing)
    answer = CliRunner().invoke(main, ["failing"])

    assert answer.exit_code == 1
    assert f"Error: {said}" in answer.output
    assert "Traceback" not in answer.output
