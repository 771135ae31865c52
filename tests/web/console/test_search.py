"""One box finds pages, numbers, subjects, people and terms that the reader may see; help and glossary are there."""

import json
from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.domain.glossary import terms
from chalicelib.domain.tenancy import Role
from chalicelib.services.metrics.count_record import count_record
from chalicelib.web import routing
from chalicelib.web.help_topics import topic_of, topics
from chalicelib.web.routing import Face
from tests.web.console.test_plans import created
from tests.web.planning import Office
from tests.web.site import TENANT_A, open_site


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with open_site() as site:
        yield Office(site)


def test_a_plan_is_found_by_its_number(office):
    plan = office.plan(created(office, title="按文号找的计划"))
    with bootstrap.scope(TENANT_A):
        count_record(bootstrap.store(), TENANT_A, plan.ref)

    for text in (plan.number, "1号", f"{plan.year}-1"):
        assert "按文号找的计划" in office.coordinator.get(f"/console/search?q={text}").text
    inspector = office.site.browser(Role.EVALUATOR).get(f"/console/search?q={plan.number}").text
    assert "按文号找的计划" not in inspector, "who may not read plans finds none"


def test_pages_terms_and_people_are_found(office):
    page = office.coordinator.get("/console/search?q=抽查").text
    term = office.coordinator.get("/console/search?q=双随机").text
    person = office.site.browser(Role.SECURITY_ADMINISTRATOR).get("/console/search?q=测试inspector").text

    assert 'href="/console/plans"' in page
    assert 'href="/console/glossary#random_draw"' in term
    assert f'href="/console/people/{TENANT_A}-inspector"' in person


def test_people_are_found_only_by_who_may_read_them(office):
    assert "/console/people/" not in office.lead_officer.get("/console/search?q=测试inspector").text.split("<main")[1]


def test_one_character_is_told_to_be_too_short(office):
    told = "企业和人员至少要两个字才查"

    assert told in office.coordinator.get("/console/search?q=鑫").text
    assert told in office.coordinator.get("/console/search?q=鑫", {"hx-request": "true"}).text
    assert told not in office.coordinator.get("/console/search?q=鑫鑫").text


def test_while_one_types_only_the_list_is_sent(office):
    part = office.coordinator.get("/console/search?q=抽查", {"hx-request": "true"}).text

    assert "<html" not in part
    assert 'role="option"' in part
    assert "没有找到" in office.coordinator.get("/console/search?q=没有这个东西", {"hx-request": "true"}).text


@pytest.mark.parametrize("text", ["", "<script>alert(1)</script>", "%", "#", "号" * 60])
def test_odd_texts_find_nothing_and_do_no_harm(office, text):
    reply = office.coordinator.get(f"/console/search?q={text.replace('%', '%25').replace('#', '%23')}")

    assert reply.status == 200
    assert "<script>alert" not in reply.text


def test_a_text_that_is_too_long_is_refused(office):
    assert office.coordinator.get("/console/search?q=" + "号" * 61).status == 422


def test_every_page_of_the_menu_has_its_help():
    paths = {d.path for d in routing.declarations() if d.nav and d.face in (Face.CONSOLE, Face.SUBJECT, Face.FIELD)}

    assert {path for path in paths if topic_of(path) is None} == set()


@pytest.mark.parametrize("topic", topics(), ids=lambda one: one.name)
def test_help_says_what_next_and_who_in_both_languages(topic):
    names = {term.name for term in terms()}

    assert set(topic.terms) <= names
    assert topic.next
    words = json.loads(topic.model_dump_json())
    for pair in (words["title"], words["what"], *(step[part] for step in words["next"] for part in ("do", "who"))):
        assert pair["zh"]
        assert pair["en"].isascii()


def test_help_is_in_the_frame_that_one_came_from(office):
    page = office.coordinator.get("/console/plans").text
    assert 'href="/console/help/plans"' in page
    shown = office.coordinator.get("/console/help/plans").text
    assert "接下来" in shown
    assert 'href="/console/glossary#inspection_plan"' in shown
    assert office.site.browser().get("/help/public").status == 200
    assert office.site.browser(Role.SUBJECT_USER).get("/subject/help/subject").status == 200
    assert office.coordinator.get("/console/help/nothing").status == 404


def test_the_glossary_is_searched_and_has_anchors(office):
    browser = office.site.browser()

    assert 'id="random_draw"' in browser.get("/glossary").text
    found = browser.get("/glossary?q=双随机").text
    assert 'id="random_draw"' in found
    assert 'id="handbook"' not in found
    assert "没有这个名词" in browser.get("/glossary?q=zzz").text


def test_programs_find_records_not_pages(office):
    plan = office.plan(created(office, title="接口按文号找的计划"))
    with bootstrap.scope(TENANT_A):
        count_record(bootstrap.store(), TENANT_A, plan.ref)
    api = "/api/v1/search?q="

    found = office.coordinator.get(f"{api}{plan.number}").json["items"]
    assert [(one["group"], one["about"]["id"]) for one in found] == [("number", plan.id)]
    assert {one["group"] for one in office.coordinator.get(f"{api}双随机").json["items"]} == {"term"}
    assert office.coordinator.get(f"{api}抽查").json["items"] == [], "a page of the site is nothing to a program"
    assert office.coordinator.get(api).status == 422
