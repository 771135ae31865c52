"""What the pilot promises: breadth, shared questions, honest law, figures that are not called law."""

from datetime import UTC, date, datetime, timedelta

import pytest

from chalicelib.domain.calendar import WorkingCalendar
from chalicelib.domain.checklist import merge_items
from chalicelib.domain.deadline import due_at
from chalicelib.domain.evaluation import RuleSource
from chalicelib.domain.handbook import SectionKind
from chalicelib.domain.legal_basis import BasisStatus
from scenarios.prepaid_card.rules import card_rules
from tests.shipped import SHIPPED

CARD = SHIPPED.get("prepaid_card")
MINISTRY_RULE = "单用途商业预付卡管理办法(试行)"
UNREAD = {MINISTRY_RULE, "消费者权益保护法实施条例", "校外培训机构预收费监管有关规定", "公共场所卫生管理条例"}


def test_breadth():
    assert len(CARD.checklist.items) >= 20
    assert len({item.department for item in CARD.checklist.items}) == 12
    assert CARD.manifest.lead_department == "commerce"


@pytest.mark.parametrize(
    "key",
    [
        "business_licence",
        "prepaid_ledger",
        "fundraising_signs",
        "prepaid_contract",
        "prepaid_honoured",
        "advertising_claims",
    ],
)
def test_departments_really_share_questions(key):
    merged = next(one for one in merge_items(CARD.checklist.items) if one.key == key)

    assert len(merged.departments) >= 2
    assert merged.conflicts == ()
    assert len({item.question for item in merged.items if item.question}) == 1


def test_the_business_licence_is_asked_in_the_words_of_the_other_scenarios():
    oil = SHIPPED.get("refined_oil")
    ours, theirs = ({m.key: m for m in merge_items(one.checklist.items)}["business_licence"] for one in (CARD, oil))

    assert ours.name == theirs.name
    assert ours.answer_type is theirs.answer_type


def test_texts_that_were_not_read_are_to_be_confirmed_and_all_others_verified():
    unread = {basis.title for basis in CARD.legal_basis.bases if basis.status is BasisStatus.TO_BE_CONFIRMED}

    assert unread == UNREAD
    assert all(basis.status is BasisStatus.TO_BE_CONFIRMED for basis in CARD.legal_basis.bases if basis.title in UNREAD)
    assert all(basis.note for basis in CARD.legal_basis.bases if basis.title in UNREAD)


def test_every_basis_is_used():
    cited = {one for item in CARD.checklist.items for one in (*item.legal_basis_ids, *item.penalty_basis_ids)}
    cited |= {one for item in CARD.handbook.items for one in item.legal_basis_ids}
    cited |= {one for paragraph in CARD.handbook.paragraphs for one in paragraph.legal_basis_ids}
    cited |= {*CARD.inspection.team.legal_basis_ids, *CARD.inspection.legal_basis_ids}

    assert set(CARD.bases) == cited


def test_figures_of_ours_are_never_called_law():
    evaluation = CARD.evaluation

    assert {one.source for one in (*evaluation.indicators, *evaluation.scoring)} == {RuleSource.PROPOSAL}
    assert all(one.is_configurable for one in evaluation.indicators)


def test_every_check_item_is_somebodys_duty_or_prohibition():
    named = {one for paragraph in CARD.handbook.paragraphs for one in paragraph.check_item_ids}

    assert {item.id for item in CARD.checklist.items} == named


def test_handbook_has_all_its_parts():
    assert {section.kind for section in CARD.handbook.sections} == set(SectionKind)


@pytest.mark.parametrize(
    ("clock", "days"),
    [("card_filing", 30), ("refund_on_demand", 15), ("cooling_off", 7), ("franchise_filing", 15)],
)
def test_terms_in_days_end_with_the_last_moment_of_their_last_day(clock, days):
    rule = next(one for one in CARD.inspection.deadlines if one.id == clock)

    due = due_at(rule, datetime(2026, 11, 2, 2, tzinfo=UTC), WorkingCalendar())

    assert due.due_on == date(2026, 11, 2) + timedelta(days=days)
    assert rule.is_law and not rule.is_configurable


def test_a_quarterly_report_is_due_in_working_days():
    rule = next(one for one in CARD.inspection.deadlines if one.id == "quarterly_report")

    due = due_at(rule, datetime(2026, 6, 30, 15, 59, tzinfo=UTC), WorkingCalendar())

    assert due.due_on == date(2026, 7, 28)


def test_terms_that_were_not_looked_up_are_the_tenants_to_set():
    ours = [one for one in CARD.inspection.deadlines if not one.is_law]

    assert {one.id for one in ours} == {"quarterly_report_large_scale", "escrow_top_up", "annual_report_other"}
    assert all(one.is_configurable for one in ours)


def test_the_filing_term_is_one_figure():
    rule = next(one for one in CARD.inspection.deadlines if one.id == "card_filing")

    assert rule.length == card_rules().figure("filing_days", CARD.manifest.version_on)


def test_a_list_that_says_neither_trade_nor_legal_form_puts_nobody_under_the_commerce_rules():
    decisive = [one for one in CARD.manifest.attributes if one.code in ("trade", "legal_form")]

    assert [one.default for one in decisive] == [None, None]
