"""The subject says what it did to mend a finding, with evidence."""

from collections.abc import Sequence
from typing import Any

from chalicelib.domain.act import Act
from chalicelib.domain.errors import ConflictError, FieldProblem, InvalidInputError
from chalicelib.domain.finding import Finding, Rectification
from chalicelib.domain.loop import machine
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit_evidence import DOCUMENT_TYPES
from chalicelib.services.finding.move_finding import move_finding, open_finding, require_text
from chalicelib.services.finding.sisters import current_sisters
from chalicelib.services.idempotent import idempotent
from chalicelib.services.visit.uploads import take_upload
from chalicelib.storage.store import Store

MAX_FILES = 10


@idempotent
def submit_rectification(
    store: Store, tenant: TenantId, act: Act, *, finding_id: str, text: str, upload_ids: Sequence[str]
) -> Finding:
    """The finding waiting for reinspection, and with it every other on the same fault that waits for the subject: what
    was mended once is told once, and each acting body looks at it for itself.

    Raises InvalidInputError (no text, no evidence, a file that is none), IllegalTransitionError, ConflictError,
    RecordNotFoundError for another subject's finding.
    """
    finding = open_finding(store, tenant, act, finding_id, "submit_rectification")
    problems = []
    if not text.strip():
        problems.append(FieldProblem(field="text", code="required"))
    if not upload_ids:
        problems.append(FieldProblem(field="evidence", code="file_missing"))
    if len(upload_ids) > MAX_FILES:
        problems.append(FieldProblem(field="evidence", code="too_many_files", details={"maximum": MAX_FILES}))
    if problems:
        raise InvalidInputError(problems)
    evidence = [
        take_upload(store, tenant, owner=finding, upload_id=one, allowed=DOCUMENT_TYPES, taken_at=act.at)
        for one in dict.fromkeys(upload_ids)
    ]
    said = Rectification(
        submitted_by=act.actor.person_id, submitted_at=act.at, text=require_text("text", text), evidence=evidence
    )
    machine("finding").advance(finding.state, "submit_rectification", facts={"has_evidence": bool(evidence)})
    if act.seen is not None and act.seen[0] == finding.ref and act.seen[1] != finding.version:
        raise ConflictError(kind=Finding.KIND, id=finding.id)
    sisters = [one for one in current_sisters(store, tenant, finding) if one.needs_subject]
    # The one that was asked for comes last: only then is the act done, and a repeat finishes what is missing.
    for sister in sisters:
        _give(store, tenant, act.part(sister.id), sister, said, {"given_with": finding.id})
    data = {"also_given_to": [one.id for one in sisters]} if sisters else {}
    return _give(store, tenant, act, finding, said, data)


def _give(
    store: Store, tenant: TenantId, act: Act, finding: Finding, said: Rectification, data: dict[str, Any]
) -> Finding:
    return move_finding(
        store,
        tenant,
        act,
        finding,
        "submit_rectification",
        facts={"has_evidence": bool(said.evidence)},
        data=data,
        evidence=said.evidence,
        rectifications=[*finding.rectifications, said],
    )
