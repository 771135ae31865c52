"""Scenarios that one plan, and one visit, serve besides their own: a subject under several is visited once.

The plan's own scenario decides whom to draw; each of the others keeps its version, its items and its findings.
"""

from pydantic import BaseModel, ConfigDict, Field


class ServedScenario(BaseModel):
    """A scenario in the version with which the plan began. overlay_number: of the tenant's overlay, 0 for none."""

    model_config = ConfigDict(frozen=True)

    scenario: str
    scenario_version: str
    scenario_hash: str = ""
    overlay_number: int = Field(default=0, ge=0)


class VisitScenario(ServedScenario):
    """The same on a visit, with what the register knows of the subject as a member of this scenario."""

    attributes: dict[str, str | int | bool] = Field(default_factory=dict)


def item_key(own_scenario: str, scenario: str, item_id: str) -> str:
    """Names a check item within a visit: its id, behind the scenario's name and a hyphen when it is another's."""
    return item_id if scenario == own_scenario else f"{scenario}-{item_id}"
