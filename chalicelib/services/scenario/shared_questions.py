"""Questions that two scenarios of a tenant ask under one key and answer differently: found before a plan meets them."""

from collections.abc import Iterable
from dataclasses import dataclass

from chalicelib.contract.joint_checklist import differing_questions
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.item import CheckItem
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.scenario.basis_library import scenarios_of
from chalicelib.services.scenario.read_edition import editions_of
from chalicelib.storage.store import Store


@dataclass(frozen=True)
class QuestionClash:
    """`item` asks what `other` asks too, for an answer of another type or unit: no visit can serve both."""

    item: CheckItem
    other: Scenario


def other_scenarios(store: Store, tenant: TenantId, scenario: str) -> list[Scenario]:
    """The tenant's enabled scenarios besides this one, with their overlays in force. Two reads."""
    names = [name for name in scenarios_of(store, tenant) if name != scenario]
    return [one.scenario for one in editions_of(store, tenant, names)] if names else []


def clashes_with(scenario: Scenario, others: Iterable[Scenario]) -> list[QuestionClash]:
    """Every item of the scenario whose question another one answers differently."""
    return [
        QuestionClash(item, other)
        for other in others
        for key in differing_questions(other, scenario)
        for item in scenario.checklist.items
        if item.question_key == key
    ]
