"""The API's description: valid, complete, and true of what the calls of all samples really answer."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from chalicelib.web.api import openapi
from chalicelib.web.api.problems import problem_statuses
from chalicelib.web.routing import Media, RouteDeclaration
from tests.architecture.route_calls import GUARDED, call, each_of, name_of, remembering
from tests.architecture.route_seeds import World, build_world
from tests.grouped import every
from tests.web.api.fuzzing import caller, known_values
from tests.web.site import TENANT_A, open_site

CALLS = openapi.described()


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with open_site() as site, remembering():
        yield build_world(site, TENANT_A)


def test_the_description_is_valid_openapi_3_1() -> None:
    assert openapi.document()["openapi"] == "3.1.0"
    assert list(OpenAPIV31SpecValidator(openapi.document()).iter_errors()) == []


def test_it_is_served_and_written(world: World, tmp_path: Path) -> None:
    written = tmp_path / "openapi.json"
    assert openapi.main([str(written)]) == 0
    served = world.site.browser().get("/api/v1/openapi.json")

    assert served.json == json.loads(written.read_text(encoding="utf-8"))
    again = world.site.browser().get("/api/v1/openapi.json", {"if-none-match": served.headers["etag"]})
    assert again.status == 304


@every("declaration", CALLS, name_of)
def test_every_call_declares_what_goes_in_and_out(declaration: RouteDeclaration) -> None:
    """See web/api/__init__.py for how."""
    assert declaration.answers, "answers= is missing"
    assert declaration.handler.__doc__, "the docstring is the summary in the reference"
    if declaration.sample_body:
        assert declaration.body is not None, "body= is missing"
    if declaration.body is not None and any(one.is_required() for one in declaration.body.model_fields.values()):
        assert declaration.sample_body is not None, "sample_body is the example of the reference"


def test_every_call_has_a_name_of_its_own() -> None:
    names = [openapi.operation_id(one, method) for one in CALLS for method in one.methods]

    assert len(set(names)) == len(names)


@every("declaration", [one for one in CALLS if one.body], name_of)
def test_examples_are_what_the_body_takes(declaration: RouteDeclaration) -> None:
    if declaration.sample_body is not None:
        declaration.body.model_validate(dict(declaration.sample_body))  # type: ignore[union-attr]


@each_of(CALLS)
def test_the_sample_answers_as_declared(world: World, declaration: RouteDeclaration) -> None:
    browser = caller(world, declaration)
    for method in declaration.methods:
        reply = call(browser, declaration, method, **known_values(world, declaration))

        assert reply.status < 500, reply.text
        if reply.status >= 400:
            assert reply.status in problem_statuses(declaration), reply.text
            assert reply.headers["content-type"] == "application/problem+json"
            _check("#/components/schemas/Problem", reply.json)
        else:
            assert reply.status in declaration.answers, reply.status
            shape = declaration.answers[reply.status]
            if isinstance(shape, Media):
                assert reply.headers["content-type"].startswith(shape.type)
            elif shape is None:
                assert reply.body == b""
            else:
                path = openapi.document()["paths"][declaration.path][method.lower()]["responses"][str(reply.status)]
                _check_schema(path["content"]["application/json"]["schema"], reply.json)


def test_nobody_gets_an_answer_that_the_description_does_not_know(world: World) -> None:
    for declaration in GUARDED:
        if declaration in CALLS:
            assert {401, 403} <= set(problem_statuses(declaration))


def _check(reference: str, value: Any) -> None:
    _check_schema({"$ref": reference}, value)


def _check_schema(schema: dict[str, Any], value: Any) -> None:
    whole = {**schema, "components": {"schemas": openapi.document()["components"]["schemas"]}}
    found = [
        f"{'/'.join(map(str, one.path))}: {one.message[:200]}" for one in Draft202012Validator(whole).iter_errors(value)
    ]
    assert found == []
