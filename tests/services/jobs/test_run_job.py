"""Jobs: run once, show progress, end with a result or with a refusal that says why."""

from datetime import timedelta

import pytest

from chalicelib.domain.errors import FieldProblem, IllegalTransitionError, InvalidInputError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import JobState
from chalicelib.domain.tenancy import Role
from chalicelib.services.jobs.cancel_job import cancel_job, retry_job
from chalicelib.services.jobs.request_job import request_job
from chalicelib.services.jobs.run_job import run_job
from chalicelib.storage.errors import StorageUnavailableError
from tests.builders import NOW, TENANT, act, actor


def run(store, job, work):
    return run_job(store, TENANT, job.id, lambda name: work, lambda: NOW)


@pytest.fixture
def job(store):
    return request_job(store, TENANT, act(), name="count_rows", values={"rows": 3})


def test_a_job_ends_with_its_result(store, job):
    def work(store, tenant, act, job, progress):
        progress(1, job.values["rows"])
        return {"rows": job.values["rows"], "by": act.actor.person_id}

    done = run(store, job, work)

    assert (done.state, done.progress, done.total) == (JobState.DONE, 1, 3)
    assert done.result == {"rows": 3, "by": "p-coordinator"}
    assert [event.type for event in store.jobs.history(TENANT, job.ref)] == [
        EventType.JOB_FINISHED,
        EventType.JOB_PROGRESSED,
        EventType.JOB_REQUESTED,
    ]


def test_delivered_twice_it_runs_once(store, job):
    runs = []

    def work(*_):
        runs.append(1)
        return {}

    run(store, job, work)
    run(store, job, work)

    assert runs == [1]


def test_a_refusal_ends_it_with_its_code(store, job):
    def work(*_):
        raise InvalidInputError([FieldProblem(field="file", code="no_header")], file="a.csv")

    ended = run(store, job, work)

    assert (ended.state, ended.error_code, ended.error_details) == (
        JobState.FAILED,
        "invalid_input",
        {"file": "a.csv"},
    )


def test_a_passing_fault_is_left_to_the_queue(store, job):
    def work(*_):
        raise StorageUnavailableError(cause="throttled")

    with pytest.raises(StorageUnavailableError):
        run(store, job, work)

    assert store.jobs.get(TENANT, job.id).state is JobState.QUEUED
    assert run(store, job, lambda *_: {"ok": True}).state is JobState.DONE


@pytest.mark.parametrize(
    ("name", "fault", "state", "code"),
    [
        ("import_register", StorageUnavailableError(cause="throttled"), JobState.FAILED, "storage_unavailable"),
        ("import_register", ZeroDivisionError(), JobState.FAILED, "unexpected"),
        ("freeze_pool", StorageUnavailableError(cause="throttled"), JobState.QUEUED, None),
    ],
)
def test_what_the_queue_gives_up_ends_and_may_go_on_when_somebody_asks(store, name, fault, state, code):
    job = request_job(store, TENANT, act(), name=name, values={})

    def work(*_):
        raise fault

    with pytest.raises(type(fault)):
        run_job(store, TENANT, job.id, lambda _: work, lambda: NOW, is_last=True)

    ended = store.jobs.get(TENANT, job.id)
    assert (ended.state, ended.error_code) == (state, code)
    assert ended.is_retryable is (state is JobState.FAILED)


class Ticking:
    """A clock that a test moves."""

    def __init__(self):
        self.at = NOW

    def __call__(self):
        return self.at

    def on(self, **passed):
        self.at += timedelta(**passed)


def counting(clock, seconds=3):
    """Counts its rows, each of which takes some seconds, and may stop after each."""
    counted = []

    def work(store, tenant, act, job, progress):
        for row in range(job.checkpoint.get("next", 0), job.values["rows"]):
            counted.append(row)
            clock.on(seconds=seconds)
            progress(row + 1, job.values["rows"], checkpoint={"next": row + 1})
        return {"rows": len(counted)}

    work.counted = counted
    return work


def test_what_takes_longer_than_a_run_is_handed_on_and_counts_every_row_once(store):
    job = request_job(store, TENANT, act(), name="count_rows", values={"rows": 10})
    clock = Ticking()
    work = counting(clock)

    runs = []
    while not runs or not runs[-1].is_finished:
        runs.append(run_job(store, TENANT, job.id, lambda _: work, clock, stop_at=clock() + timedelta(seconds=10)))

    assert work.counted == list(range(10))
    assert [run.state for run in runs] == [JobState.RUNNING, JobState.RUNNING, JobState.DONE]
    assert runs[-1].parts == 2
    handed_on = [event for event in store.jobs.history(TENANT, job.ref) if event.type is EventType.JOB_CONTINUED]
    assert len(handed_on) == 2


def test_progress_is_saved_every_five_seconds(store):
    job = request_job(store, TENANT, act(), name="count_rows", values={"rows": 20})
    clock = Ticking()

    run_job(store, TENANT, job.id, lambda _: counting(clock, seconds=1), clock)

    saved = [event for event in store.jobs.history(TENANT, job.ref) if event.type is EventType.JOB_PROGRESSED]
    assert len(saved) == 4


def test_a_waiting_job_is_cancelled_at_once_and_may_go_on_later(store):
    job = request_job(store, TENANT, act(), name="import_register", values={"rows": 2})
    clock = Ticking()

    cancelled = cancel_job(store, TENANT, act(), job_id=job.id)
    assert cancelled.state is JobState.CANCELLED
    assert run_job(store, TENANT, job.id, lambda _: counting(clock), clock).state is JobState.CANCELLED
    assert retry_job(store, TENANT, act(), job_id=job.id).state is JobState.QUEUED
    assert run_job(store, TENANT, job.id, lambda _: counting(clock), clock).result == {"rows": 2}


def test_a_running_job_is_cancelled_at_its_next_safe_point_and_goes_on_from_there(store):
    job = request_job(store, TENANT, act(), name="import_register", values={"rows": 9})
    clock = Ticking()
    work = counting(clock, seconds=6)

    def cancelled_meanwhile(store, tenant, by, job, progress):
        def told(done, total, checkpoint=None):
            if done == 3:
                cancel_job(store, TENANT, act(), job_id=job.id)
            progress(done, total, checkpoint)

        return work(store, tenant, by, job, told)

    stopped = run_job(store, TENANT, job.id, lambda _: cancelled_meanwhile, clock)

    assert (stopped.state, stopped.progress, work.counted) == (JobState.CANCELLED, 3, [0, 1, 2])
    retry_job(store, TENANT, act(), job_id=job.id)
    assert run_job(store, TENANT, job.id, lambda _: work, clock).state is JobState.DONE
    assert work.counted == list(range(9))


def test_a_job_is_stopped_by_who_asked_for_it_and_by_coordinators_of_the_whole_tenant(store, job):
    own = request_job(
        store, TENANT, act(actor(Role.DEPARTMENT_OFFICER, person_id="p-o")), name="export_subjects", values={}
    )
    in_a_county = actor(Role.COORDINATOR, person_id="p-county", division="450102000000")

    with pytest.raises(RecordNotFoundError):
        cancel_job(store, TENANT, act(in_a_county), job_id=own.id)
    with pytest.raises(RecordNotFoundError):
        cancel_job(store, TENANT, act(actor(Role.APPROVER)), job_id=own.id)
    with pytest.raises(IllegalTransitionError):
        cancel_job(store, TENANT, act(), job_id=job.id)  # this work has no safe points
    with pytest.raises(IllegalTransitionError):
        retry_job(store, TENANT, act(), job_id=own.id)
    assert cancel_job(store, TENANT, act(), job_id=own.id).state is JobState.CANCELLED
