"""The job that computes a draw: result and certificate go to the object store, then one transaction publishes them."""

import hashlib
from collections import Counter
from typing import Any

from chalicelib.domain.act import Act
from chalicelib.domain.beacon import BeaconValue
from chalicelib.domain.checkpoint import Signer
from chalicelib.domain.draw_blind import Blinder
from chalicelib.domain.draw_certificate import (
    LEAF_OBJECT,
    DrawResult,
    SignedCertificate,
    issue_certificate,
)
from chalicelib.domain.draw_certificate import compute_draw as compute_result
from chalicelib.domain.errors import ConflictError, IllegalTransitionError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job
from chalicelib.domain.loop import machine
from chalicelib.domain.random_draw import DrawState, PoolFigures, RandomDraw, beacon_values
from chalicelib.domain.tenancy import Person, TenantId
from chalicelib.domain.visit import TeamMember, VisitSubject
from chalicelib.services.draw import files
from chalicelib.services.draw.drawn_subjects import RESULT, DrawnSubject
from chalicelib.services.draw.logged import with_checkpoint
from chalicelib.services.draw.read_frozen import evidence_of, frozen_subjects, read_frozen, read_salt, rows_reader
from chalicelib.services.draw.save_draw import put_draw
from chalicelib.services.draw.snapshot import FrozenSubject
from chalicelib.services.jobs.run_job import Progress
from chalicelib.services.plan.progress import put_plan
from chalicelib.storage.store import Store


def compute_draw(
    store: Store, tenant: TenantId, act: Act, job: Job, progress: Progress, *, signer: Signer
) -> dict[str, Any]:
    """Work of `compute_draw`. The files follow from the commitment, the beacons and the job alone, so a repeat makes
    the same ones."""
    done = act.part("compute")
    draw = store.draws.get(tenant, str(job.values["draw_id"]))
    if store.done(tenant, done) is None:
        values = beacon_values(draw)
        if draw.state is not DrawState.FROZEN or values is None:
            raise IllegalTransitionError(state=draw.state.value, step="record_draw")
        if draw.job_id != job.id:
            raise ConflictError(kind=RandomDraw.KIND, id=draw.id)
        draw = _compute(store, tenant, done, draw, values, job, progress, signer)
    return {"draw_id": draw.id, "drawn": draw.drawn_count, "certificate": draw.certificate_sha256}


def _compute(
    store: Store,
    tenant: TenantId,
    act: Act,
    draw: RandomDraw,
    values: list[BeaconValue],
    job: Job,
    progress: Progress,
    signer: Signer,
) -> RandomDraw:
    draw, _ = with_checkpoint(store, tenant, draw)
    frozen = read_frozen(store, tenant, draw)
    size = frozen.commitment.N
    read = rows_reader(store, tenant, draw, frozen)
    result = compute_result(frozen.commitment, values, read, on_progress=lambda done: progress(done, size))
    certificate = issue_certificate(
        frozen.commitment,
        frozen.rows,
        evidence_of(store, tenant, draw),
        values=values,
        result=result,
        signer=signer,
        keys=[signer.key],
        issued_at=job.requested_at,
    )
    drawn = _named(store, tenant, draw, result)
    progress(size, size)
    body = RESULT.dump_json(drawn)
    result_sha256 = hashlib.sha256(body).hexdigest()
    store.objects.put(tenant, files.result_key(tenant, draw.id, result_sha256), body, files.JSON)
    changed = draw.with_changes(
        state=DrawState.DRAWN,
        seed=result.seed,
        drawn_at=act.at,
        drawn_count=len(drawn),
        assigned_count=sum(len(each.team) for each in drawn),
        missing_count=sum(sum(each.missing.values()) for each in drawn),
        figures=_with_drawn(draw.figures, drawn),
        result_sha256=result_sha256,
        certificate_sha256=put_certificate(store, tenant, certificate),
    )
    _save(store, tenant, act, changed)
    return changed


def put_certificate(store: Store, tenant: TenantId, certificate: SignedCertificate) -> str:
    """Store the public document under its hash, which is returned."""
    body = certificate.to_bytes()
    sha256 = hashlib.sha256(body).hexdigest()
    key = files.certificate_key(tenant, certificate.commitment.draw_id, sha256)
    return store.objects.put(tenant, key, body, files.JSON)


def _save(store: Store, tenant: TenantId, act: Act, draw: RandomDraw) -> None:
    plan = store.plans.get(tenant, draw.plan_id)
    facts = {"commitment_is_logged": draw.checkpoint is not None, "randomness_is_later": True}
    state = machine("loop").advance(plan.state, "record_draw", facts=facts)
    with store.change(tenant, act) as change:
        put_draw(store, change, draw)
        put_plan(store, change, plan.with_changes(state=state, state_since=act.at, visit_count=draw.drawn_count))
        change.event(
            EventType.DRAW_COMPUTED,
            draw,
            {"plan_id": plan.id, "drawn": draw.drawn_count, "missing": draw.missing_count},
            {
                LEAF_OBJECT: draw.commitment_sha256,
                "certificate": draw.certificate_sha256,
                "result": draw.result_sha256,
            },
        )


def _named(store: Store, tenant: TenantId, draw: RandomDraw, result: DrawResult) -> list[DrawnSubject]:
    """The result with names, for the plan's group: blinds of drawn subjects and of officers looked up."""
    wanted = {each.blind for each in result.drawn}
    subjects = {s.blind: s for s in frozen_subjects(store, tenant, draw) if s.blind in wanted}
    blinder = Blinder(read_salt(store, tenant, draw))
    people = {blinder.person(person.id): person for person in store.people.every(tenant)}
    teams: dict[str, list[TeamMember]] = {blind: [] for blind in wanted}
    missing: dict[str, dict[str, int]] = {blind: {} for blind in wanted}
    for each in result.assignments:
        teams[each.subject] += [_member(people[pick.blind], draw, each.acting_body) for pick in each.picks]
        if each.missing:
            missing[each.subject][each.acting_body] = each.missing
    return [
        DrawnSubject(
            order=order,
            subject=_visit_subject(subjects[each.blind]),
            county=subjects[each.blind].county,
            grade=subjects[each.blind].grade,
            weight=each.weight,
            stratum=each.stratum,
            drawn_by=each.drawn_by,
            blind=each.blind,
            ticket=each.ticket,
            team=teams[each.blind],
            missing=missing[each.blind],
        )
        for order, each in enumerate(result.drawn, start=1)
    ]


def _member(person: Person, draw: RandomDraw, acting_body: str) -> TeamMember:
    held = [c.number for c in person.certificates if c.holds_on(draw.period_from) and c.holds_on(draw.period_to)]
    return TeamMember(
        person_id=person.id, name=person.name, acting_body_id=acting_body, certificate_number=held[0] if held else ""
    )


def _visit_subject(subject: FrozenSubject) -> VisitSubject:
    return VisitSubject(
        subject_id=subject.subject_id,
        name=subject.name,
        code=subject.code,
        kind=subject.kind,
        division=subject.division,
        address=subject.address,
    )


def _with_drawn(figures: PoolFigures, drawn: list[DrawnSubject]) -> PoolFigures:
    counts = Counter(each.grade for each in drawn)
    return figures.model_copy(
        update={"grades": [g.model_copy(update={"drawn": counts.get(g.grade, 0)}) for g in figures.grades]}
    )
