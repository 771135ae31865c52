"""The contract's own handlers, on the pilot's data."""

from datetime import UTC, datetime

from chalicelib.contract import handlers
from chalicelib.contract.exchange import ActingBodyFact, ChecklistRequest, GradeCount, HandlerContext, InspectionRequest
from chalicelib.contract.exchange_handbook import HandbookRequest
from chalicelib.contract.overlay import Overlay
from chalicelib.domain.item import Answer, SubjectFacts
from chalicelib.domain.legal_basis import BasisConfirmation
from tests.shipped import SHIPPED

OIL = SHIPPED.get("refined_oil")
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
STATION = SubjectFacts(kind="premises", attributes={"business_form": "retail", "has_storage_tank": True})


def context(**more):
    return HandlerContext(tenant_id="gx450100", package=OIL, now=NOW, **more)


def test_the_day_is_chinas():
    late = HandlerContext(tenant_id="gx450100", package=OIL, now=datetime(2026, 11, 20, 17, tzinfo=UTC))

    assert late.today.isoformat() == "2026-11-21"


def test_handbook_shows_what_concerns_the_subject_and_marks_what_is_unconfirmed():
    retail = handlers.handbook(
        HandbookRequest(subject_kind="premises", attributes={"business_form": "retail"}), context()
    )
    bulk = handlers.handbook(
        HandbookRequest(subject_kind="premises", attributes={"business_form": "storage"}), context()
    )

    def paragraphs(view):
        return {paragraph.id: paragraph for section in view.sections for paragraph in section.paragraphs}

    assert "permit_retail" in paragraphs(retail)
    assert "permit_retail" not in paragraphs(bulk)
    assert "permit_filing" in paragraphs(bulk)
    assert [basis.is_usable for basis in paragraphs(retail)["permit_retail"].legal_basis] == [False, False]
    assert all(basis.is_usable for basis in paragraphs(retail)["duty_price"].legal_basis)


def test_handbook_leaves_out_what_nobody_would_look_at():
    def shown(**attributes):
        asked = HandbookRequest(subject_kind="premises", attributes={"business_form": "retail"} | attributes)
        return {one.id for section in handlers.handbook(asked, context()).sections for one in section.paragraphs}

    held = {"permit_tanker", "duty_loose_petrol"}

    assert not held & shown(has_own_tanker=False, sells_in_containers=False)
    assert held <= shown(has_own_tanker=True, sells_in_containers=True)
    assert {"duty_security", "negative_unlicensed", "right_refuse"} <= shown()


def test_a_confirmation_makes_a_basis_usable():
    basis = OIL.bases["circulation_wholesale_filing"]
    held = BasisConfirmation(basis_id=basis.id, title=basis.title, confirmed_by="legal", confirmed_at=NOW)

    shown = handlers.view_bases(OIL, context(confirmations=(held,)), [basis.id])

    assert [(one.status, one.is_usable) for one in shown] == [("to_be_confirmed", True)]


def test_checklist_asks_once_and_counts_for_each_department():
    departments = ("emergency_management", "fire_rescue")
    answers = {
        "fire_equipment": Answer(compliance="non_compliant", photos=("a" * 64,)),
        "exits_clear": Answer(compliance="non_compliant"),
        "hazard_log": Answer(compliance="not_checked"),
    }

    result = handlers.checklist(ChecklistRequest(subject=STATION, departments=departments, answers=answers), context())

    entries = {entry.key: entry for entry in result.entries}
    assert len(entries) == len(result.entries)
    assert [slot.compliance for slot in entries["fire_equipment"].slots] == ["non_compliant", "non_compliant"]
    assert [slot.item_id for slot in entries["fire_equipment"].slots] == [
        "safety_equipment_maintained",
        "fire_facilities_intact",
    ]
    assert [(p.field, p.code) for p in result.problems] == [
        ("hazard_log.reason", "reason_missing"),
        ("exits_clear.photos", "evidence_missing"),
    ]
    assert result.answered == 1
    assert {one.department: one.answered for one in result.by_department}["fire_rescue"] == 1
    assert not result.is_complete


def test_a_conditional_question_says_why_it_appears():
    answers = {"dispenser_seals_intact": Answer(compliance="non_compliant", photos=("a" * 64,))}
    request = ChecklistRequest(subject=STATION, departments=("market_regulation",), answers=answers)

    before = handlers.checklist(request.model_copy(update={"answers": {}}), context())
    after = handlers.checklist(request, context())

    assert "broken_seal_photos" not in [entry.key for entry in before.entries]
    shown = next(entry for entry in after.entries if entry.key == "broken_seal_photos")
    assert shown.because == "铅封或者部件异常时需要取证"
    assert after.asked == before.asked + 1


def test_a_list_fully_answered_is_complete():
    request = ChecklistRequest(subject=STATION, departments=("meteorology",))
    open_list = handlers.checklist(request, context())

    answers = {entry.key: Answer(compliance="compliant") for entry in open_list.entries}
    done = handlers.checklist(request.model_copy(update={"answers": answers}), context())

    assert open_list.asked >= 1
    assert done.is_complete


def test_the_overlay_of_the_tenant_is_seen():
    change = {"kind": "set_label", "key": "manifest.departments.commerce.label", "text": "市商务局"}
    overlay = Overlay.model_validate({"scenario": "refined_oil", "changes": [change]})

    view = handlers.handbook(HandbookRequest(subject_kind="premises"), context(overlay=overlay))

    assert "市商务局" in {item.department_label for item in view.items}


def test_inspection_draws_by_the_cell_and_rounds_up():
    counts = (
        GradeCount(risk_level="low", credit_grade="A", count=1),
        GradeCount(risk_level="low", credit_grade="A", count=20),
        GradeCount(risk_level="high", credit_grade="D", count=2),
    )
    bodies = (
        ActingBodyFact(id="town", departments=("transport",)),
        ActingBodyFact(id="fire", departments=("fire_rescue",)),
    )
    request = InspectionRequest(departments=("fire_rescue", "taxation"), grade_counts=counts, acting_bodies=bodies)

    result = handlers.inspection(request, context())

    drawn = {(one.regime.risk_level, one.regime.credit_grade): one.drawn for one in result.regimes}
    assert drawn["low", "A"] == 2
    assert drawn["high", "D"] == 2
    assert result.drawn == sum(drawn.values()) == 4
    assert [(one.acting_body_id, one.inspectors) for one in result.team] == [("fire", 2)]
    assert result.uncovered_departments == ("taxation",)
