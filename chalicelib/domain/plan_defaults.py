"""What a new plan and a schedule start from before anybody types: product defaults in data, never shown as law."""

from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.label import Label

_DEFAULTS = Path(__file__).parent / "data" / "plan_defaults.json"


class PlanDefaults(BaseModel):
    """uniform_k: subjects drawn from the whole pool with equal weight, so that grading can be measured;
    period_working_days: length of a new plan; period_years_ahead: a plan ends in this year or so many later;
    visits_per_day: of one inspector, up to visits_per_day_limit;
    visit_times: local times of day at which a visit may begin, in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    source: str = Field(pattern=r"^product_rule$")
    note: Label
    uniform_k: int = Field(ge=0)
    period_working_days: int = Field(ge=1)
    period_years_ahead: int = Field(ge=0)
    visits_per_day: int = Field(ge=1)
    visits_per_day_limit: int = Field(ge=1)
    visit_times: tuple[str, ...] = Field(min_length=1)


@cache
def plan_defaults() -> PlanDefaults:
    return PlanDefaults.model_validate_json(_DEFAULTS.read_text(encoding="utf-8"))
