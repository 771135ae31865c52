"""One test for all cases of a group, so that thousands of cases are some hundred tests."""

import inspect
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

import pytest


def over(name: str, cases: Iterable[Any], group: Callable[[Any], str], told: Callable[[Any], str]) -> Any:
    """Run the test for each of the cases, as its argument `name`, in one test per group.

    A failing case does not hide the others of its group: the message names all of them, by `told`.
    """
    groups: dict[str, list[Any]] = defaultdict(list)
    for case in cases:
        groups[group(case)].append(case)

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        def run(**given: Any) -> None:
            _try_all(test, name, groups[given.pop("group")], told, given)

        return pytest.mark.parametrize("group", sorted(groups))(_like(test, run, {name: "group"}))

    return decorate


def every(name: str, cases: Iterable[Any], told: Callable[[Any], str] = str) -> Any:
    """Run the test for each of the cases, as its argument `name`, in one test; the message names all that fail.

    For cases of a few microseconds, which cost less than what a test of their own costs. Without cases it fails.
    """
    kept = list(cases)

    def decorate(test: Callable[..., None]) -> Callable[..., None]:
        def run(**given: Any) -> None:
            assert kept, "no case: nothing would be tested"
            _try_all(test, name, kept, told, given)

        return _like(test, run, {name: ""})

    return decorate


def _try_all(
    test: Callable[..., None], name: str, cases: list[Any], told: Callable[[Any], str], given: dict[str, Any]
) -> None:
    __tracebackhide__ = True
    failed: list[tuple[str, BaseException]] = []
    for case in cases:
        try:
            test(**given, **{name: case})
        except (Exception, pytest.fail.Exception) as error:
            failed.append((told(case), error))
    if failed:
        words = "\n".join(f"{case}: {_words(error)}" for case, error in failed)
        raise AssertionError(f"{len(failed)} of {len(cases)}\n{words}") from failed[0][1]


def _words(error: BaseException) -> str:
    is_plain = isinstance(error, AssertionError | pytest.fail.Exception)
    return str(error) if is_plain else f"{type(error).__name__}: {error}"


def _like(test: Callable[..., None], run: Callable[..., None], names: dict[str, str]) -> Callable[..., None]:
    """`run` with the name, the marks and the arguments of `test`: renamed, or left out, as `names` says."""
    signature = inspect.signature(test)
    taken = [
        parameter.replace(name=names.get(parameter.name, parameter.name))
        for parameter in signature.parameters.values()
        if names.get(parameter.name, parameter.name)
    ]
    run.__signature__ = signature.replace(parameters=taken)  # type: ignore[attr-defined]
    run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
    # Marks of decorators below this one.
    run.pytestmark = list(getattr(test, "pytestmark", []))  # type: ignore[attr-defined]
    return run
