"""Behind a gateway with one path for all, every route is found as if the gateway knew it."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from app import app
from chalicelib.web import routing
from chalicelib.web.paths import CATCH_ALL, PathFinder
from tests.web.site import HOST, Site, open_site


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        yield opened


def folded(method: str, path: str) -> dict[str, Any]:
    """What API Gateway sends when it has one path for all."""
    return {
        "resource": CATCH_ALL,
        "path": path,
        "httpMethod": method,
        "headers": {"host": HOST, "accept": "*/*"},
        "multiValueHeaders": {"host": [HOST], "accept": ["*/*"]},
        "queryStringParameters": None,
        "multiValueQueryStringParameters": None,
        "pathParameters": {"proxy": path.removeprefix("/")},
        "stageVariables": None,
        "requestContext": {
            "resourcePath": CATCH_ALL,
            "httpMethod": method,
            "path": f"/v1{path}",
            "identity": {"sourceIp": "127.0.0.1"},
        },
        "body": None,
        "isBase64Encoded": False,
    }


def test_every_route_is_found_by_its_path() -> None:
    finder = PathFinder(app.routes)
    declared = [d for d in routing.declarations() if d.path != CATCH_ALL]

    found = {d.path: finder.find(d.concrete_path()) for d in declared}

    assert {path: hit and hit[0] for path, hit in found.items()} == {d.path: d.path for d in declared}
    assert all(hit and set(hit[1]) == set(d.parameters) for d in declared for hit in [found[d.path]])


def test_concrete_parts_go_first_and_values_are_decoded() -> None:
    finder = PathFinder(["/", "/a/{name}", "/a/new", "/{first}/new/{last}", "/a/new/x", CATCH_ALL])

    assert finder.find("/") == ("/", {})
    assert finder.find("/a/new") == ("/a/new", {})
    assert finder.find("/a/new/x") == ("/a/new/x", {})
    assert finder.find("/b/new/x/") == ("/{first}/new/{last}", {"first": "b", "last": "x"})
    assert finder.find(f"/a/{quote('加油站/1', safe='')}") == ("/a/{name}", {"name": "加油站/1"})
    for nothing in ("/a", "/a/", "/b", "//", "/a//new", ""):
        assert finder.find(nothing) is None


def test_a_request_through_the_one_path_is_answered_by_its_route(site: Site) -> None:
    public, api = folded("GET", "/p/gx450100"), folded("GET", "/api/v1/me")

    assert app(public, None)["statusCode"] == 200
    assert app(api, None)["statusCode"] == 401


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_a_path_without_a_route_is_not_found_by_any_method(site: Site, method: str) -> None:
    answer = app(folded(method, "/api/v1/nothing"), None)

    assert answer["statusCode"] == 404
    assert answer["headers"]["Content-Type"] == "application/problem+json"


def test_another_method_of_a_route_is_refused(site: Site) -> None:
    assert app(folded("DELETE", "/p/gx450100"), None)["statusCode"] == 405
