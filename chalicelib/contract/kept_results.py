"""Whether today's handlers still make of a frozen version what its authors promised: its own golden cases, run again.

Data are frozen with a version, code is not (decision 29): a plan that began with an older version is judged by the
handlers that are installed now. The cases that were frozen with it are what can be held against them.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from pydantic import ValidationError

from chalicelib.contract.entrance import parse_request
from chalicelib.contract.exchange import HandlerContext
from chalicelib.contract.freeze import thaw_package, thaw_samples
from chalicelib.contract.registry import Handlers
from chalicelib.contract.samples import SampleCase, at_path
from chalicelib.contract.scenario import Scenario

SAMPLE_TENANT = "sample00"


class KeptDifference(NamedTuple):
    """What a case of a frozen version does not give any more. case: its label, empty when the version itself cannot be
    read; path: into the result, empty when there was none; found: the value, or why there is none."""

    case: str
    path: str
    expected: Any
    found: Any


class KeptResults(NamedTuple):
    """cases: how many were frozen with the version; none of a version that was frozen before they were kept."""

    cases: int
    differences: tuple[KeptDifference, ...]


def run_case(scenario: Scenario, handlers: Handlers, case: SampleCase) -> dict[str, Any]:
    """The JSON result of one case. Raises what the handler raises."""
    context = HandlerContext(tenant_id=SAMPLE_TENANT, package=scenario, now=case.now)
    result = getattr(handlers, case.one)(parse_request(case.one, case.request), context)
    body: dict[str, Any] = result.model_dump(mode="json")
    return body


def check_kept(content: bytes, handlers: Handlers) -> KeptResults:
    """Of a frozen copy (its bytes), through these handlers."""
    try:
        cases, scenario = thaw_samples(content), thaw_package(content)
    except (ValidationError, ValueError) as error:
        return KeptResults(0, (KeptDifference("", "", "", _words(error)),))
    return KeptResults(len(cases), tuple(_differences(scenario, handlers, cases)))


def _differences(scenario: Scenario, handlers: Handlers, cases: Sequence[SampleCase]) -> Iterator[KeptDifference]:
    for case in cases:
        try:
            result = run_case(scenario, handlers, case)
        except Exception as error:  # whatever a package's own handler raises: it cannot judge this version any more
            yield KeptDifference(case.label, "", "", _words(error))
            continue
        for path, expected in case.expect.items():
            try:
                found = at_path(result, path)
            except LookupError:
                yield KeptDifference(case.label, path, expected, None)
                continue
            if found != expected:
                yield KeptDifference(case.label, path, expected, found)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:300]
