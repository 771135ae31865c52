"""A number stands once, in a figure: limits, clocks and words go by it, and a tenant sets only what is left to it."""

import json
from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from chalicelib.contract.checklist_file import checklist_json
from chalicelib.contract.exchange import ChecklistRequest, EvaluationRequest, HandlerContext
from chalicelib.contract.exchange_handbook import HandbookRequest
from chalicelib.contract.figure import Figure, FigureUnit, amount_words
from chalicelib.contract.figure_uses import figure_of, with_figure_words
from chalicelib.contract.overlay import Overlay, apply_overlay
from chalicelib.contract.overlay_difference import DifferenceState, differences
from chalicelib.contract.overlay_rules import overlay_faults
from chalicelib.domain.evaluation import EvaluationFacts
from chalicelib.domain.item import Answer, SubjectFacts
from chalicelib.domain.legal_basis import BasisConfirmation
from chalicelib.domain.overlay import SetFigure, is_public
from tests.shipped import SHIPPED

CARD = SHIPPED.get("prepaid_card")
HANDLERS = SHIPPED.handlers("prepaid_card")
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
ISSUER = {"trade": "retail", "legal_form": "legal_person", "issuer_category": "large_scale"}
POSITION = {
    "prior_year_revenue": Answer(number=1_200_000_000),
    "prepaid_balance": Answer(number=100_000_000),
    "escrow_balance": Answer(number=20_000_000),
}


def overlay(**values):
    return Overlay(scenario="prepaid_card", changes=tuple(SetFigure(figure_id=id, value=n) for id, n in values.items()))


def context(held=None):
    return HandlerContext(tenant_id="nanning0", package=CARD, now=NOW, overlay=held)


def clock(scenario, id):
    return next(one for one in scenario.inspection.deadlines if one.id == id)


def test_limits_and_terms_are_filled_in_from_their_figures():
    assert CARD.checklist.item("named_card_largest").number.maximum == figure_of(CARD, "named_card_limit").value
    assert CARD.checklist.item("bearer_card_months").number.minimum == 36
    assert clock(CARD, "card_filing").length == CARD.checklist.item("filing_days_taken").number.maximum == 30
    assert clock(CARD, "quarterly_report").length == 20


@pytest.mark.parametrize(
    ("value", "unit", "chinese", "english"),
    [
        (500_000, FigureUnit.FEN, "5000元", "5000 yuan"),
        (105, FigureUnit.FEN, "1.05元", "1.05 yuan"),
        (2_050, FigureUnit.BASIS_POINTS, "20.5%", "20.5%"),
        (20, FigureUnit.WORKING_DAY, "20个工作日", "20 working days"),
        (60, FigureUnit.COUNT, "60", "60"),
        (1, FigureUnit.MONTH, "1个月", "1 month"),
        (1, FigureUnit.WORKING_DAY, "1个工作日", "1 working day"),
        (0, FigureUnit.POINT, "0分", "0 points"),
        (1, FigureUnit.FEN, "0.01元", "0.01 yuan"),
    ],
)
def test_a_figure_in_words(value, unit, chinese, english):
    assert (amount_words(value, unit, True), amount_words(value, unit, False)) == (chinese, english)


def test_a_figure_is_shown_with_how_far_it_may_be_relied_on():
    basis = CARD.bases["card_limits"]
    confirmed = BasisConfirmation(
        basis_id=basis.id, title=basis.title, article=basis.article, confirmed_by="p", confirmed_at=NOW
    )
    chinese = with_figure_words("不超限额。", ["named_card_limit"], CARD)
    english = with_figure_words("Within the limit.", ["named_card_limit", "deep_discount"], CARD.in_language("en"))

    assert chinese == "不超限额。单张记名卡限额：5000元（待确认）。"
    assert english == (
        "Within the limit. Limit of a named card: 5000 yuan (to be confirmed); "
        "Bonus share that counts as a deep discount: 50% (a proposal, not law)."
    )
    assert with_figure_words("", ["named_card_limit"], CARD, [confirmed]) == "单张记名卡限额：5000元。"
    assert with_figure_words("不变。", [], CARD) == "不变。"


def test_handbook_and_checklist_show_figures_and_where_to_file():
    book = HANDLERS.handbook(HandbookRequest(subject_kind="company", attributes=ISSUER), context())
    texts = {one.id: one.text for section in book.sections for one in section.paragraphs}
    asked = HANDLERS.checklist(
        ChecklistRequest(
            subject=SubjectFacts(kind="company", attributes=ISSUER | {"issues_named_cards": True}), language="en"
        ),
        context(),
    )
    entry = next(one for one in asked.entries if one.key == "named_card_largest")

    assert texts["permit_filing"].endswith("备案期限：30天（待确认）。")
    assert "filing_with_city" in texts
    assert not {"filing_with_region", "filing_with_county"} & set(texts)
    assert entry.standard == entry.slots[0].standard
    assert entry.standard.endswith("Limit of a named card: 5000 yuan (to be confirmed).")
    assert entry.guidance.endswith("Limit of a named card: 5000 yuan (to be confirmed).")


def test_a_checklist_written_for_its_author_leaves_the_limit_to_the_figure():
    body = json.loads(checklist_json(CARD.checklist))
    numbers = {one["id"]: one["number"] for section in body["sections"] for one in section["items"] if "number" in one}

    assert numbers["named_card_largest"] == {"unit": "元", "decimals": 2, "minimum": 0}
    assert numbers["bearer_card_months"] == {"unit": "个月"}


def test_what_a_tenant_sets_moves_terms_and_what_is_computed():
    ours = overlay(quarterly_report_days=15, escrow_share_large_scale=2_500)
    done = apply_overlay(CARD, ours)
    asked = ChecklistRequest(subject=SubjectFacts(kind="company", attributes=ISSUER), answers=POSITION)
    facts = EvaluationRequest(
        facts=EvaluationFacts(as_of=NOW.date()), attributes=ISSUER, measures={k: v.number for k, v in POSITION.items()}
    )

    def required(held):
        derived = HANDLERS.checklist(asked, context(held)).derived
        return next(one.value for one in derived if one.id == "escrow_required")

    def reasons(held):
        return {one.reason_code for one in HANDLERS.evaluation(facts, context(held)).points}

    assert done.unapplied == ()
    assert (clock(done.scenario, "quarterly_report").length, clock(CARD, "quarterly_report").length) == (15, 20)
    assert (required(None), required(ours)) == (20_000_000, 25_000_000)
    assert reasons(ours) - reasons(None)
    assert overlay_faults(CARD, ours) == []


@pytest.mark.parametrize(
    ("id", "value", "code"),
    [
        ("nothing", 1, "no_such_figure"),
        ("named_card_limit", 400_000, "not_configurable"),
        ("quarterly_report_days", 21, "figure_out_of_range"),
        ("quarterly_report_days", 0, "figure_out_of_range"),
        ("escrow_share_brand", 3_999, "figure_out_of_range"),
    ],
)
def test_law_is_not_loosened_and_what_nobody_left_open_stays(id, value, code):
    found = overlay_faults(CARD, overlay(**{id: value}))

    assert [(one.code, one.target) for one in found] == [(code, id)]


def test_at_an_upgrade_a_figure_is_compared_three_ways():
    figures = tuple(
        one.model_copy(update={"value": 18}) if one.id == "quarterly_report_days" else one for one in CARD.figures
    )
    moved, gone = CARD.replacing(figures=figures), CARD.replacing(figures=())
    change = SetFigure(figure_id="quarterly_report_days", value=15)

    [one], [lost] = differences(CARD, moved, [change]), differences(CARD, gone, [change])

    assert (one.old, one.new, one.ours, one.state) == (20, 18, 15, DifferenceState.MOVED)
    assert one.name == "集团、品牌发卡企业季度报送期限"
    assert (lost.state, lost.reason, lost.name) == (DifferenceState.GONE, "no_such_figure", one.name)


def test_the_public_handbook_goes_by_what_the_tenant_set():
    assert is_public(SetFigure(figure_id="quarterly_report_days", value=15))


BODY = {
    "id": "one",
    "label": "一",
    "label_en": "one",
    "value": 20,
    "unit": "day",
    "status": "to_be_confirmed",
    "legal_basis_ids": ["card_report"],
    "effective_from": "2012-11-01",
}


@pytest.mark.parametrize(
    "change",
    [
        {"status": "verified", "tenant_range": {"minimum": 20, "maximum": 20}},
        {"tenant_range": {"minimum": 21, "maximum": 30}},
    ],
)
def test_law_stays_law_in_the_file(change):
    with pytest.raises(ValidationError):
        Figure.model_validate(BODY | change)


def test_a_figure_to_be_confirmed_opens_to_one_side():
    sides = [{"minimum": 10, "maximum": 20}, {"minimum": 20, "maximum": 30}, {"minimum": 10, "maximum": 30}]

    assert [Figure.model_validate(BODY | {"tenant_range": one}).may_be_loosened for one in sides] == [
        False,
        False,
        True,
    ]


def test_a_proposal_may_be_set_to_either_side():
    ours = {"status": "proposal", "legal_basis_ids": [], "tenant_range": {"minimum": 10, "maximum": 30}}

    assert Figure.model_validate(BODY | ours).tenant_range.holds(30)
