"""From the table's stream to the queues, from the queues to the log and to the jobs: twice, out of order, poisoned."""

import json
from datetime import timedelta

import pytest

import app
from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import JobState
from chalicelib.domain.tenancy import PLATFORM, Tenant, TenantKind
from chalicelib.services.jobs.request_job import request_job
from chalicelib.storage.errors import StorageUnavailableError
from chalicelib.workers import handlers
from infra.local.pump import lambda_context, stream_event
from tests.builders import NOW, OTHER_TENANT, TENANT, act, actor
from tests.cloud import all_items
from tests.workers.delivery import message

POISON = {"pk": {"S": "T#gx450100#JOB#1"}, "sk": {"S": "EVENT#1"}, "shape": {"S": "event"}, "body": {"S": "{}"}}
RECORD = {"pk": {"S": "T#gx450100#JOB#1"}, "sk": {"S": "META"}, "shape": {"S": "record"}, "body": {"S": "{}"}}


@pytest.fixture
def ran(monkeypatch) -> list[str]:
    """Identifiers of the jobs named count_rows that ran, in order; one with the value `broken` raises instead."""
    done: list[str] = []

    def count_rows(store, tenant, act, job, progress):
        if job.values.get("broken"):
            raise RuntimeError("broken")
        done.append(job.id)
        return {"tenant": tenant}

    monkeypatch.setattr(handlers, "work_of", lambda name: {"count_rows": count_rows}[name])
    return done


def request(store, tenant=TENANT, **values):
    with bootstrap.scope(tenant):
        return request_job(store, tenant, act(actor(tenant=tenant)), name="count_rows", values=values)


def job_of(store, job, tenant=TENANT):
    with bootstrap.scope(tenant):
        return store.jobs.get(tenant, job.id)


def log_of(store, tenant=TENANT):
    with bootstrap.scope(tenant):
        return list(store.log.leaves(tenant, store.log.state(tenant).tree_size))


class TestPublishEvents:
    def test_an_event_becomes_a_leaf_and_a_requested_job_a_message(self, store, delivery):
        job = request(store)
        with bootstrap.scope(TENANT):
            (event,) = store.jobs.history(TENANT, job.ref)

        assert delivery.stream() == []

        (leaf,), (asked,) = delivery.leaves(), delivery.jobs()
        body = json.loads(leaf["Body"])
        assert (body["tenant"], body["event_id"]) == (TENANT, event.id)
        assert json.loads(body["leaf"])["type"] == "job_requested"
        assert leaf["Attributes"]["MessageGroupId"] == TENANT
        assert json.loads(asked["Body"]) == {"tenant": TENANT, "job_id": job.id}

    def test_only_events_go_on(self, store, delivery):
        with bootstrap.scope(TENANT), store.change(TENANT, act()) as change:
            tenant = Tenant(label="南宁市", kind=TenantKind.CITY)
            change.save(tenant)
            change.event(EventType.TENANT_ONBOARDED, tenant)

        assert delivery.stream(RECORD) == []

        assert len(delivery.leaves()) == 1
        assert delivery.jobs() == []

    def test_an_event_delivered_twice_is_one_leaf(self, store, delivery):
        request(store)

        delivery.stream()
        delivery.stream()

        assert len(delivery.leaves()) == 1

    def test_a_poisoned_record_is_the_only_one_that_fails(self, store, delivery):
        request(store)
        count = len(list(all_items()))

        assert delivery.stream(POISON) == [str(count)]

        assert len(delivery.leaves()) == 1
        assert len(delivery.jobs()) == 1

    def test_what_was_removed_says_nothing(self, store, delivery):
        removed = {"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "1", "OldImage": POISON}}

        answer = app.publish_events(stream_event([removed], "yijianshi"), lambda_context("publish"))
        assert answer == {"batchItemFailures": []}
        assert delivery.leaves() == []


class TestSequenceEvents:
    def test_tenants_of_one_batch_each_get_their_own_log(self, store, delivery):
        request(store)
        request(store, OTHER_TENANT)
        request(store)
        delivery.stream()

        assert delivery.sequence(delivery.leaves()) == []

        assert [leaf.index for leaf in log_of(store)] == [0, 1]
        assert [leaf.index for leaf in log_of(store, OTHER_TENANT)] == [0]
        assert {leaf.event_id for leaf in log_of(store)}.isdisjoint(
            leaf.event_id for leaf in log_of(store, OTHER_TENANT)
        )

    def test_a_batch_that_comes_twice_or_reversed_changes_nothing(self, store, delivery):
        request(store)
        request(store)
        delivery.stream()
        messages = delivery.leaves()
        delivery.sequence(messages)
        before = log_of(store)

        assert delivery.sequence(messages) == []
        assert delivery.sequence(messages[::-1]) == []

        assert log_of(store) == before

    def test_a_poisoned_message_leaves_its_group_and_no_other(self, store, delivery):
        request(store)
        request(store, OTHER_TENANT)
        delivery.stream()
        mine, theirs = sorted(delivery.leaves(), key=lambda one: one["Attributes"]["MessageGroupId"])
        poison = message("poison", "not json", group=TENANT)

        failed = delivery.sequence([poison, mine, theirs])

        assert failed == ["poison", mine["MessageId"]]
        assert log_of(store) == []
        assert len(log_of(store, OTHER_TENANT)) == 1

    def test_waiting_draws_that_cannot_be_told_do_not_hold_the_log_up(self, store, delivery, monkeypatch):
        def refuse(*_):
            raise ConflictError(kind="random_draw")

        monkeypatch.setattr(handlers, "note_checkpoints", refuse)
        request(store)
        delivery.stream()

        assert delivery.sequence(delivery.leaves()) == []
        assert len(log_of(store)) == 1


class TestRunJobs:
    def test_a_message_runs_its_job(self, store, delivery, ran):
        job = request(store)
        delivery.stream()

        assert delivery.run(delivery.jobs()) == []

        assert ran == [job.id]
        done = job_of(store, job)
        assert (done.state, done.result) == (JobState.DONE, {"tenant": TENANT})

    def test_a_message_that_comes_twice_runs_its_job_once(self, store, delivery, ran):
        job = request(store)
        delivery.stream()
        messages = delivery.jobs()

        assert delivery.run(messages) == []
        assert delivery.run([*messages, *messages]) == []

        assert ran == [job.id]

    def test_a_poisoned_message_is_the_only_one_that_fails(self, store, delivery, ran):
        first, broken, last = request(store), request(store, broken=True), request(store)
        bodies = [{"tenant": TENANT, "job_id": job.id} for job in (first, broken, last)]
        messages = [message(str(n), body) for n, body in enumerate([*bodies, "not json"])]

        assert delivery.run(messages) == ["1", "3"]

        assert ran == [first.id, last.id]
        assert job_of(store, broken).state is JobState.QUEUED

    def test_a_batch_of_nothing_but_poison_fails_message_by_message(self, store, delivery):
        assert delivery.run([message("a", "not json"), message("b", "{}")]) == ["a", "b"]

    def test_a_job_of_another_tenant_is_not_found_under_this_one(self, store, delivery, ran):
        job = request(store, OTHER_TENANT)

        assert delivery.run([message("a", {"tenant": TENANT, "job_id": job.id})]) == ["a"]
        assert ran == []


class TestSweepDeadlines:
    def onboard(self, store, *tenants):
        with bootstrap.scope(PLATFORM), store.change(PLATFORM, act(actor(tenant=PLATFORM))) as change:
            for id in tenants:
                change.save(Tenant(id=id, label=id, kind=TenantKind.CITY))
            change.event(EventType.TENANT_ONBOARDED, Tenant(id=tenants[0], label="x", kind=TenantKind.CITY))

    def test_a_tick_sweeps_every_tenant_at_its_own_time(self, store, delivery):
        self.onboard(store, TENANT, OTHER_TENANT)

        delivery.tick()

        for tenant in (TENANT, OTHER_TENANT):
            with bootstrap.scope(tenant):
                assert store.sweeps.swept_to(tenant) == NOW.replace(minute=0)

    def test_one_tenants_fault_does_not_keep_the_others_waiting(self, store, delivery, monkeypatch):
        self.onboard(store, TENANT, OTHER_TENANT)
        real = handlers.sweep_tenant

        def sweep(store, tenant, now):
            if tenant == TENANT:
                raise StorageUnavailableError(cause="throttled")
            return real(store, tenant, now)

        monkeypatch.setattr(handlers, "sweep_tenant", sweep)
        with pytest.raises(StorageUnavailableError):
            delivery.tick()

        with bootstrap.scope(OTHER_TENANT, ScopeRole.READER):
            assert store.sweeps.swept_to(OTHER_TENANT) is not None

    def test_what_fails_keeps_no_other_sweep_waiting(self, store, delivery, monkeypatch):
        self.onboard(store, TENANT)
        real, ran = handlers.give_up_totals, []

        def fail(store, tenant, now):
            raise StorageUnavailableError(cause="throttled") if tenant == TENANT else ValueError("unreadable")

        monkeypatch.setattr(handlers, "sweep_clocks", fail)
        monkeypatch.setattr(handlers, "give_up_totals", lambda *given: ran.append(given[0].id) or real(*given))
        with pytest.raises(StorageUnavailableError):
            delivery.tick()

        assert ran == [TENANT]
        with bootstrap.scope(TENANT):
            assert store.sweeps.was_today(TENANT, "certificates", NOW)
            assert not store.sweeps.was_today(TENANT, "certificates", NOW + timedelta(days=1))
        with bootstrap.scope(PLATFORM):
            assert store.sweeps.was_today(PLATFORM, "calendar", NOW)
