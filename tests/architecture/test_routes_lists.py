"""Lists, pages, exports and logs show nobody what is not theirs: neither another tenant's text, nor that of a case in
which they take no part. Every text of the seeded records carries a mark of its tenant and kind."""

import inspect
import io
import logging
import sys
import zipfile
from collections.abc import Iterator
from urllib.parse import urlencode

import pytest

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.tenancy import Role
from chalicelib.observability import logger, security_log
from chalicelib.web.routing import Face, RouteDeclaration
from tests.architecture.route_calls import GUARDED, READS, each_of, holders, remembering
from tests.architecture.route_seeds import World, build_world
from tests.architecture.seed_values import COMMON, COUNTY, ELSEWHERE, INSIDER, OUTSIDER, mark
from tests.web.site import TENANT_A, TENANT_B, Browser, Reply, open_site

P = Permission
SHOWN_TO = {
    "inspection_plan": (P.PLAN_READ, P.VISIT_READ, P.FINDING_READ, P.RESULT_READ, P.DRAW_READ),
    "random_draw": (P.DRAW_READ,),
    "visit": (P.VISIT_READ, P.RESULT_READ),
    "visit_member": (P.VISIT_READ,),
    "visit_answer": (P.VISIT_READ,),
    "body_conclusion": (P.VISIT_READ, P.RESULT_READ),
    "finding": (P.FINDING_READ, P.OWN_SUBJECT_READ),
    "patrol": (P.PATROL_READ,),
    "disposal": (P.DISPOSAL_READ,),
    "disposal_order": (P.DISPOSAL_READ, P.OWN_SUBJECT_READ),
    "periodic_report": (P.REPORT_READ, P.REPORT_SUBMIT, P.OWN_SUBJECT_READ),
    "handbook_push": (P.HANDBOOK_PUSH, P.OWN_SUBJECT_READ),
    "handbook_receipt": (P.HANDBOOK_PUSH, P.OWN_SUBJECT_READ),
    "self_check": (P.SELF_CHECK_READ, P.SELF_CHECK_ANSWER),
    "self_check_answer": (P.SELF_CHECK_READ, P.SELF_CHECK_ANSWER),
    "metric_entry": (P.FINDING_READ,),
    "inspection_result": (P.RESULT_READ, P.OWN_SUBJECT_READ),
    "subject": (P.SUBJECT_READ, P.OWN_SUBJECT_READ, P.PATROL_RECORD),
    "system_client": (P.CLIENT_READ,),
    "tenant_closing": (P.TENANT_READ,),
    "subject_relation": (P.SUBJECT_READ,),
    "subject_regrouping": (P.SUBJECT_READ, P.OWN_SUBJECT_READ),
    "hand_over": (P.SUBJECT_HAND_OVER, P.HOME_READ),
    "outbox_message": (),
    "inbox_message": (),
    "binding": (P.OWN_SUBJECT_READ, P.BINDING_CONFIRM, P.SUBJECT_READ),
    "binding_code": (P.BINDING_CONFIRM,),
    "binding_request": (P.BINDING_CONFIRM, P.OWN_SUBJECT_READ),
    "access_change": (P.ACCESS_READ,),
    "scenario_member": (P.SUBJECT_READ, P.RISK_READ),
    "notification": (P.NOTIFICATION_READ,),
    "notification_message": (P.NOTIFICATION_MANAGE,),
    "webhook_endpoint": (P.WEBHOOK_MANAGE,),
    "webhook_delivery": (P.WEBHOOK_MANAGE,),
}
"""Kinds of record whose text only some may see, and the permissions any of which, over that record, lets them."""

BOUND = {
    Role.INSPECTOR: ("visit_member",),
    Role.SUBJECT_USER: ("subject", "finding", "inspection_result", "periodic_report", "disposal_order"),
}
"""What these find by their own name, whatever their county: the visits they are sent to, the subject they act for."""

EVERY_ROLE = pytest.mark.parametrize(
    "is_every_role", [False, pytest.param(True, marks=pytest.mark.nightly)], ids=["some-roles", "every-role"]
)
"""At every change one role of those to whom the same is hidden; at night all of them."""

LISTS = [d for d in GUARDED if d.is_safe and not d.resource]


class Lines(logging.Handler):
    """Everything that was logged, with every extra value."""

    def __init__(self) -> None:
        super().__init__()
        self.text: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.text.append(f"{record.getMessage()} {record.__dict__}")


@pytest.fixture(scope="module")
def worlds() -> Iterator[dict[str, World]]:
    with open_site() as site, remembering("person", "department"):
        yield {tenant: build_world(site, tenant) for tenant in (TENANT_A, TENANT_B)}


@pytest.fixture(scope="module")
def lines(worlds: dict[str, World]) -> Iterator[Lines]:
    handler = Lines()
    for each in (logger, security_log):
        each.addHandler(handler)
    yield handler
    for each in (logger, security_log):
        each.removeHandler(handler)


def text_of(reply: Reply) -> str:
    """The answer as text; of a workbook everything in it."""
    if reply.body.startswith(b"PK"):
        archive = zipfile.ZipFile(io.BytesIO(reply.body))
        return "".join(archive.read(name).decode("utf-8", "replace") for name in archive.namelist())
    return reply.body.decode("utf-8", "replace") + str(reply.headers)


def queries(declaration: RouteDeclaration, world: World) -> list[str]:
    """None, a plan and a subject of this world, a search for what both tenants have: as far as the declaration, or
    else the module, asks."""
    source = inspect.getsource(sys.modules[declaration.handler.__module__])
    plan, subject = world.id("inspection_plan"), world.id("subject")
    records = {"plan": plan, "plan_id": plan, "subject": subject, "subject_id": subject}
    search = {"q": COMMON, "county": COUNTY[world.tenant]}
    if declaration.query is not None:
        known = declaration.query.model_fields
        asked = [{name: value for name, value in one.items() if name in known} for one in (records, search)]
    else:
        asked = [records if "query" in source and "_id" in source else {}, search if '"q"' in source else {}]
    return ["", *(f"?{urlencode(one, safe=COMMON)}" for one in asked if one)]


def answers(browser: Browser, declaration: RouteDeclaration, path: str, world: World) -> Iterator[str]:
    """What the list answers to each of its queries."""
    for query in queries(declaration, world):
        reply = browser.get(path + query)
        assert reply.status < 500, (path, query)
        yield text_of(reply)


@EVERY_ROLE
@pytest.mark.parametrize("variant", [ELSEWHERE, OUTSIDER])
@each_of(LISTS)
def test_a_list_leaves_out_what_the_reader_may_not_see(
    worlds: dict[str, World], declaration: RouteDeclaration, variant: str, is_every_role: bool
) -> None:
    world, tried = worlds[TENANT_A], set()
    for role in holders(declaration):
        actor = world.actor(role, variant)
        hidden = {
            mark(TENANT_A, kind)
            for kind, wanted in SHOWN_TO.items()
            if not any(allowed(actor, one, world.resource(kind)) for one in wanted)
        }
        if variant == ELSEWHERE:
            hidden -= {mark(TENANT_A, kind) for kind in BOUND.get(role, ())}
        if not hidden or (frozenset(hidden) in tried and not is_every_role):
            continue
        tried.add(frozenset(hidden))
        for text in answers(world.browser(role, variant), declaration, declaration.concrete_path(), world):
            assert {one for one in hidden if one in text} == set(), role


@EVERY_ROLE
@each_of(READS)
def test_nothing_of_another_tenant_is_shown(
    worlds: dict[str, World], lines: Lines, declaration: RouteDeclaration, is_every_role: bool
) -> None:
    """Trust design §1.6: as every role that the route is for, and as the public."""
    ours, theirs = worlds[TENANT_A], worlds[TENANT_B]
    path = declaration.concrete_path(**ours.path_values(declaration.parameters))
    roles = [] if declaration.is_open else holders(declaration)
    roles = roles if is_every_role else roles[:1]
    browsers = [ours.site.browser()] if declaration.is_open else [ours.browser(role) for role in roles]
    for browser in browsers:
        if declaration.resource:
            assert "CANARY" not in text_of(browser.get(path))
            continue
        for text in answers(browser, declaration, path, theirs):
            assert "CANARY" not in text
    assert [line for line in lines.text if "CANARY" in line or "OWNsubject" in line] == []


def test_errors_show_nothing_of_what_was_asked_for(worlds: dict[str, World], lines: Lines) -> None:
    ours, theirs = worlds[TENANT_A], worlds[TENANT_B]
    for kind, part in (("inspection_plan", "plans"), ("finding", "findings"), ("subject", "subjects")):
        for path in (f"/console/{part}/{theirs.id(kind)}", f"/api/v1/{part}/{theirs.id(kind)}"):
            reply = ours.browser(Role.COORDINATOR).get(path)

            assert reply.status == 404
            assert "CANARY" not in text_of(reply)
    assert [line for line in lines.text if "CANARY" in line] == []


@pytest.mark.parametrize("tenant", [TENANT_A, TENANT_B])
@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/console/draws", "random_draw"),
        ("/console/visits", "visit"),
        ("/console/findings", "finding"),
        ("/console/plans", "inspection_plan"),
        ("/api/v1/plans", "inspection_plan"),
    ],
)
def test_who_takes_part_sees_the_mark(worlds: dict[str, World], tenant: str, path: str, kind: str) -> None:
    """Without this the marks could be missing because nobody ever sees one."""
    world = worlds[tenant]

    assert mark(tenant, kind) in text_of(world.browser(Role.COORDINATOR).get(path))


def test_officers_see_their_own_and_only_their_own(worlds: dict[str, World]) -> None:
    world = worlds[TENANT_A]
    own, foreign = (world.browser(Role.DEPARTMENT_OFFICER, v) for v in (INSIDER, OUTSIDER))
    path = f"/api/v1/findings?plan_id={world.id('inspection_plan')}"

    assert mark(TENANT_A, "finding") in own.get(path).text
    assert foreign.get(path).json["items"] == []


def test_every_face_is_crawled() -> None:
    assert {d.face for d in READS} == {Face.PUBLIC, Face.CONSOLE, Face.FIELD, Face.SUBJECT, Face.API}
