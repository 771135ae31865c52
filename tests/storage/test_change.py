"""One state change, one transaction: what is refused leaves nothing behind, what is repeated changes nothing."""

import pytest
from pynamodb.connection import Connection

from chalicelib import bootstrap
from chalicelib.domain.errors import AlreadyExistsError, ConflictError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.record import Ref
from chalicelib.services.jobs.request_job import request_job
from chalicelib.storage import keys
from chalicelib.storage.errors import AlreadyDoneError, LimitReachedError, StorageUnavailableError
from tests.builders import NOW, OTHER_TENANT, TENANT, act, actor

CAP = keys.annual_cap(TENANT, "91450100MA00000071", "body-1", 2026)


@pytest.fixture
def store(store):
    with bootstrap.scope(TENANT):
        yield store


def job(**more) -> Job:
    return Job(name="import_register", requested_by=actor(), requested_at=NOW, **more)


def save(store, record, *, by=None, type=EventType.JOB_REQUESTED):
    with store.change(TENANT, by or act()) as change:
        change.save(record)
        change.event(type, record)
    return record


def test_a_saved_record_reads_back_with_its_version_and_its_event(store):
    made = save(store, job())

    found = store.jobs.get(TENANT, made.id)
    assert (found, found.version) == (made, 1)
    assert [event.type for event in store.jobs.history(TENANT, made.ref)] == [EventType.JOB_REQUESTED]


def test_a_stale_save_is_refused_and_writes_nothing(store):
    made = save(store, job())
    mine, theirs = store.jobs.get(TENANT, made.id), store.jobs.get(TENANT, made.id)
    save(store, theirs.with_changes(state=JobState.RUNNING), type=EventType.JOB_PROGRESSED)

    with pytest.raises(ConflictError):
        save(store, mine.with_changes(state=JobState.FAILED), type=EventType.JOB_FAILED)

    assert store.jobs.get(TENANT, made.id).state is JobState.RUNNING
    assert len(store.jobs.history(TENANT, made.ref)) == 2


def test_an_identifier_is_taken_once(store):
    made = save(store, job())

    with pytest.raises(AlreadyExistsError):
        save(store, job(id=made.id))


def test_a_repeated_act_names_the_record_that_it_changed(store):
    once = act()
    made = save(store, job(), by=once)

    with pytest.raises(AlreadyDoneError) as raised:
        save(store, job(), by=once)

    assert raised.value.ref == made.ref
    assert len(store.jobs.recent(TENANT).records) == 1


def test_a_service_repeated_answers_with_the_record(store):
    once = act()

    first = request_job(store, TENANT, once, name="import_register", values={"a": 1})
    again = request_job(store, TENANT, once, name="import_register", values={"a": 1})

    assert first == again
    assert len(store.jobs.history(TENANT, first.ref)) == 1


def test_a_lost_answer_after_the_commit_counts_as_done(store, monkeypatch):
    made, real = job(), Connection.transact_write_items

    def lose_the_first_answer(self, *args, **kwargs):
        real(self, *args, **kwargs)
        return real(self, *args, **kwargs)

    monkeypatch.setattr(Connection, "transact_write_items", lose_the_first_answer)
    save(store, made)

    assert store.jobs.get(TENANT, made.id).version == 1
    assert len(store.jobs.history(TENANT, made.ref)) == 1


def test_a_claimed_value_has_one_owner(store):
    def claim(record):
        with store.change(TENANT, act()) as change:
            change.save(record)
            change.claim("code", "91450100MA00000071", record.ref)
            change.event(EventType.JOB_REQUESTED, record)

    first, second = job(), job()
    claim(first)
    with pytest.raises(AlreadyExistsError) as raised:
        claim(second)

    assert raised.value.details == {"kind": "code", "identity": "91450100MA00000071"}
    assert store.owner(TENANT, "code", "91450100MA00000071") == first.ref
    assert store.jobs.find(TENANT, second.id) is None
    assert store.owners(TENANT, "code", ["91450100MA00000071", "x"]) == {"91450100MA00000071": first.ref}


def test_a_counter_stops_at_its_limit_and_takes_the_change_with_it(store):
    def visit(record):
        with store.change(TENANT, act()) as change:
            change.save(record)
            change.count(CAP, name="annual_cap", limit=2)
            change.event(EventType.VISIT_SCHEDULED, record)

    visit(job())
    visit(job())
    third = job()
    with pytest.raises(LimitReachedError):
        visit(third)

    assert store.counted(CAP) == 2
    assert store.jobs.find(TENANT, third.id) is None


def test_a_change_without_an_event_or_with_two_is_a_fault(store):
    def change_with(events):
        with store.change(TENANT, act()) as change:
            change.save(job())
            for _ in range(events):
                change.event(EventType.JOB_REQUESTED, Ref(kind="job", id="1"))

    with pytest.raises(ValueError, match="without an event"):
        change_with(0)
    with pytest.raises(ValueError, match="exactly one event"):
        change_with(2)
    assert store.jobs.recent(TENANT).records == []


def test_an_error_inside_the_block_commits_nothing(store):
    def fail(record):
        with store.change(TENANT, act()) as change:
            change.save(record)
            change.event(EventType.JOB_REQUESTED, record)
            raise RuntimeError

    made = job()
    with pytest.raises(RuntimeError):
        fail(made)

    assert store.jobs.find(TENANT, made.id) is None


def test_too_many_actions_are_refused_before_they_are_sent(store):
    def save_many(count):
        with store.change(TENANT, act()) as change:
            for _ in range(count):
                change.save(job())
            change.event(EventType.JOB_REQUESTED, Ref(kind="job", id="1"))

    with pytest.raises(ValueError, match="too many actions"):
        save_many(99)
    save_many(98)


def test_a_fault_of_the_cloud_is_ours_to_tell(store, monkeypatch):
    from botocore.exceptions import ConnectTimeoutError
    from pynamodb.exceptions import TransactWriteError

    def fail(self, *args, **kwargs):
        raise TransactWriteError("Failed", ConnectTimeoutError(endpoint_url="http://127.0.0.1"))

    monkeypatch.setattr(Connection, "transact_write_items", fail)

    with pytest.raises(StorageUnavailableError):
        save(store, job())


def test_another_kind_of_record_is_not_found(store):
    made = save(store, job())

    assert store.tenants.find(TENANT, made.id) is None


def test_pages_go_on_where_they_stopped(store):
    made = [save(store, job()) for _ in range(5)]

    first = store.jobs.recent(TENANT, limit=2)
    second = store.jobs.recent(TENANT, after=first.next, limit=2)
    third = store.jobs.recent(TENANT, after=second.next, limit=2)

    ids = [record.id for page in (first, second, third) for record in page.records]
    assert ids == [record.id for record in reversed(made)]
    assert third.next is None


def test_the_other_tenant_has_its_own_records(store):
    made = save(store, job())

    with bootstrap.scope(OTHER_TENANT):
        assert store.jobs.find(OTHER_TENANT, made.id) is None
