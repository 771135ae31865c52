"""A result from its visit to the public page: prepared, confirmed by each acting body, published, withdrawn."""

import json
from datetime import timedelta

import pytest

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.domain.calendar import WorkingCalendar, shanghai_date
from chalicelib.domain.deadline import deadline_rule, due_at
from chalicelib.domain.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotAllowedError,
    YijianshiError,
)
from chalicelib.domain.event import EventType
from chalicelib.domain.item import Compliance
from chalicelib.domain.public_result import search_text
from chalicelib.domain.tenancy import Role
from chalicelib.services.finding.record_reinspection import close_finding, record_reinspection
from chalicelib.services.finding.submit_rectification import submit_rectification
from chalicelib.services.result.prepare_result import prepare_result, refresh_result
from chalicelib.services.result.publish_result import confirm_result, publish_result, withdraw_result
from chalicelib.services.visit.uploads import keep_upload
from tests.builders import OTHER_TENANT, TENANT, act, actor
from tests.cloud import all_items
from tests.resulting import (
    CODE,
    LIGHTNING,
    NAME,
    NOTE,
    PERSON,
    PHONE,
    concluded_visit,
    confirmed,
    head,
    prepared,
    published,
)
from tests.visiting import SUBJECT_ID, SUBJECT_USER, TAX, TODAY, WEATHER, officer, png, save


def topics(store, owner):
    return [todo.topic for todo in store.todos.of_owner(TENANT, owner).records if todo.topic.startswith("result")]


def mend(store, finding):
    upload_id = keep_upload(store, TENANT, owner=finding, content=png(), allowed=("image/png",))
    submit_rectification(
        store, TENANT, act(SUBJECT_USER, minutes=200), finding_id=finding.id, text="已检测", upload_ids=[upload_id]
    )
    return record_reinspection(
        store, TENANT, act(officer(WEATHER), minutes=260), finding_id=finding.id, is_passed=True, text="已合格"
    )


def withdraw_finding(store, finding):
    """Taken back by the acting body."""
    save(store, finding.with_changes(state="closed", closed_as="withdraw_finding"))


def test_prepared_once_with_counts_findings_clock_and_work_for_every_body(store):
    visit = concluded_visit(store, bad=(LIGHTNING, "sales_declared"))

    result = prepared(store, visit)
    again = prepare_result(store, TENANT, act(minutes=300), visit_id=visit.id)

    assert (result.state, again.version) == ("prepared", 1)
    assert {body.acting_body_id: body.counts[Compliance.NON_COMPLIANT] for body in result.bodies} == {
        WEATHER: 1,
        TAX: 1,
    }
    assert [finding.remedy_due_on for finding in result.findings] == [TODAY + timedelta(days=14)] * 2
    assert store.visits.get(TENANT, visit.id).result_id == result.id
    assert topics(store, WEATHER) == topics(store, TAX) == ["result_to_confirm"]
    due = due_at(deadline_rule("result_confirmation", TODAY), visit.submitted_at, WorkingCalendar())
    assert result.due_at == due.due_at
    assert [one.id for one in store.results.in_state(TENANT, "prepared").records] == [visit.id]


def test_each_body_confirms_its_own_part_and_nobody_another(store):
    visit = concluded_visit(store)
    prepared(store, visit)

    for stranger, body in ((head(TAX), WEATHER), (actor(Role.COORDINATOR), WEATHER), (officer(WEATHER), WEATHER)):
        with pytest.raises(NotAllowedError):
            confirm_result(store, TENANT, act(stranger), visit_id=visit.id, acting_body_id=body)
    first = confirm_result(store, TENANT, act(head(WEATHER)), visit_id=visit.id, acting_body_id=WEATHER)
    again = confirm_result(store, TENANT, act(head(WEATHER)), visit_id=visit.id, acting_body_id=WEATHER)

    assert (first.state, again.version) == ("prepared", first.version)
    assert topics(store, WEATHER) == []
    with pytest.raises(IllegalTransitionError):
        publish_result(store, TENANT, act(), visit_id=visit.id)
    whole = confirm_result(store, TENANT, act(head(TAX), minutes=5000), visit_id=visit.id, acting_body_id=TAX)
    assert whole.state == "confirmed"
    assert topics(store, "role.coordinator") == ["result_to_publish"]
    due = due_at(deadline_rule("public_result", TODAY), visit.concluded_at, WorkingCalendar())
    assert whole.due_at == due.due_at, "the clock runs from the visit, not from a late confirmation"
    with pytest.raises(IllegalTransitionError):
        confirm_result(store, TENANT, act(head(TAX)), visit_id=visit.id, acting_body_id=TAX)


def test_nothing_personal_lies_below_the_public_prefix(store):
    visit = concluded_visit(store)
    finding = store.findings.of_visit(TENANT, visit.plan_id, visit.id)[0]
    save(store, finding.with_changes(note=NOTE))
    published(store, visit)

    items = all_items()
    public = [item for item in items if item["pk"]["S"].startswith(f"T#{TENANT}#PUB#")]
    text = json.dumps(public, ensure_ascii=False)

    assert len(public) > 5
    assert NAME in text
    people = [PHONE, PERSON, NOTE, "韦晨", "p-head", "officer", "45010000123", "risk", "draw_order", "object_key"]
    assert [canary for canary in people if canary in text] == []
    assert not any("EVENT#" in item["sk"]["S"] for item in public)


def test_published_by_the_coordinator_and_readable_by_everybody_without_a_person(store):
    visit = concluded_visit(store)
    confirmed(store, visit)
    with pytest.raises(NotAllowedError):
        publish_result(store, TENANT, act(head(WEATHER)), visit_id=visit.id)

    result = publish_result(store, TENANT, act(minutes=120), visit_id=visit.id)

    assert (result.state, result.due_at, topics(store, "role.coordinator")) == ("published", None, [])
    with bootstrap.scope(TENANT, ScopeRole.PUBLIC):
        public = store.public_results.get(TENANT, visit.id)
        newest = store.public_results.newest(TENANT).records
        with pytest.raises(YijianshiError):
            store.results.find(TENANT, visit.id)
    assert [one.id for one in newest] == [visit.id]
    assert (public.name, public.code, public.non_compliant) == (NAME, CODE, 1)
    assert [finding.clause for finding in public.findings if finding.clause] != []
    with bootstrap.scope(OTHER_TENANT, ScopeRole.PUBLIC):
        assert store.public_results.newest(OTHER_TENANT).records == []


def test_found_by_every_start_of_the_trade_name_and_by_code(store):
    published(store, concluded_visit(store, bad=()))

    def found(query):
        with bootstrap.scope(TENANT, ScopeRole.PUBLIC):
            return [entry.subject_id for entry in store.public_names.starting(TENANT, search_text(query))]

    for query in (
        "南宁市甲戌",
        "甲戌",
        "甲戌加油站",
        "加油站",
        "油站",
        CODE,
        CODE.lower(),
        "甲戌 加油站有限公司",
        "9145",
    ):
        assert found(query) == [SUBJECT_ID], query
    for query in ("公司", "ma", "乙亥"):
        assert found(query) == [], query


def test_a_query_of_one_character_or_of_signs_finds_nothing(store):
    assert store.public_names.starting(TENANT, search_text("甲")) == []
    assert store.public_names.starting(TENANT, search_text("##")) == []


def test_the_projection_follows_a_reinspection_that_passed(store):
    visit = concluded_visit(store)
    published(store, visit)
    finding = store.findings.of_visit(TENANT, visit.plan_id, visit.id)[0]
    assert store.public_results.get(TENANT, visit.id).is_rectified is False

    passed = mend(store, finding)
    refreshed = refresh_result(store, TENANT, act(minutes=261), visit_id=visit.id)
    again = refresh_result(store, TENANT, act(minutes=262), visit_id=visit.id)

    public = store.public_results.get(TENANT, visit.id)
    assert [one.passed_on for one in public.findings] == [shanghai_date(passed.passed_at)]
    assert public.is_rectified
    assert again.version == refreshed.version, "nothing new: nothing written"
    closed = close_finding(store, TENANT, act(officer(WEATHER), minutes=300), finding_id=finding.id)
    assert refresh_result(store, TENANT, act(minutes=301), visit_id=visit.id).findings == refreshed.findings
    assert (closed.closed_as, closed.is_withdrawn) == ("close_finding", False)


def test_a_withdrawn_finding_is_told_and_counted_nowhere(store):
    visit = concluded_visit(store)
    published(store, visit)
    finding = store.findings.of_visit(TENANT, visit.plan_id, visit.id)[0]

    withdraw_finding(store, finding)
    refresh_result(store, TENANT, act(minutes=261), visit_id=visit.id)

    public = store.public_results.get(TENANT, visit.id)
    assert (public.findings, public.non_compliant) == ([], 0)


def test_withdrawing_needs_a_reason_and_takes_page_and_search_entries_away(store):
    visit = concluded_visit(store)
    published(store, visit)
    for reason, code in ((" ", "required"), ("长" * 501, "too_long")):
        with pytest.raises(InvalidInputError) as refused:
            withdraw_result(store, TENANT, act(), visit_id=visit.id, reason=reason)
        assert refused.value.problems[0].code == code

    result = withdraw_result(store, TENANT, act(minutes=130), visit_id=visit.id, reason="企业名称有误")

    assert (result.state, result.withdrawn_reason) == ("withdrawn", "企业名称有误")
    assert store.public_results.find(TENANT, visit.id) is None
    assert store.public_results.newest(TENANT).records == []
    assert store.public_names.starting(TENANT, "甲戌") == []
    assert store.results.history(TENANT, result.ref)[0].type is EventType.RESULT_WITHDRAWN
    with pytest.raises(IllegalTransitionError):
        publish_result(store, TENANT, act(), visit_id=visit.id)


def test_search_entries_stay_while_another_result_is_public_and_follow_a_new_name(store):
    first = concluded_visit(store, bad=())
    published(store, first)
    second = first.with_changes(
        id="01JD00000000000000SECQND00",
        version=0,
        subject=first.subject.model_copy(update={"name": "南宁市乙亥能源"}),
        result_id=None,
    )
    save(store, second)
    confirmed(store, second)
    publish_result(store, TENANT, act(minutes=140), visit_id=second.id)

    assert store.public_names.starting(TENANT, "甲戌") == []
    assert len(store.public_names.starting(TENANT, "乙亥")) == 1
    withdraw_result(store, TENANT, act(minutes=150), visit_id=second.id, reason="重复")
    assert len(store.public_names.of_subject(TENANT, SUBJECT_ID)) > 0


def test_published_twice_with_one_key_is_published_once(store):
    visit = concluded_visit(store, bad=())
    confirmed(store, visit)
    given = act(minutes=120)

    first = publish_result(store, TENANT, given, visit_id=visit.id)
    again = publish_result(store, TENANT, given, visit_id=visit.id)

    assert (first.version, again.version) == (4, 4)
    types = [event.type for event in store.results.history(TENANT, first.ref)]
    assert types.count(EventType.RESULT_PUBLISHED) == 1
