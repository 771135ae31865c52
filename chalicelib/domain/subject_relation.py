"""Relations of subjects: typed, directed, with dates, kept beside both so that one query of either tells of them."""

from datetime import date
from typing import ClassVar, Self

from pydantic import model_validator

from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.record import Record, Ref, UtcTime
from chalicelib.domain.subject import Subject
from chalicelib.domain.subject_kind import RelationKind, relation_rules


class SubjectRelation(Record):
    """One end of a relation; the parent is `subject_id`, the other end lies in the partition of `other_id`.

    is_reverse: the relation leads from the other to this subject. until_on: the last day on which it held; None while
    it holds. There is one of each kind between two subjects.
    """

    KIND: ClassVar[str] = "subject_relation"

    subject_id: str
    other_id: str
    kind: RelationKind
    is_reverse: bool
    from_on: date | None = None
    until_on: date | None = None
    recorded_at: UtcTime

    @model_validator(mode="after")
    def _dates_in_order(self) -> Self:
        if self.from_on and self.until_on and self.until_on < self.from_on:
            raise ValueError("a relation ends after it began")
        return self

    @property
    def parent_ref(self) -> Ref:
        return Ref(kind=Subject.KIND, id=self.subject_id)

    @property
    def source_id(self) -> str:
        return self.other_id if self.is_reverse else self.subject_id

    @property
    def target_id(self) -> str:
        return self.subject_id if self.is_reverse else self.other_id

    def holds_on(self, day: date) -> bool:
        return (self.from_on is None or self.from_on <= day) and (self.until_on is None or day <= self.until_on)

    @property
    def reversed(self) -> "SubjectRelation":
        """The other end."""
        return self.model_copy(
            update={
                "id": relation_id(self.kind, self.subject_id, is_reverse=not self.is_reverse),
                "subject_id": self.other_id,
                "other_id": self.subject_id,
                "is_reverse": not self.is_reverse,
                "version": 0,
            }
        )

    def between(self, subject_id: str) -> "SubjectRelation":
        """The same relation with another subject at this end."""
        return self.model_copy(update={"subject_id": subject_id, "version": 0})


def relation_id(kind: RelationKind, other_id: str, *, is_reverse: bool) -> str:
    return f"{kind.value}.{'in' if is_reverse else 'out'}.{other_id}"


def relation_of(
    source: Subject,
    target: Subject,
    kind: RelationKind,
    *,
    at: UtcTime,
    from_on: date | None = None,
    until_on: date | None = None,
) -> SubjectRelation:
    """The end at `source`. Raises InvalidInputError for itself, for kinds that do not relate so, for dates reversed."""
    problems = []
    if source.id == target.id:
        problems.append(FieldProblem(field="other_id", code="related_to_itself"))
    elif not relation_rules(kind).allows(source.kind, target.kind):
        problems.append(FieldProblem(field="kind", code="kinds_do_not_relate"))
    if from_on and until_on and until_on < from_on:
        problems.append(FieldProblem(field="until_on", code="dates_reversed"))
    if problems:
        raise InvalidInputError(problems)
    return SubjectRelation(
        id=relation_id(kind, target.id, is_reverse=False),
        subject_id=source.id,
        other_id=target.id,
        kind=kind,
        is_reverse=False,
        from_on=from_on,
        until_on=until_on,
        recorded_at=at,
    )
