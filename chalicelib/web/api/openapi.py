"""The description of the API (OpenAPI 3.1), made from the declarations of the routes and from nothing else.

`python -m chalicelib.web.api.openapi [file]` writes it; the site serves it at /api/v1/openapi.json.
"""

import json
import re
import sys
from collections.abc import Iterator
from functools import cache
from inspect import cleandoc
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from chalicelib.web.api import PREFIX
from chalicelib.web.api.openapi_parts import HEADER_NAMES, HEADERS, PARAMETERS, security_schemes
from chalicelib.web.api.parameters import pattern_of
from chalicelib.web.api.problems import PROBLEM_TYPE, Problem, problem_statuses, reason_of
from chalicelib.web.routing import Face, Match, Media, RouteDeclaration, declarations

API_VERSION = "1.0.0"
_TEMPLATE = "#/components/schemas/{model}"
_FORM_TYPES = ("multipart/form-data", "application/x-www-form-urlencoded")
_INTRODUCTION = """
JSON in and out. Who calls brings a bearer token (of a person or of a system client), or the session of a page with
`X-CSRF-Token`; a gateway that tells something signs it. Errors are problem documents (RFC 9457). Lists answer `items`
and `cursor`. Writes take `Idempotency-Key`; records carry `ETag`, which `If-Match` and `If-None-Match` refer to. Every
answer says in `RateLimit` how many calls are left in this minute.
"""


def described() -> list[RouteDeclaration]:
    """The routes of the API, in the order of their paths."""
    found = [one for one in declarations() if one.face is Face.API and not one.name.startswith("tests.")]
    return sorted(found, key=lambda one: (one.path, one.methods))


@cache
def document() -> dict[str, Any]:
    """The whole description. The same for everybody: it holds nothing of a tenant."""
    import chalicelib.web.blueprints  # noqa: F401  every declaration has to be there

    routes = described()
    schemas, definitions = _schemas(routes)
    paths: dict[str, dict[str, Any]] = {}
    for one in routes:
        for method in one.methods:
            paths.setdefault(one.path, {})[method.lower()] = _operation(one, method, schemas)
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "Yijianshi API",
            "version": API_VERSION,
            "description": cleandoc(_INTRODUCTION),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "tags": [{"name": tag} for tag in sorted({tag_of(one) for one in routes})],
        "paths": paths,
        "components": {
            "schemas": dict(sorted(definitions.items())),
            "securitySchemes": security_schemes(),
            "headers": HEADERS,
            "parameters": PARAMETERS,
            "responses": {f"Problem{status}": _problem(status) for status in sorted(_used_statuses(routes))},
        },
    }


def tag_of(declaration: RouteDeclaration) -> str:
    """The area of a call: the first part of its path after the version."""
    return declaration.path.removeprefix(PREFIX).strip("/").split("/", 1)[0]


def operation_id(declaration: RouteDeclaration, method: str) -> str:
    name = declaration.name.removeprefix("api.").replace(".", "_")
    return name if len(declaration.methods) == 1 else f"{name}_{method.lower()}"


def words_of(declaration: RouteDeclaration) -> tuple[str, str]:
    """Summary and description, from the handler's docstring."""
    text = cleandoc(declaration.handler.__doc__ or "")
    if not text:
        return declaration.handler.__name__.replace("_", " ").capitalize(), ""
    first, _, rest = text.partition("\n\n")
    sentence = re.split(r"(?<=[.:;])\s", " ".join(first.split()), maxsplit=1)
    return sentence[0].rstrip(".:;"), " ".join([*sentence[1:], rest]).strip()


Schemas = dict[tuple[str, str], Any]


def _schemas(routes: list[RouteDeclaration]) -> tuple[Schemas, dict[str, Any]]:
    """The schema of every shape by (operation, place), and the definitions that they share."""
    inputs: list[tuple[tuple[str, str], Any, TypeAdapter[Any]]] = [
        (("", "problem"), "serialization", TypeAdapter(Problem))
    ]
    for one in routes:
        if one.body is not None:
            inputs.append(((one.name, "body"), "validation", TypeAdapter(one.body)))
        for status, shape in one.answers.items():
            if shape is not None and not isinstance(shape, Media):
                inputs.append(((one.name, str(status)), "serialization", TypeAdapter(shape)))
    found, shared = TypeAdapter.json_schemas(inputs, ref_template=_TEMPLATE)
    return {key: schema for (key, _), schema in found.items()}, shared.get("$defs", {})


def _operation(declaration: RouteDeclaration, method: str, schemas: Schemas) -> dict[str, Any]:
    summary, description = words_of(declaration)
    operation: dict[str, Any] = {
        "operationId": operation_id(declaration, method),
        "tags": [tag_of(declaration)],
        "summary": summary,
    }
    if description:
        operation["description"] = description
    operation["parameters"] = list(_parameters(declaration))
    body = _body(declaration, schemas)
    if body:
        operation["requestBody"] = body
    operation["responses"] = _responses(declaration, schemas)
    operation["security"] = _security(declaration)
    if declaration.needs_sign_in:
        operation["x-permission"] = declaration.permission
    return operation


def _parameters(declaration: RouteDeclaration) -> Iterator[dict[str, Any]]:
    for name in declaration.parameters:
        schema = {"type": "string", "pattern": pattern_of(name)}
        yield {"name": name, "in": "path", "required": True, "schema": schema, "example": declaration.sample[name]}
    if declaration.query is not None:
        yield from _query(declaration.query)
    yield {"$ref": "#/components/parameters/AcceptLanguage"}
    if declaration.is_signed:
        yield from ({"$ref": f"#/components/parameters/{name}"} for name in ("WebhookId", "WebhookTimestamp"))
    if not declaration.needs_sign_in:
        return
    yield {"$ref": "#/components/parameters/Tenant"}
    if declaration.is_safe:
        if declaration.resource:
            yield {"$ref": "#/components/parameters/IfNoneMatch"}
        return
    yield {"$ref": "#/components/parameters/IdempotencyKey"}
    if declaration.match is Match.REQUIRED:
        yield {**PARAMETERS["IfMatch"], "required": True}
    elif declaration.match is not None:
        yield {"$ref": "#/components/parameters/IfMatch"}


def _query(model: type[BaseModel]) -> Iterator[dict[str, Any]]:
    schema = model.model_json_schema()
    defined = schema.get("$defs", {})
    for name, shape in schema["properties"].items():
        shown = _inlined(shape, defined)
        described = {"description": text} if (text := shown.pop("description", "")) else {}
        is_required = name in schema.get("required", [])
        yield {"name": name, "in": "query", "required": is_required, **described, "schema": _without_null(shown)}


def _inlined(shape: Any, defined: dict[str, Any]) -> Any:
    if isinstance(shape, list):
        return [_inlined(one, defined) for one in shape]
    if not isinstance(shape, dict):
        return shape
    if "$ref" in shape:
        return _inlined(defined[shape["$ref"].rsplit("/", 1)[1]], defined) | {
            key: value for key, value in shape.items() if key != "$ref"
        }
    return {key: _inlined(value, defined) for key, value in shape.items() if key != "title"}


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that may be left out is left out; there is no word for null in a query."""
    kept = {key: value for key, value in schema.items() if key != "default" or value is not None}
    choices = [one for one in kept.pop("anyOf", []) if one.get("type") != "null"]
    return kept | choices[0] if len(choices) == 1 else kept | ({"anyOf": choices} if choices else {})


def _body(declaration: RouteDeclaration, schemas: Schemas) -> dict[str, Any]:
    schema = schemas.get((declaration.name, "body"))
    if schema is None:
        return {}
    described: dict[str, Any] = {"schema": schema}
    if declaration.sample_body is not None:
        described["example"] = dict(declaration.sample_body)
    is_needed = bool(declaration.body and any(one.is_required() for one in declaration.body.model_fields.values()))
    return {"required": is_needed, "content": dict.fromkeys(declaration.content_types, described)}


def _responses(declaration: RouteDeclaration, schemas: Schemas) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for status, shape in declaration.answers.items():
        answer: dict[str, Any] = {"description": reason_of(status), "headers": _answer_headers(declaration, status)}
        if isinstance(shape, Media):
            answer["content"] = {shape.type: {}}
        elif shape is not None:
            answer["content"] = {"application/json": {"schema": schemas[declaration.name, str(status)]}}
        found[str(status)] = answer
    if declaration.is_safe and declaration.resource and 200 in declaration.answers:
        found["304"] = {"description": reason_of(304), "headers": {"ETag": {"$ref": "#/components/headers/ETag"}}}
    for status in problem_statuses(declaration):
        found[str(status)] = {"$ref": f"#/components/responses/Problem{status}"}
    return found


def _answer_headers(declaration: RouteDeclaration, status: int) -> dict[str, Any]:
    names = ["RequestId", "RateLimit", "RateLimitPolicy"]
    if declaration.resource or status == 201:
        names.append("ETag")
    if status in (201, 202):
        names.append("Location")
    return {HEADER_NAMES[name]: {"$ref": f"#/components/headers/{name}"} for name in names}


def _security(declaration: RouteDeclaration) -> list[dict[str, list[str]]]:
    if declaration.is_open:
        return []
    if declaration.is_signed:
        return [{"signature": []}]
    scope = "read" if declaration.is_safe else "write"
    session = {"session": [], "csrf": []} if not declaration.is_safe else {"session": []}
    return [{"bearer": []}, {"client": [scope]}, session]


def _used_statuses(routes: list[RouteDeclaration]) -> set[int]:
    return {status for one in routes for status in problem_statuses(one)}


def _problem(status: int) -> dict[str, Any]:
    headers = {"X-Request-Id": {"$ref": "#/components/headers/RequestId"}}
    if status in (429, 503):
        headers["Retry-After"] = {"$ref": "#/components/headers/RetryAfter"}
    if status == 401:
        headers["WWW-Authenticate"] = {"$ref": "#/components/headers/Authenticate"}
    return {
        "description": reason_of(status),
        "headers": headers,
        "content": {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def as_text() -> str:
    """The description as it is served and written."""
    return json.dumps(document(), ensure_ascii=False, indent=1, sort_keys=False) + "\n"


def main(arguments: list[str]) -> int:
    if arguments:
        Path(arguments[0]).write_text(as_text(), encoding="utf-8")
    else:
        sys.stdout.write(as_text())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
