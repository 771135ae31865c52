"""Checklist (一业一单): which items are asked now, and how items of several departments become one list of questions.

A fact that several departments need is asked once; each of them keeps its own finding on the answer.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.condition import Scalar
from chalicelib.domain.item import Answer, AnswerType, CheckItem, CheckLocation, EvidenceKind, Severity, SubjectFacts
from chalicelib.domain.label import Code, Label
from chalicelib.domain.self_check_rules import SelfCheckRound, SelfCheckRule, shortest_cycle


class ChecklistSection(BaseModel):
    """A heading that groups items in the order in which an officer walks the premises."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    title: Label
    items: tuple[CheckItem, ...] = Field(min_length=1)


class Checklist(BaseModel):
    """The check items of a scenario, by section, in the order in which they are asked.

    `self_check_rounds` name the cycles in which a subject goes through the items that carry a self-check; empty when
    the trade has no names of its own for them.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Label
    introduction: Label = ""
    sections: tuple[ChecklistSection, ...] = Field(min_length=1)
    self_check_rounds: tuple[SelfCheckRound, ...] = ()

    @model_validator(mode="after")
    def _rounds_cover_the_cycles(self) -> Self:
        cycles = [one.cycle for one in self.self_check_rounds]
        if len(set(cycles)) != len(cycles):
            raise ValueError("each cycle of self-checks has one round")
        unnamed = {item.self_check.cycle for item in self.items if item.self_check} - set(cycles)
        if cycles and unnamed:
            raise ValueError(f"no round of self-checks is {', '.join(sorted(unnamed))}")
        return self

    @property
    def items(self) -> tuple[CheckItem, ...]:
        return tuple(item for section in self.sections for item in section.items)

    def item(self, item_id: str) -> CheckItem | None:
        return next((item for item in self.items if item.id == item_id), None)


class FindingSlot(BaseModel):
    """Where one department makes its own finding on a shared answer; `item_id` names the item that it answers for."""

    model_config = ConfigDict(frozen=True)

    department: str
    item_id: str


class MergedItem(BaseModel):
    """One question, asked once. `item` words it (the first that asks for the fact); `items` are all that it answers.

    It is as strict as its strictest item: severity, evidence, key and full-coverage flags are united, and it is asked
    on site when any of its items must be. `self_check` has the words of the first item that gives some and comes round
    as often as the one that does so most often; None when the subject cannot look by itself.
    """

    model_config = ConfigDict(frozen=True)

    key: str
    name: str
    item: CheckItem
    items: tuple[CheckItem, ...]
    slots: tuple[FindingSlot, ...]
    answer_type: AnswerType
    location: CheckLocation
    severity: Severity
    evidence: tuple[EvidenceKind, ...]
    is_key_item: bool
    is_full_coverage: bool
    conflicts: tuple[str, ...] = ()
    self_check: SelfCheckRule | None = None

    @property
    def departments(self) -> tuple[str, ...]:
        """Every department that makes a finding here, in the order of the items, each once."""
        return tuple(dict.fromkeys(slot.department for slot in self.slots))

    @model_validator(mode="after")
    def _has_items(self) -> Self:
        if not self.items:
            raise ValueError("a merged item answers at least one check item")
        return self


def _merged_self_check(items: Iterable[CheckItem]) -> SelfCheckRule | None:
    rules = [item.self_check for item in items if item.self_check]
    return rules[0].model_copy(update={"cycle": shortest_cycle(tuple(r.cycle for r in rules))}) if rules else None


def question_of(items: Sequence[CheckItem]) -> str:
    """How a fact is asked that these items share, at least one: the first question that is worded, else the first
    item's name."""
    return next((item.question for item in items if item.question), items[0].name)


def _merge(key: str, items: tuple[CheckItem, ...], departments: Collection[str] | None) -> MergedItem:
    wanted = [
        FindingSlot(department=department, item_id=item.id)
        for item in items
        for department in (item.department, *item.shared_by)
        if departments is None or department in departments
    ]
    own = {slot.department for slot in wanted if any(i.department == slot.department for i in items)}
    accountable = {item.id: item.department for item in items}
    slots = [s for s in wanted if accountable[s.item_id] == s.department or s.department not in own]
    ranks = list(Severity)
    must_visit = any(item.location is CheckLocation.ON_SITE for item in items)
    limits = {item.number for item in items}
    return MergedItem(
        key=key,
        name=question_of(items),
        item=items[0],
        items=items,
        slots=tuple(dict.fromkeys(slots)),
        answer_type=items[0].answer_type,
        location=CheckLocation.ON_SITE if must_visit else CheckLocation.OFF_SITE,
        severity=max((item.severity for item in items), key=ranks.index),
        evidence=tuple(dict.fromkeys(kind for item in items for kind in item.evidence)),
        is_key_item=any(item.is_key_item for item in items),
        is_full_coverage=any(item.is_full_coverage for item in items),
        conflicts=tuple(item.id for item in items) if len(limits) > 1 else (),
        self_check=_merged_self_check(items),
    )


def merge_items(items: Iterable[CheckItem], departments: Collection[str] | None = None) -> list[MergedItem]:
    """The asked-once list for these departments (all of them when None), in the order of the items' first appearance.

    An item belongs when its accountable department or one that shares it takes part. `conflicts` names the items of a
    question whose number limits differ: each department still judges by its own, and somebody has to settle it.
    """
    groups: dict[str, list[CheckItem]] = {}
    for item in items:
        if departments is None or {item.department, *item.shared_by} & set(departments):
            groups.setdefault(item.question_key, []).append(item)
    return [_merge(key, tuple(group), departments) for key, group in groups.items()]


def visible_items(
    checklist: Checklist, answers: Mapping[str, Answer], subject: SubjectFacts | None = None
) -> list[CheckItem]:
    """The items that are asked now, in order: they fit the kind of subject and their condition holds.

    `answers` is keyed by question key. The answer to a question that is itself hidden does not count, so hiding one
    item hides what hangs on it. Without a subject, kinds are not looked at.
    """
    attributes: Mapping[str, Scalar] = subject.known if subject else {}
    counted: dict[str, Scalar] = {}
    shown: list[CheckItem] = []
    for item in checklist.items:
        if subject and item.subject_kinds and subject.kind not in item.subject_kinds:
            continue
        if item.condition and not item.condition.holds(counted, attributes):
            continue
        shown.append(item)
        given = answers.get(item.question_key)
        if given is not None and given.value is not None:
            counted[item.question_key] = given.value
    return shown


def possible_items(checklist: Checklist, subject: SubjectFacts) -> list[CheckItem]:
    """The items that may ever be asked of the subject, in order: of its kind, and not ruled out by its attributes."""
    askable: set[str] = set()
    possible: list[CheckItem] = []
    for item in checklist.items:
        if item.subject_kinds and subject.kind not in item.subject_kinds:
            continue
        if item.condition and item.condition.outlook(askable, subject.known) is False:
            continue
        possible.append(item)
        askable.add(item.question_key)
    return possible
