"""Departments, acting bodies and divisions of a tenant: set up, changed, closed and opened again, never deleted.

The system administrator's work. What a plan already names stays as the plan began with it.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.division import covers_any, is_known
from chalicelib.domain.errors import ConflictError, FieldProblem, InvalidInputError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.local_division import LocalDivision
from chalicelib.domain.tenancy import DOCUMENT_CODE, ActingBody, Department, Entrustment, TenantId
from chalicelib.domain.text import tidy
from chalicelib.services.idempotent import idempotent
from chalicelib.services.tenancy.present_roster import is_within
from chalicelib.storage.store import Store


@idempotent
def keep_department(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    department_id: str | None = None,
    code: str = "",
    label: str,
    label_en: str = "",
    division: str = "",
    is_active: bool = True,
    version: int | None = None,
) -> Department:
    """A new department, or this one changed. Its code stays: check items are assigned by it.

    Raises InvalidInputError; also when it is closed while an acting body in use acts for it.
    """
    require(act.actor, Permission.TENANT_ORGANISE)
    every = store.departments.every(tenant)
    earlier = _seen(every, department_id, version, Department.KIND) if department_id else None
    values, problems = _common(store, tenant, label, label_en, division)
    if earlier is None:
        if not re.fullmatch(r"[a-z][a-z_]*", code):
            problems.append(FieldProblem(field="code", code="department_code_form" if code else "required"))
        elif any(one.code == code and one.division == values["division"] for one in every):
            problems.append(FieldProblem(field="code", code="department_code_taken", details={"value": code}))
        values["code"] = code
    elif not is_active and earlier.is_active:
        bodies = [b for b in store.acting_bodies.every(tenant) if b.is_active and earlier.code in b.departments]
        if bodies:
            details: dict[str, str | int] = {"value": bodies[0].label, "count": len(bodies)}
            problems.append(FieldProblem(field="is_active", code="department_in_use", details=details))
    _refuse(problems)
    values["is_active"] = is_active
    record = earlier.with_changes(**values) if earlier else Department(id=act.key, **values)
    type = EventType.DEPARTMENT_CHANGED if earlier else EventType.DEPARTMENT_ADDED
    with store.change(tenant, act) as change:
        change.save(record)
        change.event(type, record, {"code": record.code, "fields": _fields(earlier, record)})
    return record


@idempotent
def keep_acting_body(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    acting_body_id: str | None = None,
    label: str,
    label_en: str = "",
    division: str = "",
    departments: Sequence[str],
    document_code: str = "",
    entrustment: Entrustment | None = None,
    is_active: bool = True,
    version: int | None = None,
) -> ActingBody:
    """A new acting body, or this one changed. Closed, it is offered for no new plan; plans under way keep it."""
    require(act.actor, Permission.TENANT_ORGANISE)
    every = store.acting_bodies.every(tenant)
    earlier = _seen(every, acting_body_id, version, ActingBody.KIND) if acting_body_id else None
    values, problems = _common(store, tenant, label, label_en, division)
    open_codes = {one.code for one in store.departments.every(tenant) if one.is_active}
    unknown = [code for code in departments if code not in open_codes]
    if not departments:
        problems.append(FieldProblem(field="departments", code="not_chosen"))
    elif unknown:
        problems.append(FieldProblem(field="departments", code="unknown_department", details={"value": unknown[0]}))
    if entrustment and entrustment.valid_to and entrustment.valid_to < entrustment.valid_from:
        problems.append(FieldProblem(field="valid_to", code="dates_reversed"))
    twin = next((o for o in every if o.label == values["label"] and o.division == values["division"]), None)
    if twin is not None and twin.id != acting_body_id:
        problems.append(FieldProblem(field="label", code="acting_body_taken", details={"value": twin.label}))
    word = tidy(document_code)
    if not re.fullmatch(DOCUMENT_CODE, word):
        problems.append(FieldProblem(field="document_code", code="document_code_form"))
    elif word and (other := next((o for o in every if o.document_code == word and o.id != acting_body_id), None)):
        problems.append(FieldProblem(field="document_code", code="document_code_taken", details={"value": other.label}))
    _refuse(problems)
    values |= {"departments": list(departments), "entrustment": entrustment, "is_active": is_active}
    values["document_code"] = word
    record = earlier.with_changes(**values) if earlier else ActingBody(id=act.key, **values)
    type = EventType.ACTING_BODY_CHANGED if earlier else EventType.ACTING_BODY_ADDED
    with store.change(tenant, act) as change:
        change.save(record)
        change.event(type, record, {"departments": record.departments, "fields": _fields(earlier, record)})
    return record


@idempotent
def keep_division(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    code: str,
    name: str,
    valid_from: date | None = None,
    closed_on: date | None = None,
    changed_on: date | None = None,
    is_new: bool = False,
    version: int | None = None,
) -> LocalDivision:
    """A village or township added, renamed (from `changed_on`), closed or opened again.

    is_new: refuse a code that is there already, so that nobody renames one by mistake.
    """
    require(act.actor, Permission.TENANT_ORGANISE)
    areas = store.tenants.get(tenant, tenant).divisions
    name, problems = tidy(name), []
    earlier = store.local_divisions.find(tenant, code) if re.fullmatch(r"[0-9]{12}", code) else None
    if not re.fullmatch(r"[0-9]{12}", code):
        problems.append(FieldProblem(field="code", code="division_code", details={"value": code[:20]}))
    elif not is_within(code, areas):
        problems.append(FieldProblem(field="code", code="division_outside_area", details={"value": code}))
    elif is_new and earlier is not None:
        problems.append(FieldProblem(field="code", code="division_taken", details={"value": earlier.name}))
    if not name or len(name) > 60:
        problems.append(FieldProblem(field="name", code="too_long" if name else "required"))
    if valid_from and closed_on and closed_on < valid_from:
        problems.append(FieldProblem(field="closed_on", code="dates_reversed"))
    _refuse(problems)
    if earlier and version is not None and version != earlier.version:
        raise ConflictError(kind=LocalDivision.KIND, id=code)
    day = changed_on or shanghai_date(act.at)
    known = earlier.renamed(name, day) if earlier else LocalDivision(id=code, name=name)
    record = known.with_changes(valid_from=valid_from, closed_on=closed_on)
    with store.change(tenant, act) as change:
        change.save(record)
        change.event(EventType.DIVISION_CHANGED, record, {"code": code, "fields": _fields(earlier, record)})
    store.local_divisions.forget(tenant)
    return record


def _seen(every: Sequence[Any], id: str, version: int | None, kind: str) -> Any:
    """The record as the reader saw it. Raises RecordNotFoundError, or ConflictError when it has moved on."""
    found = next((one for one in every if one.id == id), None)
    if found is None:
        raise RecordNotFoundError(kind=kind, id=id)
    if version is not None and version != found.version:
        raise ConflictError(kind=kind, id=id)
    return found


def _common(
    store: Store, tenant: TenantId, label: str, label_en: str, division: str
) -> tuple[dict[str, Any], list[FieldProblem]]:
    """Name, English name and division, which departments and acting bodies share."""
    areas, problems = store.tenants.get(tenant, tenant).divisions, []
    label, label_en = tidy(label), tidy(label_en)
    if not label or len(label) > 60:
        problems.append(FieldProblem(field="label", code="too_long" if label else "required"))
    if len(label_en) > 100:
        problems.append(FieldProblem(field="label_en", code="too_long"))
    place = division or (areas[0] if areas else "")
    if not is_known(place) or not covers_any(areas, place):
        problems.append(FieldProblem(field="division", code="division_outside_area", details={"value": place[:20]}))
    return {"label": label, "label_en": label_en, "division": place}, problems


def _fields(earlier: Any, record: Any) -> list[str]:
    if earlier is None:
        return []
    before: Mapping[str, Any] = earlier.model_dump()
    return [name for name, value in record.model_dump().items() if before[name] != value]


def _refuse(problems: list[FieldProblem]) -> None:
    if problems:
        raise InvalidInputError(problems)
