"""Which rules an issuer is under, which category it is in, and how much prepaid money it may hold. Amounts are fen."""

from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.contract.quantity import share_rounded_down
from scenarios.prepaid_card.rules import CapBase, CardRules, CategoryRule


class CardRegime(StrEnum):
    """COMMERCE: the commerce ministry's card rules. SECTOR: everybody else – the trade's own department, consumer law
    and local rules; no category, no statutory escrow share is computed for them."""

    COMMERCE = "commerce"
    SECTOR = "sector"


class IssuerFacts(BaseModel):
    """What is known of an issuer; None is not known. Revenue is last year's: `prior_year_total_revenue` all of it (of
    a group the whole group's), `prior_year_revenue` that from the main business, which stands in while the total is
    not known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    trade: str = ""
    legal_form: str = ""
    is_group_parent: bool = False
    is_brand_owner: bool = False
    months_in_operation: int | None = Field(default=None, ge=0)
    prior_year_revenue: int | None = Field(default=None, ge=0)
    prior_year_total_revenue: int | None = Field(default=None, ge=0)
    registered_capital: int | None = Field(default=None, ge=0)

    @property
    def total_revenue(self) -> int | None:
        known = self.prior_year_total_revenue
        return self.prior_year_revenue if known is None else known


def regime_of(facts: IssuerFacts, rules: CardRules) -> CardRegime:
    """By trade and legal form; an issuer of which one is not known is not put under the commerce rules."""
    fits = facts.trade in rules.commerce_trades and facts.legal_form in rules.commerce_legal_forms
    return CardRegime.COMMERCE if fits else CardRegime.SECTOR


def is_young(facts: IssuerFacts, rules: CardRules, on: date) -> bool:
    """In business for less than a full year; not known counts as a full year."""
    months = facts.months_in_operation
    return months is not None and months < rules.figure("full_year_months", on)


def categorise(facts: IssuerFacts, rules: CardRules, on: date) -> CategoryRule | None:
    """The category by the rules of that day; None outside the commerce regime and while the figures that decide are
    not known."""
    if regime_of(facts, rules) is not CardRegime.COMMERCE:
        return None
    for category in rules.categories:
        fits = _fits(facts, category, rules, on)
        if fits is None or fits:
            return category if fits else None
    return None


def _fits(facts: IssuerFacts, category: CategoryRule, rules: CardRules, on: date) -> bool | None:
    if category.is_open_to_all:
        return True
    if category.attribute is not None:
        return bool(getattr(facts, category.attribute))
    young = is_young(facts, rules, on)
    amount = facts.registered_capital if young else facts.total_revenue
    figure_id = category.capital_at_least if young else category.revenue_at_least
    if figure_id is None:
        return False
    return None if amount is None else amount >= rules.figure(figure_id, on)


def balance_cap(facts: IssuerFacts, category: CategoryRule, rules: CardRules, on: date) -> int | None:
    """The highest prepaid balance in fen, rounded down; None while its base is not known or no rule fits."""
    young = is_young(facts, rules, on)
    for cap in rules.caps:
        if cap.category not in (None, category.id) or cap.is_young not in (None, young):
            continue
        if cap.trades and facts.trade not in cap.trades:
            continue
        bases = {
            CapBase.PRIOR_YEAR_REVENUE: facts.prior_year_revenue,
            CapBase.PRIOR_YEAR_TOTAL_REVENUE: facts.total_revenue,
            CapBase.REGISTERED_CAPITAL: facts.registered_capital,
        }
        base = bases[cap.base]
        return None if base is None else share_rounded_down(base, rules.figure(cap.share, on))
    return None
