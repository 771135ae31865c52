"""The lists of several scenarios as one: a fact that several of them ask under the same key is asked once.

Every scenario's own handler decides what it asks and what an answer means for its items; here the lists are laid side
by side. The first scenario's words and order come first. A joint question is as strict as its strictest part.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

from chalicelib.contract.exchange import ChecklistEntry, ChecklistResult, DepartmentProgress
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.item import AnswerType, CheckItem, CheckLocation, Severity

T = TypeVar("T")
_SEVERITIES = list(Severity)


def answer_shape(item: CheckItem) -> tuple[AnswerType, tuple[str, int] | None]:
    """What an answer must look like: one answer can serve only items of one shape."""
    return item.answer_type, (item.number.unit, item.number.decimals) if item.number else None


def differing_questions(first: Scenario, other: Scenario) -> tuple[str, ...]:
    """The keys under which the two ask for answers of different types or units: they cannot share a visit."""
    shapes = {item.question_key: answer_shape(item) for item in first.checklist.items}
    return tuple(
        dict.fromkeys(
            item.question_key
            for item in other.checklist.items
            if shapes.get(item.question_key, answer_shape(item)) != answer_shape(item)
        )
    )


def join_results(results: Sequence[ChecklistResult], labels: Mapping[str, str]) -> ChecklistResult:
    """One list. labels: scenario -> its name, put before the section titles of all but the first."""
    first, others = results[0], results[1:]
    if not others:
        return first
    entries = {entry.key: entry for entry in first.entries}
    for result in others:
        for entry in result.entries:
            known = entries.get(entry.key)
            entries[entry.key] = _joined(known, entry) if known else _placed(entry, result.scenario, labels)
    joint = tuple(entries.values())
    done = {entry.key for entry in joint if entry.answer and entry.answer.is_given and not entry.problems}
    return first.model_copy(
        update={
            "entries": joint,
            "asked": len(joint),
            "answered": len(done),
            "by_department": _progress(results, joint, done),
            "problems": tuple(problem for entry in joint for problem in entry.problems),
            "derived": tuple({one.id: one for result in reversed(results) for one in result.derived}.values()),
            "is_complete": len(done) == len(joint),
        }
    )


def _placed(entry: ChecklistEntry, scenario: str, labels: Mapping[str, str]) -> ChecklistEntry:
    """In a section of its own: two scenarios may use one section id."""
    title = f"{labels.get(scenario, scenario)} · {entry.section_title}"
    return entry.model_copy(update={"section_id": f"{scenario}-{entry.section_id}", "section_title": title})


def _joined(first: ChecklistEntry, other: ChecklistEntry) -> ChecklistEntry:
    is_on_site = CheckLocation.ON_SITE in (first.location, other.location)
    problems = {(one.field, one.code): one for one in (*other.problems, *first.problems)}
    differ = (*(slot.item_id for slot in first.slots), *(slot.item_id for slot in other.slots))
    return first.model_copy(
        update={
            "because": first.because if other.because else "",
            "location": CheckLocation.ON_SITE if is_on_site else CheckLocation.OFF_SITE,
            "severity": max(first.severity, other.severity, key=_SEVERITIES.index),
            "is_key_item": first.is_key_item or other.is_key_item,
            "is_full_coverage": first.is_full_coverage or other.is_full_coverage,
            "evidence": _each_once((*first.evidence, *other.evidence)),
            "departments": _each_once((*first.departments, *other.departments)),
            "slots": (*first.slots, *other.slots),
            "problems": tuple(problems.values()),
            "conflicts": _each_once(
                (*first.conflicts, *other.conflicts, *(differ if first.number != other.number else ()))
            ),
        }
    )


def _progress(
    results: Iterable[ChecklistResult], entries: Sequence[ChecklistEntry], done: set[str]
) -> tuple[DepartmentProgress, ...]:
    known = {one.department: one.label for result in results for one in result.by_department}
    return tuple(
        DepartmentProgress(
            department=code,
            label=label,
            asked=sum(code in entry.departments for entry in entries),
            answered=sum(code in entry.departments and entry.key in done for entry in entries),
        )
        for code, label in known.items()
    )


def _each_once(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))
