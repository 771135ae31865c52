"""What the pilot promises: breadth, three axes, shared questions, honest law, figures that are not called law."""

from chalicelib.contract.inspection import DocumentStage
from chalicelib.domain.checklist import merge_items
from chalicelib.domain.evaluation import RuleSource
from chalicelib.domain.handbook import SectionKind
from chalicelib.domain.legal_basis import BasisStatus
from scenarios.self_built_housing.screening import MEASURED
from tests.shipped import SHIPPED

HOUSING = SHIPPED.get("self_built_housing")
ITEMS = {item.id: item for item in HOUSING.checklist.items}


def test_breadth():
    assert len(ITEMS) >= 25
    assert len({item.department for item in ITEMS.values()}) >= 9
    assert HOUSING.manifest.lead_department == "housing_construction"
    assert {"structure", "legality", "operation"} <= {section.id for section in HOUSING.checklist.sections}


def test_departments_really_share_questions():
    merged = {one.key: one for one in merge_items(ITEMS.values())}

    assert len(merged["appraisal_report"].departments) == 6
    for key in ("dangerous_in_use", "no_added_storey_or_extension", "exits_clear", "fire_equipment", "hazard_log"):
        assert len(merged[key].departments) >= 2, key
    assert all(one.conflicts == () for one in merged.values())


def test_questions_that_another_trade_asks_too_are_worded_alike():
    oil = {one.key: one.name for one in merge_items(SHIPPED.get("refined_oil").checklist.items)}
    ours = {one.key: one.name for one in merge_items(ITEMS.values())}

    shared = set(oil) & set(ours)
    assert {"business_licence", "exits_clear", "fire_equipment", "hazard_log", "living_quarters_apart"} <= shared
    assert {key: ours[key] for key in shared} == {key: oil[key] for key in shared}


def test_measured_questions_are_asked_in_whole_small_units():
    asked = {item.question_key: item for item in ITEMS.values()}

    assert all(asked[key].number is not None for key in MEASURED)
    assert all(asked[key].number.minimum is asked[key].number.maximum is None for key in MEASURED)
    assert asked["crack_width"].number.decimals == 2


def test_what_could_not_be_looked_up_is_to_be_confirmed():
    waiting = [basis for basis in HOUSING.legal_basis.bases if basis.status is BasisStatus.TO_BE_CONFIRMED]

    assert {"危险房屋鉴定标准", "食品安全法", "住房租赁条例"} <= {basis.title for basis in waiting}
    assert all(basis.note for basis in waiting)


def test_every_basis_is_used():
    cited = {one for item in ITEMS.values() for one in (*item.legal_basis_ids, *item.penalty_basis_ids)}
    cited |= {one for item in HOUSING.handbook.items for one in item.legal_basis_ids}
    cited |= {one for paragraph in HOUSING.handbook.paragraphs for one in paragraph.legal_basis_ids}
    cited |= {*HOUSING.inspection.team.legal_basis_ids, *HOUSING.inspection.legal_basis_ids}
    cited |= {one for document in HOUSING.inspection.documents for one in document.legal_basis_ids}

    assert set(HOUSING.bases) == cited


def test_only_the_standards_own_figures_are_fixed():
    fixed = {one.id: one for one in HOUSING.evaluation.indicators if not one.is_configurable}

    assert all(one.startswith("standard_") or one == "dangerous_grade_in_use" for one in fixed)
    assert {one.source for one in fixed.values()} == {RuleSource.STANDARD, RuleSource.POLICY}
    assert {one.source for one in HOUSING.evaluation.scoring} == {RuleSource.PROPOSAL}
    assert all(one.is_configurable and not one.is_law for one in HOUSING.inspection.deadlines)


def test_every_order_has_its_department_and_the_dangerous_ones_a_clock():
    orders = [one for one in HOUSING.inspection.documents if one.stage is DocumentStage.ORDER]

    assert {"stop_use_order", "evacuation_order", "reinforcement_order", "demolition_order"} <= {
        one.id for one in orders
    }
    assert all(one.department and one.occasion for one in orders)
    assert all(one.deadline_id for one in orders if one.technical_grades)


def test_every_check_item_is_somebodys_duty_or_prohibition():
    assert {one for paragraph in HOUSING.handbook.paragraphs for one in paragraph.check_item_ids} == set(ITEMS)


def test_handbook_has_all_its_parts():
    assert {section.kind for section in HOUSING.handbook.sections} == set(SectionKind)


def test_nobody_leaves_the_pool():
    assert min(one.draw_weight for one in HOUSING.inspection.regimes) >= 1


def test_patrols_report_only_to_departments_that_inspect():
    told = {one.tells: one for one in HOUSING.inspection.patrol.observations}

    for department, seen in told.items():
        assert any(ITEMS[item].department == department for item in seen.check_item_ids), seen.id
