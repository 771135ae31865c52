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
            failed: dict[str, BaseException] = {}
            for case in groups[given.pop("group")]:
                try:
                    test(**given, **{name: case})
                except (AssertionError, pytest.fail.Exception) as error:
                    failed[told(case)] = error
            if failed:
                words = "\n".join(f"{case}: {error}" for case, error in failed.items())
                raise AssertionError(words) from next(iter(failed.values()))

        signature = inspect.signature(test)
        renamed = [
            parameter.replace(name="group") if parameter.name == name else parameter
            for parameter in signature.parameters.values()
        ]
        run.__signature__ = signature.replace(parameters=renamed)  # type: ignore[attr-defined]
        run.__name__, run.__doc__, run.__module__ = test.__name__, test.__doc__, test.__module__
        # Marks of decorators below this one.
        run.pytestmark = list(getattr(test, "pytestmark", []))  # type: ignore[attr-defined]
        return pytest.mark.parametrize("group", sorted(groups))(run)

    return decorate
