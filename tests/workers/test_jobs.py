"""Every job's work is a function that can be found, and every job that is requested has work."""

import ast
import inspect
from importlib import import_module

import pytest

from chalicelib.workers.jobs import WORK, work_of
from tests.architecture.sources import strings, trees


@pytest.mark.parametrize("name", sorted(WORK))
def test_the_work_of_a_job_takes_what_run_job_hands_it(name):
    assert list(inspect.signature(work_of(name)).parameters) == ["store", "tenant", "act", "job", "progress"]


def test_an_unknown_job_has_no_work():
    with pytest.raises(KeyError):
        work_of("unknown")


def requested() -> set[str]:
    """The names under which services ask for jobs, written out or by a constant of the module."""
    found = set()
    for path, tree in trees("chalicelib/services").items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("request_job", "Job"):
                value = next(keyword.value for keyword in node.keywords if keyword.arg == "name")
                module = import_module(path.removesuffix(".py").replace("/", "."))
                found.add(value.value if isinstance(value, ast.Constant) else getattr(module, ast.unparse(value), None))
    return found - {None}


def test_every_requested_job_has_work():
    assert requested()
    assert requested() <= set(WORK)


def test_every_work_is_asked_for_by_a_service():
    spelled = {text for tree in trees("chalicelib/services").values() for _, text in strings(tree)}

    assert set(WORK) <= spelled
