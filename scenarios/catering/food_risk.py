"""Risk class of a food business: static points for what it is, dynamic points for what was found, a class for the sum.

This is the food regulator's own class (A lowest to D highest). It is neither the platform's risk level nor the credit
grade, and nothing here turns it into one of them.
"""

from collections.abc import Iterable, Mapping
from datetime import date

from pydantic import BaseModel, ConfigDict

from chalicelib.domain.condition import Scalar
from chalicelib.domain.item import Severity
from scenarios.catering.rules import FoodRules, ScaleRule

STATIC_MOST, DYNAMIC_MOST, FOOD_KINDS_MOST = "static_most", "dynamic_most", "food_kinds_most"


class FoodRisk(BaseModel):
    """Points of both parts and the class of their sum."""

    model_config = ConfigDict(frozen=True)

    static_points: int
    dynamic_points: int
    risk_class: str

    @property
    def points(self) -> int:
        return self.static_points + self.dynamic_points


def _size(rule: ScaleRule, attributes: Mapping[str, Scalar]) -> int | None:
    value = attributes.get(rule.measured_by)
    return value if type(value) is int and value >= 0 else None


def scale_points(rules: FoodRules, on: date, attributes: Mapping[str, Scalar]) -> int | None:
    """Points for the size of the business; None while its form or its size is not known."""
    rule = next((one for one in rules.scales if attributes.get("business_form") in one.business_forms), None)
    size = _size(rule, attributes) if rule else None
    if rule is None or size is None:
        return None
    step = next(one for one in rule.steps if one.up_to is None or size <= one.up_to)
    return rules.figure(step.points, on)


def food_kind_points(rules: FoodRules, on: date, attributes: Mapping[str, Scalar]) -> int:
    """Points for the kinds of food it makes, added up to their limit. A kind that is not known is not counted."""
    made = sum(rules.figure(one.points, on) for one in rules.food_kinds if attributes.get(one.attribute) is True)
    return min(made, rules.figure(FOOD_KINDS_MOST, on))


def static_points(rules: FoodRules, on: date, attributes: Mapping[str, Scalar]) -> int | None:
    """What the business is, whatever was found; None while its size is not known."""
    scale = scale_points(rules, on, attributes)
    if scale is None:
        return None
    return min(scale + food_kind_points(rules, on, attributes), rules.figure(STATIC_MOST, on))


def dynamic_points(rules: FoodRules, on: date, findings: Iterable[Severity]) -> int:
    """What was found, each finding by its severity, up to the limit."""
    found = sum(rules.figure(rules.finding_points[severity], on) for severity in findings)
    return min(found, rules.figure(DYNAMIC_MOST, on))


def risk_class_of(rules: FoodRules, on: date, points: int) -> str:
    """The highest class whose threshold lies strictly below the points."""
    reached = [b.risk_class for b in rules.risk_classes if b.above is None or points > rules.figure(b.above, on)]
    return reached[-1]


def assess(
    rules: FoodRules, on: date, attributes: Mapping[str, Scalar], findings: Iterable[Severity]
) -> FoodRisk | None:
    """Both parts by the figures of the day; None while the static part cannot be said."""
    static = static_points(rules, on, attributes)
    if static is None:
        return None
    dynamic = dynamic_points(rules, on, findings)
    return FoodRisk(static_points=static, dynamic_points=dynamic, risk_class=risk_class_of(rules, on, static + dynamic))
