"""What the package promises: breadth, shared questions, honest law, figures that are not called law."""

import pytest

from chalicelib.contract.inspection import DocumentStage
from chalicelib.domain.checklist import merge_items, visible_items
from chalicelib.domain.evaluation import RuleSource
from chalicelib.domain.handbook import SectionKind
from chalicelib.domain.item import SubjectFacts
from chalicelib.domain.legal_basis import BasisStatus
from scenarios.bottled_gas.delivery import PAPERS
from scenarios.bottled_gas.handlers import SHOWN_WITH, SIGNS
from scenarios.bottled_gas.rules import gas_rules
from tests.shipped import SHIPPED

GAS = SHIPPED.get("bottled_gas")
ITEMS = {item.id: item for item in GAS.checklist.items}
MERGED = {one.key: one for one in merge_items(ITEMS.values())}


def asked_of(kind, **attributes):
    return {item.id for item in visible_items(GAS.checklist, {}, SubjectFacts(kind=kind, attributes=attributes))}


def test_breadth():
    assert len(ITEMS) >= 25
    assert len({item.department for item in ITEMS.values()}) == 11
    assert GAS.manifest.lead_department == "housing_construction"


@pytest.mark.parametrize(
    ("key", "departments"),
    [
        ("foreign_filled_count", {"housing_construction", "market_regulation"}),
        ("cylinder_traceability", {"housing_construction", "market_regulation"}),
        ("cylinders_on_board", {"housing_construction", "market_regulation"}),
        ("gas_alarm", {"emergency_management", "housing_construction"}),
        ("cylinder_place", {"housing_construction", "fire_rescue"}),
        ("gas_used_safely", {"urban_management", "fire_rescue"}),
        ("unlicensed_gas", {"housing_construction", "market_regulation", "fire_rescue"}),
        ("hazard_log", {"emergency_management", "fire_rescue", "housing_construction"}),
    ],
)
def test_departments_share_questions_and_each_keeps_its_finding(key, departments):
    assert set(MERGED[key].departments) == departments
    assert MERGED[key].conflicts == ()


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("refined_oil", {"living_quarters_apart", "plan_and_exercise", "dangerous_work"}),
        ("self_built_housing", {"living_quarters_apart", "electrical_safety", "land_and_planning"}),
        ("catering", {"gas_alarm", "cylinder_place", "gas_used_safely", "gas_source_lawful", "user_cylinders_lawful"}),
    ],
)
def test_questions_that_another_trade_asks_too_are_worded_alike(name, keys):
    theirs = {one.key: one.name for one in merge_items(SHIPPED.get(name).checklist.items)}
    shared = theirs.keys() & MERGED.keys()

    assert {"business_licence", "exits_clear", "fire_equipment", "hazard_log"} | keys <= shared
    assert {key: MERGED[key].name for key in shared} == {key: theirs[key] for key in shared}


def test_each_kind_of_subject_sees_its_own_items():
    filling, supply, kitchen = (
        asked_of("premises", gas_role=role) for role in ("filling_station", "supply_station", "catering_user")
    )

    assert "registered_cylinders_only" in filling - supply
    assert "user_checks_regular" in filling & supply
    assert "gas_alarm_installed" in kitchen - filling - supply
    assert not {"gas_licence_valid", "cylinders_registered", "delivery_permit_valid"} & kitchen
    assert asked_of("vehicle") == {item.id for item in ITEMS.values() if "vehicle" in item.subject_kinds}
    assert asked_of("equipment_lot") == {item.id for item in ITEMS.values() if "equipment_lot" in item.subject_kinds}
    assert {ITEMS[one].department for one in asked_of("equipment_lot")} == {"market_regulation"}
    assert asked_of("tank") == {"storage_tanks_inspected"}


def test_own_vehicles_bring_the_items_of_vehicles():
    assert asked_of("vehicle") <= asked_of("premises", gas_role="supply_station", has_own_vehicle=True)


def test_a_lot_a_vehicle_and_a_firm_are_asked_for_their_own_attributes():
    def named(kind):
        return {one.code for one in GAS.manifest.attributes if one.column.fits(kind)}

    assert set(PAPERS) == named("vehicle")
    assert {"made_on", "cylinder_type"} <= named("equipment_lot")
    assert "gas_role" in named("company") - named("vehicle") - named("equipment_lot")


def test_texts_that_were_not_read_are_to_be_confirmed_and_say_why():
    waiting = [basis for basis in GAS.legal_basis.bases if basis.status is BasisStatus.TO_BE_CONFIRMED]

    assert {basis.kind for basis in waiting} <= {"local_regulation", "standard", "departmental_rule"}
    assert {"广西壮族自治区燃气管理条例", "气瓶安全技术规程"} <= {basis.title for basis in waiting}
    assert all(basis.note for basis in waiting)


def test_every_basis_is_used():
    cited = {one for item in ITEMS.values() for one in (*item.legal_basis_ids, *item.penalty_basis_ids)}
    cited |= {one for item in GAS.handbook.items for one in item.legal_basis_ids}
    cited |= {one for paragraph in GAS.handbook.paragraphs for one in paragraph.legal_basis_ids}
    cited |= {one for turn in GAS.checklist.self_check_rounds for one in turn.legal_basis_ids}
    cited |= {one for document in GAS.inspection.documents for one in document.legal_basis_ids}
    cited |= {*GAS.inspection.team.legal_basis_ids, *GAS.inspection.legal_basis_ids}
    cited |= set(GAS.inspection.patrol.legal_basis_ids)
    figures = {one for figure in gas_rules().figures for one in figure.legal_basis_ids}

    assert figures <= set(GAS.bases)
    assert set(GAS.bases) == cited | figures


def test_figures_that_are_to_be_confirmed_rest_on_bases_that_are():
    for figure in gas_rules().figures:
        statuses = {GAS.bases[one].status.value for one in figure.legal_basis_ids}
        assert statuses in (set(), {figure.status.value}), figure.id


def test_figures_of_ours_are_never_called_law():
    evaluation = GAS.evaluation

    assert {one.source for one in (*evaluation.indicators, *evaluation.scoring)} == {RuleSource.PROPOSAL}
    assert all(one.is_configurable for one in evaluation.indicators)
    assert GAS.inspection.patrol.source is RuleSource.PROPOSAL


def test_values_of_the_handlers_have_their_indicators_and_questions():
    indicators = {one.id for one in GAS.evaluation.indicators}
    derived = {one.id for one in gas_rules().derived}

    assert set(SHOWN_WITH) <= indicators | derived
    assert set(SIGNS) <= indicators
    assert {one for questions in SHOWN_WITH.values() for one in questions} <= set(MERGED)
    assert set(PAPERS) <= {one.code for one in GAS.manifest.attributes}


def test_every_check_item_is_somebodys_duty_or_prohibition():
    named = {one for paragraph in GAS.handbook.paragraphs for one in paragraph.check_item_ids}

    assert set(ITEMS) == named


def test_handbook_has_all_its_parts():
    assert {section.kind for section in GAS.handbook.sections} == set(SectionKind)


def test_orders_are_decided_by_a_department_and_a_patrol_is_no_inspection():
    orders = [one for one in GAS.inspection.documents if one.stage is DocumentStage.ORDER]

    assert {one.department for one in orders} == {"housing_construction", "market_regulation"}
    assert GAS.inspection.patrol.performed_by == "township_street"


def test_statutory_clocks_are_fixed_and_ours_can_be_set():
    clocks = {one.id: one for one in GAS.inspection.deadlines}

    law = {one for one, rule in clocks.items() if rule.is_law}
    assert law == {
        "gas_query_answered",
        "gas_complaint_handled",
        "gas_works_filing",
        "cylinder_registration",
        "crime_transfer_decision",
        "crime_transfer",
    }
    assert all(rule.is_configurable is not rule.is_law for rule in clocks.values())


def test_kitchens_look_after_themselves():
    mine = [
        item for item in ITEMS.values() if item.self_check and item.id in asked_of("premises", gas_role="catering_user")
    ]

    assert {item.self_check.cycle for item in mine} == {"daily", "weekly"}
    assert "gas_alarm_installed" in {item.id for item in mine}
    assert all(item.self_check.mend for item in mine)


def test_a_restaurants_handbook_lists_who_looks_at_restaurants():
    def departments(**attributes):
        subject = SubjectFacts(kind="premises", attributes=attributes)
        return {one.department for one in GAS.handbook.items if one.concerns(subject, GAS.checklist)}

    kitchen, station = departments(gas_role="catering_user"), departments(gas_role="filling_station")

    assert {"urban_management", "commerce", "fire_rescue"} <= kitchen
    assert not kitchen & {"meteorology", "natural_resources", "transport", "public_security"}
    assert {"meteorology", "natural_resources", "public_security"} <= station
    assert not station & {"urban_management", "commerce"}
