"""Relate the subject of an imported row to those whose codes the row names."""

from collections.abc import Iterator

from chalicelib.domain.act import Act
from chalicelib.domain.errors import (
    FieldProblem,
    IllegalTransitionError,
    InvalidInputError,
    NotAllowedError,
    RecordNotFoundError,
)
from chalicelib.domain.record import Ref
from chalicelib.domain.register_row import RELATED
from chalicelib.domain.subject import Subject
from chalicelib.domain.subject_kind import RelationKind
from chalicelib.domain.subject_relation import relation_id
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.register.import_report import ProblemRow, RelatedRow
from chalicelib.services.register.relate_subjects import relate_subjects
from chalicelib.storage.store import Store
from chalicelib.storage.subjects import CODE

_FIELDS = {kind: field for field, kind in RELATED.items()}


def relate_row(store: Store, tenant: TenantId, act: Act, row: RelatedRow) -> Iterator[ProblemRow]:
    """Keep the row's relations that are not there yet; what cannot be kept comes back as a row to look at."""
    owners = store.owners(tenant, CODE, sorted(set(row.codes.values())))
    for kind, code in row.codes.items():
        owner = owners.get(code)
        if owner is None:
            yield _warning(row, kind, code, "related_unknown")
            continue
        held = relation_id(kind, owner.id, is_reverse=False)
        ref = Ref(kind=Subject.KIND, id=row.subject_id)
        if owner.id == row.subject_id or store.subject_relations.find_child(tenant, ref, held):
            continue
        part = act.part(f"related.{row.row_number}.{kind.value}")
        try:
            relate_subjects(store, tenant, part, subject_id=row.subject_id, other_id=owner.id, kind=kind)
        except (InvalidInputError, IllegalTransitionError, NotAllowedError, RecordNotFoundError):
            yield _warning(row, kind, code, "related_refused")


def _warning(row: RelatedRow, kind: RelationKind, code: str, problem: str) -> ProblemRow:
    details: dict[str, str | int] = {"row": row.row_number, "column": "", "value": code}
    found = FieldProblem(field=_FIELDS[kind], code=problem, details=details)
    return ProblemRow(row_number=row.row_number, values=row.values, problems=(found,), outcome="warned")
