"""From a clause to the handbook, the checklist and the evaluation."""

from chalicelib.contract.downstream import trace_basis
from tests.shipped import SHIPPED

OIL = SHIPPED.get("refined_oil")


def test_a_clause_leads_to_all_that_rests_on_it():
    found = trace_basis(OIL, "metrology_accuracy")

    assert found.check_items == ("dispenser_seals_intact", "broken_seal_photos")
    assert found.paragraphs == ("duty_measure", "negative_cheat")
    assert "override_seal_broken" in found.scoring
    assert "override_failed_sample" not in found.scoring
    assert not found.inspection


def test_the_rules_of_the_inspection_count_too():
    assert trace_basis(OIL, "two_officers").inspection


def test_documents_reports_clocks_and_what_moves_them_rest_on_law_too():
    packages = SHIPPED
    housing, gas, card = packages.get("self_built_housing"), packages.get("bottled_gas"), packages.get("prepaid_card")
    order = next(one for one in housing.inspection.documents if one.fulfilled_as)
    term = next(one for one in gas.inspection.deadlines if one.id == "gas_query_answered")
    article = next(one for one in gas.legal_basis.bases if one.citation == "《城镇燃气管理条例》第29条")

    for one in order.legal_basis_ids:
        found = trace_basis(housing, one)
        assert order.id in found.documents and {order.served_as, order.fulfilled_as} - {None} <= {*found.occurrences}
    assert term.id in trace_basis(gas, article.id).deadlines
    assert trace_basis(card, "card_report").reports == ("issuer_quarter", "issuer_year")
    assert all(trace_basis(housing, one).inspection for one in housing.inspection.patrol.legal_basis_ids)


def test_figures_rest_on_law_and_the_clocks_that_take_their_length_from_them():
    card = SHIPPED.get("prepaid_card")

    assert trace_basis(card, "card_limits").figures == ("named_card_limit", "bearer_card_limit")
    assert trace_basis(card, "card_report").figures == ("quarterly_report_days",)
    assert "quarterly_report" in trace_basis(card, "card_report").deadlines


def test_every_basis_of_the_package_leads_somewhere():
    assert [one for one in OIL.bases if trace_basis(OIL, one).is_empty] == []
    assert trace_basis(OIL, "nothing").is_empty
