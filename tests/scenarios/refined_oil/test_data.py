"""What the pilot promises: breadth, shared questions, honest law, figures that are not called law."""

from collections import Counter

from chalicelib.domain.checklist import merge_items
from chalicelib.domain.evaluation import RuleSource
from chalicelib.domain.handbook import SectionKind
from chalicelib.domain.legal_basis import BasisStatus
from tests.shipped import SHIPPED

OIL = SHIPPED.get("refined_oil")


def test_breadth():
    assert len(OIL.checklist.items) >= 25
    assert len({item.department for item in OIL.checklist.items}) >= 8
    assert OIL.manifest.lead_department == "commerce"


def test_departments_really_share_questions():
    merged = {one.key: one for one in merge_items(OIL.checklist.items)}

    for key in ("business_licence", "fire_equipment", "hazard_log", "video_running", "purchase_source_documents"):
        assert len(merged[key].departments) >= 2, key
    assert len(merged) < len(OIL.checklist.items)
    assert all(one.conflicts == () for one in merged.values())


def test_law_that_moved_is_to_be_confirmed():
    moved = ("成品油流通管理办法", "危险化学品安全管理条例", "危险化学品安全法", "大气污染防治法", "生态环境法典")

    found = [basis for basis in OIL.legal_basis.bases if basis.title in moved]
    assert {basis.title for basis in found} == set(moved)
    assert {basis.status for basis in found} == {BasisStatus.TO_BE_CONFIRMED}
    assert all(basis.note for basis in OIL.legal_basis.bases if basis.status is BasisStatus.TO_BE_CONFIRMED)


def test_every_basis_is_used():
    cited = {one for item in OIL.checklist.items for one in (*item.legal_basis_ids, *item.penalty_basis_ids)}
    cited |= {one for item in OIL.handbook.items for one in item.legal_basis_ids}
    cited |= {one for paragraph in OIL.handbook.paragraphs for one in paragraph.legal_basis_ids}
    cited |= {*OIL.inspection.team.legal_basis_ids, *OIL.inspection.legal_basis_ids}

    assert set(OIL.bases) == cited


def test_figures_of_ours_are_never_called_law():
    evaluation = OIL.evaluation

    assert {one.source for one in (*evaluation.indicators, *evaluation.scoring)} == {RuleSource.PROPOSAL}
    assert OIL.inspection.source is RuleSource.PROPOSAL


def test_every_check_item_is_somebodys_duty_or_prohibition():
    named = {one for paragraph in OIL.handbook.paragraphs for one in paragraph.check_item_ids}
    on_the_spot = {"found_litres", "operator_statement"}

    assert {item.id for item in OIL.checklist.items} - named == on_the_spot


def test_handbook_has_all_its_parts():
    assert {section.kind for section in OIL.handbook.sections} == set(SectionKind)


def test_safety_items_are_never_thinned_out():
    full = Counter(item.department for item in OIL.checklist.items if item.is_full_coverage)

    assert full["emergency_management"] >= 5
    assert full["fire_rescue"] >= 4


def test_risk_and_credit_move_draw_weight_together_and_nobody_leaves_the_pool():
    weights = {(one.risk_level, one.credit_grade): one.draw_weight for one in OIL.inspection.regimes}

    assert min(weights.values()) == weights["low", "A"] == 1
    assert max(weights.values()) == weights["high", "D"] == 16
