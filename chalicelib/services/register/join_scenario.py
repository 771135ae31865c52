"""A registered subject joins one more scenario: the same rule for a page, a call, a registration and an import."""

from chalicelib.contract.registry import registry
from chalicelib.domain.act import Act
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.event import EventType
from chalicelib.domain.subject import Attributes, Subject
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.register.members import save_members
from chalicelib.services.register.register_subject import told_changes
from chalicelib.services.register.relate_subjects import editable_subject, refuse
from chalicelib.services.register.scenario_kinds import check_kind
from chalicelib.storage.store import Store


def seen_subject(store: Store, tenant: TenantId, act: Act, subject_id: str, version: int | None) -> Subject:
    """A subject that this actor may change and has seen as it is. Raises ConflictError when it was changed since."""
    subject = editable_subject(store, tenant, act, subject_id)
    if version is not None and version != subject.version:
        raise ConflictError(kind=Subject.KIND, id=subject_id)
    return subject


@idempotent
def join_scenario(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    subject_id: str,
    scenario: str,
    attributes: Attributes,
    version: int | None = None,
) -> Subject:
    """The subject, now in the scenario with these attributes; its first evaluation, or after an earlier stay a new one,
    follows the event. A pool that is frozen stays as it was.

    version: the one that the person saw. Raises ConflictError when somebody changed the subject since,
    IllegalTransitionError for a tombstone, InvalidInputError for a scenario that the tenant does not use, that does not
    take the kind, or that the subject is in already.
    """
    subject = seen_subject(store, tenant, act, subject_id, version)
    if scenario not in store.tenants.get(tenant, tenant).scenarios or not registry().holds(scenario):
        raise refuse("scenario", "unknown_scenario")
    if subject.membership(scenario) is not None:
        raise refuse("scenario", "already_in_scenario")
    joined = subject.joined(scenario, attributes)
    check_kind(joined)
    with store.change(tenant, act) as change:
        change.save(joined)
        save_members(change, store, tenant, joined)
        told = told_changes(subject, joined, ["memberships"]) | {"joined": scenario}
        change.event(EventType.SUBJECT_CHANGED, joined, told)
    return joined
