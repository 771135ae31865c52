"""What an issuer's figures come to: category, cap and escrow from the quantities of a report or of an inspection."""

from collections.abc import Mapping
from datetime import date

from pydantic import BaseModel, ConfigDict

from chalicelib.contract.quantity import read_quantity
from chalicelib.domain.condition import Scalar
from chalicelib.domain.item import Answer
from scenarios.prepaid_card.escrow import QuarterlyReport
from scenarios.prepaid_card.issuer import IssuerFacts, balance_cap, categorise
from scenarios.prepaid_card.rules import CardRules, CategoryRule

REPORT = ("prepaid_balance", "escrow_balance", "guaranteed_amount")
ISSUER = ("prior_year_revenue", "prior_year_total_revenue", "registered_capital", "months_in_operation")


class Position(BaseModel):
    """Amounts in fen, ratios in basis points; None while it cannot be said."""

    model_config = ConfigDict(frozen=True)

    category: CategoryRule | None = None
    declared_category: str = ""
    escrow_share: int | None = None
    cap: int | None = None
    cap_usage: int | None = None
    required: int | None = None
    shortfall: int | None = None
    coverage: int | None = None

    @property
    def category_differs(self) -> int | None:
        """1 when the category filed is not the one that the figures give, else 0."""
        if self.category is None or not self.declared_category:
            return None
        return int(self.category.id != self.declared_category)


def read_issuer(
    attributes: Mapping[str, Scalar], measures: Mapping[str, int], answers: Mapping[str, Answer]
) -> IssuerFacts:
    """The issuer as its register entry and the figures describe it."""
    return IssuerFacts(
        trade=str(attributes.get("trade", "")),
        legal_form=str(attributes.get("legal_form", "")),
        is_group_parent=attributes.get("is_group_parent") is True,
        is_brand_owner=attributes.get("is_brand_owner") is True,
        **{name: read_quantity(name, measures, answers) for name in ISSUER},
    )


def read_report(measures: Mapping[str, int], answers: Mapping[str, Answer]) -> QuarterlyReport | None:
    """The quarter's position; None while balance or escrow account is not known. No guarantee means none."""
    balance, escrow, guaranteed = (read_quantity(name, measures, answers) for name in REPORT)
    if balance is None or escrow is None:
        return None
    return QuarterlyReport(prepaid_balance=balance, escrow_balance=escrow, guaranteed=guaranteed or 0)


def position_of(
    rules: CardRules,
    on: date,
    attributes: Mapping[str, Scalar],
    measures: Mapping[str, int],
    answers: Mapping[str, Answer],
) -> Position:
    """Everything that the figures at hand allow to say, by the rules in force on that day."""
    issuer, report = read_issuer(attributes, measures, answers), read_report(measures, answers)
    category = categorise(issuer, rules, on)
    declared = str(attributes.get("issuer_category", ""))
    if category is None:
        return Position(declared_category=declared)
    share = rules.figure(category.escrow_share, on) if category.escrow_share else None
    cap = balance_cap(issuer, category, rules, on)
    return Position(
        category=category,
        declared_category=declared,
        escrow_share=share,
        cap=cap,
        cap_usage=report.cap_usage(cap) if report and cap is not None else None,
        required=report.required(share) if report and share is not None else None,
        shortfall=report.shortfall(share) if report and share is not None else None,
        coverage=report.coverage(share) if report and share is not None else None,
    )
