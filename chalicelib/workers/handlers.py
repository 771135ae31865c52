"""What the shared workers do with one message, event or tick. Registration and batching live beside `app.py`.

Each function is given plain values, enters the storage scope that its work needs, and may be called twice.
"""

import json
from datetime import datetime
from typing import Any

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.domain.errors import YijianshiError
from chalicelib.domain.event import Event, EventType, leaf
from chalicelib.domain.local_division import local_divisions
from chalicelib.domain.tenancy import PLATFORM, Tenant
from chalicelib.observability import logger
from chalicelib.services.clock.determine_clocks import sweep_clocks
from chalicelib.services.disposal.sweep_disposals import sweep_disposals
from chalicelib.services.draw.logged import note_checkpoints
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


def run_job_message(body: str, stop_at: datetime | None = None) -> None:
    """One message of the jobs queue: {"tenant", "job_id"}. stop_at: when this run hands a long job on to the next."""
    message = json.loads(body)
    known = lambda: bootstrap.store().local_divisions.kept(message["tenant"])  # noqa: E731
    with bootstrap.scope(message["tenant"]), local_divisions(known):
        store, clock = bootstrap.store(), bootstrap.clock()
        job = run_job(store, message["tenant"], message["job_id"], work_of, clock, stop_at=stop_at)
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
    """One tick of the schedule: every tenant of the directory, each in its own scope. One tenant's fault does not keep
    the others waiting; it is raised at the end, so that the alarm sees it."""
    with bootstrap.scope(PLATFORM, ScopeRole.READER):
        directory = bootstrap.store().tenants.directory(PLATFORM)
        tenants = [tenant.id for tenant in directory]
    failed: list[YijianshiError] = []
    for tenant in tenants:
        try:
            with bootstrap.scope(tenant):
                send_due_messages(tenant, now)
                sweep_clocks(bootstrap.store(), tenant, now)
                settled = sweep_tenant(bootstrap.store(), tenant, now)
                sweep_disposals(bootstrap.store(), tenant, now)
                warn_certificates(bootstrap.store(), tenant, now)
                sweep_reports(bootstrap.store(), tenant, now)
                lapse_requests(bootstrap.store(), tenant, now)
                sweep_conflicts(bootstrap.store(), tenant, now)
        except YijianshiError as error:
            logger.exception("deadlines not swept", extra={"tenant": tenant, "code": error.code})
            failed.append(error)
            continue
        if settled:
            logger.info("opinions settled by silence", extra={"tenant": tenant, "plans": settled})
    with bootstrap.scope(PLATFORM):
        sweep_clocks(bootstrap.store(), PLATFORM, now)
        note_missing_calendar(bootstrap.store(), now)
    give_up_totals(directory, now)
    if failed:
        raise failed[0]


def give_up_totals(directory: list[Tenant], now: datetime) -> None:
    """Each tenant's totals go to the region above it, made in the tenant's scope and stored in the overseer's."""
    for listed in directory:
        overseer = overseer_of(listed, directory)
        if overseer is None:
            continue
        with bootstrap.scope(listed.id, ScopeRole.READER):
            told = make_roll_up(bootstrap.store(), listed, now)
        with bootstrap.scope(overseer):
            tell_overseer(bootstrap.store(), overseer, listed.id, told)
