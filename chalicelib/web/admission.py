"""Who may come in: session or bearer token, person, CSRF, permission, and the storage scope that follows.

Nothing that Chalice or a gateway says about a caller is believed; everything is checked here, in every mode.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.domain.access import NOTHING, Permission, require
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import NotAllowedError, RecordNotFoundError
from chalicelib.domain.local_division import local_divisions
from chalicelib.domain.record import Ref
from chalicelib.domain.session import Membership
from chalicelib.domain.system_client import ClientScope
from chalicelib.domain.tenancy import PLATFORM, Actor, is_tenant_id
from chalicelib.services.binding.own_subjects import with_own_subjects
from chalicelib.services.people.name_deputy import find_acting
from chalicelib.web import csrf, sessions
from chalicelib.web.body_words import english_bodies
from chalicelib.web.errors import DeputyEndedError, InvalidTokenError, SignInRequiredError, TenantNotChosenError
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import SAFE_METHODS, SIGNED_IN, Face, RouteDeclaration
from chalicelib.web.signatures import signed

ACTING_HEADER = "x-acting-for"
"""Of the API: the appointment under which a deputy calls."""


@contextmanager
def admitted(request: WebRequest, declaration: RouteDeclaration, path_values: Mapping[str, str]) -> Iterator[None]:
    """Checks everything that stands before a handler, and holds the tenant's storage scope while it runs."""
    if declaration.is_open:
        with _open(request, declaration, path_values):
            yield
        return
    if declaration.is_signed:
        with signed(request, path_values["tenant"]):
            yield
        return
    membership = _membership(request)
    role = ScopeRole.READER if request.method in SAFE_METHODS else ScopeRole.TENANT
    known = lambda: bootstrap.store().local_divisions.kept(membership.tenant)  # noqa: E731
    bodies = lambda: {one.id: one.label_en for one in bootstrap.store().acting_bodies.every(membership.tenant)}  # noqa: E731
    with bootstrap.scope(membership.tenant, role), local_divisions(known), english_bodies(bodies):
        find = _client if membership.client_id else _actor
        request.enter(membership.tenant, find(request, membership))
        if request.session is not None:
            csrf.check(request)
        if declaration.permission != SIGNED_IN:
            require(request.actor, Permission(declaration.permission))
            _check_record(request, declaration, path_values)
        sessions.touch(request)
        yield


def _check_record(request: WebRequest, declaration: RouteDeclaration, path_values: Mapping[str, str]) -> None:
    """The record that the path names, before anything is said about what was sent: a page cannot forget to ask."""
    if declaration.resource is None:
        return
    kind, parameter = declaration.resource
    record = request.store.read(request.tenant, Ref(kind=kind, id=path_values[parameter]))
    require(request.actor, Permission(declaration.permission), getattr(record, "resource", NOTHING))
    request.named = record


@contextmanager
def _open(request: WebRequest, declaration: RouteDeclaration, path_values: Mapping[str, str]) -> Iterator[None]:
    """An open route: CSRF all the same, and the published projection of the tenant that the path names."""
    if declaration.face is Face.AUTH:
        sessions.resume(request)
    csrf.check(request)
    tenant = path_values.get("tenant")
    if tenant is None:
        yield
        return
    if not is_tenant_id(tenant) or tenant == PLATFORM:
        raise RecordNotFoundError()
    with bootstrap.scope(tenant, ScopeRole.PUBLIC):
        request.enter(tenant, None)
        yield


def _membership(request: WebRequest) -> Membership:
    """The one membership that this request acts as."""
    if request.is_api and request.header("authorization"):
        from chalicelib.web.identity.bearer import bearer_membership

        return bearer_membership(request)
    session = sessions.resume(request)
    if session is None:
        raise SignInRequiredError()
    if session.membership is None:
        raise TenantNotChosenError()
    return session.membership


def _client(request: WebRequest, membership: Membership) -> Actor:
    """The system client as the tenant knows it now; a revoked one is nobody. Its token has to carry the scope."""
    store = bootstrap.store()
    client = store.system_clients.find(membership.tenant, membership.client_id)
    if client is None or not client.is_active:
        raise InvalidTokenError(reason="client is revoked")
    scope = ClientScope.READ if request.method in SAFE_METHODS else ClientScope.WRITE
    if scope not in client.scopes or scope.value not in request.scopes:
        raise NotAllowedError(permission=f"scope:{scope.value}")
    request.client = client
    return client.actor(membership.tenant, store.departments.find(membership.tenant, client.department_id))


def _actor(request: WebRequest, membership: Membership) -> Actor:
    """The person as the tenant knows them now: what was withdrawn since the sign-in no longer counts."""
    store = bootstrap.store()
    person = store.people.find(membership.tenant, membership.person_id)
    if person is None or not person.is_active:
        raise SignInRequiredError(reason="person is not active")
    appointment = request.header(ACTING_HEADER) if request.session is None else request.session.deputy_id
    if appointment:
        acting = find_acting(store, membership.tenant, person, appointment, shanghai_date(request.now))
        if acting is not None:
            return acting
        if request.session is None or request.method not in SAFE_METHODS:
            # What was meant for somebody else must not be done in one's own name instead.
            raise DeputyEndedError()
        sessions.forget_deputy(request.session)
    department = store.departments.find(membership.tenant, person.department_id) if person.department_id else None
    actor = Actor.of(membership.tenant, person, department.code if department else None)
    return with_own_subjects(store, membership.tenant, actor)
