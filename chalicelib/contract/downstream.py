"""One clause drives four outputs: what of a package rests on a legal basis, from handbook to evaluation.

When a clause is amended or repealed, this is the list of what has to be looked at again.
"""

from pydantic import BaseModel, ConfigDict

from chalicelib.contract.inspection import InspectionRules
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.evaluation_rules import Trigger
from chalicelib.domain.item import CheckItem


class Downstream(BaseModel):
    """Ids of everything that rests on one basis: by citing it, or (scoring) by counting findings of such items."""

    model_config = ConfigDict(frozen=True)

    basis_id: str
    handbook_items: tuple[str, ...]
    paragraphs: tuple[str, ...]
    check_items: tuple[str, ...]
    indicators: tuple[str, ...]
    scoring: tuple[str, ...]
    inspection: bool

    @property
    def is_empty(self) -> bool:
        parts = (self.handbook_items, self.paragraphs, self.check_items, self.indicators, self.scoring)
        return not any(parts) and not self.inspection


def _counts(trigger: Trigger, item: CheckItem) -> bool:
    fits_item = not trigger.items or item.id in trigger.items
    return trigger.finding and fits_item and (not trigger.severities or item.severity in trigger.severities)


def _bases_of_inspection(rules: InspectionRules) -> set[str]:
    """Of the team, the draw, the documents and the patrols."""
    cited = {*rules.team.legal_basis_ids, *rules.legal_basis_ids}
    cited |= {one for document in rules.documents for one in document.legal_basis_ids}
    return cited | set(rules.patrol.legal_basis_ids if rules.patrol else ())


def trace_basis(scenario: Scenario, basis_id: str) -> Downstream:
    """Everything in the package that rests on this basis; empty for an id that nothing cites."""
    items = [i for i in scenario.checklist.items if basis_id in (*i.legal_basis_ids, *i.penalty_basis_ids)]
    checked = {item.id for item in items}
    rules, inspection = scenario.evaluation, scenario.inspection
    return Downstream(
        basis_id=basis_id,
        handbook_items=tuple(one.id for one in scenario.handbook.items if basis_id in one.legal_basis_ids),
        paragraphs=tuple(
            one.id
            for one in scenario.handbook.paragraphs
            if basis_id in one.legal_basis_ids or checked & set(one.check_item_ids)
        ),
        check_items=tuple(item.id for item in items),
        indicators=tuple(one.id for one in rules.indicators if basis_id in one.legal_basis_ids),
        scoring=tuple(
            one.id
            for one in rules.scoring
            if basis_id in one.legal_basis_ids or any(_counts(one.trigger, item) for item in items)
        ),
        inspection=basis_id in _bases_of_inspection(inspection),
    )
