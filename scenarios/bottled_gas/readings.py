"""The trade's indicator readings and derived values from named quantities and attributes. Names are those of
evaluation.json and gas_rules.json; a value is None while what it rests on is not known."""

from collections.abc import Callable, Mapping
from datetime import date

from chalicelib.domain.condition import Scalar
from chalicelib.domain.item import Answer
from scenarios.bottled_gas import signals
from scenarios.bottled_gas.cylinder import CylinderLot, LotDates, lot_dates
from scenarios.bottled_gas.delivery import PAPERS, days_until_first_end, load_usage
from scenarios.bottled_gas.flow import FLOW, GAS, CylinderFlow, GasBalance, net_shortage, share_of_filled, traced_share
from scenarios.bottled_gas.rules import GasRules
from scenarios.bottled_gas.user_check import USERS, CheckRound, next_check_due

Lookup = Callable[[str], int | None]
Attributes = Mapping[str, Scalar]
Values = dict[str, int | None]

USER_GROUPS = {"catering_user": "catering", "other_user": "other_unit"}
"""Part in the gas trade -> group of users by whose cycle the supplier comes."""


def read_quantity(name: str, measures: Mapping[str, int], answers: Mapping[str, Answer]) -> int | None:
    """A quantity by name from measures, else from answers; None while it is missing or negative."""
    answer = answers.get(name)
    value = measures.get(name, answer.number if answer else None)
    return value if value is not None and value >= 0 else None


def read_date(attributes: Attributes, name: str) -> date | None:
    """A date of the register (ISO 8601), None while it is missing or no date."""
    value = attributes.get(name)
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _whole(lookup: Lookup, names: tuple[str, ...]) -> list[int] | None:
    found = [lookup(name) for name in names]
    known = [one for one in found if one is not None]
    return known if len(known) == len(names) else None


def _of(lookup: Lookup, arithmetic: Callable[..., int | None], *names: str) -> int | None:
    values = _whole(lookup, names)
    return arithmetic(*values) if values is not None else None


def read_flow(lookup: Lookup) -> CylinderFlow | None:
    """The period's cylinders; None until all six numbers are known."""
    values = _whole(lookup, FLOW)
    names = ("opening", "filled", "returned_full", "delivered", "withdrawn", "closing")
    return CylinderFlow(**dict(zip(names, values, strict=True))) if values is not None else None


def read_gas(lookup: Lookup) -> GasBalance | None:
    """The period's gas; None until all four numbers are known."""
    values = _whole(lookup, GAS)
    names = ("opening", "purchased", "filled", "closing")
    return GasBalance(**dict(zip(names, values, strict=True))) if values is not None else None


def read_round(lookup: Lookup) -> CheckRound | None:
    """The cycle of checks at users; None until total and checked are known. What else is not given counts as none."""
    users, checked = lookup(USERS[0]), lookup(USERS[1])
    if users is None or checked is None:
        return None
    not_met, found, mended = (lookup(name) or 0 for name in USERS[2:])
    return CheckRound(users=users, checked=checked, not_met=not_met, hazards_found=found, hazards_mended=mended)


def read_lot(attributes: Attributes, rules: GasRules, on: date) -> LotDates | None:
    """The dates of a lot of cylinders as its register entry gives them; None while type or make are not known."""
    made_on = read_date(attributes, "made_on")
    if made_on is None:
        return None
    lot = CylinderLot(
        type_id=str(attributes.get("cylinder_type", "")),
        made_on=made_on,
        last_inspected_on=read_date(attributes, "last_inspected_on"),
        marked_until=read_date(attributes, "marked_until"),
        is_life_extended=attributes.get("is_life_extended") is True,
    )
    return lot_dates(lot, rules, on)


def own_values(lookup: Lookup) -> Values:
    """Values that are no indicators but are shown beside them."""
    flow, gas, turn = read_flow(lookup), read_gas(lookup), read_round(lookup)
    return {
        "cylinders_missing": flow.missing if flow else None,
        "gas_unaccounted_kg": gas.unaccounted if gas else None,
        "users_not_visited": turn.not_visited if turn else None,
    }


def quantity_values(lookup: Lookup) -> Values:
    """Indicators that rest on quantities of a report, a system or an inspection."""
    flow, gas, turn = read_flow(lookup), read_gas(lookup), read_round(lookup)
    return {
        "cylinder_difference_ratio": flow.difference_basis_points if flow else None,
        "gas_unaccounted_ratio": gas.unaccounted_basis_points if gas else None,
        "traced_share": _of(lookup, traced_share, "deliveries_traced", "cylinders_delivered"),
        "foreign_filled_share": _of(lookup, share_of_filled, "foreign_filled_count", "cylinders_filled"),
        "overdue_filled_share": _of(lookup, share_of_filled, "overdue_filled_count", "cylinders_filled"),
        "net_shortage_ratio": _of(lookup, net_shortage, "sample_nominal_kg", "sample_net_kg"),
        "user_check_coverage": turn.coverage if turn else None,
        "user_hazards_mended_share": turn.mended_share if turn else None,
        "load_usage": _of(lookup, load_usage, "loaded_cylinders", "gross_kg_each", "permitted_load_kg"),
        "price_below_usual": _of(lookup, signals.price_below, "usual_price_fen", "offered_price_fen"),
        "order_fall": _of(lookup, signals.order_fall, "usual_order_kg", "ordered_30_days_kg"),
        "black_gas_reports": lookup("black_gas_reports"),
    }


def register_values(attributes: Attributes, rules: GasRules, on: date) -> Values:
    """Indicators that rest on dates of the register, as of a day."""
    lot = read_lot(attributes, rules, on)
    ends = [end for name in PAPERS if (end := read_date(attributes, name)) is not None]
    group = USER_GROUPS.get(str(attributes.get("gas_role", "")))
    checked_on = read_date(attributes, "last_user_check_on")
    due = next_check_due(group, checked_on, rules, on) if group and checked_on else None
    return {
        "lot_inspection_days_left": lot.inspection_days_left(on) if lot else None,
        "lot_life_days_left": lot.life_days_left(on) if lot else None,
        "vehicle_papers_days_left": days_until_first_end(ends, on),
        "user_check_days_left": (due - on).days if due else None,
    }
