"""A person's own filters of the register: kept under a name, renamed, deleted."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, InvalidInputError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.subject_filter import MAX_FILTERS, MAX_NAME, SavedFilter, SubjectFilters
from chalicelib.domain.subject_query import SubjectQuery
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.text import tidy
from chalicelib.services.idempotent import idempotent
from chalicelib.services.register.list_subjects import check_query
from chalicelib.storage.store import Store


@idempotent
def save_filter(store: Store, tenant: TenantId, act: Act, *, name: str, query: SubjectQuery) -> SubjectFilters:
    """The person's filters with this one; one of the same name is replaced. Raises InvalidInputError for a name that is
    missing or too long, an empty query, or a twenty-first filter."""
    require(act.actor, Permission.SUBJECT_READ)
    check_query(act.actor, query)
    held = store.subject_filters.of_person(tenant, act.actor.person_id)
    name = _name(name)
    if query.is_empty:
        raise InvalidInputError([FieldProblem(field="name", code="filter_empty")])
    same = held.named(name)
    if same is None and len(held.filters) >= MAX_FILTERS:
        raise InvalidInputError([FieldProblem(field="name", code="filters_full", details={"limit": MAX_FILTERS})])
    kept = SavedFilter(id=same.id, name=name, query=query) if same else SavedFilter(name=name, query=query)
    others = tuple(kept if one is same else one for one in held.filters)
    return _save(store, tenant, act, held, others if same else (*others, kept), "saved")


@idempotent
def rename_filter(store: Store, tenant: TenantId, act: Act, *, filter_id: str, name: str) -> SubjectFilters:
    """Raises InvalidInputError when another of the person's filters has this name."""
    held = _held(store, tenant, act, filter_id)
    name = _name(name)
    same = held.named(name)
    if same is not None and same.id != filter_id:
        raise InvalidInputError([FieldProblem(field="name", code="filter_name_taken", details={"value": name})])
    renamed = tuple(one.model_copy(update={"name": name}) if one.id == filter_id else one for one in held.filters)
    return _save(store, tenant, act, held, renamed, "renamed")


@idempotent
def delete_filter(store: Store, tenant: TenantId, act: Act, *, filter_id: str) -> SubjectFilters:
    held = _held(store, tenant, act, filter_id)
    return _save(store, tenant, act, held, tuple(one for one in held.filters if one.id != filter_id), "deleted")


def _name(text: str) -> str:
    name = tidy(text)
    if not name:
        raise InvalidInputError([FieldProblem(field="name", code="required")])
    if len(name) > MAX_NAME:
        raise InvalidInputError([FieldProblem(field="name", code="text_too_long", details={"limit": MAX_NAME})])
    return name


def _held(store: Store, tenant: TenantId, act: Act, filter_id: str) -> SubjectFilters:
    require(act.actor, Permission.SUBJECT_READ)
    held = store.subject_filters.of_person(tenant, act.actor.person_id)
    if held.found(filter_id) is None:
        raise RecordNotFoundError(kind="subject_filter", id=filter_id)
    return held


def _save(
    store: Store, tenant: TenantId, act: Act, held: SubjectFilters, filters: tuple[SavedFilter, ...], what: str
) -> SubjectFilters:
    changed = held.with_changes(filters=filters)
    with store.change(tenant, act) as change:
        change.save(changed)
        change.event(EventType.FILTERS_CHANGED, changed, {"what": what, "count": len(filters)})
    return changed
