"""Whether an overlay fits: its changes by themselves and together, beside other scenarios, and before today's law."""

from collections.abc import Sequence

from chalicelib.contract.basis_work import cited_as_current
from chalicelib.contract.overlay import Overlay, apply_overlay
from chalicelib.contract.overlay_rules import OverlayFault, overlay_faults
from chalicelib.contract.scenario import SOURCE_LANGUAGE, Scenario
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.item import CheckItem
from chalicelib.domain.overlay import AddItem, Change, ScenarioOverlay
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.scenario.basis_marks import standing_marks
from chalicelib.services.scenario.read_edition import read_base
from chalicelib.services.scenario.shared_questions import clashes_with, other_scenarios
from chalicelib.storage.store import Store


def overlay_problems(
    store: Store, tenant: TenantId, overlay: ScenarioOverlay, language: str = SOURCE_LANGUAGE
) -> list[FieldProblem]:
    """Everything that keeps a version from being used today, at the change to blame: what does not fit its package,
    questions that another scenario of the tenant answers differently, added items that cite a clause as current that
    a mark says is not. Computed anew each time: a few milliseconds, and the world around a version moves. language:
    in which items and scenarios are named."""
    package = read_base(store, overlay).in_language(language)
    others = [one.in_language(language) for one in other_scenarios(store, tenant, overlay.scenario)]
    found = unfitting(package, overlay.changes, others)
    added = _added(overlay.changes)
    marks = standing_marks(store, tenant) if added else ()
    found += [
        FieldProblem(
            field=f"add_item.{item.id}",
            code="basis_outdated",
            details={"citation": basis.citation, "target": item.name},
        )
        for item in added
        for basis in cited_as_current(package.bases_of([item]), marks)
    ]
    return found


def unfitting(package: Scenario, changes: Sequence[Change], others: Sequence[Scenario] = ()) -> list[FieldProblem]:
    """What keeps the changes from being used, at the change to blame. others: the tenant's other scenarios."""
    found = [_problem(fault, fault.change) for fault in _faults(package, changes)]
    return found + _clashes(package, changes, others)


def refuse_unfitting(package: Scenario, changes: Sequence[Change], others: Sequence[Scenario] = ()) -> None:
    """Raises InvalidInputError naming every change that does not fit."""
    problems = unfitting(package, changes, others)
    if problems:
        raise InvalidInputError(problems)


def refuse_new_faults(
    package: Scenario,
    before: Sequence[Change],
    changes: Sequence[Change],
    new: Change,
    others: Sequence[Scenario] = (),
) -> None:
    """Refuses what `new` brings; what was wrong with the draft already stands on its page. Raises InvalidInputError."""
    known = {(one.code, one.target, one.name) for one in _faults(package, before)}
    problems = [
        _problem(fault, new)
        for fault in _faults(package, changes)
        if fault.change == new or (fault.code, fault.target, fault.name) not in known
    ]
    clashing = _clashes(package, before, others)
    problems += [one for one in _clashes(package, changes, others) if one not in clashing or one.field == _field(new)]
    if problems:
        raise InvalidInputError(problems)


def _faults(package: Scenario, changes: Sequence[Change]) -> list[OverlayFault]:
    return overlay_faults(package, Overlay(scenario=package.name, changes=tuple(changes)))


def _clashes(package: Scenario, changes: Sequence[Change], others: Sequence[Scenario]) -> list[FieldProblem]:
    """Questions that the changes bring and that another scenario answers differently; those of the package itself are
    its author's."""
    added = {item.id for item in _added(changes)}
    if not added or not others:
        return []
    whole = apply_overlay(package, Overlay(scenario=package.name, changes=tuple(changes))).scenario
    return [
        FieldProblem(
            field=f"add_item.{one.item.id}",
            code="question_of_another_scenario",
            details={"target": one.item.name, "name": one.other.manifest.label, "question": one.item.question_key},
        )
        for one in clashes_with(whole, others)
        if one.item.id in added
    ]


def _added(changes: Sequence[Change]) -> list[CheckItem]:
    return [one.item for one in changes if isinstance(one, AddItem)]


def _field(change: Change) -> str:
    return f"{change.kind}.{change.target}"


def _problem(fault: OverlayFault, change: Change | None) -> FieldProblem:
    details: dict[str, str | int] = {"target": fault.target, "name": fault.name}
    return FieldProblem(field=_field(change) if change else "changes", code=fault.code, details=details)
