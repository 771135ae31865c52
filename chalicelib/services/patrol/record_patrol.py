"""A patrol is recorded as it was noted, and says which departments are told. Nothing of an inspection begins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.contract.inspection import PatrolRules
from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, IllegalTransitionError, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.patrol import MAX_PHOTOS, Patrol, check_patrolled_at, told_departments
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit_evidence import IMAGE_TYPES
from chalicelib.services.idempotent import idempotent
from chalicelib.services.register.subject_photos import keep_files
from chalicelib.services.scenario.read_edition import Edition, editions_of
from chalicelib.services.try_again import try_again
from chalicelib.storage.store import Store


@dataclass(frozen=True)
class PatrolledScenario:
    """A scenario of a subject in which patrols are made, as the tenant uses it."""

    edition: Edition
    rules: PatrolRules


def patrolled_scenarios(store: Store, tenant: TenantId, subject: Subject) -> list[PatrolledScenario]:
    """The subject's scenarios whose package has rules of patrols: one query."""
    editions = editions_of(store, tenant, [one.scenario for one in subject.memberships])
    return [
        PatrolledScenario(edition, edition.scenario.inspection.patrol)
        for edition in editions
        if edition.scenario.inspection.patrol
    ]


@idempotent
def record_patrol(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    subject_id: str,
    scenario: str,
    observation_ids: Sequence[str] = (),
    note: str = "",
    photos: Sequence[bytes] = (),
    patrolled_at: datetime | None = None,
) -> Patrol:
    """The patrol with whom it tells. No observation says that nothing stood out. patrolled_at: when it was, now without
    one; whoever enters it stays who typed.

    Raises RecordNotFoundError (out of reach), IllegalTransitionError (a subject that is no longer in the register),
    InvalidInputError (a scenario without patrols, an observation that it does not know, a file that is no photo, a
    moment to come or too long ago).
    """
    subject = store.subjects.get(tenant, subject_id)
    require(act.actor, Permission.PATROL_RECORD, subject.resource)
    if subject.is_tombstone:
        raise IllegalTransitionError(state=subject.status.value, step="record_patrol")
    found = {one.edition.package.name: one for one in patrolled_scenarios(store, tenant, subject)}.get(scenario)
    if found is None:
        raise InvalidInputError([FieldProblem(field="scenario", code="no_patrol_rules")])
    seen = [one for one in found.rules.observations if one.id in observation_ids]
    problems = [
        FieldProblem(field="observation_ids", code="unknown_choice", details={"value": one[:40]})
        for one in set(observation_ids) - {one.id for one in seen}
    ]
    if len(note) > 1000:
        problems.append(FieldProblem(field="note", code="too_long", details={"maximum": 1000}))
    if len(photos) > MAX_PHOTOS:
        problems.append(FieldProblem(field="photos", code="too_many_files", details={"maximum": MAX_PHOTOS}))
    if problems:
        raise InvalidInputError(problems)
    moment = check_patrolled_at(patrolled_at, act.at, found.rules.late_entry_days)
    patrol = Patrol(
        subject_id=subject.id,
        subject_name=subject.name,
        division=subject.division,
        scenario=scenario,
        scenario_version=found.edition.package.version,
        overlay_number=found.edition.number,
        observation_ids=tuple(one.id for one in seen),
        told=told_departments(seen),
        note=note,
        photos=keep_files(store, tenant, Patrol.KIND, "photos", photos, IMAGE_TYPES),
        patrolled_by=act.actor.person_id,
        patrolled_at=moment,
        noted_at=act.at,
    )
    # A grade may be set, or another patrol noted, between reading the entry and writing it.
    return try_again(lambda: _save(store, tenant, act, subject, patrol))


def _save(store: Store, tenant: TenantId, act: Act, subject: Subject, patrol: Patrol) -> Patrol:
    """With the day of the last patrol in the subject's scenario entry, by which the rounds are listed."""
    member = store.members.find_child(tenant, subject.ref, patrol.scenario)
    with store.change(tenant, act) as change:
        change.save(patrol)
        if member is not None and (member.patrolled_on is None or member.patrolled_on < patrol.patrolled_on):
            change.save(member.with_changes(patrolled_on=patrol.patrolled_on))
        data = {
            "subject_id": subject.id,
            "scenario": patrol.scenario,
            "told": [one.department for one in patrol.told],
            "patrolled_on": patrol.patrolled_on.isoformat(),
        }
        hashes = {f"photo_{number}": sha256 for number, sha256 in enumerate(patrol.photos, 1)}
        change.event(EventType.PATROL_RECORDED, patrol, data, hashes)
    return patrol
