"""When a cylinder, or a lot of cylinders of one make, is due for inspection and when it must be scrapped.

A lot shares type, date of manufacture and date of the last inspection: what holds for one holds for all of it.
"""

from datetime import date, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from scenarios.bottled_gas.months import add_months
from scenarios.bottled_gas.rules import GasRules


class CylinderState(StrEnum):
    """Ordered from the best. PAST_LIFE is never filled again, whatever its last inspection says."""

    IN_DATE = "in_date"
    DUE_SOON = "due_soon"
    OVERDUE = "overdue"
    PAST_LIFE = "past_life"


class CylinderLot(BaseModel):
    """One lot; a single cylinder is a lot too. `marked_until`: the end that its inspection mark shows;
    `is_life_extended`: a safety assessment lets it go on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type_id: str
    made_on: date
    last_inspected_on: date | None = None
    marked_until: date | None = None
    is_life_extended: bool = False


class LotDates(BaseModel):
    """First days on which the lot is no longer in order. `request_from`: from when inspection is to be asked for."""

    model_config = ConfigDict(frozen=True)

    request_from: date
    inspection_ends_on: date
    life_ends_on: date

    def state_on(self, day: date) -> CylinderState:
        if day >= self.life_ends_on:
            return CylinderState.PAST_LIFE
        if day >= self.inspection_ends_on:
            return CylinderState.OVERDUE
        return CylinderState.DUE_SOON if day >= self.request_from else CylinderState.IN_DATE

    def inspection_days_left(self, day: date) -> int:
        """Days until the inspection, or the life when that is sooner, has run out; nought or less when it has."""
        return (min(self.inspection_ends_on, self.life_ends_on) - day).days

    def request_days_left(self, day: date) -> int:
        """Days until inspection is to be asked for; nought or less when it is."""
        return (self.request_from - day).days

    def life_days_left(self, day: date) -> int:
        return (self.life_ends_on - day).days


def lot_dates(lot: CylinderLot, rules: GasRules, on: date) -> LotDates | None:
    """By the rules in force on a day, which hold for cylinders made before them too; of the date so computed and the
    one on the inspection mark the earlier counts. None for a type that the rules do not know, or dates that cannot
    be."""
    kind = rules.cylinder_type(lot.type_id)
    since = lot.last_inspected_on or lot.made_on
    if kind is None or since < lot.made_on:
        return None
    life_id = kind.extended_life if lot.is_life_extended and kind.extended_life else kind.service_life
    ends_on = add_months(since, rules.figure(kind.inspection_interval, on))
    if lot.marked_until is not None:
        ends_on = min(ends_on, lot.marked_until + timedelta(days=1))
    return LotDates(
        request_from=add_months(ends_on, -rules.figure("request_months", on)),
        inspection_ends_on=ends_on,
        life_ends_on=add_months(lot.made_on, rules.figure(life_id, on)),
    )
