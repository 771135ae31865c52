"""What one checklist has that another has not: for an author who looks over an import before it becomes the package."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from chalicelib.domain.checklist import Checklist
from chalicelib.domain.item import CheckItem


class DifferenceKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"
    CHANGED = "changed"
    TRANSLATED = "translated"


@dataclass(frozen=True)
class Difference:
    """One difference of one item, or of the checklist itself (`id` empty). before, after: the field's value as text."""

    kind: DifferenceKind
    id: str
    name: str
    field: str = ""
    before: str = ""
    after: str = ""


def compare_checklists(
    old: Checklist,
    new: Checklist,
    old_strings: Mapping[str, Mapping[str, str]] | None = None,
    new_strings: Mapping[str, Mapping[str, str]] | None = None,
) -> list[Difference]:
    """Every difference, in the order of the new checklist; what was removed comes last. Strings are language -> key ->
    text; only those of checklists are looked at."""
    found = list(_heads(old, new))
    places, before = _places(old), {item.id: item for item in old.items}
    for item in new.items:
        known = before.pop(item.id, None)
        if known is None:
            found.append(Difference(DifferenceKind.ADDED, item.id, item.name))
            continue
        found += _fields(known, item)
    kept = {item.id for item in new.items} & set(places)
    found += _moves(old, new, kept)
    found += [Difference(DifferenceKind.REMOVED, id, item.name) for id, item in before.items()]
    return found + list(_translations(old_strings or {}, new_strings or {}))


def _heads(old: Checklist, new: Checklist) -> Iterator[Difference]:
    for name in ("title", "introduction"):
        if getattr(old, name) != getattr(new, name):
            yield Difference(DifferenceKind.CHANGED, "", "", name, getattr(old, name), getattr(new, name))
    titles = {one.id: one.title for one in old.sections}
    for one in new.sections:
        if one.id in titles and titles[one.id] != one.title:
            yield Difference(DifferenceKind.CHANGED, one.id, one.title, "title", titles[one.id], one.title)
    if old.self_check_rounds != new.self_check_rounds:
        texts = (_text([one.model_dump(mode="json") for one in part.self_check_rounds]) for part in (old, new))
        yield Difference(DifferenceKind.CHANGED, "", "", "self_check_rounds", *texts)


def _places(checklist: Checklist) -> dict[str, str]:
    return {item.id: section.id for section in checklist.sections for item in section.items}


def _fields(old: CheckItem, new: CheckItem) -> Iterator[Difference]:
    before, after = (one.model_dump(mode="json", by_alias=True, exclude_none=True) for one in (old, new))
    for name in type(new).model_fields:
        if before.get(name) != after.get(name):
            texts = _text(before.get(name)), _text(after.get(name))
            yield Difference(DifferenceKind.CHANGED, new.id, new.name, name, *texts)


def _moves(old: Checklist, new: Checklist, kept: set[str]) -> Iterator[Difference]:
    """Items that stand in another section, or behind another item than before, of those that both have."""
    was, now = _places(old), _places(new)
    behind = {part: _behind(checklist, kept) for part, checklist in (("old", old), ("new", new))}
    for item in new.items:
        if item.id in kept and (was[item.id] != now[item.id] or behind["old"][item.id] != behind["new"][item.id]):
            texts = f"{was[item.id]}, {behind['old'][item.id]}", f"{now[item.id]}, {behind['new'][item.id]}"
            yield Difference(DifferenceKind.MOVED, item.id, item.name, "", *(text.rstrip(", ") for text in texts))


def _behind(checklist: Checklist, kept: set[str]) -> dict[str, str]:
    ids = [item.id for item in checklist.items if item.id in kept]
    return dict(zip(ids, ["", *ids], strict=False))


def _translations(old: Mapping[str, Mapping[str, str]], new: Mapping[str, Mapping[str, str]]) -> Iterator[Difference]:
    for language in sorted({*old, *new}):
        before = {key: text for key, text in old.get(language, {}).items() if key.startswith("checklist.")}
        after = {key: text for key, text in new.get(language, {}).items() if key.startswith("checklist.")}
        for key in sorted({*before, *after}):
            if before.get(key) != after.get(key):
                texts = before.get(key, ""), after.get(key, "")
                yield Difference(DifferenceKind.TRANSLATED, key, language, "", *texts)


def _text(value: Any) -> str:
    """A value as an author reads it."""
    if isinstance(value, dict | list):
        import json

        flat = isinstance(value, list) and all(isinstance(one, str) for one in value)
        return " ".join(value) if flat else json.dumps(value, ensure_ascii=False)
    return "" if value is None else str(value)
