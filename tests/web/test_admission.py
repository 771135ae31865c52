"""The storage scope that a request gets: reading for GET, one tenant, the published projection for the public."""

import pytest
from chalice.app import Request

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.domain.act import Act
from chalicelib.domain.errors import TenantRequiredError, YijianshiError
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import Actor, Person, Role
from chalicelib.storage.scope import Scope, current_scope
from chalicelib.web.admission import admitted
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import declarations, face_of
from tests.web.site import NOW, TENANT_A, TENANT_B, Site


def _add_person(tenant: str) -> None:
    act = Act(actor=Actor.system(tenant, "test"), at=NOW)
    person = Person(name="新", roles=frozenset({Role.EVALUATOR}))
    with bootstrap.store().change(tenant, act) as change:
        change.save(person)
        change.event(EventType.PERSON_ADDED, person)


def test_a_reading_request_cannot_write(site: Site) -> None:
    with bootstrap.scope(TENANT_A, ScopeRole.READER):
        assert bootstrap.store().people.get(TENANT_A, site.people[TENANT_A, Role.INSPECTOR].id)
        with pytest.raises(YijianshiError) as error:
            _add_person(TENANT_A)

    assert error.value.code == "policy_denied"


@pytest.mark.parametrize("role", [ScopeRole.READER, ScopeRole.TENANT])
def test_a_request_reads_no_other_tenant(site: Site, role: ScopeRole) -> None:
    with bootstrap.scope(TENANT_A, role), pytest.raises(YijianshiError) as error:
        bootstrap.store().people.find(TENANT_B, site.people[TENANT_B, Role.INSPECTOR].id)

    assert error.value.code == "policy_denied"


@pytest.mark.parametrize(
    ("method", "role"), [("GET", ScopeRole.READER), ("HEAD", ScopeRole.READER), ("POST", ScopeRole.TENANT)]
)
def test_the_method_decides_the_scope(site: Site, method: str, role: ScopeRole) -> None:
    declaration = next(d for d in declarations() if d.path == "/api/v1/me")

    with admitted(_asked(site, method), declaration, {}):
        assert current_scope() == Scope(TENANT_A, role)

    with pytest.raises(TenantRequiredError):
        current_scope()


def _asked(site: Site, method: str) -> WebRequest:
    """A request of a signed-in coordinator, from a page of ours."""
    browser = site.browser(Role.COORDINATOR)
    event = {
        "requestContext": {"httpMethod": method, "resourcePath": "/api/v1/me", "path": "/api/v1/me", "identity": {}},
        "headers": {
            "cookie": f"__Host-session={browser.cookies['__Host-session']}",
            "x-csrf-token": browser.csrf_token,
            "sec-fetch-site": "same-origin",
        },
        "pathParameters": {},
        "stageVariables": {},
        "multiValueQueryStringParameters": None,
        "body": b"",
    }
    return WebRequest(Request(event, None))


def test_the_first_part_of_a_path_is_its_face() -> None:
    paths = ["/", "/p/gx450100/results", "/console", "/console/x", "/consoles", "/api/v1/x", "/login/tenant", "/field"]

    faces = ["public", "public", "console", "console", "public", "api", "auth", "field"]
    assert [face_of(path).value for path in paths] == faces
