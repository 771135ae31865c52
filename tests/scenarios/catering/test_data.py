"""What the package promises: breadth, shared questions, honest law, self-checks that an owner can answer on a phone."""

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from chalicelib.domain.calendar import WorkingCalendar
from chalicelib.domain.checklist import merge_items, visible_items
from chalicelib.domain.deadline import due_at
from chalicelib.domain.evaluation import RuleSource
from chalicelib.domain.handbook import SectionKind
from chalicelib.domain.item import AnswerType, SubjectFacts
from chalicelib.domain.legal_basis import BasisStatus
from chalicelib.domain.register_columns import map_columns
from tests.shipped import SHIPPED

CATERING = SHIPPED.get("catering")
MERGED = {one.key: one for one in merge_items(CATERING.checklist.items)}
CHANGED = {"食品安全法", "大气污染防治法", "固体废物污染环境防治法", "噪声污染防治法", "生态环境法典"}
STALL = SubjectFacts(kind="premises", attributes={"business_form": "stall", "uses_gas": False, "produces_fumes": False})


def test_breadth():
    assert len(CATERING.checklist.items) >= 25
    assert len({item.department for item in CATERING.checklist.items}) == 11
    assert CATERING.manifest.lead_department == "market_regulation"


@pytest.mark.parametrize(
    "key",
    [
        "business_licence",
        "illegal_substances",
        "disinfected_tableware",
        "gas_alarm",
        "gas_used_safely",
        "cylinder_place",
        "gas_source_lawful",
        "gas_users_trained",
        "exits_clear",
        "fire_equipment",
        "hazard_log",
        "plan_and_exercise",
        "appraisal_report",
        "fume_purifier",
        "food_waste_reminder",
    ],
)
def test_departments_really_share_questions(key):
    assert len(MERGED[key].departments) >= 2
    assert MERGED[key].conflicts == ()


@pytest.mark.parametrize(
    "other", ["refined_oil", "self_built_housing", "prepaid_card", "off_campus_tutoring", "bottled_gas"]
)
def test_shared_facts_are_asked_in_the_words_of_the_other_scenarios(other):
    theirs = {one.key: one for one in merge_items(SHIPPED.get(other).checklist.items)}

    shared = set(theirs) & set(MERGED) - {"price_marked"}
    assert "business_licence" in shared
    for key in shared:
        assert (MERGED[key].name, MERGED[key].answer_type) == (theirs[key].name, theirs[key].answer_type), key


def test_law_that_moved_or_was_not_read_is_to_be_confirmed():
    waiting = [one for one in CATERING.legal_basis.bases if one.status is BasisStatus.TO_BE_CONFIRMED]

    assert {one.title for one in waiting} >= CHANGED
    assert not CHANGED & {one.title for one in CATERING.legal_basis.bases if one.status is BasisStatus.VERIFIED}
    assert all(one.note for one in waiting)


def test_every_basis_is_used():
    cited = {one for item in CATERING.checklist.items for one in (*item.legal_basis_ids, *item.penalty_basis_ids)}
    cited |= {one for turn in CATERING.checklist.self_check_rounds for one in turn.legal_basis_ids}
    cited |= {one for item in CATERING.handbook.items for one in item.legal_basis_ids}
    cited |= {one for paragraph in CATERING.handbook.paragraphs for one in paragraph.legal_basis_ids}
    cited |= {one for document in CATERING.inspection.documents for one in document.legal_basis_ids}
    cited |= {*CATERING.inspection.team.legal_basis_ids, *CATERING.inspection.legal_basis_ids}

    assert set(CATERING.bases) == cited


def test_figures_of_ours_are_never_called_law():
    evaluation = CATERING.evaluation

    assert {one.source for one in (*evaluation.indicators, *evaluation.scoring)} == {RuleSource.PROPOSAL}
    assert CATERING.inspection.source is RuleSource.PROPOSAL


def test_every_check_item_is_somebodys_duty_or_prohibition():
    named = {one for paragraph in CATERING.handbook.paragraphs for one in paragraph.check_item_ids}

    assert {item.id for item in CATERING.checklist.items} == named
    assert {section.kind for section in CATERING.handbook.sections} == set(SectionKind)


def test_self_checks_are_a_good_part_of_the_list_in_every_round():
    rules = [one.self_check for one in MERGED.values() if one.self_check]
    rounds = Counter(rule.cycle for rule in rules)

    assert len(rules) * 3 >= len(MERGED)
    assert min(rounds[one.cycle] for one in CATERING.checklist.self_check_rounds) >= 8
    assert rounds["daily"] <= 16


def test_a_self_check_is_short_and_says_what_to_do():
    """A yes means that all is well, also where the question says what must not be; a number is asked as one."""
    for item in CATERING.checklist.items:
        if rule := item.self_check:
            is_number = item.answer_type is AnswerType.NUMBER
            assert rule.question.endswith("？" if is_number else "吗？") and len(rule.question) <= 34, item.id
            assert ("几" in rule.question) is is_number, item.id
            assert rule.guidance and rule.mend, item.id
            assert item.answer_type in (AnswerType.COMPLIANCE, AnswerType.NUMBER), item.id


def test_a_stall_answers_few_questions():
    shown = visible_items(CATERING.checklist, {}, STALL)
    daily = [one for one in merge_items(shown) if one.self_check and one.self_check.cycle == "daily"]

    assert {"small_eatery_registered", "exits_clear_fire"} <= {item.id for item in shown}
    assert not {"food_licence_valid", "gas_alarm_installed", "fume_purifier_running"} & {item.id for item in shown}
    assert len(daily) <= 14


def test_the_duty_cycles_are_asked_of_companies_and_canteens_and_of_no_owner_of_a_shop():
    def asked(kind, **attributes):
        facts = SubjectFacts(kind=kind, attributes=attributes)
        return {item.id for item in visible_items(CATERING.checklist, {}, facts)}

    assert "risk_list_kept" in asked("company")
    assert "daily_control_records" in asked("premises", business_form="canteen", legal_form="non_enterprise")
    assert not {"risk_list_kept", "opening_days"} & asked("premises", legal_form="individual_business")


def test_a_register_as_offices_keep_it_is_understood():
    own = ("业态", "经营主体类型", "经营场所面积", "供餐人数", "是否用气", "气源", "是否外卖", "凉菜", "自建房")

    mapping = map_columns(
        ("企业名称", "信用代码", "所在县区", "经营地址", *own), extra=CATERING.manifest.register_columns
    )

    assert mapping.unknown == () and mapping.doubled == () and mapping.missing == ()
    assert set(own) <= set(mapping.fields.values())


def test_what_is_not_known_of_gas_is_asked_and_never_thinned_out():
    unknown = {item.id for item in visible_items(CATERING.checklist, {}, SubjectFacts(kind="premises"))}

    assert {"gas_alarm_installed", "cylinder_place_safe", "fume_purifier_running"} <= unknown
    full = [item for item in CATERING.checklist.items if item.is_full_coverage]
    assert {"fire_rescue", "emergency_management", "housing_construction"} <= {item.department for item in full}


@pytest.mark.parametrize(
    ("clock", "due"), [("full_points_inspection", date(2028, 11, 1)), ("seizure_ends", date(2026, 12, 2))]
)
def test_statutory_clocks_end_with_their_last_day_and_stay_as_they_are(clock, due):
    rule = next(one for one in CATERING.inspection.deadlines if one.id == clock)

    assert due_at(rule, datetime(2026, 11, 2, 2, tzinfo=UTC), WorkingCalendar()).due_on == due
    assert rule.is_law and not rule.is_configurable
