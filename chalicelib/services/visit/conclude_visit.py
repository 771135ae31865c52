"""Confirm a visit on which every acting body has concluded: its findings first, one change each, the visit last."""

import hashlib
from datetime import date, datetime

from ulid import ULID

from chalicelib.domain.act import Act
from chalicelib.domain.calendar import end_of_day, shanghai_date
from chalicelib.domain.errors import AlreadyExistsError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.finding import Finding
from chalicelib.domain.item import Compliance
from chalicelib.domain.loop import initial_state
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import BodyConclusion, Visit, VisitBody
from chalicelib.services.idempotent import idempotent
from chalicelib.services.visit.move_visit import move_visit
from chalicelib.services.visit.own_items import OwnItem, own_items
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store


@idempotent
def conclude_visit(store: Store, tenant: TenantId, act: Act, *, visit_id: str) -> Visit:
    """The confirmed visit with one finding per acting body and item not met. Called once the last body has concluded.

    A finding's identifier follows from visit, body and item, so that a repeat, by whomever, makes none twice. Raises
    IllegalTransitionError while a body has not concluded.
    """
    visit = store.visits.get(tenant, visit_id)
    is_concluded = all(body.concluded_at for body in visit.bodies)
    findings = _findings(store, tenant, act, visit) if visit.state == "submitted" and is_concluded else []
    for finding in findings:
        _make(store, tenant, act, finding)
    with store.change(tenant, act) as change:
        return move_visit(
            store,
            tenant,
            act,
            change,
            visit,
            "confirm_visit",
            facts={"every_acting_body_has_concluded": is_concluded},
            data={"findings": len(findings), "acting_bodies": len(visit.bodies)},
            concluded_at=act.at,
        )


def _findings(store: Store, tenant: TenantId, act: Act, visit: Visit) -> list[Finding]:
    answers = store.visit_answers.of_visit(tenant, visit.id)
    conclusions = store.body_conclusions.of_visit(tenant, visit.id)
    return [
        _finding(act, visit, body, item, item.conclusion)
        for body in visit.bodies
        for item in own_items(store, tenant, visit, body, answers, conclusions, act.at)
        if item.conclusion and item.conclusion.compliance is Compliance.NON_COMPLIANT
    ]


def _make(store: Store, tenant: TenantId, act: Act, finding: Finding) -> None:
    part = act.part(finding.id)
    try:
        with store.change(tenant, part) as change:
            change.save(finding)
            data = {
                "visit_id": finding.visit_id,
                "acting_body_id": finding.acting_body_id,
                "item_id": finding.item_id,
                "legal_basis_id": finding.legal_basis_id,
                "remedy_due_on": finding.remedy_due_on.isoformat(),
            }
            hashes = {f"photo{n}": photo.sha256 for n, photo in enumerate(finding.photos)}
            change.event(EventType.FINDING_MADE, finding, data, hashes)
    except (AlreadyExistsError, AlreadyDoneError):
        return


def _finding(act: Act, visit: Visit, body: VisitBody, item: OwnItem, said: BodyConclusion) -> Finding:
    submitted_at = visit.submitted_at or act.at
    due_on = said.remedy_due_on or shanghai_date(act.at)
    return Finding(
        id=finding_id(visit.id, body.acting_body_id, item.key, submitted_at),
        visit_id=visit.id,
        plan_id=visit.plan_id,
        scenario=item.scenario,
        scenario_version=item.scenario_version,
        subject_id=visit.subject.subject_id,
        subject_name=visit.subject.name,
        division=visit.subject.division,
        acting_body_id=body.acting_body_id,
        acting_body_label=body.label,
        department=item.department,
        item_id=item.item_id,
        question_key=item.question_key,
        title=item.title,
        severity=item.severity,
        legal_basis_id=said.legal_basis_id,
        clause=next((basis.citation for basis in item.bases if basis.id == said.legal_basis_id), ""),
        note=said.note or item.note,
        photos=item.photos,
        found_on=_visited_on(visit, act),
        remedy_due_on=due_on,
        due_at=end_of_day(due_on),
        state=initial_state("finding"),
    )


def finding_id(visit_id: str, acting_body_id: str, key: str, at: datetime) -> str:
    """A ULID of this moment whose random part follows from visit, body and item."""
    digest = hashlib.sha256(f"{visit_id}\x1f{acting_body_id}\x1f{key}".encode()).digest()
    milliseconds = int(at.timestamp() * 1000)
    return str(ULID.from_bytes(milliseconds.to_bytes(6, "big") + digest[:10]))


def _visited_on(visit: Visit, act: Act) -> date:
    if visit.started_at is None:
        raise RecordNotFoundError(kind="visit_start", id=visit.id)
    return shanghai_date(visit.started_at)
