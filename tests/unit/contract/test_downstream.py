"""From a clause to the handbook, the checklist and the evaluation."""

from chalicelib.contract.downstream import trace_basis
from chalicelib.contract.registry import ScenarioRegistry

OIL = ScenarioRegistry(use_entry_points=False).get("refined_oil")


def test_a_clause_leads_to_all_that_rests_on_it():
    found = trace_basis(OIL, "metrology_accuracy")

    assert found.check_items == ("dispenser_seals_intact", "broken_seal_photos")
    assert found.paragraphs == ("duty_measure", "negative_cheat")
    assert "override_seal_broken" in found.scoring
    assert "override_failed_sample" not in found.scoring
    assert not found.inspection


def test_the_rules_of_the_inspection_count_too():
    assert trace_basis(OIL, "two_officers").inspection


def test_the_documents_and_patrols_of_an_inspection_rest_on_law_too():
    housing = ScenarioRegistry(use_entry_points=False).get("self_built_housing")
    cited = {one for document in housing.inspection.documents for one in document.legal_basis_ids}

    assert cited and all(trace_basis(housing, one).inspection for one in cited)
    assert all(trace_basis(housing, one).inspection for one in housing.inspection.patrol.legal_basis_ids)


def test_every_basis_of_the_package_leads_somewhere():
    assert [one for one in OIL.bases if trace_basis(OIL, one).is_empty] == []
    assert trace_basis(OIL, "nothing").is_empty
