"""Every route that names a record, against everybody whom the record is not for: derived from the access rules."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.domain.access import PERMISSIONS, Reach
from chalicelib.domain.tenancy import Role
from chalicelib.web.routing import RouteDeclaration
from tests.architecture.route_calls import (
    GUARDED,
    NO_RECORD,
    ROUTES,
    WITH_RECORD,
    Watch,
    call,
    each_of,
    holders,
    name_of,
    permissions_of,
    refusal,
    remembering,
    watching,
    without_echo,
)
from tests.architecture.route_seeds import World, build_world
from tests.architecture.seed_values import ELSEWHERE, INSIDER, OUTSIDER
from tests.grouped import every
from tests.web.site import TENANT_A, TENANT_B, open_site

NAMES_NO_RECORD = {
    "sha256": "a file, found in the record",
    "file_name": "a file, found in the record",
    "question_key": "of a check list, found in the record",
    "item_id": "of a check list, found in the record",
    "step": "a word of the route",
    "reason": "a word of the route",
    "tenant": "checked by the admission",
    "scenario": "a shipped package",
    "name": "a shipped package",
    "part": "of a shipped package",
    "one": "of a shipped package",
    "basis_id": "of a shipped package; what the tenant confirmed of it is the whole tenant's",
    "mark_id": "a changed law, which is the whole tenant's or the platform's",
    "kind": "a word of the route",
    "event_id": "of the evidence log, which is the whole tenant's",
    "filter_id": "of the person's own filters",
    "upload_id": "a file under the tenant's own prefix",
    "code": "a division, looked up in the tenant's own",
    "metric_name": "shipped data",
    "topic_name": "shipped data",
    "size": "of the evidence log, which is the whole tenant's",
    "old_size": "of the evidence log, which is the whole tenant's",
}
"""Path parameters of signed-in routes that are no record of their own, and why."""


@pytest.fixture(scope="module")
def worlds() -> Iterator[dict[str, World]]:
    with open_site() as site, remembering("person", "department"):
        yield {tenant: build_world(site, tenant) for tenant in (TENANT_A, TENANT_B)}


@pytest.fixture(scope="module")
def world(worlds: dict[str, World]) -> World:
    return worlds[TENANT_A]


@pytest.fixture(scope="module")
def watch(worlds: dict[str, World]) -> Iterator[Watch]:
    with watching() as found:
        yield found


def of(declaration: RouteDeclaration) -> tuple[str, str]:
    assert declaration.resource is not None
    return declaration.resource


def test_every_kind_of_record_is_in_the_world(world: World) -> None:
    """A kind that is missing would be in no matrix: add a record of it to build_world in route_seeds.py."""
    by_the_site = {"public_tenant"}
    of_the_platform = {"session", "identity", "public_calendar", "subject_home", "public_package_version"}

    assert set(bootstrap.store()._by_kind) - set(world.records) - by_the_site - of_the_platform == set()


@every("declaration", WITH_RECORD, name_of)
def test_a_resource_is_a_kind_of_the_store(world: World, declaration: RouteDeclaration) -> None:
    kind, _ = of(declaration)

    assert kind in bootstrap.store()._by_kind, f"{kind} is the KIND of no record"
    assert world.id(kind)


@every("declaration", [d for d in GUARDED if d.parameters], name_of)
def test_a_route_says_which_record_its_path_names(declaration: RouteDeclaration) -> None:
    """Else it would be in no matrix: declare resource=(kind, parameter), or explain the parameter here."""
    named = [p for p in declaration.parameters if p not in NAMES_NO_RECORD]

    assert not named or (declaration.resource and declaration.resource[1] in named), named


def test_routes_that_decide_in_their_handler_say_what_they_ask() -> None:
    """A record behind `SIGNED_IN` needs an entry in DECIDED_IN_HANDLER of route_calls.py."""
    assert [name_of(d) for d in WITH_RECORD if not permissions_of(d)] == []


@each_of(WITH_RECORD)
def test_a_record_of_another_tenant_is_a_record_that_is_not_there(
    worlds: dict[str, World], watch: Watch, declaration: RouteDeclaration
) -> None:
    kind, parameter = of(declaration)
    foreign = worlds[TENANT_B].id(kind)
    for role in holders(declaration)[:2]:
        browser = worlds[TENANT_A].browser(role)
        for method in declaration.methods:
            watch.clear()
            theirs = call(browser, declaration, method, **{parameter: foreign})
            seen = theirs.status, list(watch.writes), watch.refusals
            nobodys = call(browser, declaration, method, **{parameter: NO_RECORD})

            assert seen == (404, [], [404])
            assert without_echo(theirs, foreign) == without_echo(nobodys, NO_RECORD)


@pytest.mark.parametrize("variant", [ELSEWHERE, OUTSIDER])
@each_of(WITH_RECORD)
def test_who_does_not_take_part_is_refused(
    world: World, watch: Watch, declaration: RouteDeclaration, variant: str
) -> None:
    """Somebody of another county, or of another department, team or subject, in every role that the route is for."""
    kind, parameter = of(declaration)
    identifier, resource, wanted = world.id(kind), world.resource(kind), permissions_of(declaration)
    for role in holders(declaration):
        expected = refusal(world.actor(role, variant), wanted, resource)
        if expected is None:
            continue
        browser = world.browser(role, variant)
        for method in declaration.methods:
            watch.clear()

            reply = call(browser, declaration, method, **{parameter: identifier})

            assert reply.status == expected, (role, reply.status)
            assert watch.writes == []
            assert watch.refusals == [expected]


@every("declaration", WITH_RECORD, name_of)
def test_the_rules_do_refuse(world: World, declaration: RouteDeclaration) -> None:
    """What the matrix expects is derived from the rules, so the rules are held to what they have to say."""
    kind, _ = of(declaration)
    resource, wanted = world.resource(kind), permissions_of(declaration)
    for role in holders(declaration):
        reaches = {PERMISSIONS[role][one] for one in wanted if one in PERMISSIONS[role]}
        if resource.divisions:
            assert refusal(world.actor(role, ELSEWHERE), wanted, resource) == 404
        if resource.departments and Reach.TENANT not in reaches and reaches - {Reach.SUBJECT}:
            assert refusal(world.actor(role, OUTSIDER), wanted, resource) == 403
        if resource.subjects and reaches == {Reach.SUBJECT}:
            assert refusal(world.actor(role, OUTSIDER), wanted, resource) == 404
        inside = world.actor(role, INSIDER)
        # What only one person may see names that person and no department.
        is_anothers = resource.people and not resource.departments and inside.person_id not in resource.people
        assert refusal(inside, wanted, resource) == (403 if is_anothers else None)


@each_of([d for d in WITH_RECORD if d.is_safe])
def test_who_takes_part_gets_in(world: World, watch: Watch, declaration: RouteDeclaration) -> None:
    """Without this the matrix could hold because nothing is ever found. A file inside the record need not be there; a
    page may say that its record is not in the state for it (409)."""
    _, parameter = of(declaration)
    browsers = [world.browser(role) for role in holders(declaration)]
    watch.clear()

    statuses = [call(one, declaration, "GET", **{parameter: world.id_for(declaration)}).status for one in browsers]

    assert watch.writes == []
    assert all(status < 500 for status in statuses), statuses
    is_inner = len(declaration.parameters) > 1
    assert is_inner or any(status < 400 or status == 409 for status in statuses), statuses


@each_of([d for d in ROUTES if d.is_open and len(d.parameters) > 1 and "tenant" in d.parameters])
def test_a_public_page_finds_nothing_of_another_tenant(
    worlds: dict[str, World], watch: Watch, declaration: RouteDeclaration
) -> None:
    foreign = worlds[TENANT_B].path_values(declaration.parameters)
    if not foreign:
        return
    browser = worlds[TENANT_A].site.browser()
    watch.clear()
    theirs = call(browser, declaration, "GET", **foreign)
    seen = theirs.status, list(watch.writes), watch.refusals
    nobodys = call(browser, declaration, "GET", **dict.fromkeys(foreign, NO_RECORD))

    assert seen == (404, [], [404])
    assert without_echo(theirs, *foreign.values()) == without_echo(nobodys, NO_RECORD)


def test_people_of_every_role_and_variant_differ_as_they_should(world: World) -> None:
    for role in Role:
        insider, elsewhere, outsider = (world.actor(role, v) for v in (INSIDER, ELSEWHERE, OUTSIDER))
        assert elsewhere.acting_body_id == insider.acting_body_id
        assert elsewhere.division and not insider.division
        assert outsider.acting_body_id != insider.acting_body_id
