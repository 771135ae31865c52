"""Everything that a page changes, a program can change: by the same service, or by the call named here."""

import inspect
from collections.abc import Iterator
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any

from chalicelib.domain.tenancy import Role
from chalicelib.web.routing import Face, RouteDeclaration
from tests.architecture.route_calls import ROUTES, holders, name_of

CALL_OF_PAGE = {
    "POST /console/disposals/{disposal_id}/uploads": "POST /api/v1/disposals/{disposal_id}/uploads",
    "POST /console/orders/{order_id}/uploads": "POST /api/v1/orders/{order_id}/uploads",
    "POST /subject/orders/{order_id}/uploads": "POST /api/v1/orders/{order_id}/uploads",
    "POST /console/imports/uploads": "POST /api/v1/imports/uploads",
    "POST /console/onboarding": "POST /api/v1/onboarding",
    "POST /field/findings/{finding_id}/uploads": "POST /api/v1/findings/{finding_id}/uploads",
    "POST /field/visits/{visit_id}/items/{question_key}/uploads": "POST /api/v1/visits/{visit_id}/uploads",
    "POST /subject/binding-requests/uploads": "POST /api/v1/own/binding-requests/uploads",
    "POST /subject/findings/{finding_id}/uploads": "POST /api/v1/findings/{finding_id}/uploads",
    "POST /subject/self-checks/{self_check_id}/items/{question_key}/uploads": (
        "POST /api/v1/self-checks/{self_check_id}/uploads"
    ),
}
"""Pages that take a file in, or ask where one may be put: no service of theirs changes a record."""

WITHOUT_CALL = {
    "POST /login/join": "signing in: joins the identity that has just signed in and is no member of the tenant yet",
    "POST /login/tenant": "signing in: the tenant of a session; a call names its own with X-Tenant",
    "POST /logout": "signing in: ends the session of a browser; a token ends by itself",
    "POST /console/deputies/{deputy_id}/begin": "a session's choice; a call says it with X-Acting-For",
    "POST /console/deputies/stop": "a session's choice; a call says it with X-Acting-For",
    "POST /console/tenant/closing/confirm": "deletes a tenant: a person confirms it who types the name",
    "POST /console/scenarios/{scenario}/files": "keeps nothing: a package author reads a form back into the data file",
}
"""Pages that change something, or are sent like it, and stay pages: why."""


def _functions(value: Any, depth: int = 0) -> Iterator[FunctionType]:
    """Functions that a name may stand for: itself, those of a class or table of ours, what a partial calls."""
    if isinstance(value, FunctionType):
        yield value
    elif depth > 2:
        return
    elif isinstance(value, dict):
        for one in list(value.values()):
            yield from _functions(one, depth + 1)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _functions(one, depth + 1)
    elif isinstance(value, type) and value.__module__.startswith("chalicelib.web"):
        yield from _functions(list(vars(value).values()), depth + 1)
    elif hasattr(value, "func") and hasattr(value, "args"):
        yield from _functions(value.func, depth + 1)
    elif hasattr(value, "__dataclass_fields__") and type(value).__module__.startswith("chalicelib.web"):
        yield from _functions(list(vars(value).values()), depth + 1)


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _codes(one)


@cache
def _named_in(function: FunctionType) -> tuple[FunctionType, ...]:
    """The functions that the code of another names, of its module, of modules of ours, or closed over."""
    found: list[FunctionType] = []
    for code in _codes(function.__code__):
        for name in code.co_names:
            value = function.__globals__.get(name)
            if isinstance(value, ModuleType):
                if value.__name__.startswith("chalicelib"):
                    found += [each for other in code.co_names for each in _functions(getattr(value, other, None))]
            else:
                found += _functions(value)
    for cell in function.__closure__ or ():
        found += _functions(cell.cell_contents)
    return tuple(found)


@cache
def _changes(function: FunctionType) -> bool:
    """Whether a service writes: it, or a service that it calls, opens `store.change(…)`."""
    seen: set[FunctionType] = set()
    waiting = [function]
    while waiting:
        one = waiting.pop()
        if one in seen or not one.__module__.startswith("chalicelib.services"):
            continue
        seen.add(one)
        if any("change" in code.co_names for code in _codes(one.__code__)):
            return True
        waiting += _named_in(one)
    return False


def _services(declaration: RouteDeclaration) -> set[str]:
    """The services that change something for the caller (`act`), which the handler reaches within the web layer."""
    seen: set[FunctionType] = set()
    found: set[str] = set()
    waiting = [declaration.handler]
    while waiting:
        one = waiting.pop()
        if one in seen or not isinstance(one, FunctionType):
            continue
        seen.add(one)
        for other in _named_in(one):
            if other.__module__.startswith("chalicelib.services."):
                if "act" in inspect.signature(other).parameters and _changes(other):
                    found.add(f"{other.__module__}.{other.__name__}")
            elif other.__module__.startswith("chalicelib.web."):
                waiting.append(other)
    return found


CALLS = {name_of(one): one for one in ROUTES if one.face is Face.API and not one.is_safe}
PAGES = {name_of(one): one for one in ROUTES if one.face is not Face.API and not one.is_safe}


def test_what_a_page_changes_a_call_changes() -> None:
    by_call = set().union(*(_services(one) for one in CALLS.values()))
    missing = {}
    for name, page in PAGES.items():
        services = _services(page)
        lacks = sorted(services - by_call) or ([] if services else ["no service: name its call in CALL_OF_PAGE"])
        if lacks and name not in CALL_OF_PAGE and name not in WITHOUT_CALL:
            missing[name] = lacks

    assert missing == {}, "add the call, or say in WITHOUT_CALL and in infra/docs/api.md why there is none"


def test_who_may_on_the_page_may_by_the_call() -> None:
    """By role: a step that subjects take has a call for subjects, not only the one of the officers."""
    may: dict[str, set[Role]] = {}
    for call in CALLS.values():
        for service in _services(call) if call.needs_sign_in else ():
            may.setdefault(service, set()).update(holders(call))
    lacking = {
        (name, service): sorted(set(holders(page)) - may[service])
        for name, page in PAGES.items()
        if page.needs_sign_in and name not in WITHOUT_CALL
        for service in _services(page)
        if service in may and set(holders(page)) - may[service]
    }

    assert lacking == {}


def test_the_tables_say_what_is_so() -> None:
    """A page or call that is gone, or a page that has a call by now, leaves the tables."""
    by_call = set().union(*(_services(one) for one in CALLS.values()))

    assert not {*CALL_OF_PAGE, *WITHOUT_CALL} - set(PAGES)
    assert not set(CALL_OF_PAGE.values()) - set(CALLS)
    assert not set(CALL_OF_PAGE) & set(WITHOUT_CALL)
    assert [name for name in WITHOUT_CALL if (found := _services(PAGES[name])) and found <= by_call] == []


def test_services_are_found_where_pages_call_them() -> None:
    """Else the comparison would hold of nothing: by name, through a table of steps, and through a helper."""
    assert "chalicelib.services.binding.issue_code.issue_code" in _services(
        PAGES["POST /console/subjects/{subject_id}/agents/codes"]
    )
    assert "chalicelib.services.disposal.serve_order.serve_order" in _services(
        PAGES["POST /console/orders/{order_id}/handle/{step}"]
    )
    assert sum(bool(_services(one)) for one in PAGES.values()) > 0.9 * len(PAGES)
