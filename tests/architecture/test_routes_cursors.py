"""A cursor is bound to tenant, person and query on every list that has pages (trust design §1.7)."""

import inspect
from collections.abc import Iterator
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest

from chalicelib import bootstrap
from chalicelib.domain.errors import InvalidInputError
from chalicelib.web import cursors, sealing
from chalicelib.web.fields import Fields
from chalicelib.web.routing import RouteDeclaration
from tests.architecture.route_calls import ROUTES, each_of, holders
from tests.architecture.route_seeds import World, build_world
from tests.architecture.seed_values import INSIDER
from tests.web.site import NOW, TENANT_A, TENANT_B, open_site

PAGED = [d for d in ROUTES if d.is_safe and not d.resource and "open_cursor" in inspect.getsource(d.handler)]
POSITION = {"pk": {"S": "T#gx450100#LIST#PLAN#2026"}, "sk": {"S": "META"}}


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with open_site() as site:
        yield build_world(site, TENANT_A)


def request_of(path: str, tenant: str, person: str, **query: str) -> SimpleNamespace:
    """What the cursors ask of a request."""
    who = SimpleNamespace(person_id=person) if person else None
    fields = Fields({name: [value] for name, value in query.items()})
    return SimpleNamespace(tenant=tenant, person=who, path=path, query=fields, now=NOW)


def sealed(*given: str, **query: str) -> str:
    return cursors.seal_cursor(request_of(*given, **query), POSITION)  # type: ignore[arg-type]


def opened(text: str, *given: str, **query: str) -> object:
    return cursors.open_cursor(request_of(*given, **{**query, "cursor": text}))  # type: ignore[arg-type]


def test_there_are_lists_with_pages() -> None:
    assert len(PAGED) > 5


@each_of(PAGED)
def test_a_cursor_of_another_is_refused(world: World, declaration: RouteDeclaration) -> None:
    path = declaration.concrete_path()
    browser = world.site.browser() if declaration.is_open else world.browser(holders(declaration)[0])
    me = "" if declaration.is_open else world.people[holders(declaration)[0], INSIDER].id
    plan = world.id("inspection_plan")
    query = {"plan": plan, "plan_id": plan}
    foreign = {
        "tenant": sealed(path, TENANT_B, me, **query),
        "person": sealed(path, TENANT_A, "somebody-else", **query),
        "query": sealed(path, TENANT_A, me, **query, year="1999"),
        "path": sealed(f"{path}/other", TENANT_A, me, **query),
        "forged": "x" * 64,
    }
    for what, cursor in foreign.items():
        reply = browser.get(f"{path}?{urlencode({**query, 'cursor': cursor})}")

        assert reply.status == 422, what
        assert "gx450100#" not in reply.text


def test_a_cursor_opens_for_whom_it_was_made(world: World) -> None:
    cursor = sealed("/console/plans", TENANT_A, "p-1", year="2026")

    assert opened(cursor, "/console/plans", TENANT_A, "p-1", year="2026") == POSITION
    assert "LIST" not in cursor
    with pytest.raises(InvalidInputError):
        opened(cursor, "/console/plans", TENANT_A, "p-1", year="2025")


def test_a_cursor_ends(world: World) -> None:
    purpose = cursors._purpose(request_of("/console/plans", TENANT_A, "p-1"))  # type: ignore[arg-type]
    old = sealing.seal(bootstrap.application_secret(), purpose, POSITION, until=NOW)

    with pytest.raises(InvalidInputError):
        opened(old, "/console/plans", TENANT_A, "p-1")
