"""An acting body's conclusion: its own finding on single items, the shared answers on all the others."""

from collections.abc import Sequence
from datetime import date

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import FieldProblem, IllegalTransitionError, InvalidInputError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.item import Compliance
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import BodyConclusion, ConclusionChoice, Visit, VisitBody
from chalicelib.services.idempotent import idempotent
from chalicelib.services.visit.conclude_visit import conclude_visit
from chalicelib.services.visit.move_visit import todos_of
from chalicelib.services.visit.own_items import OwnItem, own_items
from chalicelib.storage.store import Store

CHUNK = 80


def make_own_finding(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    visit_id: str,
    acting_body_id: str,
    item_id: str,
    compliance: Compliance,
    note: str = "",
    legal_basis_id: str | None = None,
    remedy_due_on: date | None = None,
) -> BodyConclusion:
    """This acting body's own word on one item (`item_id`: its key within the visit), in place of the shared answer; it
    may be changed until the body has concluded. Raises InvalidInputError (clause or day missing, no reason),
    NotAllowedError (another body's item)."""
    visit, body = _open_body(store, tenant, act, visit_id, acting_body_id)
    item = next((one for one in _items(store, tenant, act, visit, body) if one.key == item_id), None)
    if item is None:
        raise InvalidInputError([FieldProblem(field="item_id", code="unknown_choice")])
    is_bad = compliance is Compliance.NON_COMPLIANT
    problems = _problems(act, item, is_bad, note, legal_basis_id, remedy_due_on)
    if problems:
        raise InvalidInputError(problems)
    conclusion = item.adopted(act, visit, acting_body_id).with_changes(
        choice=ConclusionChoice.OWN,
        compliance=compliance,
        note=note.strip(),
        legal_basis_id=legal_basis_id if is_bad else None,
        remedy_due_on=remedy_due_on if is_bad else None,
    )
    if store.done(tenant, act):
        return item.conclusion or conclusion
    with store.change(tenant, act) as change:
        change.unchanged(visit)
        change.save(conclusion)
        data = {
            "acting_body_id": acting_body_id,
            "item_id": item.item_id,
            "compliance": compliance.value,
            "choice": "own",
        }
        change.event(EventType.CONCLUSION_MADE, conclusion, data)
    return conclusion


def conclude_body(store: Store, tenant: TenantId, act: Act, *, visit_id: str, acting_body_id: str) -> Visit:
    """The visit after this body has concluded: it adopts every shared answer on which it made no finding of its own.

    When it was the last body, the visit is confirmed and its findings are made. Repeated, it goes on where it stopped.
    """
    visit = _conclude(store, tenant, act, visit_id=visit_id, acting_body_id=acting_body_id)
    if visit.state == "submitted" and all(body.concluded_at for body in visit.bodies):
        visit = conclude_visit(store, tenant, act.part("visit"), visit_id=visit_id)
    return visit


@idempotent
def _conclude(store: Store, tenant: TenantId, act: Act, *, visit_id: str, acting_body_id: str) -> Visit:
    visit, body = _open_body(store, tenant, act, visit_id, acting_body_id)
    items = _items(store, tenant, act, visit, body)
    incomplete = [
        FieldProblem(field=f"{item.key}.{field}", code=code) for item in items for field, code in _missing(item)
    ]
    if incomplete:
        raise InvalidInputError(incomplete)
    adopted = [item.adopted(act, visit, acting_body_id) for item in items if not _is_own(item)]
    for number, start in enumerate(range(CHUNK, len(adopted), CHUNK)):
        _adopt(store, tenant, act.part(f"adopt{number}"), visit, adopted[start : start + CHUNK])
    mine = body.model_copy(update={"concluded_by": act.actor.person_id, "concluded_at": act.at})
    bodies = [mine if one.acting_body_id == acting_body_id else one for one in visit.bodies]
    concluded = visit.with_changes(bodies=bodies)
    with store.change(tenant, act) as change:
        change.save(concluded)
        store.todos.replace(change, concluded.ref, todos_of(concluded, act.at))
        for conclusion in adopted[:CHUNK]:
            change.save(conclusion)
        data = {
            "acting_body_id": acting_body_id,
            "adopted": len(adopted),
            "own": len(items) - len(adopted),
            "non_compliant": sum(item.outcome is Compliance.NON_COMPLIANT for item in items),
        }
        change.event(EventType.CONCLUSION_MADE, concluded, data)
    return concluded


def _adopt(store: Store, tenant: TenantId, act: Act, visit: Visit, chunk: Sequence[BodyConclusion]) -> None:
    if store.done(tenant, act):
        return
    with store.change(tenant, act) as change:
        for conclusion in chunk:
            change.save(conclusion)
        change.event(EventType.CONCLUSION_MADE, visit, {"adopted": len(chunk), "is_part": True})


def _open_body(store: Store, tenant: TenantId, act: Act, visit_id: str, acting_body_id: str) -> tuple[Visit, VisitBody]:
    """The visit and the body for which this actor may speak now."""
    visit = store.visits.get(tenant, visit_id)
    require(act.actor, Permission.CONCLUSION_MAKE, visit.resource)
    body = visit.body(acting_body_id)
    if body is None or act.actor.acting_body_id != acting_body_id:
        raise NotAllowedError(permission=Permission.CONCLUSION_MAKE.value)
    if visit.state != "submitted" or body.concluded_at is not None:
        raise IllegalTransitionError(state=visit.state, step="conclude_body", machine="visit", missing=[])
    return visit, body


def _items(store: Store, tenant: TenantId, act: Act, visit: Visit, body: VisitBody) -> list[OwnItem]:
    answers = store.visit_answers.of_visit(tenant, visit.id)
    return own_items(store, tenant, visit, body, answers, store.body_conclusions.of_visit(tenant, visit.id), act.at)


def _is_own(item: OwnItem) -> bool:
    return item.conclusion is not None and item.conclusion.choice is ConclusionChoice.OWN


def _missing(item: OwnItem) -> list[tuple[str, str]]:
    said = item.conclusion if _is_own(item) else None
    if item.compliance is not Compliance.NON_COMPLIANT and said is None:
        return []
    clause, day = (said.legal_basis_id, said.remedy_due_on) if said else (item.legal_basis_id, item.remedy_due_on)
    is_bad = (said.compliance if said else item.compliance) is Compliance.NON_COMPLIANT
    found = [("legal_basis_id", "clause_missing")] if is_bad and item.bases and not clause else []
    return found + ([("remedy_due_on", "remedy_date_missing")] if is_bad and day is None else [])


def _problems(
    act: Act, item: OwnItem, is_bad: bool, note: str, legal_basis_id: str | None, remedy_due_on: date | None
) -> list[FieldProblem]:
    found = []
    if not note.strip():
        found.append(FieldProblem(field="note", code="required"))
    if is_bad and item.bases and not legal_basis_id:
        found.append(FieldProblem(field="legal_basis_id", code="not_chosen"))
    if legal_basis_id and legal_basis_id not in {basis.id for basis in item.bases}:
        found.append(FieldProblem(field="legal_basis_id", code="unknown_choice"))
    if is_bad and remedy_due_on is None:
        found.append(FieldProblem(field="remedy_due_on", code="required"))
    if remedy_due_on and remedy_due_on < shanghai_date(act.at):
        found.append(FieldProblem(field="remedy_due_on", code="date_in_past"))
    return found
