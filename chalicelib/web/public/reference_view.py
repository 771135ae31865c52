"""What the reference pages show of the API's description: calls, and fields with their types in short words."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from chalicelib.web.api.openapi import document

_ERRORS = 300


@dataclass(frozen=True)
class FieldView:
    """One field of a body or answer, or one parameter. links: schemas that its type names."""

    name: str
    type: str
    is_required: bool
    description: str = ""
    place: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class AnswerView:
    """One status. schema: the name of what it carries, if that has one."""

    status: str
    description: str
    type: str = ""
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class CallView:
    """One call. id: its operationId, the anchor on the page of its area."""

    id: str
    area: str
    method: str
    path: str
    summary: str
    description: str
    permission: str
    parameters: tuple[FieldView, ...] = ()
    body: tuple[FieldView, ...] = ()
    body_types: tuple[str, ...] = ()
    example: str = ""
    answers: tuple[AnswerView, ...] = ()
    refusals: tuple[AnswerView, ...] = ()


@dataclass(frozen=True)
class AreaView:
    """An area's calls and every schema that they lead to, by name."""

    calls: tuple[CallView, ...]
    schemas: Mapping[str, tuple[FieldView, ...]] = field(default_factory=dict)


@cache
def every_call() -> tuple[CallView, ...]:
    """All calls in the order of their paths. The same for everybody."""
    found = []
    for path, methods in document()["paths"].items():
        found += [_call(path, method, operation) for method, operation in methods.items()]
    return tuple(found)


@cache
def area_view(area: str) -> AreaView:
    calls = tuple(call for call in every_call() if call.area == area)
    wanted = [name for call in calls for one in (*call.parameters, *call.body, *call.answers) for name in one.links]
    schemas: dict[str, tuple[FieldView, ...]] = {}
    while wanted:
        name = wanted.pop(0)
        if name not in schemas:
            schemas[name] = tuple(_fields(_schema(name)))
            wanted += [link for one in schemas[name] for link in one.links]
    return AreaView(calls, dict(sorted(schemas.items())))


def _schema(name: str) -> dict[str, Any]:
    found: dict[str, Any] = document()["components"]["schemas"][name]
    return found


def _call(path: str, method: str, operation: dict[str, Any]) -> CallView:
    body = operation.get("requestBody", {}).get("content", {})
    shape = next(iter(body.values()), {})
    answers = [_answer(status, one) for status, one in operation["responses"].items()]
    return CallView(
        id=operation["operationId"],
        area=operation["tags"][0],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        description=operation.get("description", ""),
        permission=operation.get("x-permission", ""),
        parameters=tuple(_parameter(one) for one in operation["parameters"]),
        body=tuple(_fields(shape.get("schema", {}))),
        body_types=tuple(body),
        example=json.dumps(shape["example"], ensure_ascii=False, indent=1) if shape.get("example") else "",
        answers=tuple(one for one in answers if int(one.status) < _ERRORS),
        refusals=tuple(one for one in answers if int(one.status) >= _ERRORS),
    )


def _parameter(given: dict[str, Any]) -> FieldView:
    one = _resolved(given)
    words, links = _type(one["schema"])
    return FieldView(one["name"], words, one.get("required", False), one.get("description", ""), one["in"], links)


def _answer(status: str, given: dict[str, Any]) -> AnswerView:
    one = _resolved(given)
    media, content = next(iter(one.get("content", {}).items()), ("", {}))
    if "schema" not in content:
        return AnswerView(status, one["description"], media)
    words, links = _type(content["schema"])
    return AnswerView(status, one["description"], words, links)


def _resolved(given: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in given:
        return given
    found: Any = document()
    for part in given["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def _fields(schema: dict[str, Any]) -> Iterator[FieldView]:
    """The fields of an object; of a choice of objects, those of each in turn."""
    schema = _resolved(schema)
    for choice in schema.get("anyOf", []):
        yield from _fields(choice)
    required = schema.get("required", [])
    for name, one in schema.get("properties", {}).items():
        words, links = _type(one)
        yield FieldView(name, words, name in required, one.get("description", ""), "", links)


def _type(schema: dict[str, Any]) -> tuple[str, tuple[str, ...]]:
    """A type in short words, and the schemas that it names."""
    if "$ref" in schema:
        name = schema["$ref"].rsplit("/", 1)[1]
        return name, (name,)
    for word in ("anyOf", "oneOf"):
        if word in schema:
            parts = [_type(one) for one in schema[word]]
            return " | ".join(dict.fromkeys(words for words, _ in parts)), tuple(n for _, links in parts for n in links)
    if "enum" in schema:
        return " | ".join(json.dumps(one, ensure_ascii=False) for one in schema["enum"]), ()
    if "const" in schema:
        return json.dumps(schema["const"], ensure_ascii=False), ()
    kind = schema.get("type", "any")
    if kind == "array":
        words, links = _type(schema.get("items", {}))
        return f"[{words}]", links
    if kind == "object" and isinstance(schema.get("additionalProperties"), dict):
        words, links = _type(schema["additionalProperties"])
        return f"{{string: {words}}}", links
    limits = [f"{mark}{schema[name]}" for name, mark in _LIMITS.items() if name in schema]
    return " ".join([str(schema.get("format", kind)), *limits]), ()


_LIMITS = {"minimum": "≥", "maximum": "≤", "minLength": "≥", "maxLength": "≤"}
