"""The job that follows rules which moved: a tenant's published local changes, or a package that came in a new version.
Evaluates those members of the scenario anew whose evaluation was made by other rules, in parts.

What a scenario's evaluations follow is noted beside the sweeps, so that words alone ask for nothing and a new version
of a package is noticed by the clock, without an event of the tenant. While a job sees to it, the note names the job
instead; one that failed, was stopped or left somebody out has followed nothing, and the next look asks again.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from chalicelib.contract.registry import registry
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.job import Job
from chalicelib.domain.record import is_id
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import TOMBSTONES, Subject
from chalicelib.domain.subject_evaluation import RULES_MOVED, SubjectEvaluation
from chalicelib.domain.tenancy import PLATFORM, Actor, TenantId
from chalicelib.services.evaluation.evaluate_in_parts import Part, evaluate_in_parts
from chalicelib.services.jobs.progress import JobProgress
from chalicelib.services.jobs.request_job import request_job
from chalicelib.services.scenario.basis_library import scenarios_of
from chalicelib.services.scenario.read_edition import edition_in_force, editions_of
from chalicelib.storage.store import Store

JOB = "evaluate_members"
CLOCK, SWEEP = "clock", "evaluation_rules"
_LOOK = 100
_PART = 25
"""Members between two safe points: some two hundred calls at most."""
_LOST_AFTER = timedelta(days=3)
"""A job that has not ended by then is lost with its message: none runs that long."""


def follow_rules(store: Store, tenant: TenantId, act: Act) -> list[Job]:
    """A queued job for each scenario whose rules moved since its evaluations last followed them, unless one for these
    rules is under way. The same act again asks for nothing more; two jobs of one scenario evaluate nobody twice."""
    names = scenarios_of(store, tenant) if tenant != PLATFORM else []
    asked = []
    for edition in editions_of(store, tenant, names) if names else ():
        name, mark = edition.package.name, edition.evaluation_mark
        noted = store.sweeps.reached(tenant, f"{SWEEP}.{name}")
        if noted == mark or _is_under_way(store, tenant, act, noted, mark):
            continue
        if noted or edition.number or _was_behind(store, tenant, name, mark):
            job = request_job(store, tenant, act.part(name), name=JOB, values={"scenario": name, "mark": mark})
            asked.append(job)
            mark = job.id
        store.sweeps.note_reached(tenant, f"{SWEEP}.{name}", mark)
    return asked


def _is_under_way(store: Store, tenant: TenantId, act: Act, noted: str, mark: str) -> bool:
    """Whether what is noted is a job for these rules that has still to end."""
    job = store.jobs.find(tenant, noted) if is_id(noted) else None
    if job is None or job.is_finished or job.values["mark"] != mark:
        return False
    return act.at < job.requested_at + _LOST_AFTER


def _was_behind(store: Store, tenant: TenantId, scenario: str, mark: str) -> bool:
    """Where nothing is noted yet: whether one of the first members was evaluated by another version, before anybody
    took note of it."""
    return any(_is_due(store, tenant, one, mark) for one in islice(store.members.of_scenario(tenant, scenario), _LOOK))


def sweep_rules(store: Store, tenant: TenantId, now: datetime) -> int:
    """The same once a day, for packages that came in a new version: how many jobs were asked for."""
    if store.sweeps.was_today(tenant, SWEEP, now):
        return 0
    act = Act(actor=Actor.system(tenant, CLOCK), at=now, key=f"{SWEEP}.{shanghai_date(now)}")
    asked = follow_rules(store, tenant, act)
    store.sweeps.note(tenant, now, SWEEP)
    return len(asked)


def evaluate_members(store: Store, tenant: TenantId, act: Act, job: Job, progress: JobProgress) -> dict[str, Any]:
    """The job's work: one read for a member whose evaluation is by the rules in force or who has none. The rules with
    which it was asked for are followed once nobody was left out, unless others were asked for meanwhile."""
    scenario = job.values["scenario"]
    if not registry().holds(scenario):
        return {"evaluated": 0}
    parts, noted = _parts(store, tenant, job), f"{SWEEP}.{scenario}"
    result = evaluate_in_parts(store, tenant, job, progress, parts, cause=RULES_MOVED, act_of=act.part)
    if not result.get("failed") and store.sweeps.reached(tenant, noted) == job.id:
        store.sweeps.note_reached(tenant, noted, job.values["mark"])
    return result


def has_older_rules(store: Store, tenant: TenantId, evaluation: SubjectEvaluation, subject: Subject) -> bool:
    """Whether other rules are in force than those by which it was made, so that it will be made anew: not of a subject
    that left the scenario. One query at most."""
    if subject.is_tombstone or subject.membership(evaluation.id) is None or not registry().holds(evaluation.id):
        return False
    return not evaluation.rests_on(edition_in_force(store, tenant, evaluation.id).evaluation_mark)


def _parts(store: Store, tenant: TenantId, job: Job) -> Iterator[Part]:
    scenario = job.values["scenario"]
    members = store.members.of_scenario(tenant, scenario, job.checkpoint.get("after", ""))
    while part := list(islice(members, _PART)):
        mark = edition_in_force(store, tenant, scenario).evaluation_mark
        yield [one.subject_id for one in part if _is_due(store, tenant, one, mark)], store.members.place_of(part[-1])


def _is_due(store: Store, tenant: TenantId, member: ScenarioMember, mark: str) -> bool:
    if member.status in TOMBSTONES:
        return False
    found = store.evaluations.find_child(tenant, member.parent_ref, member.scenario)
    return found is not None and not found.rests_on(mark)
