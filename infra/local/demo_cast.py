"""Acting as the demo's people, and waiting for its jobs."""

import json
import time
from contextvars import ContextVar

from chalicelib import bootstrap
from chalicelib.domain.act import Act
from chalicelib.domain.binding import BindingRole, BindingSource
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import Actor, SubjectRight
from chalicelib.services.binding.put_binding import new_binding, put_binding
from chalicelib.workers.handlers import run_job_message

RUNS_HERE: ContextVar[bool] = ContextVar("demo_jobs_run_here", default=False)


def act(actor: Actor) -> Act:
    return Act(actor=actor, at=bootstrap.clock()())


def actor_of(tenant: str, person_id: str) -> Actor:
    """The person as the services see them; call inside the tenant's scope."""
    store = bootstrap.store()
    person = store.people.get(tenant, person_id)
    department = store.departments.find(tenant, person.department_id) if person.department_id else None
    return Actor.of(tenant, person, department.code if department else None)


def bind_owner(tenant: str, person_id: str, subject: Subject) -> None:
    """Bind somebody as an official binds who was served a notice."""
    store, bound = bootstrap.store(), act(actor_of(tenant, f"{tenant}-coordinator"))
    person = store.people.get(tenant, person_id)
    rights, source = frozenset(SubjectRight), BindingSource.ADMINISTRATOR
    binding = new_binding(store, tenant, bound, person, subject, BindingRole.OWNER, rights, source)
    with store.change(tenant, bound) as change:
        put_binding(change, person, binding)
        change.event(EventType.BINDING_MADE, binding, {"subject_id": subject.id, "person_id": person.id})


def finished(tenant: str, job: Job, seconds: float = 120) -> Job:
    """Wait until the pump has run a job; RuntimeError when it failed or took too long. Inside a job of the pump's own
    it is run here, because the pump waits for that one to end."""
    if RUNS_HERE.get():
        run_job_message(json.dumps({"tenant": tenant, "job_id": job.id}))
    store, until = bootstrap.store(), time.monotonic() + seconds
    while time.monotonic() < until:
        job = store.jobs.get(tenant, job.id)
        if job.state is JobState.DONE:
            return job
        if job.state is JobState.FAILED:
            raise RuntimeError(f"{job.name}: {job.error_code} {job.error_details} {job.error_problems}")
        time.sleep(0.1)
    raise RuntimeError(f"{job.name} did not end within {seconds:.0f} s")
