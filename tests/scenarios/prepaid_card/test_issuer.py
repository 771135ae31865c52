"""Category, cap and regime by the rules of the day, and the figures as dated data."""

from datetime import date

import pytest
from pydantic import ValidationError

from chalicelib.contract.figure import Figure, FigureStatus
from chalicelib.domain.errors import RecordNotFoundError
from scenarios.prepaid_card.issuer import CardRegime, IssuerFacts, balance_cap, categorise, regime_of
from scenarios.prepaid_card.rules import card_rules
from tests.shipped import SHIPPED

RULES = card_rules()
CARD = SHIPPED.get("prepaid_card")
DAY = date(2026, 11, 20)
MILLION_YUAN = 100_000_000


def issuer(**known):
    return IssuerFacts(**{"trade": "retail", "legal_form": "legal_person", "months_in_operation": 30, **known})


@pytest.mark.parametrize(
    ("known", "category"),
    [
        ({"prior_year_revenue": 5 * MILLION_YUAN}, "large_scale"),
        ({"prior_year_revenue": 5 * MILLION_YUAN - 1}, "other"),
        ({"prior_year_revenue": 4 * MILLION_YUAN, "prior_year_total_revenue": 5 * MILLION_YUAN}, "large_scale"),
        ({"months_in_operation": 11, "registered_capital": MILLION_YUAN}, "large_scale"),
        ({"months_in_operation": 11, "registered_capital": MILLION_YUAN - 1}, "other"),
        ({"months_in_operation": 12, "registered_capital": MILLION_YUAN}, None),
        ({"months_in_operation": None, "prior_year_revenue": 5 * MILLION_YUAN}, "large_scale"),
        ({}, None),
        ({"is_brand_owner": True}, "brand"),
        ({"is_brand_owner": True, "is_group_parent": True}, "group"),
        ({"trade": "sport", "prior_year_revenue": 5 * MILLION_YUAN}, None),
        ({"legal_form": "individual_business", "prior_year_revenue": 5 * MILLION_YUAN}, None),
    ],
)
def test_the_category_follows_from_control_brand_revenue_and_capital(known, category):
    found = categorise(issuer(**known), RULES, DAY)

    assert (found.id if found else None) == category


@pytest.mark.parametrize(
    ("known", "cap"),
    [
        ({"prior_year_revenue": 1_000_000_001}, 400_000_000),
        ({"prior_year_revenue": 1_000_000_001, "trade": "beauty"}, 1_000_000_001),
        ({"prior_year_revenue": 1_000_000_001, "prior_year_total_revenue": 2_000_000_000}, 400_000_000),
        ({"prior_year_revenue": 1_000_000_001, "is_group_parent": True}, 300_000_000),
        ({"prior_year_revenue": 9, "prior_year_total_revenue": 1_000_000_000, "is_group_parent": True}, 300_000_000),
        ({"months_in_operation": 3, "registered_capital": MILLION_YUAN}, 2 * MILLION_YUAN),
    ],
)
def test_the_cap_by_trade_category_and_age(known, cap):
    facts = issuer(**known)

    assert balance_cap(facts, categorise(facts, RULES, DAY), RULES, DAY) == cap


def test_a_cap_without_its_base_is_not_known():
    facts = issuer(is_brand_owner=True)

    assert balance_cap(facts, categorise(facts, RULES, DAY), RULES, DAY) is None


@pytest.mark.parametrize("trade", ["training", "vocational_training", "sport", "tourism", "elder_care", "other", ""])
def test_other_trades_are_under_their_own_department(trade):
    assert regime_of(issuer(trade=trade), RULES) is CardRegime.SECTOR


def test_a_later_version_holds_from_its_day_and_old_quarters_keep_theirs():
    old = next(one for one in RULES.figures if one.id == "escrow_share_large_scale")
    later = old.model_copy(update={"version": 2, "value": 2_500, "effective_from": date(2027, 1, 1)})
    rules = RULES.model_copy(update={"figures": (*RULES.figures, later)})

    assert rules.figure(old.id, date(2026, 12, 31)) == 2_000
    assert rules.figure(old.id, date(2027, 1, 1)) == 2_500


def test_a_figure_outside_its_days_is_not_made_up():
    with pytest.raises(RecordNotFoundError):
        RULES.figure("escrow_share_large_scale", date(2012, 10, 31))


def test_a_proposal_cites_nothing_and_everything_else_cites_its_basis():
    body = RULES.figures[0].model_dump() | {"legal_basis_ids": ()}

    with pytest.raises(ValidationError):
        Figure.model_validate(body | {"status": FigureStatus.TO_BE_CONFIRMED})
    with pytest.raises(ValidationError):
        Figure.model_validate(body | {"status": FigureStatus.PROPOSAL, "legal_basis_ids": ("card_escrow",)})


def test_figures_cite_bases_of_the_package_and_are_never_firmer_than_these():
    for figure in RULES.figures:
        for basis_id in figure.legal_basis_ids:
            assert CARD.bases[basis_id].status.value == figure.status.value, figure.id


@pytest.mark.parametrize(
    ("item_id", "side", "figure_id"),
    [
        ("named_card_largest", "maximum", "named_card_limit"),
        ("bearer_card_largest", "maximum", "bearer_card_limit"),
        ("bearer_card_months", "minimum", "bearer_card_validity"),
        ("filing_days_taken", "maximum", "filing_days"),
    ],
)
def test_limits_of_the_checklist_are_those_of_the_card_rules(item_id, side, figure_id):
    assert getattr(CARD.checklist.item(item_id).number, side) == RULES.figure(figure_id, CARD.manifest.version_on)


def test_categories_trades_and_attributes_are_those_of_the_manifest():
    choices = {one.code: {c.code for c in one.choices} for one in CARD.manifest.attributes}

    assert {one.id for one in RULES.categories} == choices["issuer_category"]
    assert set(RULES.commerce_trades) <= choices["trade"]
    assert set(RULES.commerce_legal_forms) <= choices["legal_form"]
    assert {one.attribute for one in RULES.categories if one.attribute} <= set(choices)
