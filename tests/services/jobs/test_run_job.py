"""Jobs: run once, show progress, end with a result or with a refusal that says why."""

import pytest

from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import JobState
from chalicelib.services.jobs.request_job import request_job
from chalicelib.services.jobs.run_job import run_job
from chalicelib.storage.errors import StorageUnavailableError
from tests.builders import NOW, TENANT, act


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
