"""The promises of the package: breadth, facts asked as other scenarios ask them, honest law, one source per figure."""

import pytest

from chalicelib.domain.checklist import merge_items
from chalicelib.domain.evaluation import RuleSource
from chalicelib.domain.handbook import SectionKind
from chalicelib.domain.legal_basis import BasisStatus
from scenarios.off_campus_tutoring.rules import tutoring_rules
from tests.shipped import SHIPPED

TUTORING = SHIPPED.get("off_campus_tutoring")
ITEMS = {item.id: item for item in TUTORING.checklist.items}


def test_breadth():
    assert len(ITEMS) >= 25
    assert len({item.department for item in ITEMS.values()}) == 14
    assert TUTORING.manifest.lead_department == "education"


@pytest.mark.parametrize(
    ("other", "shared"),
    [
        (
            "prepaid_card",
            {
                "business_licence",
                "school_licensed",
                "prepaid_ledger",
                "fundraising_signs",
                "prepaid_contract",
                "prepaid_honoured",
                "advertising_claims",
                "tutoring_money_supervised",
                "longest_refund_days",
                "lease_days_left",
            },
        ),
        (
            "self_built_housing",
            {
                "business_licence",
                "school_licensed",
                "appraisal_report",
                "visible_deformation",
                "exits_clear",
                "fire_equipment",
                "hazard_log",
                "electrical_safety",
                "food_licence",
            },
        ),
    ],
)
def test_the_same_fact_has_the_key_and_the_answer_of_the_other_scenario(other, shared):
    ours, theirs = (
        {one.key: one for one in merge_items(package.checklist.items)} for package in (TUTORING, SHIPPED.get(other))
    )

    common = ours.keys() & theirs.keys()

    assert shared <= common
    for key in common:
        mine, other_item = ours[key].item, theirs[key].item
        assert mine.answer_type is other_item.answer_type, key
        assert (mine.number and (mine.number.unit, mine.number.decimals)) == (
            other_item.number and (other_item.number.unit, other_item.number.decimals)
        ), key


@pytest.mark.parametrize("package", [TUTORING, SHIPPED.get("prepaid_card")])
def test_the_days_of_a_refund_run_from_the_agreed_term(package):
    """Article 10: fifteen days from the end of the agreed term, from the demand only where none is agreed."""
    item = next(one for one in package.checklist.items if one.id == "longest_refund_days")
    report = next(one for form in package.evaluation.reports for one in form.fields if one.id == item.id)
    indicator = next(one for one in package.evaluation.indicators if one.id == item.id)

    assert "约定期满之日" in item.standard and item.number.maximum == 15
    assert "约定期满之日起、无约定期限的自提出要求之日起" in package.bases["infringement_prepayment"].summary
    assert "约定期满" in report.label and "约定期满之日" in indicator.formula


@pytest.mark.parametrize(
    "key", ["business_licence", "prepaid_ledger", "fundraising_signs", "exits_clear", "hazard_log"]
)
def test_questions_with_words_of_their_own_are_worded_alike_everywhere(key):
    worded = {
        item.question
        for name in ("off_campus_tutoring", "prepaid_card", "self_built_housing")
        for item in SHIPPED.get(name).checklist.items
        if item.question_key == key and item.question
    }

    assert len(worded) == 1


@pytest.mark.parametrize(
    ("item", "figure"),
    [
        ("fee_period_months", "fee_period"),
        ("fee_lessons_largest", "fee_lessons"),
        ("fee_amount_largest", "fee_amount"),
        ("fee_days_ahead", "fee_ahead"),
    ],
)
def test_the_limit_of_an_item_is_the_figure_in_force(item, figure):
    assert ITEMS[item].number.maximum == tutoring_rules().figure(figure, TUTORING.manifest.version_on)


def test_figures_cite_bases_of_the_package():
    cited = {basis for one in tutoring_rules().figures for basis in one.legal_basis_ids}

    assert cited <= set(TUTORING.bases)


def test_ministry_rules_that_were_not_read_wait_for_the_legal_officer():
    waiting = [one for one in TUTORING.legal_basis.bases if one.status is BasisStatus.TO_BE_CONFIRMED]

    assert all(one.note for one in waiting)
    assert {one.status for one in TUTORING.legal_basis.bases if one.title == "未成年人保护法"} == {BasisStatus.VERIFIED}
    assert len(waiting) < len(TUTORING.bases) / 4


def test_every_basis_is_used():
    cited = {one for item in ITEMS.values() for one in (*item.legal_basis_ids, *item.penalty_basis_ids)}
    cited |= {one for paragraph in TUTORING.handbook.paragraphs for one in paragraph.legal_basis_ids}
    cited |= {*TUTORING.inspection.team.legal_basis_ids, *TUTORING.inspection.legal_basis_ids}
    cited |= {one for document in TUTORING.inspection.documents for one in document.legal_basis_ids}

    assert set(TUTORING.bases) == cited


def test_only_what_rests_on_a_basis_is_called_law_or_policy():
    ours = [one for one in TUTORING.evaluation.indicators if one.source is not RuleSource.PROPOSAL]

    assert {one.id for one in ours} == {"unqueried_staff"}
    assert all(one.legal_basis_ids for one in ours)


def test_every_check_item_is_somebodys_duty_or_prohibition_and_the_handbook_is_whole():
    named = {one for paragraph in TUTORING.handbook.paragraphs for one in paragraph.check_item_ids}

    assert set(ITEMS) == named
    assert {section.kind for section in TUTORING.handbook.sections} == set(SectionKind)
