"""An order is drafted by an officer, changed while nobody decided on it, or withdrawn."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.contract.inspection import InspectionDocument, InspectionRules
from chalicelib.domain.access import Permission, Resource, require
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.disposal import Disposal
from chalicelib.domain.disposal_order import DisposalOrder, OrderParty
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.loop import machine
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import ActingBody, TenantId
from chalicelib.services.disposal.editions import Parties, edition_of
from chalicelib.services.disposal.order_grounds import (
    Unusable,
    appraisal_problem,
    cited,
    current_subject,
    registered_appraisal,
    unusable_bases,
)
from chalicelib.services.disposal.writing import move_order, put_order, read_order
from chalicelib.services.finding.move_finding import require_text
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store


class OrderDraft(BaseModel):
    """What an officer fills in. acting_body_id: in whose name; empty for the officer's own. basis_ids: of those that
    the document names, empty for all. grounds: why an order does not wait for an appraisal, where its document may rest
    on danger that was seen. review_organ, court: empty for a line to be filled by hand. due_on: needed where no clock
    of the package runs from the service."""

    model_config = ConfigDict(extra="forbid")

    document_id: str = Field(max_length=64)
    acting_body_id: str = Field(default="", max_length=40)
    owner: str = Field(default="", max_length=60)
    facts: str = Field(default="", max_length=4000)
    content: str = Field(default="", max_length=4000)
    basis_ids: list[str] = Field(default_factory=list, max_length=30)
    due_on: date | None = None
    grounds: str = Field(default="", max_length=1000)
    review_organ: str = Field(default="", max_length=60)
    court: str = Field(default="", max_length=60)


@idempotent
def draft_order(store: Store, tenant: TenantId, act: Act, *, disposal_id: str, draft: OrderDraft) -> DisposalOrder:
    """The draft, waiting for the head of the acting body. Raises InvalidInputError (each field with its mend),
    NotAllowedError (another body's order), AlreadyExistsError (one of this kind is under way)."""
    disposal = store.disposals.get(tenant, disposal_id)
    require(act.actor, Permission.DISPOSAL_READ, disposal.resource)
    machine("disposal").advance(disposal.state, "record_occurrence", facts={})
    values = _values(store, tenant, act, disposal, draft)
    order = DisposalOrder(
        **values,
        disposal_id=disposal.id,
        subject_id=disposal.subject_id,
        division=disposal.division,
        departments=disposal.departments,
        scenario=disposal.scenario,
        scenario_version=disposal.scenario_version,
        overlay_number=disposal.overlay_number,
        drafted_by=act.actor.person_id,
        drafted_for=act.actor.acting_for,
        drafted_at=act.at,
    )
    with store.change(tenant, act) as change:
        change.unchanged(disposal)
        put_order(store, change, order)
        change.event(EventType.ORDER_DRAFTED, order, {"document": order.document_id, "disposal_id": disposal.id})
    return order


@idempotent
def redraft_order(store: Store, tenant: TenantId, act: Act, *, order_id: str, draft: OrderDraft) -> DisposalOrder:
    """The draft with other values, before the head again. Whoever changes it is then its drafter."""
    order = read_order(store, tenant, act, order_id, Permission.ORDER_HANDLE)
    machine("disposal_order").transition(order.state, "redraft_order")
    disposal = store.disposals.get(tenant, order.disposal_id)
    kept = draft.model_copy(update={"document_id": order.document_id, "acting_body_id": order.acting_body_id})
    values = _values(store, tenant, act, disposal, kept)
    drafter: dict[str, Any] = {
        "drafted_by": act.actor.person_id,
        "drafted_for": act.actor.acting_for,
        "drafted_at": act.at,
    }
    return move_order(store, tenant, act, order, "redraft_order", **values, **drafter, reason="")


@idempotent
def withdraw_order(store: Store, tenant: TenantId, act: Act, *, order_id: str, reason: str) -> DisposalOrder:
    """The draft that nobody will decide on."""
    order = read_order(store, tenant, act, order_id, Permission.ORDER_HANDLE)
    said = require_text("reason", reason, 500)
    holds = {"has_reason": True}
    data = {"reason": said}
    return move_order(store, tenant, act, order, "withdraw_order", holds=holds, data=data, reason=said, ended_at=act.at)


def _values(store: Store, tenant: TenantId, act: Act, disposal: Disposal, draft: OrderDraft) -> dict[str, Any]:
    """The checked fields of an order."""
    edition = edition_of(store, tenant, disposal)
    rules = edition.scenario.inspection
    document = next((one for one in rules.orders if one.id == draft.document_id), None)
    if document is None or document.department is None:
        problem = FieldProblem(field="document_id", code="unknown_choice", details={"value": draft.document_id[:40]})
        raise InvalidInputError([problem])
    body = _body(store, tenant, act, disposal, document, draft.acting_body_id)
    subject = current_subject(store, tenant, disposal.subject_id)
    appraisal = registered_appraisal(store, tenant, act, subject, edition, document)
    held = store.confirmations.of_scenario(tenant, edition.package.name)
    chosen = _chosen(document, draft.basis_ids)
    bases = [edition.scenario.bases[one] for one in chosen]
    problems = [
        *_text_problems(draft),
        *_basis_problems(document, draft.basis_ids),
        *_unusable_problems(unusable_bases(store, tenant, bases, held, shanghai_date(act.at))),
        *_due_problems(rules, document, draft, act),
    ]
    lack = appraisal_problem(document, appraisal)
    problems += _ground_problems(document, draft, lack)
    if problems:
        raise InvalidInputError(problems)
    return {
        "document_id": document.id,
        "name": document.name,
        "department": document.department,
        "acting_body_id": body.id,
        "acting_body_label": body.label,
        "party": _party(subject, draft.owner),
        "basis_ids": chosen,
        "citation": cited(bases, held),
        "facts": draft.facts.strip(),
        "content": draft.content.strip(),
        "due_on": None if has_term(rules, document) else draft.due_on,
        "appraisal": appraisal,
        "grounds": draft.grounds.strip() if lack else "",
        "review_organ": draft.review_organ.strip(),
        "court": draft.court.strip(),
    }


def has_term(rules: InspectionRules, document: InspectionDocument) -> bool:
    """Whether a clock of the package runs from the order's service."""
    return term_of(rules, document) is not None


def term_of(rules: InspectionRules, document: InspectionDocument) -> str | None:
    """The clock by which the order is done; None where its clock is another one, or it has none."""
    clocks = (one for one in rules.deadlines if one.id == document.deadline_id)
    is_own = any(one.start_event == document.served_as for one in clocks)
    return document.deadline_id if is_own else None


def _body(
    store: Store, tenant: TenantId, act: Act, disposal: Disposal, document: InspectionDocument, asked: str
) -> ActingBody:
    """The body in whose name it is: one that acts for the document's department here."""
    known = Parties.at(store, tenant, disposal.division).bodies_for([str(document.department)])
    wanted = asked or act.actor.acting_body_id or ""
    found = next((one for one in known if one.id == wanted), known[0] if len(known) == 1 and not asked else None)
    if found is None:
        code = "unknown_acting_body" if known else "no_acting_body"
        raise InvalidInputError([FieldProblem(field="acting_body_id", code=code, details={"value": wanted[:40]})])
    named = frozenset({found.id, str(document.department)})
    require(act.actor, Permission.ORDER_HANDLE, Resource(divisions=frozenset({disposal.division}), departments=named))
    return found


def _chosen(document: InspectionDocument, asked: Sequence[str]) -> tuple[str, ...]:
    return tuple(one for one in document.legal_basis_ids if not asked or one in asked)


def _text_problems(draft: OrderDraft) -> list[FieldProblem]:
    found = []
    for field, maximum in (("facts", 2000), ("content", 2000)):
        text = getattr(draft, field).strip()
        if not text:
            found.append(FieldProblem(field=field, code="required"))
        elif len(text) > maximum:
            found.append(FieldProblem(field=field, code="too_long", details={"maximum": maximum}))
    return found


def _ground_problems(document: InspectionDocument, draft: OrderDraft, lack: str) -> list[FieldProblem]:
    """lack: why no registered appraisal grounds it. A reason does, where its document may rest on danger that was
    seen."""
    grades: dict[str, str | int] = {"grades": "、".join(document.technical_grades)}
    if lack and not document.may_rest_on_facts:
        return [FieldProblem(field="document_id", code=lack, details=grades)]
    if lack and not draft.grounds.strip():
        return [FieldProblem(field="grounds", code="grounds_missing", details=grades)]
    if lack and len(draft.grounds.strip()) > 500:
        return [FieldProblem(field="grounds", code="too_long", details={"maximum": 500})]
    return []


def _basis_problems(document: InspectionDocument, asked: Sequence[str]) -> list[FieldProblem]:
    unknown = set(asked) - set(document.legal_basis_ids)
    if unknown or not _chosen(document, asked):
        return [FieldProblem(field="basis_ids", code="unknown_choice", details={"value": "、".join(sorted(unknown))})]
    return []


def _unusable_problems(found: Unusable) -> list[FieldProblem]:
    waiting, repealed = found
    told = [("basis_unconfirmed", waiting), ("basis_repealed", [basis for basis, _ in repealed])]
    return [
        FieldProblem(field="basis_ids", code=code, details={"bases": "、".join(one.citation for one in bases)})
        for code, bases in told
        if bases
    ]


def _due_problems(
    rules: InspectionRules, document: InspectionDocument, draft: OrderDraft, act: Act
) -> list[FieldProblem]:
    if has_term(rules, document):
        return []
    if draft.due_on is None:
        return [FieldProblem(field="due_on", code="required")]
    return [FieldProblem(field="due_on", code="date_in_past")] if draft.due_on < shanghai_date(act.at) else []


def _party(subject: Subject, owner: str) -> OrderParty:
    named = owner.strip() or subject.responsible_person or subject.name
    return OrderParty(name=subject.name, address=subject.address, code=subject.code or "", owner=named)
