"""A finding from the day it is made to the day it is closed."""

from datetime import timedelta

import pytest

from chalicelib.domain.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotAllowedError,
    RecordNotFoundError,
)
from chalicelib.domain.event import EventType
from chalicelib.domain.finding import Finding
from chalicelib.domain.item import Severity
from chalicelib.domain.tenancy import Role
from chalicelib.services.finding.end_finding import hand_over_finding, withdraw_finding
from chalicelib.services.finding.record_reinspection import close_finding, record_reinspection
from chalicelib.services.finding.return_rectification import return_rectification
from chalicelib.services.finding.submit_rectification import submit_rectification
from chalicelib.services.visit.uploads import keep_upload
from tests.builders import NOW, TENANT, act, actor
from tests.visiting import SUBJECT_ID, SUBJECT_USER, TAX, TODAY, WEATHER, officer, png, save


@pytest.fixture
def finding(store):
    made = Finding(
        visit_id="01JD0000000000000000000V1S",
        plan_id="01JD0000000000000000000P1N",
        scenario="refined_oil",
        scenario_version="1.0.0",
        subject_id=SUBJECT_ID,
        subject_name="南宁市甲戌加油站有限公司",
        division="450105000000",
        acting_body_id=WEATHER,
        acting_body_label="市气象局",
        department="meteorology",
        item_id="lightning_protection_tested",
        title="防雷装置定期检测",
        severity=Severity.ORDINARY,
        found_on=TODAY,
        remedy_due_on=TODAY + timedelta(days=14),
        due_at=NOW + timedelta(days=14),
    )
    save(store, made)
    return made


def upload(store, finding, content=None):
    return keep_upload(store, TENANT, owner=finding, content=content or png(), allowed=("image/png", "application/pdf"))


def rectify(store, finding, who=SUBJECT_USER, files=None, given=None, text="已更换并检测"):
    return submit_rectification(
        store,
        TENANT,
        given or act(who, minutes=60),
        finding_id=finding.id,
        text=text,
        upload_ids=[upload(store, finding)] if files is None else files,
    )


def topics(store):
    return [todo.topic for todo in store.todos.of_owner(TENANT, WEATHER).records]


def test_the_way_to_the_end_leaves_one_event_per_step(store, finding):
    submitted = rectify(store, finding, files=[upload(store, finding), upload(store, finding, b"%PDF-1.7\n%%EOF")])
    waiting = topics(store)
    returned = return_rectification(
        store, TENANT, act(officer(WEATHER), minutes=120), finding_id=finding.id, reason="检测报告没有盖章"
    )
    rectify(store, returned, given=act(SUBJECT_USER, minutes=180))
    passed = record_reinspection(
        store, TENANT, act(officer(WEATHER), minutes=240), finding_id=finding.id, is_passed=True, text="现场核对，已改"
    )
    closed = close_finding(store, TENANT, act(officer(WEATHER), minutes=250), finding_id=finding.id)

    assert [one.content_type for one in submitted.rectifications[0].evidence] == ["image/png", "application/pdf"]
    assert waiting == ["reinspection_waiting"]
    assert submitted.due_at > submitted.rectifications[0].submitted_at
    assert (returned.state, returned.reinspections[0].is_returned) == ("returned", True)
    assert returned.remedy_due_on == finding.remedy_due_on
    assert (passed.state, closed.state) == ("reinspected_passed", "closed")
    assert closed.closed_at is not None
    assert topics(store) == []
    assert store.findings.open_of_body(TENANT, WEATHER).records == []
    history = [e.type for e in reversed(store.findings.history(TENANT, finding.ref)) if e.type != "tenant_onboarded"]
    assert history == [
        EventType.RECTIFICATION_SUBMITTED,
        EventType.RECTIFICATION_RETURNED,
        EventType.RECTIFICATION_SUBMITTED,
        EventType.REINSPECTION_RECORDED,
        EventType.FINDING_CLOSED,
    ]


def test_failed_reinspection_sets_a_new_day_that_the_event_names(store, finding):
    rectify(store, finding)
    day = TODAY + timedelta(days=20)

    failed = record_reinspection(
        store,
        TENANT,
        act(officer(WEATHER), minutes=120),
        finding_id=finding.id,
        is_passed=False,
        text="仍未检测",
        remedy_due_on=day,
    )

    assert (failed.state, failed.remedy_due_on) == ("reinspected_failed", day)
    newest = store.findings.history(TENANT, finding.ref)[0]
    assert newest.data["remedy_due_on"] == day.isoformat()
    assert rectify(store, failed, given=act(SUBJECT_USER, minutes=200)).state == "rectification_submitted"


@pytest.mark.parametrize(("text", "with_file", "field"), [("", True, "text"), ("已改", False, "evidence")])
def test_rectification_needs_words_and_evidence(store, finding, text, with_file, field):
    files = None if with_file else []

    with pytest.raises(InvalidInputError) as refused:
        rectify(store, finding, files=files, text=text)

    assert [one.field for one in refused.value.problems] == [field]
    assert store.findings.get(TENANT, finding.id).state == "open"


def test_another_subject_does_not_know_of_it(store, finding):
    stranger = actor(Role.SUBJECT_USER, subject_ids=frozenset({"01JD0000000000000000QTHER1"}))

    with pytest.raises(RecordNotFoundError):
        rectify(store, finding, who=stranger)


def test_another_body_neither_returns_nor_reinspects(store, finding):
    rectify(store, finding)

    with pytest.raises(NotAllowedError):
        return_rectification(store, TENANT, act(officer(TAX)), finding_id=finding.id, reason="不是本单位的")
    with pytest.raises(NotAllowedError):
        record_reinspection(store, TENANT, act(officer(TAX)), finding_id=finding.id, is_passed=True, text="看过")
    with pytest.raises(NotAllowedError):
        close_finding(store, TENANT, act(SUBJECT_USER), finding_id=finding.id)


def test_no_step_is_jumped_and_a_repeat_changes_nothing(store, finding):
    with pytest.raises(IllegalTransitionError):
        close_finding(store, TENANT, act(officer(WEATHER)), finding_id=finding.id)
    files, given = [upload(store, finding)], act(SUBJECT_USER, minutes=60)

    first = rectify(store, finding, files=files, given=given)
    again = rectify(store, finding, files=files, given=given)

    assert (first.version, again.version) == (2, 2)
    assert len(again.rectifications) == 1


def test_day_in_the_past_is_refused(store, finding):
    rectify(store, finding)

    with pytest.raises(InvalidInputError):
        return_rectification(
            store,
            TENANT,
            act(officer(WEATHER), minutes=90),
            finding_id=finding.id,
            reason="材料不全",
            remedy_due_on=TODAY - timedelta(days=1),
        )


def test_a_fault_that_was_asked_once_is_mended_once_and_closed_by_each(store, finding):
    lead = finding.with_changes(question_key="lightning_tested")
    other, withdrawn, elsewhere = (
        lead.model_copy(update={"version": 0, **changes})
        for changes in (
            {
                "id": "01JD0000000000000000S1STR1",
                "acting_body_id": TAX,
                "scenario": "bottled_gas",
                "due_at": NOW + timedelta(days=3),
            },
            {"id": "01JD0000000000000000S1STR2", "state": "closed", "closed_as": "withdraw_finding", "closed_at": NOW},
            {"id": "01JD0000000000000000S1STR3", "visit_id": "01JD0000000000000000000V1T"},
        )
    )
    save(store, lead, other, withdrawn, elsewhere)
    key = act(SUBJECT_USER, minutes=60)

    given = rectify(store, lead, given=key)
    rectify(store, lead, given=key)

    also = store.findings.get(TENANT, other.id)
    assert (given.state, also.state) == ("rectification_submitted", "rectification_submitted")
    assert also.rectifications == given.rectifications and len(also.rectifications) == 1
    assert also.remedy_due_on == other.remedy_due_on
    assert store.findings.get(TENANT, elsewhere.id).state == "open"
    assert store.findings.get(TENANT, withdrawn.id).rectifications == []
    assert store.findings.history(TENANT, lead.ref)[0].data["also_given_to"] == [other.id]
    assert store.findings.history(TENANT, other.ref)[0].data["given_with"] == lead.id

    return_rectification(store, TENANT, act(officer(TAX), minutes=80), finding_id=other.id, reason="看不清")
    record_reinspection(
        store, TENANT, act(officer(WEATHER), minutes=90), finding_id=lead.id, is_passed=True, text="已整改"
    )
    close_finding(store, TENANT, act(officer(WEATHER), minutes=91), finding_id=lead.id)
    again = store.findings.get(TENANT, other.id)
    assert again.needs_subject and store.findings.get(TENANT, lead.id).state == "closed"
    rectify(store, again, given=act(SUBJECT_USER, minutes=100))
    assert len(store.findings.get(TENANT, other.id).rectifications) == 2
    assert len(store.findings.get(TENANT, lead.id).rectifications) == 1


def test_a_penalty_case_ends_a_finding_that_nobody_mended(store, finding):
    def hand_over(who=None, **values):
        given = {"case_number": " 南气立〔2026〕8号 ", "filed_on": TODAY} | values
        return hand_over_finding(
            store, TENANT, act(who or officer(WEATHER), minutes=30), finding_id=finding.id, **given
        )

    for values, field in (
        ({"case_number": "  "}, "case_number"),
        ({"filed_on": None}, "filed_on"),
        ({"filed_on": TODAY + timedelta(days=1)}, "filed_on"),
        ({"filed_on": TODAY - timedelta(days=1)}, "filed_on"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            hand_over(**values)
        assert [one.field for one in refused.value.problems] == [field]
    with pytest.raises(NotAllowedError):
        hand_over(officer(TAX))

    ended = hand_over()

    assert (ended.state, ended.closed_as, ended.penalty_case.number) == (
        "closed",
        "hand_over_finding",
        "南气立〔2026〕8号",
    )
    assert ended.passed_at is None and not ended.is_withdrawn
    assert store.findings.history(TENANT, finding.ref)[0].data["filed_on"] == TODAY.isoformat()


def test_the_head_takes_a_mistaken_finding_back_and_an_inspector_may_not(store, finding):
    head = actor(Role.APPROVER, acting_body_id=WEATHER, department_code="meteorology")
    with pytest.raises(NotAllowedError):
        withdraw_finding(store, TENANT, act(officer(WEATHER)), finding_id=finding.id, reason="认错了地址")
    with pytest.raises(InvalidInputError):
        withdraw_finding(store, TENANT, act(head), finding_id=finding.id, reason=" ")
    rectify(store, finding)

    withdrawn = withdraw_finding(store, TENANT, act(head, minutes=90), finding_id=finding.id, reason="认错了地址")

    assert withdrawn.is_withdrawn and withdrawn.closed_because == "认错了地址"
    assert topics(store) == []
    with pytest.raises(IllegalTransitionError):
        rectify(store, withdrawn, given=act(SUBJECT_USER, minutes=120))
