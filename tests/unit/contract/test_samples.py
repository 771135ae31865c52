"""Paths into a result."""

import pytest

from chalicelib.contract.samples import at_path

BODY = {"a": {"b": [{"c": 1, "d": [5]}, {"c": 2, "d": []}]}, "e": None}


@pytest.mark.parametrize(
    ("path", "value"),
    [("a.b.0.c", 1), ("a.b.*.c", [1, 2]), ("a.b.#", 2), ("a.b.*.d.#", [1, 0]), ("e", None)],
)
def test_at_path(path, value):
    assert at_path(BODY, path) == value


@pytest.mark.parametrize("path", ["x", "a.b.9", "a.b.c", "e.f", "a.b.0.c.#", "a.*.c", "e.#"])
def test_a_path_that_leads_nowhere(path):
    with pytest.raises(LookupError):
        at_path(BODY, path)
