"""Merging duplicates and splitting what is two: what becomes of both subjects, and how it is undone.

Pure functions over whole subjects; relations and scenario entries follow in the service. A merged duplicate stays as a
tombstone that names the survivor.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import BaseModel, Field

from chalicelib.domain.division import county_of
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.record import Record, Ref, UtcTime
from chalicelib.domain.subject import ScenarioMembership, Subject, SubjectDraft, SubjectStatus
from chalicelib.domain.subject_kind import kind_rules, subject_limits
from chalicelib.domain.subject_relation import SubjectRelation

OTHER = "other"
"""Chooses the value of the subject that is merged away."""
CHOSEN_FIELDS = (
    "name",
    "code",
    "operator_code",
    "division",
    "address",
    "located_at",
    "plate",
    "phone",
    "responsible_person",
    "responsible_people",
    "status",
)
"""Fields of which one of the two values is kept; attributes and memberships are chosen one by one."""


class MovedRelations(BaseModel):
    """One end of each pair that a regrouping took away, and of each that it made."""

    removed: list[SubjectRelation] = Field(default_factory=list)
    added: list[SubjectRelation] = Field(default_factory=list)


class RegroupingAct(StrEnum):
    MERGE = "merge"
    SPLIT = "split"


class SubjectRegrouping(Record):
    """One merge or split, kept under the subject that stays, with what both were before and after.

    other_before is None for a split, which made the other subject. removed and added: ends of relations, one of each
    pair, as they stood before and after. moves_key: the file that holds them instead, of relations too many for one
    transaction; settled_at: when a worker had moved those, or moved them back.
    """

    KIND: ClassVar[str] = "subject_regrouping"

    act: RegroupingAct
    kept_id: str
    other_id: str
    kept_before: Subject
    kept_after: Subject
    other_before: Subject | None = None
    other_after: Subject
    removed: list[SubjectRelation] = Field(default_factory=list)
    added: list[SubjectRelation] = Field(default_factory=list)
    moves_key: str = ""
    settled_at: UtcTime | None = None
    reason: str = Field(default="", max_length=400)
    done_by: str
    done_at: UtcTime
    undone_by: str = ""
    undone_at: UtcTime | None = None

    @property
    def parent_ref(self) -> Ref:
        return Ref(kind=Subject.KIND, id=self.kept_id)

    @property
    def is_unsettled(self) -> bool:
        """Whether relations are still on their way."""
        return bool(self.moves_key) and self.settled_at is None

    def is_undoable(self, at: UtcTime) -> bool:
        return self.undone_at is None and at <= self.done_at + timedelta(days=subject_limits().undo_days)


def may_merge(kept: Subject, other: Subject) -> list[FieldProblem]:
    """Why these two cannot become one; empty when they can."""
    found = []
    if kept.id == other.id:
        found.append("same_subject")
    elif kept.kind is not other.kind and not kind_rules(other.kind).may_merge_into_any:
        found.append("another_kind")
    if kept.is_tombstone or other.is_tombstone:
        found.append("no_longer_kept")
    if kept.hand_over_id or other.hand_over_id:
        found.append("hand_over_under_way")
    return [FieldProblem(field="other_id", code=code) for code in found]


class TellingField(StrEnum):
    """What tells two subjects apart before anything else. code: two different valid codes; division: two counties."""

    CODE = "code"
    DIVISION = "division"
    KIND = "kind"


def telling_differences(kept: Subject, other: Subject) -> tuple[TellingField, ...]:
    """In which of these the two differ: each is a reason to look twice before they become one."""
    counties = [county_of(one.division) or one.division for one in (kept, other)]
    found = {
        TellingField.CODE: bool(kept.code and other.code and kept.code != other.code),
        TellingField.DIVISION: counties[0] != counties[1],
        TellingField.KIND: kept.kind is not other.kind,
    }
    return tuple(field for field, differs in found.items() if differs)


def reason_problems(kept: Subject, other: Subject, reason: str) -> list[FieldProblem]:
    """Two codes are two registrations: whoever says that they are one says why."""
    if TellingField.CODE not in telling_differences(kept, other) or reason.strip():
        return []
    details: dict[str, str | int] = {"kept": kept.code or "", "other": other.code or ""}
    return [FieldProblem(field="reason", code="merge_reason_missing", details=details)]


def look_like(subject: Subject, found: Iterable[Subject], related: Iterable[str] = ()) -> list[Subject]:
    """Of subjects with the same name, address or plate, those that could be this one entered twice: not what it is
    related to and nothing of another kind; what is not known yet may turn out to be of any."""
    apart = set(related)
    return [one for one in found if one.id not in apart and not (may_merge(subject, one) and may_merge(one, subject))]


def merge(kept: Subject, other: Subject, choices: Mapping[str, str]) -> tuple[Subject, Subject]:
    """The survivor and the tombstone. choices: a field, `kind_attributes.<code>` or `memberships.<scenario>` to `other`
    where the value of the one merged away is to be kept; without a choice an empty value gives way to the other's.

    Raises InvalidInputError when the two cannot be merged.
    """
    if problems := may_merge(kept, other):
        raise InvalidInputError(problems)

    def chosen(field: str, own: Any, others: Any) -> Any:
        return others if choices.get(field) == OTHER or own in (None, "", ()) else own

    values = {name: chosen(name, getattr(kept, name), getattr(other, name)) for name in CHOSEN_FIELDS}
    if values["plate"] != kept.plate:
        values["plate_form"] = other.plate_form
    if values["located_at"] != kept.located_at:
        values["coordinate_system"] = other.coordinate_system
    if kind_rules(kept.kind).code_use == "required" and values["code"] is None:
        values["code"] = kept.code
    values["kind_attributes"] = _attributes(kept, other, choices)
    values["memberships"] = _memberships(kept, other, choices)
    values["photos"] = tuple(dict.fromkeys((*kept.photos, *other.photos)))
    values["absorbed"] = tuple(dict.fromkeys((*kept.absorbed, *other.all_ids)))
    tombstone = other.with_changes(status=SubjectStatus.MERGED, merged_into=kept.id, memberships=())
    return kept.with_changes(**values), tombstone


def _attributes(kept: Subject, other: Subject, choices: Mapping[str, str]) -> dict[str, Any]:
    known = {one.code for one in kind_rules(kept.kind).attributes}
    theirs = {code: value for code, value in other.kind_attributes.items() if code in known}
    taken = {code: value for code, value in theirs.items() if choices.get(f"kind_attributes.{code}") == OTHER}
    return theirs | kept.kind_attributes | taken


def _memberships(kept: Subject, other: Subject, choices: Mapping[str, str]) -> tuple[ScenarioMembership, ...]:
    found = {one.scenario: one for one in kept.memberships}
    for one in other.memberships:
        if one.scenario not in found or choices.get(f"memberships.{one.scenario}") == OTHER:
            found[one.scenario] = one
    return tuple(found[name] for name in sorted(found))


def split(kept: Subject, draft: SubjectDraft, part_id: str, scenarios: Iterable[str]) -> tuple[Subject, Subject]:
    """The subject without these memberships, and the new one that has them.

    Raises InvalidInputError for a scenario that the subject is not in, and for a subject that is not kept any more.
    """
    wanted = frozenset(scenarios)
    problems = [
        FieldProblem(field="scenarios", code="unknown_choice") for one in wanted if kept.membership(one) is None
    ]
    if kept.is_tombstone or kept.hand_over_id:
        code = "no_longer_kept" if kept.is_tombstone else "hand_over_under_way"
        problems.append(FieldProblem(field="scenarios", code=code))
    if problems:
        raise InvalidInputError(problems)
    moved = tuple(one for one in kept.memberships if one.scenario in wanted)
    part = draft.register(part_id).with_changes(memberships=moved, source=f"split:{kept.id}")
    return kept.without(wanted), part


def restore(before: Subject, after: Subject, now: Subject) -> Subject:
    """`now` with everything that a merge or split changed set back; what it left alone stays as it is now.

    Raises InvalidInputError, naming the fields, when something that it changed was changed again since.
    """
    names = [name for name in type(now).model_fields if name not in ("id", "version", "memberships", "changed_at")]
    touched = [name for name in names if getattr(before, name) != getattr(after, name)]
    problems = [
        FieldProblem(field=name, code="changed_since") for name in touched if getattr(now, name) != getattr(after, name)
    ]
    memberships = {one.scenario: one for one in now.memberships}
    for scenario in sorted({one.scenario for one in (*before.memberships, *after.memberships)}):
        was, became, held = before.membership(scenario), after.membership(scenario), now.membership(scenario)
        if was == became:
            continue
        if (held and held.attributes) != (became and became.attributes):
            problems.append(FieldProblem(field=f"memberships.{scenario}", code="changed_since"))
        memberships.pop(scenario, None)
        if was is not None:
            memberships[scenario] = was
    if problems:
        raise InvalidInputError(problems)
    values = {name: getattr(before, name) for name in touched}
    return now.with_changes(**values, memberships=tuple(memberships[name] for name in sorted(memberships)))
