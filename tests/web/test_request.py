"""The request as handlers see it: values, models, keys, language, cursors."""

import json
from typing import Any

import pytest
from chalice.app import Request
from pydantic import BaseModel, Field

from chalicelib.domain.errors import InvalidInputError, NotAuthenticatedError
from chalicelib.domain.record import is_id
from chalicelib.domain.tenancy import Actor, Role
from chalicelib.web.cursors import open_cursor, seal_cursor
from chalicelib.web.errors import UnreadableRequestError
from chalicelib.web.request import WebRequest
from tests.web.site import TENANT_A, TENANT_B, Site

KEY = "01JD0000000000000000000000"
FORM = "application/x-www-form-urlencoded"


def _request(
    method: str = "GET",
    path: str = "/console/plans",
    *,
    query: dict[str, list[str]] | None = None,
    body: bytes = b"",
    person: str = "p1",
    tenant: str = TENANT_A,
    **headers: str,
) -> WebRequest:
    event = {
        "requestContext": {
            "httpMethod": method,
            "resourcePath": path,
            "path": path,
            "identity": {"sourceIp": "10.0.0.9"},
        },
        "headers": {name.replace("_", "-"): value for name, value in headers.items()},
        "pathParameters": {},
        "stageVariables": {},
        "multiValueQueryStringParameters": query,
        "body": body,
    }
    request = WebRequest(Request(event, None))
    roles = frozenset({Role.COORDINATOR})
    request.enter(tenant, Actor(tenant=tenant, person_id=person, name="韦", roles=roles))
    return request


class Plan(BaseModel):
    label: str = Field(min_length=2)
    ratio: int = Field(ge=1, le=100)


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", json.dumps({"label": "成品油", "ratio": 5}).encode()),
        (FORM, "label=成品油&ratio=5".encode()),
    ],
)
def test_a_body_becomes_a_model(content_type: str, body: bytes) -> None:
    request = _request("POST", body=body, content_type=content_type)

    assert request.model(Plan) == Plan(label="成品油", ratio=5)


def test_what_does_not_fit_is_named_by_field_with_our_codes() -> None:
    request = _request("POST", body=b'{"label": "x", "ratio": 500}', content_type="application/json")

    with pytest.raises(InvalidInputError) as error:
        request.model(Plan)

    assert [(p.field, p.code) for p in error.value.problems] == [("label", "too_short"), ("ratio", "out_of_range")]
    assert error.value.problems[1].details == {"le": 100}


def test_what_is_empty_is_missing_not_too_short() -> None:
    request = _request("POST", body=b'{"label": "", "ratio": ""}', content_type="application/json")

    with pytest.raises(InvalidInputError) as error:
        request.model(Plan)

    assert {p.code for p in error.value.problems} == {"required"}


def test_a_body_that_is_no_json_is_unreadable() -> None:
    with pytest.raises(UnreadableRequestError):
        _request("POST", body=b"{", content_type="application/json").model(Plan)


def test_the_key_of_the_act_comes_from_the_caller() -> None:
    assert _request("POST", idempotency_key=KEY).act().key == KEY
    assert _request("POST", body=f"key={KEY}".encode(), content_type=FORM).act().key == KEY
    assert _request("POST", idempotency_key=KEY).act("step").key == f"{KEY}.step"
    assert is_id(_request("POST").act().key)


@pytest.mark.parametrize("key", ["short", "with space in it", "a#b#c#d#e", "x" * 81])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    with pytest.raises(InvalidInputError):
        _request("POST", idempotency_key=key).act()


def test_nobody_has_no_actor_and_no_tenant() -> None:
    request = _request()
    request._actor = request._tenant = None

    for name in ("actor", "tenant"):
        with pytest.raises(NotAuthenticatedError):
            getattr(request, name)


def test_the_address_is_the_gateways_word() -> None:
    assert _request(x_forwarded_for="1.2.3.4").address == "10.0.0.9"


@pytest.mark.parametrize(
    ("query", "header", "cookie", "locale"),
    [
        (None, "", "", "zh"),
        (None, "en-US,en;q=0.9", "", "en"),
        (None, "fr,zh;q=0.3,en;q=0.2", "", "zh"),
        (None, "en", "__Host-locale=zh", "zh"),
        ({"lang": ["en"]}, "zh", "__Host-locale=zh", "en"),
        ({"lang": ["xx"]}, "", "", "zh"),
    ],
)
def test_the_language(query: Any, header: str, cookie: str, locale: str) -> None:
    assert _request(query=query, accept_language=header, cookie=cookie).locale == locale


def test_the_way_back_keeps_the_query() -> None:
    assert _request(query={"q": ["加油站"], "page": ["2"]}).url == "/console/plans?q=%E5%8A%A0%E6%B2%B9%E7%AB%99&page=2"


def test_a_cursor_opens_for_the_same_person_and_query(site: Site) -> None:
    text = seal_cursor(_request(query={"q": ["油"]}), {"pk": {"S": "T#gx450100#X"}})

    assert open_cursor(_request(query={"q": ["油"], "cursor": [text]})) == {"pk": {"S": "T#gx450100#X"}}
    assert "gx450100" not in text
    assert seal_cursor(_request(), None) == ""
    assert open_cursor(_request()) is None


@pytest.mark.parametrize(
    "other",
    [
        {"query": {"q": ["气"]}},
        {"person": "p2"},
        {"tenant": TENANT_B},
        {"path": "/console/subjects"},
    ],
    ids=str,
)
def test_a_cursor_of_somebody_or_something_else_does_not_open(site: Site, other: dict[str, Any]) -> None:
    text = seal_cursor(_request(query={"q": ["油"]}), {"pk": "x"})
    values: dict[str, Any] = {"query": {"q": ["油"]}} | other
    values["query"] = {**values["query"], "cursor": [text]}

    with pytest.raises(InvalidInputError):
        open_cursor(_request(**values))
