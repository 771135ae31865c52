"""Where a value stands in a JSON text: its path and its line, so that a finding can be opened in an editor."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from json import JSONDecoder
from typing import Any

Steps = tuple[str | int, ...]

_SPACE = re.compile(r"[ \t\n\r]*")
_PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_DECODER = JSONDecoder()
_NAMES = ("id", "code")


@dataclass(frozen=True)
class Place:
    """path: `$.sections[0].items[3].department`, empty where a text is no JSON; line: from 1, 0 while unknown."""

    path: str = ""
    line: int = 0


def path_text(path: Steps) -> str:
    """A path as RFC 9535 writes it."""
    steps = [
        f"[{step}]" if isinstance(step, int) else f".{step}" if _is_plain(step) else f'["{step}"]' for step in path
    ]
    return "$" + "".join(steps)


def _is_plain(step: str) -> bool:
    return _PLAIN.fullmatch(step) is not None


def positions(text: str) -> dict[Steps, int]:
    """Path of every value -> its line (of an object's entry: the line of its key). Raises ValueError for what is no
    JSON."""
    starts = dict(_walk(text, _SPACE.match(text, 0).end(), ()))  # type: ignore[union-attr]
    lines: dict[Steps, int] = {}
    line, position = 1, 0
    for path, start in sorted(starts.items(), key=lambda pair: pair[1]):
        line, position = line + text.count("\n", position, start), start
        lines[path] = line
    return lines


def read_unique(text: str) -> tuple[Any, list[Place]]:
    """The value, as `json.loads` reads it, and where a key stands that its object had before: of two equal keys JSON
    keeps the last without a word. Raises ValueError for what is no JSON."""
    is_repeated = False

    def from_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal is_repeated
        body = dict(pairs)
        is_repeated = is_repeated or len(body) < len(pairs)
        return body

    body = json.loads(text, object_pairs_hook=from_pairs)
    return body, list(_repeated(text)) if is_repeated else []


def _repeated(text: str) -> Iterator[Place]:
    """Nothing of what stands below such a key: it repeats because the key does."""
    seen: set[Steps] = set()
    again: set[Steps] = set()
    for path, at in _walk(text, _skip(text, 0), ()):
        if path in seen:
            if path[:-1] not in again:
                yield Place(path_text(path), text.count("\n", 0, at) + 1)
            again.add(path)
        seen.add(path)


def _walk(text: str, at: int, path: Steps) -> Iterator[tuple[Steps, int]]:
    """Every value below `at` with where it starts; returns where it ends."""
    yield path, at
    yield from _inside(text, at, path)


def _inside(text: str, at: int, path: Steps) -> Iterator[tuple[Steps, int]]:
    opening = text[at : at + 1]
    if opening not in ("{", "["):
        return
    position, count = _skip(text, at + 1), 0
    while text[position] not in "}]":
        step: str | int = count
        began = position
        if opening == "{":
            step, position = _DECODER.raw_decode(text, position)
            position = _skip(text, _skip(text, position) + 1)
        yield (*path, step), began
        yield from _inside(text, position, (*path, step))
        position = _skip(text, _end(text, position))
        position, count = _skip(text, position + 1) if text[position] == "," else position, count + 1


def _skip(text: str, at: int) -> int:
    found = _SPACE.match(text, at)
    return found.end() if found else at


def _end(text: str, at: int) -> int:
    end: int = _DECODER.raw_decode(text, at)[1]
    return end


def find_place(text: str, place: str) -> Place:
    """The place that a finding names: a path (`sections.0.items`), the id or code of an object, or the name of a field.
    Of a path that goes on where the text ends (a missing field), the part that is there."""
    if line := re.fullmatch(r"line (\d+)", place):
        return Place("", int(line.group(1)))
    try:
        _DECODER.decode(text)
        lines = positions(text)
    except ValueError:
        return Place()
    found = _named(text, lines, place)
    return Place(path_text(found), lines[found]) if found is not None else Place()


def _named(text: str, lines: dict[Steps, int], place: str) -> Steps | None:
    if not place:
        return ()
    if (place,) in lines:
        return (place,)
    steps: Steps = ()
    for step in place.split("."):
        wider = (*steps, int(step) if step.isdecimal() else step)
        if wider not in lines:
            break
        steps = wider
    if steps:
        return steps
    whole = _DECODER.decode(text)
    name = place.split(" version ")[0]
    for path in lines:
        if path and path[-1] in _NAMES and _value(whole, path) == name:
            return path[:-1]
    return next((path for path in lines if path and path[-1] == place), None)


def _value(body: Any, path: Steps) -> Any:
    for step in path:
        body = body[step]
    return body
