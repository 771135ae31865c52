"""Disposals and orders through the real store: the whole path, two people, clocks, number, refusals."""

from datetime import date, timedelta

import pytest

from chalicelib.contract.registry import registry
from chalicelib.domain.errors import (
    AlreadyExistsError,
    IllegalTransitionError,
    InvalidInputError,
    NotAllowedError,
    RecordNotFoundError,
)
from chalicelib.domain.event import EventType
from chalicelib.domain.overlay import OverlayState, ScenarioOverlay, SetDeadline, overlay_id
from chalicelib.domain.tenancy import Role
from chalicelib.services.disposal.decide_order import decide_order, extend_order, lift_order, return_order
from chalicelib.services.disposal.draft_order import OrderDraft, redraft_order, withdraw_order
from chalicelib.services.disposal.join_disposal import joinable
from chalicelib.services.disposal.open_disposal import close_disposal
from chalicelib.services.disposal.order_facts import order_facts
from chalicelib.services.disposal.record_occurrence import record_occurrence
from chalicelib.services.disposal.serve_order import fulfil_order, report_fulfilment, serve_order
from chalicelib.services.disposal.sweep_disposals import sweep_disposals
from chalicelib.services.notification.issue_notifications import issue_notifications
from chalicelib.services.register.merge_subjects import merge_subjects
from tests.builders import NOW, TENANT, act, actor
from tests.disposing import (
    BODY,
    CLERK,
    DAY,
    GRADE_D,
    HEAD,
    ID,
    OFFICER,
    SCENARIO,
    STREET,
    TODAY,
    WATCHER,
    add_building,
    add_town,
    drafted,
    opened,
    served,
)
from tests.visiting import png, save


@pytest.fixture
def town(store):
    return add_town(store)


def test_the_whole_path_of_a_stop_use_order(town):
    disposal = opened(town)
    with pytest.raises(AlreadyExistsError):
        opened(town)
    order = drafted(town, disposal)
    assert order.appraisal is not None and order.appraisal.grade == "D" and order.citation.startswith("《")
    assert [one.owner for one in town.todos.children(TENANT, order.ref)] == [f"{BODY}.head"]
    with pytest.raises(NotAllowedError):
        decide_order(town, TENANT, act(OFFICER), order_id=order.id)
    both = HEAD.model_copy(update={"person_id": OFFICER.person_id})
    with pytest.raises(NotAllowedError) as own:
        decide_order(town, TENANT, act(both), order_id=order.id)
    assert own.value.code == "second_person_needed"

    decided = decide_order(town, TENANT, act(HEAD, minutes=1), order_id=order.id)
    assert decided.number == "〔2026〕1号" and decided.decided_by == HEAD.person_id
    served = serve_order(
        town, TENANT, act(OFFICER, minutes=2), order_id=order.id, way="in_person", received_by="示例产权人"
    )
    assert served.due_at == NOW + timedelta(minutes=2, hours=24)
    running = town.disposals.get(TENANT, disposal.id)
    assert [(one.rule_id, one.order_id) for one in running.running] == [("stop_use", order.id)]
    assert running.occurrences[-1].occurrence_id == "stop_use_ordered"
    assert town.disposal_orders.served_on(TENANT, ID) == [served]

    user = actor(Role.SUBJECT_USER, subject_ids=frozenset({ID}))
    with pytest.raises(InvalidInputError):
        report_fulfilment(town, TENANT, act(user, minutes=3), order_id=order.id, text="已停业", files=[])
    report_fulfilment(town, TENANT, act(user, minutes=3), order_id=order.id, text="已停业", files=[png()])
    stranger = actor(Role.SUBJECT_USER, subject_ids=frozenset({"other"}))
    with pytest.raises(RecordNotFoundError):
        report_fulfilment(town, TENANT, act(stranger, minutes=3), order_id=order.id, text="x", files=[png()])
    with pytest.raises(IllegalTransitionError):
        close_disposal(town, TENANT, act(OFFICER, minutes=4), disposal_id=disposal.id, because="已停用")
    fulfil_order(town, TENANT, act(OFFICER, minutes=5), order_id=order.id, text="到场看过，已停业")
    closed = close_disposal(
        town, TENANT, act(OFFICER, minutes=6), disposal_id=disposal.id, because="已停用，人员已搬离"
    )
    assert not closed.is_open and town.todos.children(TENANT, closed.ref) == []
    assert opened(town).id != disposal.id


def test_an_order_for_grades_needs_the_report_of_an_appraisal_body_and_the_head_of_its_own_body(town):
    without, slight = "01JD0000000000000000DISP02", "01JD0000000000000000DISP03"
    add_building(town, {}, without)
    add_building(town, GRADE_D | {"appraisal_grade": "b"}, slight)
    for id, code in ((without, "appraisal_missing"), (slight, "appraisal_grade_differs")):
        with pytest.raises(InvalidInputError) as refused:
            drafted(town, opened(town, id), "demolition_order", grounds="墙体外倾，随时可能倒塌")
        assert [(one.field, one.code) for one in refused.value.problems] == [("document_id", code)]
    order = drafted(town, opened(town))
    with pytest.raises(AlreadyExistsError):
        drafted(town, town.disposals.get(TENANT, order.disposal_id))
    with pytest.raises(NotAllowedError):
        decide_order(town, TENANT, act(HEAD.model_copy(update={"acting_body_id": STREET})), order_id=order.id)
    returned = return_order(town, TENANT, act(HEAD), order_id=order.id, reason="写明停用范围")
    assert (returned.state, returned.reason) == ("returned", "写明停用范围")
    again = OrderDraft(document_id="", facts="鉴定为D级，三层仍住人", content="一至三层停止使用")
    changed = redraft_order(town, TENANT, act(CLERK, minutes=1), order_id=order.id, draft=again)
    assert (changed.state, changed.drafted_by) == ("drafted", "clerk")
    assert (changed.facts, changed.content) == ("鉴定为D级，三层仍住人", "一至三层停止使用")
    withdrawn = withdraw_order(town, TENANT, act(OFFICER, minutes=2), order_id=order.id, reason="改发加固通知")
    assert not withdrawn.is_open and not withdrawn.is_shown_to_subject


def test_a_lapsed_report_still_grounds_an_order_which_says_so(town):
    lapsed = "01JD0000000000000000DISP04"
    add_building(town, GRADE_D | {"appraisal_valid_until": "2026-06-01"}, lapsed)
    order = drafted(town, opened(town, lapsed), "demolition_order")
    decided = decide_order(town, TENANT, act(HEAD, minutes=1), order_id=order.id)
    told = order_facts(decided, registry().get(SCENARIO).inspection)
    assert decided.state == "decided" and told["appraisal"]["lapsed_on"] == "2026年6月1日"
    assert told["order"]["review_organ"].startswith("＿") and decided.cites_unconfirmed


def test_danger_that_was_seen_grounds_a_stop_before_any_appraisal_with_a_reason(town):
    unknown = "01JD0000000000000000DISP05"
    add_building(town, {}, unknown)
    disposal = opened(town, unknown)
    with pytest.raises(InvalidInputError) as refused:
        drafted(town, disposal)
    assert [(one.field, one.code) for one in refused.value.problems] == [("grounds", "grounds_missing")]
    order = drafted(town, disposal, grounds="承重墙外倾，随时可能倒塌", court="示例区人民法院")
    assert order.appraisal is None and order.court == "示例区人民法院"
    decided = decide_order(town, TENANT, act(HEAD, minutes=1), order_id=order.id)
    assert (decided.state, decided.grounds) == ("decided", "承重墙外倾，随时可能倒塌")


def test_a_real_tenant_cites_no_basis_that_waits_for_its_legal_officer(town):
    disposal = opened(town)
    home = town.tenants.get(TENANT, TENANT)
    save(town, home.with_changes(is_synthetic=False))
    with pytest.raises(InvalidInputError) as refused:
        drafted(town, disposal)
    assert {one.code for one in refused.value.problems} == {"basis_unconfirmed"}


def test_occurrences_are_recorded_by_the_departments_that_the_package_names(town):
    disposal = opened(town)
    common = {"disposal_id": disposal.id}
    with pytest.raises(NotAllowedError):
        record_occurrence(town, TENANT, act(WATCHER), occurrence_id="appraisal_commissioned", **common)
    for name, code in (("nothing_known", "unknown_choice"), ("stop_use_ordered", "occurrence_of_order")):
        with pytest.raises(InvalidInputError) as refused:
            record_occurrence(town, TENANT, act(OFFICER), occurrence_id=name, **common)
        assert refused.value.problems[0].code == code
    later = NOW + timedelta(days=1)
    with pytest.raises(InvalidInputError):
        record_occurrence(town, TENANT, act(OFFICER), occurrence_id="danger_sign_notified", at=later, **common)
    told = record_occurrence(
        town, TENANT, act(OFFICER), occurrence_id="danger_sign_notified", note="已送达", files=[png()], **common
    )
    (clock,) = told.running
    assert (clock.rule_id, clock.owners) == ("appraisal_commission", (BODY,)) and len(told.files) == 1


@pytest.mark.parametrize(
    ("said", "missing"),
    [
        ({}, ["files", "note"]),
        ({"note": "  "}, ["files", "note"]),
        ({"files": ["report"]}, ["note"]),
        ({"note": "JD-2026-8，B级"}, ["files"]),
    ],
)
def test_what_the_package_asks_for_goes_with_the_record(town, said, missing):
    stop = {"disposal_id": opened(town).id, "occurrence_id": "reappraised"}
    said = said | ({"files": [png()]} if "files" in said else {})
    with pytest.raises(InvalidInputError) as refused:
        record_occurrence(town, TENANT, act(OFFICER), **stop, **said)
    assert [(one.field, one.code) for one in refused.value.problems] == [(field, "required") for field in missing]
    full = record_occurrence(town, TENANT, act(OFFICER), **stop, note="JD-2026-8，B级", files=[png()])
    assert (full.occurrences[-1].note, len(full.files)) == ("JD-2026-8，B级", 1)


def test_what_stops_a_clock_cannot_have_happened_before_that_clock_began(town):
    disposal = opened(town)
    say = {"disposal_id": disposal.id, "occurrence_id": "danger_sign_notified"}
    record_occurrence(town, TENANT, act(OFFICER), **say, at=NOW - timedelta(days=2))
    stop = {"disposal_id": disposal.id, "occurrence_id": "appraisal_commissioned"}
    for at, code in ((NOW - timedelta(days=2000), "moment_before_clock"), (NOW + timedelta(days=9), "moment_to_come")):
        with pytest.raises(InvalidInputError) as refused:
            record_occurrence(town, TENANT, act(OFFICER), **stop, at=at)
        assert [(one.field, one.code) for one in refused.value.problems] == [("at", code)]
    moved = record_occurrence(town, TENANT, act(OFFICER), **stop, at=NOW - timedelta(days=1))
    assert moved.clocks[0].stopped_at == NOW - timedelta(days=1)


def test_a_tenants_own_term_counts_in_a_disposal_opened_with_it(town):
    overlay = ScenarioOverlay(
        id=overlay_id(SCENARIO, 1),
        scenario=SCENARIO,
        number=1,
        base_version="1.0.0",
        changes=(SetDeadline(deadline_id="appraisal_commission", length=2),),
        state=OverlayState.PUBLISHED,
        edited_by="p",
        edited_at=NOW,
        published_by="q",
        published_at=NOW,
    )
    save(town, overlay)
    disposal = opened(town)
    told = record_occurrence(town, TENANT, act(OFFICER), disposal_id=disposal.id, occurrence_id="danger_sign_notified")
    assert disposal.overlay_number == 1 and told.running[0].length == 2


def test_a_clock_that_ran_out_is_told_once_to_who_has_to_act(town):
    disposal = opened(town)
    record_occurrence(town, TENANT, act(OFFICER), disposal_id=disposal.id, occurrence_id="danger_sign_notified")
    assert sweep_disposals(town, TENANT, NOW + timedelta(days=1)) == 0
    late = NOW + timedelta(days=7)
    assert [sweep_disposals(town, TENANT, late) for _ in range(2)] == [1, 0]
    (todo,) = town.todos.children(TENANT, disposal.ref)
    assert (todo.owner, todo.topic) == (BODY, "disposal_overdue")
    event = town.disposals.history(TENANT, disposal.ref)[0]
    assert event.type is EventType.DISPOSAL_CLOCK_PASSED
    assert issue_notifications(town, event, act()) == 1


def test_the_head_gives_more_time_or_lifts_an_order_with_a_reason(town):
    disposal = opened(town)
    days = {"due_on": date(2026, 12, 31)}
    order = drafted(town, disposal, "danger_removal_order", **days)
    decide_order(town, TENANT, act(HEAD, minutes=1), order_id=order.id)
    serve_order(town, TENANT, act(OFFICER, minutes=2), order_id=order.id, way="by_post", received_by="示例产权人")
    with pytest.raises(InvalidInputError):
        extend_order(town, TENANT, act(HEAD, minutes=3), order_id=order.id, until=date(2026, 12, 30), reason="x")
    more = extend_order(town, TENANT, act(HEAD, minutes=3), order_id=order.id, until=date(2027, 1, 31), reason="雨季")
    running = town.disposals.get(TENANT, disposal.id)
    assert more.due_at == running.next_due_at and running.running[0].extensions[0].reason == "雨季"
    lifted = lift_order(town, TENANT, act(HEAD, minutes=4), order_id=order.id, reason="已重建")
    assert lifted.state == "lifted" and town.disposals.get(TENANT, disposal.id).running == ()


def test_an_order_is_neither_decided_nor_served_after_the_last_day_that_it_names(town):
    order = drafted(town, opened(town), "danger_removal_order", due_on=TODAY)
    with pytest.raises(InvalidInputError) as refused:
        decide_order(town, TENANT, act(HEAD, minutes=DAY), order_id=order.id)
    assert [(one.field, one.code) for one in refused.value.problems] == [("due_on", "order_day_over")]
    decide_order(town, TENANT, act(HEAD, minutes=1), order_id=order.id)
    served = {"order_id": order.id, "way": "in_person", "received_by": "示例产权人"}
    with pytest.raises(InvalidInputError) as late:
        serve_order(town, TENANT, act(OFFICER, minutes=DAY), **served)
    assert [(one.field, one.code) for one in late.value.problems] == [("at", "order_day_over_at_service")]
    empty = served | {"way": "by_pigeon", "received_by": " ", "note": "长" * 1001, "files": [b"no photo"]}
    with pytest.raises(InvalidInputError) as wrong:
        serve_order(town, TENANT, act(OFFICER, minutes=DAY), **empty)
    assert [one.field for one in wrong.value.problems] == ["way", "received_by", "at", "note", "files"]
    told = serve_order(town, TENANT, act(OFFICER, minutes=DAY), **served, at=NOW + timedelta(minutes=2))
    with pytest.raises(InvalidInputError) as undone:
        fulfil_order(town, TENANT, act(OFFICER, minutes=DAY), order_id=order.id, text=" ")
    assert [one.field for one in undone.value.problems] == ["text", "files"]
    assert told.due_at > told.service.at, "a service in time that is written down late"


def test_no_order_is_served_into_a_disposal_that_is_full(town, monkeypatch):
    order = drafted(town, opened(town))
    decide_order(town, TENANT, act(HEAD, minutes=1), order_id=order.id)
    monkeypatch.setattr("chalicelib.services.disposal.record_occurrence.MAX_OCCURRENCES", 0)
    with pytest.raises(InvalidInputError) as full:
        serve_order(town, TENANT, act(OFFICER, minutes=2), order_id=order.id, way="by_post", received_by="示例产权人")
    assert full.value.problems[0].code == "too_many_times"


def test_a_body_with_a_document_code_counts_each_word_by_itself_in_its_numbers(town):
    def number(document, **more):
        order = drafted(town, disposal, document, **more)
        return decide_order(town, TENANT, act(HEAD, minutes=1), order_id=order.id).number

    disposal = opened(town)
    assert number("stop_use_order") == "〔2026〕1号"
    save(town, town.acting_bodies.get(TENANT, BODY).with_changes(document_code="邕建"))
    assert number("demolition_order") == "邕建拆字〔2026〕1号"
    assert number("danger_removal_order", due_on=date(2026, 12, 31)) == "邕建督字〔2026〕1号"
    assert number("reinforcement_order") == "邕建固字〔2026〕1号"


def test_lifting_a_served_order_is_written_into_the_disposal_and_by_hand_only_without_one(town):
    order = served(town, opened(town))
    by_hand = {"disposal_id": order.disposal_id, "occurrence_id": "use_resumed"}
    with pytest.raises(InvalidInputError) as refused:
        record_occurrence(town, TENANT, act(OFFICER, minutes=3), **by_hand)
    assert refused.value.problems[0].code == "occurrence_of_order"
    lift_order(town, TENANT, act(HEAD, minutes=4), order_id=order.id, reason="已重建")
    lifted = town.disposals.get(TENANT, order.disposal_id)
    assert lifted.occurrences[-1].occurrence_id == "use_resumed" and lifted.clocks[0].stopped_by == "order_lifted"
    assert record_occurrence(town, TENANT, act(OFFICER, minutes=5), **by_hand).occurrences[-1].order_id == ""


def test_the_disposal_of_a_merged_duplicate_goes_on_as_the_survivor_s(town):
    survivor = "01JD0000000000000000DISP09"
    add_building(town, GRADE_D, survivor)
    disposal = opened(town)
    merge_subjects(town, TENANT, act(actor(Role.COORDINATOR)), kept_id=survivor, other_id=ID, reason="同一幢")

    with pytest.raises(AlreadyExistsError):
        opened(town, survivor)
    assert joinable(town, TENANT, disposal) == []
    order = drafted(town, disposal)
    assert order.appraisal is not None, "as the register says of the survivor"
    assert decide_order(town, TENANT, act(HEAD, minutes=1), order_id=order.id).state == "decided"
