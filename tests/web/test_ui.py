"""What the layouts get: navigation by role, the place's label, a fresh key for each form."""

import pytest

from chalicelib.domain.record import is_id
from chalicelib.domain.tenancy import Actor, Role
from chalicelib.web import routing, ui
from chalicelib.web.answers import Answer
from chalicelib.web.i18n import use_locale
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, RouteDeclaration
from tests.web.site import TENANT_A, Site
from tests.web.test_request import _request


def _entry(path: str, permission: str, label: str, order: int = 100) -> RouteDeclaration:
    def handler(request: WebRequest) -> Answer:
        return Answer("", content_type="text/plain")

    return RouteDeclaration(path, path, ("GET",), permission, handler, nav=Nav("检查", label, order))


@pytest.fixture(autouse=True)
def entries(monkeypatch: pytest.MonkeyPatch) -> None:
    found = (
        _entry("/console/plans", "plan.read", "检查计划", 2),
        _entry("/console/people", "people.manage", "人员", 1),
        _entry("/console", routing.SIGNED_IN, "待办", 0),
        _entry("/field", routing.SIGNED_IN, "今日检查"),
    )
    monkeypatch.setattr(ui, "declarations", lambda: found)


def _as(role: Role, path: str = "/console/plans") -> WebRequest:
    request = _request(path=path)
    actor = Actor(tenant=TENANT_A, person_id="p", name="韦", roles=frozenset({role}))
    request.enter(TENANT_A, actor)
    return request


def _labels(request: WebRequest) -> list[str]:
    return [item["label"] for group in ui.navigation(request) for item in group["items"]]


def test_everybody_sees_the_places_of_their_roles_on_this_face() -> None:
    assert _labels(_as(Role.COORDINATOR)) == ["待办", "检查计划"]
    assert _labels(_as(Role.SECURITY_ADMINISTRATOR)) == ["待办", "人员"]
    assert _labels(_as(Role.INSPECTOR, "/field")) == ["今日检查"]


@pytest.mark.parametrize(
    ("path", "active"),
    [("/console", "待办"), ("/console/plans", "检查计划"), ("/console/plans/01", "检查计划"), ("/console/x", "待办")],
)
def test_the_nearest_place_is_the_active_one(path: str, active: str) -> None:
    items = [item for group in ui.navigation(_as(Role.COORDINATOR, path)) for item in group["items"]]

    assert [item["label"] for item in items if item["active"]] == [active]


def test_the_place_is_named_in_the_readers_language(site: Site) -> None:
    request = _as(Role.COORDINATOR)

    with use_locale("zh"):
        made = ui.ui_of(request)

    assert made.tenant_label == "南宁市"
    assert made.face == "console"
    assert made.home_url == "/console"


def test_every_form_gets_a_key_of_its_own(site: Site) -> None:
    made = ui.ui_of(_as(Role.COORDINATOR))

    assert is_id(made.key)
    assert made.key != made.key


@pytest.mark.parametrize(
    ("method", "path", "page"),
    [
        ("GET", "/console/plans/01", "/console/plans/01"),
        ("POST", "/console/plans/01/submit", "/console/plans"),
        ("POST", "/nowhere", "/"),
    ],
)
def test_what_a_form_answered_is_opened_again_at_the_page_of_the_form(method: str, path: str, page: str) -> None:
    assert ui._page_path(_request(method, path=path)) == page
