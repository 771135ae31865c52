"""Joining and leaving a scenario: who may, what is refused, what stays, and that an import follows the same rule."""

from datetime import timedelta

import pytest

from chalicelib.domain.errors import (
    ConflictError,
    IllegalTransitionError,
    InvalidInputError,
    NotAllowedError,
    RecordNotFoundError,
)
from chalicelib.domain.event import EventType
from chalicelib.domain.periodic_report import PeriodicReport, ReportState, report_id
from chalicelib.domain.subject import DrawGrade, ScenarioMembership, Subject, SubjectDraft
from chalicelib.domain.tenancy import Role, Tenant, TenantKind
from chalicelib.services.disposal.open_disposal import close_disposal
from chalicelib.services.evaluation.evaluate_subject import evaluate_subject
from chalicelib.services.register.join_scenario import join_scenario
from chalicelib.services.register.leave_scenario import leave_scenario, open_matters
from chalicelib.services.register.register_subject import register_subject
from chalicelib.services.report.open_reports import note_overdue
from chalicelib.services.report.owed_reports import owed_reports
from chalicelib.services.visit.cancel_visit import cancel_visit
from chalicelib.storage.store import Store
from tests.builders import NOW, TENANT, act, actor
from tests.disposing import ID, OFFICER, add_town, opened
from tests.resulting import concluded_visit, registered
from tests.visiting import SUBJECT_ID, save, scheduled_visit

OIL, HOUSE, CARD, GAS = "refined_oil", "self_built_housing", "prepaid_card", "bottled_gas"


@pytest.fixture
def town(store: Store) -> Store:
    add_town(store)
    held = store.tenants.get(TENANT, TENANT)
    save(store, held.with_changes(scenarios=[OIL, HOUSE, CARD]))
    return store


def made(store: Store, kind: str = "premises", scenario: str = OIL, **more: object) -> Subject:
    values = {"kind": kind, "name": "示例站", "division": "450105000000", "address": "示例路1号"}
    joined = [ScenarioMembership(scenario=scenario, attributes={"has_storage_tank": True})] if scenario else []
    draft = SubjectDraft.model_validate(values | {"memberships": joined} | more)
    subject: Subject = register_subject(store, TENANT, act(), draft=draft)
    return subject


def join(store: Store, subject: Subject, scenario: str = HOUSE, **more: object) -> Subject:
    told = {"subject_id": subject.id, "scenario": scenario, "attributes": {"is_commercial": True}}
    joined: Subject = join_scenario(store, TENANT, more.pop("by", None) or act(), **(told | more))
    return joined


def leave(store: Store, subject_id: str, scenario: str, **more: object) -> Subject:
    told = {"subject_id": subject_id, "scenario": scenario, "reason": "不再从事"}
    left: Subject = leave_scenario(store, TENANT, more.pop("by", None) or act(), **(told | more))
    return left


def code_of(refused: pytest.ExceptionInfo[InvalidInputError]) -> str:
    return refused.value.problems[0].code


def members(store: Store, subject: Subject) -> list[str]:
    return sorted(one.scenario for one in store.members.of_subject(TENANT, subject.id))


def test_it_joins_leaves_and_joins_again(town: Store) -> None:
    subject = made(town)
    by = act()
    joined = join(town, subject, by=by)
    assert join(town, subject, by=by).version == joined.version
    assert members(town, subject) == [OIL, HOUSE]

    left = leave(town, subject.id, OIL)
    assert [one.scenario for one in left.memberships] == [HOUSE]
    assert members(town, subject) == [HOUSE]
    again = join(town, left, OIL, attributes={"has_storage_tank": False})
    assert again.attributes(OIL) == {"has_storage_tank": False}
    told = [one.data for one in town.subjects.history(TENANT, subject.ref) if one.type is EventType.SUBJECT_CHANGED]
    assert {(one.get("joined"), one.get("left")) for one in told} == {(HOUSE, None), (None, OIL), (OIL, None)}
    (gone,) = [one for one in told if "left" in one]
    assert (gone["reason"], gone["before"]["memberships"][OIL]) == ("不再从事", {"has_storage_tank": True})


def test_what_cannot_be_joined(town: Store) -> None:
    vehicle, station = made(town, "vehicle", plate="桂A10001"), made(town)
    for subject, scenario, code in [
        (vehicle, HOUSE, "kind_not_in_scenario"),
        (station, OIL, "already_in_scenario"),
        (station, GAS, "unknown_scenario"),
        (station, "none", "unknown_scenario"),
    ]:
        with pytest.raises(InvalidInputError) as refused:
            join(town, subject, scenario)
        assert code_of(refused) == code
    with pytest.raises(InvalidInputError) as registering:
        made(town, "vehicle", HOUSE, plate="桂A10002")
    assert code_of(registering) == "kind_not_in_scenario"
    with pytest.raises(ConflictError):
        join(town, station, version=station.version - 1)
    with pytest.raises(NotAllowedError):
        join(town, station, by=act(actor(Role.INSPECTOR)))
    gone = station.with_changes(status="merged", merged_into=vehicle.id)
    save(town, gone)
    with pytest.raises(IllegalTransitionError):
        join(town, gone)


def test_leaving_needs_a_reason_and_a_membership(town: Store) -> None:
    subject = made(town)
    wrong = [(OIL, " ", "required"), (OIL, "x" * 401, "too_long"), (CARD, "x", "not_in_scenario")]
    for scenario, reason, code in wrong:
        with pytest.raises(InvalidInputError) as refused:
            leave(town, subject.id, scenario, reason=reason)
        assert code_of(refused) == code
    with pytest.raises(ConflictError):
        leave(town, subject.id, OIL, version=subject.version - 1)
    with pytest.raises(RecordNotFoundError):
        leave(town, subject.id, OIL, by=act(actor(Role.COORDINATOR, division="450102000000")))


def test_nobody_gets_out_of_a_disposal(town: Store) -> None:
    disposal = opened(town)
    with pytest.raises(InvalidInputError) as refused:
        leave(town, ID, HOUSE)
    problem = refused.value.problems[0]
    assert (problem.code, problem.details) == (
        "scenario_has_open_matters",
        {"disposals": 1, "findings": 0, "visits": 0, "drawn": 0},
    )
    close_disposal(town, TENANT, act(OFFICER, minutes=1), disposal_id=disposal.id, because="误开")
    assert leave(town, ID, HOUSE).memberships == ()


def test_nobody_gets_out_of_a_visit_or_a_finding(store: Store) -> None:
    save(store, Tenant(id=TENANT, label="示例市", kind=TenantKind.CITY, divisions=["450100000000"], scenarios=[OIL]))
    subject = registered(store)
    visit = scheduled_visit(store)
    assert visit.subject.subject_id == SUBJECT_ID
    assert open_matters(store, TENANT, subject, OIL).counts == {"disposals": 0, "findings": 0, "visits": 1, "drawn": 0}
    with pytest.raises(InvalidInputError):
        leave(store, SUBJECT_ID, OIL)


def test_a_finding_that_is_not_closed_keeps_it_in(store: Store) -> None:
    concluded_visit(store)
    with pytest.raises(InvalidInputError) as refused:
        leave(store, SUBJECT_ID, OIL)
    assert refused.value.problems[0].details["findings"] == 1


def test_an_evaluation_makes_nobody_a_member(town: Store) -> None:
    subject = made(town)
    leave(town, subject.id, OIL)
    evaluate_subject(town, TENANT, act(), subject_id=subject.id, scenario=OIL, cause="finding_closed")
    assert town.subjects.get(TENANT, subject.id).memberships == ()
    assert members(town, subject) == []

    join(town, subject, OIL, attributes={})
    evaluate_subject(town, TENANT, act(), subject_id=subject.id, scenario=OIL, cause="subject_changed")
    (held,) = town.subjects.get(TENANT, subject.id).memberships
    assert (held.draw_grade, held.is_default_grade) == (DrawGrade.B, False)


def test_a_report_of_a_scenario_that_was_left_is_asked_for_no_more(town: Store) -> None:
    subject = made(town, "company", CARD, code="91450105MA0007591Y")
    place = {"subject_id": subject.id, "scenario": CARD, "form_id": "x", "period": "2026-Q3"}
    due = {"subject_name": "示例", "division": subject.division, "received_by": "commerce"}
    report = PeriodicReport(id=report_id(*place.values()), **place, **due, due_at=NOW - timedelta(days=1))
    save(town, report)
    left = leave(town, subject.id, CARD)

    note_overdue(town, TENANT, NOW, CARD, "x", "2026-Q3")
    assert town.periodic_reports.get(TENANT, report.id).state is ReportState.EXPECTED
    assert owed_reports(town, TENANT, left, [report], NOW) == []
    join(town, left, CARD, attributes={})
    note_overdue(town, TENANT, NOW, CARD, "x", "2026-Q3")
    assert town.periodic_reports.get(TENANT, report.id).state is ReportState.OVERDUE


def test_a_cancelled_visit_lets_it_go(store: Store) -> None:
    registered(store)
    visit = scheduled_visit(store)
    cancel_visit(store, TENANT, act(), visit_id=visit.id, reason="企业已注销")
    assert leave(store, SUBJECT_ID, OIL).memberships == ()
