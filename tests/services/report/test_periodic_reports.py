"""Periodic reports through the real store: expected, overdue, submitted, corrected, returned, and felt by the
evaluation."""

from datetime import UTC, datetime
from functools import partial

import pytest

from chalicelib.contract.registry import registry
from chalicelib.domain.act import Act
from chalicelib.domain.binding import Binding, BindingRole, BindingSource
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import IllegalTransitionError, InvalidInputError, NotAllowedError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.overlay import OverlayState, ScenarioOverlay, SetFigure, overlay_id
from chalicelib.domain.periodic_report import ReportState, report_source
from chalicelib.domain.record import new_id
from chalicelib.domain.report_period import ReportPeriod
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import ScenarioMembership, Subject
from chalicelib.domain.tenancy import Actor, Person, Role, Tenant, TenantKind
from chalicelib.services.evaluation.evaluate_subject import evaluate_subject
from chalicelib.services.notification.issue_notifications import issue_notifications
from chalicelib.services.register.merge_subjects import merge_subjects
from chalicelib.services.register.undo_regrouping import undo_regrouping
from chalicelib.services.report import open_reports
from chalicelib.services.report.follow_merge import follow_merge
from chalicelib.services.report.open_reports import sweep_reports
from chalicelib.services.report.return_report import return_report
from chalicelib.services.report.submit_report import Asked, ReportDraft, due_of, submit_report
from chalicelib.services.scenario.read_edition import edition_in_force
from chalicelib.storage.store import Store
from infra.local.synthetic import synthetic_code
from tests.builders import TENANT, actor
from tests.visiting import png, save

SCENARIO, FORM = "prepaid_card", "issuer_quarter"
IDS = ["01JD0000000000000000REPT01", "01JD0000000000000000REPT02", "01JD0000000000000000REPT03"]
OWNER = actor(Role.SUBJECT_USER, subject_ids=frozenset({IDS[0]}))
COMMERCE = actor(Role.DEPARTMENT_OFFICER, department_code="commerce")
TAX = actor(Role.DEPARTMENT_OFFICER, department_code="taxation")
OPENED, LATE = datetime(2026, 10, 9, 1, tzinfo=UTC), datetime(2026, 11, 20, 1, tzinfo=UTC)
GOOD = {
    "prepaid_balance": 600_000_003,
    "escrow_balance": 100_000_001,
    "guaranteed_amount": 20_000_000,
    "recharged_quarter": 90_000_000,
    "redeemed_quarter": 70_000_000,
    "complaints_quarter": 2,
    "prior_year_revenue": 1_200_000_000,
    "registered_capital": 50_000_000,
}


def issuer(number: int, category: str = "large_scale") -> Subject:
    attributes = {"trade": "resident_services", "legal_form": "legal_person", "issuer_category": category}
    return Subject(
        id=IDS[number],
        name=f"示例发卡企业{number}",
        division="450103000000",
        code=synthetic_code("450103000000", 970_000 + number),
        memberships=(ScenarioMembership(scenario=SCENARIO, attributes=attributes),),
    )


@pytest.fixture
def store(store) -> Store:
    subjects = [issuer(0), issuer(1), issuer(2, "other")]
    save(store, Tenant(id=TENANT, label="示例市", kind=TenantKind.CITY, scenarios=[SCENARIO]), *subjects)
    save(store, *[ScenarioMember.of(one, SCENARIO) for one in subjects])
    return store


def bound(person_id: str, subject_id: str) -> tuple[Person, Binding]:
    person = Person(id=person_id, name="覃岚琳", roles=frozenset({Role.SUBJECT_USER}), subject_ids=[subject_id])
    binding = Binding(
        id=f"{subject_id}.{person_id}",
        subject_id=subject_id,
        subject_name="示例",
        division="450103000000",
        person_id=person_id,
        person_name=person.name,
        role=BindingRole.OWNER,
        source=BindingSource.ADMINISTRATOR,
        bound_at=OPENED,
        bound_by="seed",
    )
    return person, binding


def at(who: Actor, moment: datetime, key: str | None = None) -> Act:
    return Act(actor=who, at=moment, key=key or new_id())


def submit(store, who: Actor = OWNER, moment: datetime = OPENED, subject: int = 0, **more: object):
    about = {"subject_id": IDS[subject], "scenario": SCENARIO, "form_id": FORM, "period": "2026-Q3"}
    about |= {name: more.pop(name) for name in about.keys() & more.keys()}
    draft = ReportDraft(**({"values": GOOD} | more))
    return submit_report(store, TENANT, at(who, moment), **about, draft=draft)


def evaluated(store, moment: datetime, subject: int = 0):
    act = at(Actor.system(TENANT, "test"), moment)
    return evaluate_subject(store, TENANT, act, subject_id=IDS[subject], scenario=SCENARIO, cause="test").result


def with_figures(store, **values: int) -> None:
    """The tenant's overlay in force, with these figures."""
    overlay = ScenarioOverlay(
        id=overlay_id(SCENARIO, 1),
        scenario=SCENARIO,
        number=1,
        base_version=registry().get(SCENARIO).version,
        changes=tuple(SetFigure(figure_id=id, value=value) for id, value in values.items()),
        state=OverlayState.PUBLISHED,
        edited_by="p",
        edited_at=OPENED,
        published_by="q",
        published_at=OPENED,
    )
    save(store, overlay)


def refused(call, code: str, field: str) -> None:
    with pytest.raises(InvalidInputError) as raised:
        call()
    assert (field, code) in {(one.field, one.code) for one in raised.value.problems}


def test_a_figure_that_the_tenant_set_moves_term_and_evaluation(store):
    def due():
        edition = edition_in_force(store, TENANT, SCENARIO)
        form, period = edition.scenario.evaluation.report_form(FORM), ReportPeriod.read("2026-Q3")
        ends_at = due_of(Asked(issuer(1, "brand"), edition, form, period))
        return shanghai_date(ends_at).isoformat()

    submit(store)
    before, plain = due(), evaluated(store, LATE)
    with_figures(store, quarterly_report_days=10, escrow_share_large_scale=4_000)
    after, strict = due(), evaluated(store, LATE)

    assert (before, after) == ("2026-11-03", "2026-10-20")
    missing = [
        next(one.value for one in result.readings if one.indicator_id == "escrow_shortfall")
        for result in (plain, strict)
    ]
    assert missing == [0, 240_000_002 - 120_000_001]
    assert strict.risk_points > plain.risk_points


def test_what_is_reported_is_what_the_subject_is_evaluated_by(store):
    submit(store, period="2026-Q2", moment=datetime(2026, 7, 8, 1, tzinfo=UTC))
    sound = evaluated(store, OPENED)
    lacking = GOOD | {"escrow_balance": 30_000_000, "recharged_quarter": 200_000_000}
    report = submit(store, values=lacking)
    short = evaluated(store, LATE)

    assert {one.indicator_id: one.value for one in sound.readings}["escrow_shortfall"] == 0
    assert "quarter_surge" not in {one.indicator_id for one in sound.readings}, "there was no quarter before"
    readings = {one.indicator_id: one for one in short.readings}
    assert readings["escrow_shortfall"].value == 120_000_001 - 50_000_000
    assert (readings["balance_cap_usage"].value, readings["quarter_surge"].value) == (5001, 222)
    assert readings["quarter_redemption"].value == 3500
    point = next(one for one in short.points if one.reason_code == "risk_escrow_coverage_high")
    assert (point.source, point.occurred_on.isoformat()) == (report_source(report.id), "2026-10-09")
    assert "risk_quarter_surge_high" in {one.reason_code for one in short.points}


def test_a_correction_is_a_new_version_and_a_return_takes_the_figures_away(store):
    first = submit(store, values=GOOD | {"escrow_balance": 0, "guaranteed_amount": 0})
    refused(lambda: submit(store), "required", "reason")
    second = submit(store, reason="存管余额漏填")
    returned = return_report(store, TENANT, at(COMMERCE, LATE), report_id=second.id, reason="和对账单不一致")

    assert first.id == second.id and [one.values["escrow_balance"] for one in second.versions] == [0, 100_000_001]
    assert second.versions[1].reason == "存管余额漏填"
    assert returned.state is ReportState.RETURNED and returned.current is None
    assert "escrow_shortfall" not in {one.indicator_id for one in evaluated(store, LATE).readings}
    with pytest.raises(IllegalTransitionError):
        return_report(store, TENANT, at(COMMERCE, LATE), report_id=second.id, reason="再退一次")
    assert submit(store, moment=LATE).state is ReportState.SUBMITTED, "the return has said the reason"
    types = [one.type for one in store.periodic_reports.history(TENANT, second.ref)]
    assert types[-1] is EventType.REPORT_SUBMITTED and types.count(EventType.REPORT_CORRECTED) == 2
    told = "".join(one.model_dump_json() for one in store.periodic_reports.history(TENANT, second.ref))
    assert "100000001" not in told, "the figures stay out of the events"


def test_what_is_not_in_order_is_refused(store):
    refused(lambda: submit(store, period="2026-Q4"), "period_not_over", "period")
    refused(lambda: submit(store, period="2026"), "unknown_choice", "period")
    refused(lambda: submit(store, form_id="issuer_year"), "no_report_due", "form_id")
    refused(lambda: submit(store, scenario="refined_oil"), "unknown_choice", "scenario")
    refused(lambda: submit(store, values={}), "required", "prepaid_balance")
    refused(lambda: submit(store, COMMERCE), "paper_missing", "paper")
    with pytest.raises(NotAllowedError):
        submit(store, TAX, paper=png())
    with pytest.raises(RecordNotFoundError):
        submit(store, subject=1)
    submit(store)
    far = GOOD | {"prepaid_balance": GOOD["prepaid_balance"] * 1000}
    later = {"period": "2026-Q4", "moment": datetime(2027, 1, 5, 1, tzinfo=UTC), "values": far}
    refused(lambda: submit(store, **later), "report_implausible", "prepaid_balance")
    assert submit(store, **later, is_confirmed=True).due_at is None, "no calendar of 2027 is published"


def test_an_official_enters_the_paper_that_was_handed_in(store):
    report = submit(store, COMMERCE, subject=1, paper=png())

    assert report.versions[0].is_on_behalf and len(report.versions[0].paper_sha256) == 64
    (event,) = store.periodic_reports.history(TENANT, report.ref)
    assert event.hashes["paper"] == report.versions[0].paper_sha256


def test_the_clock_expects_reports_notes_late_ones_and_reminds(store):
    save(store, *bound("p-owner", IDS[1]))
    opened = sweep_reports(store, TENANT, OPENED)
    again = sweep_reports(store, TENANT, OPENED)
    submit(store, moment=datetime(2026, 10, 15, 1, tzinfo=UTC), subject=0)
    overdue = sweep_reports(store, TENANT, LATE)

    def listed(state: ReportState) -> list[str]:
        return [
            one.subject_id
            for one in store.periodic_reports.of_period(TENANT, SCENARIO, FORM, "2026-Q3", state=state).records
        ]

    assert (opened, again, overdue) == (2, 0, 1), "the other issuer reports once a year"
    assert listed(ReportState.OVERDUE) == [IDS[1]] and listed(ReportState.SUBMITTED) == [IDS[0]]
    assert listed(ReportState.EXPECTED) == []
    (late,) = store.periodic_reports.of_subject(TENANT, IDS[1])
    assert late.is_late and late.due_at.isoformat() == "2026-10-27T15:59:59.999000+00:00"
    codes = {one.reason_code for one in evaluated(store, LATE, 1).points}
    assert {"risk_report_overdue", "credit_report_overdue"} <= codes
    submit(store, COMMERCE, subject=1, moment=LATE, paper=png())
    assert not {one.reason_code for one in evaluated(store, LATE, 1).points} & codes
    for event in store.periodic_reports.history(TENANT, late.ref):
        issue_notifications(store, event, at(Actor.system(TENANT, "notify"), LATE))
    told = {one.template for one in store.notifications.of_person(TENANT, "p-owner").records}
    assert told == {"report_due", "report_overdue"}


def test_a_scenario_begun_after_the_term_makes_nobody_late(store):
    assert sweep_reports(store, TENANT, LATE) == 0


def regrouped(store, kept: int, **more) -> dict[str, str]:
    """The second issuer merged into another."""
    editor = at(actor(Role.COORDINATOR), OPENED)
    values = {"kept_id": IDS[kept], "other_id": IDS[1], "reason": "同一家"}
    survivor = merge_subjects(store, TENANT, editor, **values, **more)
    (event,) = [one for one in store.subjects.history(TENANT, survivor.ref) if one.type is EventType.SUBJECTS_MERGED]
    return {"subject_id": survivor.id, "regrouping_id": str(event.data["regrouping_id"])}


def test_what_both_duplicates_were_asked_is_asked_once_until_the_merge_is_undone(store):
    sweep_reports(store, TENANT, OPENED)
    ids = regrouped(store, 0)

    def state() -> ReportState:
        return store.periodic_reports.of_subject(TENANT, IDS[1])[0].state

    assert follow_merge(store, TENANT, at(Actor.system(TENANT, "react"), OPENED), **ids) == 1
    assert state() is ReportState.MERGED
    assert sweep_reports(store, TENANT, LATE) == 1, "the survivor's own"
    undo_regrouping(store, TENANT, at(actor(Role.COORDINATOR), OPENED), **ids)
    assert follow_merge(store, TENANT, at(Actor.system(TENANT, "react"), LATE), **ids) == 1
    assert state() is ReportState.EXPECTED


def test_what_a_duplicate_alone_was_asked_is_reported_and_late_as_the_survivor_s(store):
    sweep_reports(store, TENANT, OPENED)
    ids = regrouped(store, 2, choices={f"memberships.{SCENARIO}": "other"})
    assert follow_merge(store, TENANT, at(Actor.system(TENANT, "react"), OPENED), **ids) == 0
    sweep_reports(store, TENANT, LATE)
    (asked,) = store.periodic_reports.of_subject(TENANT, IDS[1])
    assert asked.state is ReportState.OVERDUE

    report = submit(store, COMMERCE, subject=2, moment=LATE, paper=png())

    assert report.id == asked.id and report.state is ReportState.SUBMITTED
    assert store.periodic_reports.of_subject(TENANT, IDS[2]) == []


def test_a_survivor_owes_nothing_that_its_duplicate_has_reported(store):
    sweep_reports(store, TENANT, OPENED)
    submit(store, COMMERCE, subject=1, paper=png())
    ids = regrouped(store, 0)

    def states() -> list[ReportState]:
        return [store.periodic_reports.of_subject(TENANT, IDS[one])[0].state for one in (0, 1)]

    assert follow_merge(store, TENANT, at(Actor.system(TENANT, "react"), OPENED), **ids) == 1
    assert states() == [ReportState.MERGED, ReportState.SUBMITTED]
    assert sweep_reports(store, TENANT, LATE) == 0, "nobody is late"
    undo_regrouping(store, TENANT, at(actor(Role.COORDINATOR), OPENED), **ids)
    assert follow_merge(store, TENANT, at(Actor.system(TENANT, "react"), LATE), **ids) == 1
    assert states() == [ReportState.EXPECTED, ReportState.SUBMITTED]


def test_an_undone_merge_leaves_aside_what_an_older_one_set_aside(store):
    sweep_reports(store, TENANT, OPENED)
    system = Actor.system(TENANT, "react")
    older = regrouped(store, 0)
    assert follow_merge(store, TENANT, at(system, OPENED), **older) == 1
    editor = at(actor(Role.COORDINATOR), OPENED)
    survivor = merge_subjects(store, TENANT, editor, kept_id=IDS[0], other_id=IDS[2], reason="同一家")
    merged = [one for one in store.subjects.history(TENANT, survivor.ref) if one.type is EventType.SUBJECTS_MERGED]
    (newer,) = {str(one.data["regrouping_id"]) for one in merged} - {older["regrouping_id"]}
    ids = {"subject_id": survivor.id, "regrouping_id": newer}
    follow_merge(store, TENANT, at(system, OPENED), **ids)
    undo_regrouping(store, TENANT, editor, **ids)

    follow_merge(store, TENANT, at(system, LATE), **ids)

    assert [one.state for one in store.periodic_reports.of_subject(TENANT, IDS[1])] == [ReportState.MERGED]


def test_a_walk_that_one_tick_does_not_end_goes_on_behind_whom_it_reached(store, monkeypatch):
    monkeypatch.setattr(open_reports, "_Left", partial(open_reports._Left, 1))
    monkeypatch.setattr(open_reports, "MOST_A_TICK", 1)
    monkeypatch.setattr(open_reports, "_BATCH", 1)
    mark = f"reports.{SCENARIO}.{FORM}.2026-Q3"

    first = sweep_reports(store, TENANT, OPENED)
    second = sweep_reports(store, TENANT, OPENED)

    assert (first, second) == (1, 1)
    assert store.sweeps.reached(TENANT, f"{mark}.at").endswith(IDS[0])
    behind = store.members.of_scenario(TENANT, SCENARIO, store.sweeps.reached(TENANT, f"{mark}.at"))
    assert [one.subject_id for one in behind] == IDS[1:]
    monkeypatch.undo()
    assert sweep_reports(store, TENANT, OPENED) == 0
    assert store.sweeps.swept_to(TENANT, mark) == OPENED


def test_a_survivor_is_not_asked_for_what_its_duplicate_reported_before_the_walk_came_to_it(store):
    submit(store, COMMERCE, subject=1, paper=png())
    regrouped(store, 0)

    assert sweep_reports(store, TENANT, OPENED) == 0
    assert store.periodic_reports.of_subject(TENANT, IDS[0]) == []
