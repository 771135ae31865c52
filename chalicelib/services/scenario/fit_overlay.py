"""Whether an overlay's changes fit a version of its package, each by itself and all together."""

from collections.abc import Sequence

from chalicelib.contract.overlay import Overlay
from chalicelib.contract.overlay_rules import OverlayFault, overlay_faults
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.overlay import Change


def faults_of(package: Scenario, changes: Sequence[Change]) -> list[OverlayFault]:
    return overlay_faults(package, Overlay(scenario=package.name, changes=tuple(changes)))


def unfitting(package: Scenario, changes: Sequence[Change]) -> list[FieldProblem]:
    """What keeps the changes from being used, at the change to blame."""
    return [_problem(fault, fault.change) for fault in faults_of(package, changes)]


def refuse_unfitting(package: Scenario, changes: Sequence[Change]) -> None:
    """Raises InvalidInputError naming every change that does not fit."""
    problems = unfitting(package, changes)
    if problems:
        raise InvalidInputError(problems)


def refuse_new_faults(package: Scenario, before: Sequence[Change], changes: Sequence[Change], new: Change) -> None:
    """Refuses what `new` brings; what was wrong with the draft already is told when it is submitted. Raises
    InvalidInputError."""
    known = {(one.code, one.target, one.name) for one in faults_of(package, before)}
    problems = [
        _problem(fault, new)
        for fault in faults_of(package, changes)
        if fault.change == new or (fault.code, fault.target, fault.name) not in known
    ]
    if problems:
        raise InvalidInputError(problems)


def _problem(fault: OverlayFault, change: Change | None) -> FieldProblem:
    field = f"{change.kind}.{change.target}" if change else "changes"
    details: dict[str, str | int] = {"target": fault.target, "name": fault.name}
    return FieldProblem(field=field, code=fault.code, details=details)
