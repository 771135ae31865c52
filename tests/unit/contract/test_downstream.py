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


def test_every_basis_of_the_package_leads_somewhere():
    assert [one for one in OIL.bases if trace_basis(OIL, one).is_empty] == []
    assert trace_basis(OIL, "nothing").is_empty
