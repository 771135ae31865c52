"""What the shared workers do with one message, event or tick. Registration and batching live beside `app.py`.

Each function is given plain values, enters the storage scope that its work needs, and may be called twice.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import product
from typing import Any

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.domain.errors import YijianshiError
from chalicelib.domain.event import Event, EventType, leaf
from chalicelib.domain.local_division import local_divisions
from chalicelib.domain.tenancy import PLATFORM, Tenant, TenantId
from chalicelib.observability import logger
from chalicelib.services.clock.determine_clocks import sweep_clocks
from chalicelib.services.disposal.sweep_disposals import sweep_disposals
from chalicelib.services.draw.logged import note_checkpoints
from chalicelib.services.evaluation.evaluate_members import sweep_rules
from chalicelib.services.evaluation.sweep_evaluations import sweep_evaluations
from chalicelib.services.evidence.append_events import append_events
from chalicelib.services.jobs.run_job import run_job
from chalicelib.services.metrics.roll_up import make_roll_up, overseer_of, tell_overseer
from chalicelib.services.people.lapse_requests import lapse_requests
from chalicelib.services.people.warn_certificates import warn_certificates
from chalicelib.services.plan.sweep_deadlines import sweep_deadlines as sweep_tenant
from chalicelib.services.report.open_reports import sweep_reports
from chalicelib.services.scenario.limit_conflicts import sweep_conflicts
from chalicelib.services.tenancy.missing_calendar import note_missing_calendar
from chalicelib.workers.jobs import work_of
from chalicelib.workers.outbound import send_due_messages, send_outbound
from chalicelib.workers.reactions import react


def run_job_message(body: str, stop_at: datetime | None = None, *, is_last: bool = False) -> None:
    """One message of the jobs queue: {"tenant", "job_id"}. stop_at: when this run hands a long job on to the next;
    is_last: the queue delivers it no more."""
    message = json.loads(body)
    known = lambda: bootstrap.store().local_divisions.kept(message["tenant"])  # noqa: E731
    with bootstrap.scope(message["tenant"]), local_divisions(known):
        store, clock = bootstrap.store(), bootstrap.clock()
        job = run_job(store, message["tenant"], message["job_id"], work_of, clock, stop_at=stop_at, is_last=is_last)
    logger.info("job ended", extra={"tenant": message["tenant"], "job_id": job.id, "state": job.state.value})


def sequence_leaves(bodies: list[str]) -> None:
    """Messages of the events queue, in order; several tenants may stand in one batch."""
    by_tenant: dict[str, list[tuple[str, str]]] = {}
    for body in bodies:
        message = json.loads(body)
        by_tenant.setdefault(message["tenant"], []).append((message["event_id"], message["leaf"]))
    for tenant, leaves in by_tenant.items():
        with bootstrap.scope(tenant, ScopeRole.SEQUENCER):
            append_events(bootstrap.store().log, bootstrap.signer(), tenant, leaves, bootstrap.clock())
        with bootstrap.scope(tenant):
            _note_checkpoints(tenant)


def _note_checkpoints(tenant: str) -> None:
    """Tell waiting draws that they are in the log. The log itself never waits for this."""
    try:
        note_checkpoints(bootstrap.store(), tenant, bootstrap.clock())
    except YijianshiError as error:
        logger.warning("draws not told of the checkpoint", extra={"tenant": tenant, "code": error.code})


def publish_stream_record(image: dict[str, Any]) -> None:
    """A new item from the table's stream, in DynamoDB JSON. Only events go on: to the log, jobs to their queue, and to
    whatever reacts to them; sending comes first, so that a reaction that fails holds nothing up."""
    if image.get("shape", {}).get("S") != "event":
        return
    event = Event.model_validate_json(image["body"]["S"])
    queues = bootstrap.queues()
    queues.send_leaf(event.tenant, event.id, leaf(event).decode())
    if event.type in (EventType.JOB_REQUESTED, EventType.JOB_CONTINUED, EventType.JOB_RETRIED):
        queues.send_job(event.tenant, event.record.id)
    send_outbound(event)
    react(event)


def sweep_deadlines(now: datetime) -> None:
    """One tick of the schedule: every tenant of the directory, then the platform, each in its own scope. What fails
    keeps nothing else waiting; the first fault is raised at the end, so that the alarm sees it."""
    store = bootstrap.store()
    with bootstrap.scope(PLATFORM, ScopeRole.READER):
        directory = store.tenants.directory(PLATFORM)
    sweeps = (
        send_due_messages,
        sweep_clocks,
        sweep_tenant,
        sweep_disposals,
        warn_certificates,
        sweep_reports,
        sweep_evaluations,
        sweep_rules,
        lapse_requests,
        sweep_conflicts,
    )
    failed: list[Exception] = []
    for tenant, sweep in [*product((one.id for one in directory), sweeps), (PLATFORM, sweep_clocks)]:
        with _apart(failed, tenant, sweep.__name__), bootstrap.scope(tenant):
            sweep(store, tenant, now)
    with _apart(failed, PLATFORM, "note_missing_calendar"), bootstrap.scope(PLATFORM):
        note_missing_calendar(store, now)
    for listed in directory:
        with _apart(failed, listed.id, "give_up_totals"):
            give_up_totals(listed, directory, now)
    if failed:
        raise failed[0]


@contextmanager
def _apart(failed: list[Exception], tenant: TenantId, sweep: str) -> Iterator[None]:
    """Keep what fails within, so that the next can go on. Every exception: a record that cannot be read is none of
    ours, and it is one tenant's."""
    try:
        yield
    except Exception as error:
        logger.exception("not swept", extra={"tenant": tenant, "sweep": sweep, "code": getattr(error, "code", "")})
        failed.append(error)


def give_up_totals(listed: Tenant, directory: list[Tenant], now: datetime) -> None:
    """A tenant's totals go to the region above it, made in the tenant's scope and stored in the overseer's."""
    overseer = overseer_of(listed, directory)
    if overseer is None:
        return
    with bootstrap.scope(listed.id, ScopeRole.READER):
        told = make_roll_up(bootstrap.store(), listed, now)
    with bootstrap.scope(overseer):
        tell_overseer(bootstrap.store(), overseer, listed.id, told)
