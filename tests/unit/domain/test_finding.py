"""Findings on one answer of one visit are one fault; each stays what it is."""

from datetime import UTC, date, datetime

from chalicelib.domain.finding import Finding, faults_of
from chalicelib.domain.item import Severity


def finding(id: str, question: str = "exits_clear", day: int = 10, **more: object) -> Finding:
    values = {
        "id": f"01JD000000000000000000000{id}",
        "visit_id": "v1",
        "plan_id": "p1",
        "scenario": "refined_oil",
        "scenario_version": "1.0.0",
        "subject_id": "s1",
        "subject_name": "示例加油站",
        "division": "450105000000",
        "acting_body_id": f"body-{id}",
        "acting_body_label": id,
        "department": "fire_rescue",
        "item_id": "exits_clear",
        "question_key": question,
        "title": "出口畅通",
        "severity": Severity.ORDINARY,
        "found_on": date(2026, 12, 1),
        "remedy_due_on": date(2026, 12, day),
        "due_at": datetime(2026, 12, day, tzinfo=UTC),
    }
    return Finding.model_validate(values | more)


def groups(*findings: Finding) -> list[list[str]]:
    return [[one.acting_body_label for one in fault.findings] for fault in faults_of(findings)]


def test_one_answer_of_one_visit_is_one_fault_under_its_earliest_deadline():
    assert groups(finding("A"), finding("B", day=5), finding("C", visit_id="v2", day=7)) == [["B", "A"], ["C"]]
    assert groups(finding("A", question="signs"), finding("B", day=5)) == [["B"], ["A"]]
    assert groups(finding("A", question=""), finding("B", question="")) == [["A"], ["B"]]


def test_what_waits_for_the_subject_stands_for_the_fault_and_closed_ones_come_last():
    closed = finding("A", day=1, state="closed", closed_at=datetime(2026, 12, 1, tzinfo=UTC))
    given = finding("B", day=2, state="rectification_submitted")

    assert groups(closed, given, finding("C", day=9)) == [["C", "B", "A"]]
    assert [one.needs_subject for one in (closed, given, finding("C"), finding("D", state="returned"))] == [
        False,
        False,
        True,
        True,
    ]


def test_a_withdrawn_finding_is_nobodys_sister():
    withdrawn = finding("A", state="closed", closed_as="withdraw_finding")

    assert groups(withdrawn, finding("B")) == [["A"], ["B"]]
    assert not withdrawn.is_sister(finding("B")) and not finding("B").is_sister(withdrawn)
    assert finding("A").is_sister(finding("B")) and not finding("A").is_sister(finding("A"))
