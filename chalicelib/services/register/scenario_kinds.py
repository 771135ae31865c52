"""Which kinds of subject a scenario takes: asked wherever a subject comes into one."""

from collections.abc import Iterable

from chalicelib.contract.registry import registry
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.subject import Subject, SubjectFields


def kinds_of(scenario: str) -> frozenset[str]:
    """Codes of kinds; none where the package is not installed or does not hold, so that nothing can be asked of it."""
    return frozenset(registry().get(scenario).manifest.subject_kind_codes if registry().holds(scenario) else ())


def joinable(scenarios: Iterable[str], subject: Subject) -> list[str]:
    """Of the scenarios that a tenant uses those that take this kind of subject and that it is not in."""
    return [one for one in scenarios if subject.kind in kinds_of(one) and subject.membership(one) is None]


def check_kind(subject: SubjectFields, field: str = "scenario") -> None:
    """Raises InvalidInputError (of `field`) where a scenario that the subject is in does not take its kind."""
    taken = [kinds_of(one.scenario) for one in subject.memberships]
    if any(kinds and subject.kind not in kinds for kinds in taken):
        raise InvalidInputError([FieldProblem(field=field, code="kind_not_in_scenario")])
