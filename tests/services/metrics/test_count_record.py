"""Figures follow the records, once per state, whatever is delivered twice; a rebuild changes nothing that is right."""

from datetime import date

import pytest

from chalicelib.domain.errors import ConflictError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.finding import Finding
from chalicelib.domain.metric import NOW, month_of, total
from chalicelib.domain.record import Ref
from chalicelib.domain.tenancy import Person, Role, Tenant, TenantKind
from chalicelib.services.metrics.count_record import count_record
from chalicelib.services.metrics.rebuild_metrics import rebuild_metrics, request_rebuild
from chalicelib.services.metrics.roll_up import make_roll_up, overseer_of, read_roll_ups, tell_overseer
from chalicelib.services.notification.issue_notifications import issue_notifications
from tests.builders import NOW as AT
from tests.builders import TENANT, act, actor
from tests.resulting import concluded_visit, prepared
from tests.visiting import save

MONTH = month_of(AT.date())


@pytest.fixture
def finding(store) -> Finding:
    """One finding of a visit that was concluded."""
    visit = concluded_visit(store)
    prepared(store, visit)
    return store.findings.of_plan(TENANT, visit.plan_id)[0]


def standing(store, metric="finding_open", **more):
    return total(store.metrics.of_period(TENANT, NOW), metric, **more)


def rebuild(store):
    who = act()
    return rebuild_metrics(store, TENANT, who, request_rebuild(store, TENANT, who), lambda done, of: None)


def test_a_record_counts_once_however_often_it_is_told(store, finding):
    for _ in range(3):
        count_record(store, TENANT, finding.ref)

    assert standing(store) == 1
    flows = store.metrics.of_period(TENANT, MONTH)
    assert total(flows, "finding_made") == 1


def test_what_moves_on_leaves_its_old_place(store, finding):
    count_record(store, TENANT, finding.ref)
    save(store, finding.with_changes(due_at=AT.replace(year=2027)))
    count_record(store, TENANT, finding.ref)
    assert standing(store) == 1
    assert standing(store, before=date(2027, 1, 1)) == 0

    later = store.findings.get(TENANT, finding.id)
    save(store, later.with_changes(state="closed", closed_at=AT, closed_as="close_finding"))
    count_record(store, TENANT, finding.ref)

    assert standing(store) == 0
    assert total(store.metrics.of_period(TENANT, MONTH), "finding_closed") == 1
    assert store.metric_entries.open_under(TENANT, "finding_open").records == []


def test_a_figure_opens_to_its_records(store, finding):
    entry = count_record(store, TENANT, finding.ref)

    assert store.metric_entries.open_under(TENANT, "finding_open").records == [entry]
    assert store.metric_entries.open_under(TENANT, "finding_open", county=entry.county).records == [entry]
    assert store.metric_entries.open_under(TENANT, "finding_open", county="459999000000").records == []
    assert store.metric_entries.of_month(TENANT, "finding", MONTH).records == [entry]


def test_two_workers_at_once_count_one(store, finding, monkeypatch):
    count = type(store.metrics).count
    raced = []

    def race(metrics, tenant, item, before, after):
        if not raced:
            raced.append(1)
            count_record(store, TENANT, finding.ref)
        return count(metrics, tenant, item, before, after)

    monkeypatch.setattr(type(store.metrics), "count", race)

    count_record(store, TENANT, finding.ref)

    assert standing(store) == 1


def test_who_never_gets_through_is_delivered_again(store, finding, monkeypatch):
    def refuse(*_):
        raise ConflictError(kind="metric_entry", id="x")

    monkeypatch.setattr(type(store.metrics), "count", refuse)

    with pytest.raises(ConflictError):
        count_record(store, TENANT, finding.ref)


def test_a_rebuild_counts_everything_and_a_second_one_changes_nothing(store, finding):
    first = rebuild(store)
    before = store.metrics.of_period(TENANT, NOW) + store.metrics.of_period(TENANT, MONTH)

    assert rebuild(store)["counted"] == first["counted"]

    assert store.metrics.of_period(TENANT, NOW) + store.metrics.of_period(TENANT, MONTH) == before
    assert {one.metric for one in before} >= {"plan_open", "visit_concluded", "finding_open", "result_open"}


def test_counts_that_fell_to_zero_are_swept(store, finding):
    count_record(store, TENANT, finding.ref)
    save(store, finding.with_changes(due_at=AT.replace(year=2027)))
    rebuild(store)

    assert store.metrics.sweep_zeros(TENANT, NOW) == 0
    assert standing(store) == 1


def test_only_who_reads_figures_has_them_rebuilt(store):
    with pytest.raises(NotAllowedError):
        request_rebuild(store, TENANT, act(actor(Role.SUBJECT_USER)))


def test_an_overseer_reads_totals_by_tenant(store, finding):
    count_record(store, TENANT, finding.ref)
    city = Tenant(id=TENANT, label="南宁市", kind=TenantKind.CITY, divisions=["450100000000"])
    region = Tenant(id="gx450000", label="广西", kind=TenantKind.REGION, divisions=["450000000000"])
    told = make_roll_up(store, city, AT)
    store.metrics.give_up(TENANT, TENANT, told.model_dump_json())

    assert read_roll_ups(store, TENANT) == {TENANT: told}
    assert told.open["finding_open"] == 1
    assert overseer_of(city, [city, region]) == "gx450000"
    assert overseer_of(region, [city, region]) is None


def test_an_overseer_is_told_once_of_each_draw_that_was_voided_below(store):
    city = Tenant(id="gx450500", label="北海市", kind=TenantKind.CITY, divisions=["450500000000"])
    save(store, Tenant(id=TENANT, label="广西", kind=TenantKind.REGION, divisions=["450000000000"]))
    told = make_roll_up(store, city.model_copy(update={"id": TENANT}), AT)

    def voided(count):
        tell_overseer(store, TENANT, city.id, told.model_copy(update={"flows": {"draw_voided": count}}))
        history = store.tenants.history(TENANT, Ref(kind=Tenant.KIND, id=TENANT))
        return [one.data["voided"] for one in history if one.type is EventType.DRAW_VOID_NOTED]

    assert voided(0) == []
    assert voided(1) == voided(1) == [1]
    assert voided(3) == [3, 1]
    save(store, Person(id="p-watching", name="甲", roles=frozenset({Role.EVALUATOR})))
    event = store.tenants.history(TENANT, Ref(kind=Tenant.KIND, id=TENANT))[0]
    issue_notifications(store, event, act(key=f"{event.id}.notify"))
    assert [one.template for one in store.notifications.of_person(TENANT, "p-watching").records] == [
        "draw_voided_below"
    ]
