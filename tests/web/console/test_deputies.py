"""Deputies and departures over the pages: acting for somebody shows everywhere, and ends by itself."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib import bootstrap
from chalicelib.domain.event import EventType
from chalicelib.domain.record import Ref
from chalicelib.domain.tenancy import Person, Role
from chalicelib.domain.todo import Todo
from tests.builders import act
from tests.web.site import NOW, TENANT_A, Browser, Membership, Site, at, open_site

BODY = f"{TENANT_A}-body"


@pytest.fixture(scope="module")
def office() -> Iterator[Site]:
    with open_site() as site, bootstrap.scope(TENANT_A):
        with bootstrap.store().change(TENANT_A, act()) as change:
            for id, role in (("clerk", Role.DEPARTMENT_OFFICER), ("head", Role.APPROVER), ("heir", Role.APPROVER)):
                person = Person(
                    id=id,
                    name=f"韦{id}",
                    roles=frozenset({role}),
                    acting_body_id=BODY,
                    department_id="gx450100-emergency",
                )
                change.save(person)
            change.event(EventType.PERSON_ADDED, Ref(kind="person", id="clerk"))
        yield site


def browser(site: Site, id: str) -> Browser:
    at(NOW)
    return signed_in(site, id)


def signed_in(site: Site, id: str) -> Browser:
    found = Browser(site)
    site.sign_in(found, Membership(tenant=TENANT_A, person_id=id, label="南宁市"))
    return found


def main(text: str) -> str:
    return text[text.index("<main") :]


def appoint(site: Site, **more: object) -> str:
    """The head asks the clerk for a week; where the clerk begins."""
    head, clerk = browser(site, "head"), browser(site, "clerk")
    form = {"deputy_id": "clerk", "from_on": "2026-11-23", "to_on": "2026-11-30", "permissions": ["task.approve"]}
    done = head.post("/console/deputies", form | more)
    assert done.status == 303, done.text
    found = re.search(r'action="(/console/deputies/[0-9A-Z]{26}/begin)"', clerk.get("/console/deputies").text)
    assert found
    return found[1]


def test_from_the_appointment_to_acting_and_back(office: Site) -> None:
    begin = appoint(office)
    clerk = browser(office, "clerk")
    assert "代行：" not in clerk.get("/console").text

    assert clerk.post(begin, {}).location == "/console"
    page = clerk.get("/console").text
    assert "代行：韦head" in page
    assert clerk.get("/console/deputies/new").status == 403, "a deputy names no deputy"
    with_head = clerk.get("/api/v1/me").json
    assert "approver" in str(with_head)
    assert clerk.post("/console/deputies/stop", {}).status == 303
    assert "代行：" not in clerk.get("/console").text
    assert clerk.post(begin.replace("/begin", "/end"), {}).status == 303


def test_it_ends_by_itself_and_nothing_is_done_in_the_wrong_name(office: Site) -> None:
    begin = appoint(office, to_on="2026-11-23")
    at(NOW + timedelta(hours=13, minutes=50))
    clerk = signed_in(office, "clerk")
    clerk.post(begin, {})
    assert "代行：韦head" in clerk.get("/console").text

    at(NOW + timedelta(hours=14, minutes=5))
    refused = clerk.post(begin.replace("/begin", "/end"), {})

    assert refused.status == 403
    assert "代行已经结束" in refused.text
    assert "代行：" not in clerk.get("/console").text


def test_what_is_wrong_with_an_appointment_stays_on_the_form(office: Site) -> None:
    head = browser(office, "head")

    reply = head.post("/console/deputies", {"deputy_id": "", "from_on": "2026-11-01", "reason": "出差三天"})

    assert reply.status == 422
    assert all(
        words in reply.text for words in ("请选择“代行人”", "请选择“交出的权限”", "请填写“结束日期”", "出差三天")
    )


def test_a_departure_hands_on_what_is_open_and_closes_the_login(office: Site) -> None:
    with bootstrap.scope(TENANT_A), bootstrap.store().change(TENANT_A, act()) as change:
        change.save(Todo.of(Ref(kind="person", id="heir"), "head", "opinion_requested", "未了的一件", at=NOW))
        change.event(EventType.TODO_HANDED_OVER, Ref(kind="person", id="heir"))
    coordinator, leaving = office.browser(Role.COORDINATOR), browser(office, "head")
    assert "离岗交接" in coordinator.get("/console/people/head").text
    shown = main(coordinator.get("/console/people/head/departure").text)
    assert "未了的一件" in shown

    refused = coordinator.post("/console/people/head/departure", {"successor": "clerk"})
    assert refused.status == 422
    assert "接手人没有办这件事的角色" in refused.text
    done = coordinator.post("/console/people/head/departure", {"successor": "heir"})

    assert done.location == "/console/people/head"
    assert "未了的一件" in browser(office, "heir").get("/console").text
    assert leaving.get("/console").status == 303, "out at once"
    assert office.browser(Role.INSPECTOR).get("/console/people/heir/departure").status == 403
