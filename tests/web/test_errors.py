"""Errors: the status of each code, pages for people, problem documents for programs, and nothing of our insides."""

from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages

import pytest

import chalicelib
from chalicelib.domain.errors import (
    ConflictError,
    FieldProblem,
    IllegalTransitionError,
    InvalidInputError,
    NotAllowedError,
    RecordNotFoundError,
    YijianshiError,
)
from chalicelib.domain.tenancy import Role
from chalicelib.web import messages, middleware, routing
from tests.web.site import Site


@pytest.fixture
def raising(site: Site, monkeypatch: pytest.MonkeyPatch) -> list[BaseException]:
    """Makes /logout/done (a page) and /api/v1/me (the API) raise what is put into the list."""
    errors: list[BaseException] = []

    def raise_it(request: object) -> None:
        raise errors[0]

    for declaration in routing.declarations():
        if declaration.path in ("/logout/done", "/api/v1/me"):
            monkeypatch.setitem(declaration.__dict__, "handler", raise_it)
    return errors


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotAllowedError(), 403),
        (RecordNotFoundError(), 404),
        (ConflictError(), 409),
        (IllegalTransitionError(state="a", step="b"), 409),
        (InvalidInputError([]), 422),
        (ValueError("a secret of the code"), 500),
    ],
)
def test_people_get_a_page_and_programs_a_problem(
    site: Site, raising: list[BaseException], error: BaseException, status: int
) -> None:
    raising.append(error)

    shown = site.browser(Role.COORDINATOR).get("/logout/done")
    told = site.browser(Role.COORDINATOR).get("/api/v1/me")

    assert (shown.status, told.status) == (status, status)
    assert shown.headers["content-type"].startswith("text/html")
    assert shown.headers["x-request-id"] in shown.text
    assert told.headers["content-type"] == "application/problem+json"
    assert told.json["status"] == status
    assert told.json["type"] == f"urn:yijianshi:error:{told.json['code']}"
    assert told.json["instance"].endswith(told.headers["x-request-id"])
    for text in (shown.text, told.text):
        assert "secret" not in text
        assert "Traceback" not in text


def test_field_problems_are_named_with_their_words(site: Site, raising: list[BaseException]) -> None:
    raising.append(InvalidInputError([FieldProblem(field="plan.ratio", code="out_of_range", details={"max": 100})]))

    told = site.browser(Role.COORDINATOR).get("/api/v1/me").json
    shown = site.browser().get("/logout/done").text

    assert told["problems"] == [
        {
            "field": "plan.ratio",
            "place": "body",
            "pointer": "#/plan/ratio",
            "code": "out_of_range",
            "detail": "“plan.ratio”超出允许的范围",
            "details": {"max": 100},
        }
    ]
    assert "“plan.ratio”超出允许的范围" in shown


def test_words_follow_the_reader(site: Site, raising: list[BaseException]) -> None:
    raising.append(RecordNotFoundError())
    browser = site.browser(Role.COORDINATOR)

    chinese = browser.get("/api/v1/me").json["title"]
    english = browser.get("/api/v1/me", {"accept-language": "en-GB,en;q=0.9"}).json["title"]

    assert chinese == messages.ERRORS["not_found"][0]
    assert english != chinese
    assert english.isascii()


def test_the_language_of_the_query_is_kept(site: Site) -> None:
    browser = site.browser()

    assert 'lang="en"' in browser.get("/logout/done?lang=en").text
    assert 'lang="en"' in browser.get("/logout/done").text


def test_a_limit_that_says_when_to_come_back_is_429() -> None:
    assert middleware.status_of(YijianshiError(retry_after=7)) == 429


def test_an_error_page_that_cannot_be_made_is_still_an_answer(
    site: Site, raising: list[BaseException], monkeypatch: pytest.MonkeyPatch
) -> None:
    raising.append(ConflictError())
    monkeypatch.setattr(messages, "error_words", lambda error: 1 / 0)

    reply = site.browser().get("/logout/done")

    assert reply.status == 500
    assert reply.headers["content-security-policy"]
    assert "ZeroDivision" not in reply.text


def _errors(base: type[YijianshiError]) -> Iterator[type[YijianshiError]]:
    for kind in base.__subclasses__():
        if kind.__module__.startswith("chalicelib."):
            yield kind
            yield from _errors(kind)


@pytest.fixture(scope="module")
def error_kinds() -> set[type[YijianshiError]]:
    for module in walk_packages(chalicelib.__path__, "chalicelib."):
        if ".static." not in module.name:
            import_module(module.name)
    return set(_errors(YijianshiError))


def test_every_error_of_ours_has_words(error_kinds: set[type[YijianshiError]]) -> None:
    assert {kind.code for kind in error_kinds} - set(messages.ERRORS) == set()


def test_every_error_of_ours_has_a_status(error_kinds: set[type[YijianshiError]]) -> None:
    """Its own, or that of a base that says what kind of refusal it is."""
    for kind in error_kinds:
        codes = {base.code for base in kind.__mro__ if issubclass(base, YijianshiError)} - {"error"}
        assert codes & set(middleware.STATUS_BY_CODE), kind
