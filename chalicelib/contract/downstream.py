"""One clause drives four outputs: what of a package rests on a legal basis, from handbook to evaluation, with the
clocks, orders and reports between them.

When a clause is amended or repealed, this is the list of what has to be looked at again.
"""

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict

from chalicelib.contract.inspection import InspectionRules
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.deadline import DeadlineRule
from chalicelib.domain.evaluation_rules import Trigger
from chalicelib.domain.item import CheckItem
from chalicelib.domain.legal_basis import LegalBasis, plain_title


class Downstream(BaseModel):
    """Ids of everything that rests on one basis: by citing it, (scoring) by counting findings of such items,
    (occurrences) by moving such a clock or standing for such an order."""

    model_config = ConfigDict(frozen=True)

    basis_id: str
    handbook_items: tuple[str, ...]
    paragraphs: tuple[str, ...]
    check_items: tuple[str, ...]
    self_check_rounds: tuple[str, ...]
    documents: tuple[str, ...]
    deadlines: tuple[str, ...]
    occurrences: tuple[str, ...]
    figures: tuple[str, ...]
    reports: tuple[str, ...]
    indicators: tuple[str, ...]
    scoring: tuple[str, ...]
    inspection: bool

    @property
    def is_empty(self) -> bool:
        return not any(value for name, value in self if name != "basis_id")


def _counts(trigger: Trigger, item: CheckItem) -> bool:
    fits_item = not trigger.items or item.id in trigger.items
    return trigger.finding and fits_item and (not trigger.severities or item.severity in trigger.severities)


def _bases_of_inspection(rules: InspectionRules) -> set[str]:
    """Of the team, the draw and the patrols; documents and clocks are told one by one."""
    cited = {*rules.team.legal_basis_ids, *rules.legal_basis_ids}
    return cited | set(rules.patrol.legal_basis_ids if rules.patrol else ())


def clocks_on(rules: InspectionRules, basis: LegalBasis | None) -> list[DeadlineRule]:
    """The terms that cite the same article. A term names its law itself, by title and article, not by a basis's id."""
    if basis is None:
        return []
    cited = (plain_title(basis.title), basis.article)
    return [
        rule
        for rule in rules.deadlines
        if any((plain_title(one.title), one.article) == cited for one in rule.legal_basis if one.title)
    ]


def moved_by(rules: InspectionRules, deadlines: Iterable[DeadlineRule], documents: Iterable[str] = ()) -> list[str]:
    """Ids of the occurrences that start or stop one of these clocks, or that these orders' service, fulfilment
    or lifting is."""
    names = {event for rule in deadlines for event in (rule.start_event, *rule.stop_events)}
    orders = [rules.document(one) for one in documents]
    names |= {name for one in orders if one for name in (one.served_as, one.fulfilled_as, one.lifted_as) if name}
    return [one.id for one in rules.occurrences if one.id in names]


def trace_basis(scenario: Scenario, basis_id: str) -> Downstream:
    """Everything in the package that rests on this basis; empty for an id that nothing cites."""
    items = [i for i in scenario.checklist.items if basis_id in (*i.legal_basis_ids, *i.penalty_basis_ids)]
    checked = {item.id for item in items}
    rules, inspection = scenario.evaluation, scenario.inspection
    figures = tuple(dict.fromkeys(one.id for one in scenario.figures if basis_id in one.legal_basis_ids))
    clocks = clocks_on(inspection, scenario.bases.get(basis_id))
    clocks += [rule for rule in inspection.deadlines if rule.length_figure in figures and rule not in clocks]
    deadlines = tuple(dict.fromkeys(rule.id for rule in clocks))
    documents = tuple(one.id for one in inspection.documents if basis_id in one.legal_basis_ids)
    return Downstream(
        basis_id=basis_id,
        handbook_items=tuple(one.id for one in scenario.handbook.items if basis_id in one.legal_basis_ids),
        paragraphs=tuple(
            one.id
            for one in scenario.handbook.paragraphs
            if basis_id in one.legal_basis_ids or checked & set(one.check_item_ids)
        ),
        check_items=tuple(item.id for item in items),
        self_check_rounds=tuple(
            one.id for one in scenario.checklist.self_check_rounds if basis_id in one.legal_basis_ids
        ),
        documents=documents,
        deadlines=deadlines,
        occurrences=tuple(moved_by(inspection, clocks, documents)),
        figures=figures,
        reports=tuple(
            one.id
            for one in rules.reports
            if basis_id in one.legal_basis_ids or any(duty.deadline_id in deadlines for duty in one.duties)
        ),
        indicators=tuple(one.id for one in rules.indicators if basis_id in one.legal_basis_ids),
        scoring=tuple(
            one.id
            for one in rules.scoring
            if basis_id in one.legal_basis_ids or any(_counts(one.trigger, item) for item in items)
        ),
        inspection=basis_id in _bases_of_inspection(inspection),
    )
