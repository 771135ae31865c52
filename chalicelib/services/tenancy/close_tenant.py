"""Close a tenant: asked by its coordinator once its archive is there, confirmed by its security administrator. Then a
job of the platform erases everything of it and leaves a signed certificate."""

import json
from collections import Counter
from typing import Any

from chalicelib.domain.access import Permission
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.checkpoint import SignedCheckpoint, Signer
from chalicelib.domain.deadline import Due, deadline_rule, due_at
from chalicelib.domain.errors import FieldProblem, IllegalTransitionError, InvalidInputError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job
from chalicelib.domain.public_tenant import PublicTenant
from chalicelib.domain.record import Clock, new_id
from chalicelib.domain.tenancy import PLATFORM, Actor, Role, Tenant, TenantId, role_owner
from chalicelib.domain.tenant_closing import ClosingState, PublicClosing, TenantClosing
from chalicelib.domain.todo import Todo
from chalicelib.services.draw.problems import SecondPersonNeededError
from chalicelib.services.idempotent import idempotent
from chalicelib.services.jobs.progress import JobProgress
from chalicelib.services.tenancy.export_tenant import newest_archive, require_whole
from chalicelib.services.working_calendar import working_calendar
from chalicelib.storage import keys
from chalicelib.storage.errors import AlreadyDoneError, StorageUnavailableError
from chalicelib.storage.scope import ScopeRole, entered
from chalicelib.storage.store import Store

JOB = "delete_tenant"
DEADLINE = "tenant_closing_confirmation"
TOPIC = "closing_to_confirm"
_STEP = 1_000
_TRIES = 5


def waiting_closing(store: Store, tenant: TenantId, at: Any) -> TenantClosing | None:
    """The request that waits now."""
    found = store.closings.newest(tenant)
    return found if found is not None and found.state_at(at) is ClosingState.WAITING else None


def _check_name(store: Store, tenant: TenantId, typed: str) -> Tenant:
    home = store.tenants.get(tenant, tenant)
    if typed.strip() not in (home.label, home.id):
        raise InvalidInputError([FieldProblem(field="typed", code="name_not_typed", details={"value": home.label})])
    return home


@idempotent
def ask_closing(store: Store, tenant: TenantId, act: Act, *, typed: str, reason: str) -> TenantClosing:
    """The request, which a second person confirms within its term. Raises InvalidInputError for a wrong name, a missing
    reason, or while no archive was made; IllegalTransitionError while another request waits."""
    require_whole(act, Permission.TENANT_CLOSE)
    if tenant == PLATFORM:
        raise NotAllowedError(reason="platform")
    home = _check_name(store, tenant, typed)
    archive, reason = newest_archive(store, tenant), reason.strip()
    problems = [] if reason else [FieldProblem(field="reason", code="reason_missing")]
    if archive is None:
        problems.append(FieldProblem(field="archive", code="archive_missing"))
    if len(reason) > 400:
        problems.append(FieldProblem(field="reason", code="text_too_long", details={"limit": 400}))
    if problems or archive is None:
        raise InvalidInputError(problems)
    if waiting_closing(store, tenant, act.at) is not None:
        raise IllegalTransitionError(state=ClosingState.WAITING.value, step="ask_closing")
    due = due_at(deadline_rule(DEADLINE, shanghai_date(act.at)), act.at, working_calendar())
    asked = TenantClosing(
        reason=reason,
        archive_job_id=archive.id,
        archive_sha256=archive.result["sha256"],
        manifest_sha256=archive.result["manifest_sha256"],
        asked_by=act.actor.person_id,
        asked_for=act.actor.acting_for,
        asked_by_name=act.actor.name,
        asked_role=_role(act.actor, Permission.TENANT_CLOSE),
        asked_at=act.at,
        expires_at=due.due_at if isinstance(due, Due) else None,
    )
    confirming = role_owner(Role.SECURITY_ADMINISTRATOR)
    todo = Todo.of(asked.ref, confirming, TOPIC, home.label, at=act.at, due_at=asked.expires_at)
    with store.change(tenant, act) as change:
        change.save(asked)
        store.todos.replace(change, asked.ref, [todo])
        change.event(EventType.TENANT_CLOSING_ASKED, asked, {"reason": reason}, {"archive": asked.archive_sha256})
    return asked


def _role(actor: Actor, permission: Permission) -> Role:
    wanted = Role.COORDINATOR if permission is Permission.TENANT_CLOSE else Role.SECURITY_ADMINISTRATOR
    return wanted if wanted in actor.roles else Role.PLATFORM_OPERATOR


@idempotent
def withdraw_closing(store: Store, tenant: TenantId, act: Act, *, closing_id: str) -> TenantClosing:
    """Taken back, by any coordinator of the whole tenant, or refused by who would confirm it."""
    if Role.SECURITY_ADMINISTRATOR not in act.actor.roles:
        require_whole(act, Permission.TENANT_CLOSE)
    asked = store.closings.get(tenant, closing_id)
    if asked.state_at(act.at) is not ClosingState.WAITING:
        raise IllegalTransitionError(state=asked.state_at(act.at).value, step="withdraw_closing")
    ended = asked.with_changes(state=ClosingState.WITHDRAWN, decided_by=act.actor.person_id, decided_at=act.at)
    with store.change(tenant, act) as change:
        change.save(ended)
        store.todos.replace(change, ended.ref, [])
        change.event(EventType.TENANT_CLOSING_WITHDRAWN, ended)
    return ended


def confirm_closing(store: Store, tenant: TenantId, act: Act, *, closing_id: str, typed: str) -> PublicClosing:
    """The certificate, begun: from here on a job of the platform erases. Called again it goes on where it stopped.

    Raises SecondPersonNeededError for who asked, InvalidInputError for a wrong name, IllegalTransitionError once it was
    withdrawn or has lapsed.
    """
    require_whole(act, Permission.TENANT_CLOSE_CONFIRM)
    asked = store.closings.get(tenant, closing_id)
    if asked.state_at(act.at) not in (ClosingState.WAITING, ClosingState.CONFIRMED):
        raise IllegalTransitionError(state=asked.state_at(act.at).value, step="confirm_closing")
    if not asked.may_be_confirmed_by(act.actor):
        raise SecondPersonNeededError(step="confirm_closing")
    home = _check_name(store, tenant, typed)
    if asked.state is ClosingState.WAITING:
        asked = asked.with_changes(state=ClosingState.CONFIRMED, decided_by=act.actor.person_id, decided_at=act.at)
        with store.change(tenant, act) as change:
            change.save(asked)
            store.todos.replace(change, asked.ref, [])
            change.event(EventType.TENANT_CLOSING_CONFIRMED, asked, {"asked_by": asked.asked_by})
    event = store.closings.history(tenant, asked.ref, limit=1)[0]
    return _request_deletion(store, act.part("delete"), home, asked, event.id)


def _request_deletion(store: Store, act: Act, home: Tenant, asked: TenantClosing, event_id: str) -> PublicClosing:
    with entered(PLATFORM):
        begun = store.public_closings.find(PLATFORM, home.id)
        if begun is not None:
            return begun
        values = {"tenant": home.id, "label": home.label, "event_id": event_id}
        by = act.actor.model_copy(update={"tenant": PLATFORM})
        job = Job(id=new_id(), name=JOB, values=values, requested_by=by, requested_at=act.at)
        certificate = PublicClosing(
            id=home.id,
            label=home.label,
            label_en=home.label_en,
            asked_role=asked.asked_role,
            asked_at=asked.asked_at,
            confirmed_role=_role(act.actor, Permission.TENANT_CLOSE_CONFIRM),
            confirmed_at=asked.decided_at or act.at,
            archive_sha256=asked.archive_sha256,
            manifest_sha256=asked.manifest_sha256,
            job_id=job.id,
        )
        try:
            with store.change(PLATFORM, act) as change:
                change.save(job)
                change.save(certificate)
                change.event(EventType.JOB_REQUESTED, job, {"name": JOB, "tenant": home.id})
        except AlreadyDoneError:
            return store.public_closings.get(PLATFORM, home.id)
    return certificate


def delete_tenant(
    store: Store, platform: TenantId, act: Act, job: Job, progress: JobProgress, *, signer: Signer, clock: Clock
) -> dict[str, Any]:
    """The job's work, in the platform's scope: count, unbind the logins, erase, look again, sign. Broken off it begins
    anew with the counts that were put aside. Result: items and files."""
    tenant = job.values["tenant"]
    note = keys.object_key(PLATFORM, "closings", f"{tenant}.json")
    if not store.objects.exists(PLATFORM, note):
        with entered(tenant):
            counted = _count(store, tenant, job.values["event_id"])
        store.objects.put(PLATFORM, note, json.dumps(counted).encode(), "application/json")
    counted = json.loads(store.objects.read(PLATFORM, note))
    for identity in counted["identities"]:
        _unbind(store, identity, tenant)
    total = sum(counted["items"].values())
    files = _erase(store, tenant, progress, total)
    certificate = store.public_closings.get(PLATFORM, tenant)
    if not certificate.is_ended:
        last = counted["checkpoint"]
        ended = certificate.with_changes(
            items=counted["items"],
            files=max(files, counted["files"]),
            checkpoint=SignedCheckpoint.model_validate(last) if last else None,
            ended_at=clock(),
            key_id=signer.key.key_id,
        )
        _finish(store, act, ended.with_changes(signature=signer.sign(ended.signed_bytes()).hex()))
    store.objects.delete(PLATFORM, note)
    return {"items": total, "files": max(files, counted["files"])}


def _count(store: Store, tenant: TenantId, event_id: str) -> dict[str, Any]:
    """What there is before the first item goes. The log has to hold the confirmation first: until it does the queue
    brings the job again."""
    position = store.log.positions(tenant, [event_id]).get(event_id)
    covering = None if position is None else store.log.checkpoint_covering(tenant, position)
    if covering is None:
        raise StorageUnavailableError(cause="evidence_log_behind")
    items = Counter(keys.kind_of(tenant, key) for key in store.eraser.every_key(tenant))
    logins = {one.identity_id for one in store.login_bindings.every(tenant) if one.is_active}
    return {
        "items": dict(sorted(items.items())),
        "files": sum(1 for _ in store.objects.every(tenant)),
        "checkpoint": covering.model_dump(mode="json"),
        "identities": sorted(logins | {one.identity_id for one in store.system_clients.every(tenant)}),
    }


def _unbind(store: Store, identity_id: str, tenant: TenantId) -> None:
    """Take this tenant's people and clients off a login; what it may be elsewhere stays."""
    identity = store.identities.lookup(identity_id)
    if identity is None:
        return
    others = [one for one in identity.memberships if one.tenant != tenant]
    if others != identity.memberships:
        store.identities.bind(identity.model_copy(update={"memberships": others}))


def _erase(store: Store, tenant: TenantId, progress: JobProgress, total: int) -> int:
    """Erase items and files until a look finds none, as the sequencer may still be writing. How many files."""
    files = done = 0
    for _ in range(_TRIES):
        with entered(tenant):
            files += store.objects.erase(tenant)
            found = list(store.eraser.every_key(tenant))
        if not found:
            return files
        for start in range(0, len(found), _STEP):
            with entered(tenant):
                done += store.eraser.erase(tenant, found[start : start + _STEP])
            progress(min(done, total), total)
    raise StorageUnavailableError(cause="still_written")


def _finish(store: Store, act: Act, certificate: PublicClosing) -> None:
    """The certificate, and the tenant out of the directory, in one transaction."""
    with entered(PLATFORM, ScopeRole.TENANT):
        listed = store.tenants.find(PLATFORM, certificate.id)
        shown = store.public_tenants.find(PLATFORM, certificate.id)
        with store.change(PLATFORM, act.part("certificate")) as change:
            change.save(certificate)
            for record in (listed, shown):
                if isinstance(record, Tenant | PublicTenant):
                    change.delete(record)
            change.event(EventType.TENANT_DELETED, certificate, {"items": sum(certificate.items.values())})
