"""What happens in a disposal moves the register where the package says so, and the evaluation in any case."""

import pytest

from chalicelib import bootstrap
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import Role
from chalicelib.services.disposal.decide_order import lift_order
from chalicelib.services.disposal.record_occurrence import record_occurrence
from chalicelib.services.disposal.serve_order import fulfil_order
from chalicelib.services.register.merge_subjects import merge_subjects
from tests.builders import TENANT, act, actor
from tests.disposing import GRADE_D, HEAD, ID, OFFICER, SCENARIO, add_building, add_town, opened, served
from tests.visiting import png


@pytest.fixture
def order(store):
    with bootstrap.scope(TENANT):
        return served(add_town(store), opened(store))


def stopped(store, id=ID):
    with bootstrap.scope(TENANT):
        return store.subjects.get(TENANT, id).attributes(SCENARIO).get("is_use_stopped")


def told(store):
    """What the register tells of the building's attribute, the newest first, with what made each true."""
    with bootstrap.scope(TENANT):
        events = store.subjects.history(TENANT, store.subjects.get(TENANT, ID).ref)
    marked = [one for one in events if one.type is EventType.SUBJECT_CHANGED and "occurrence" in one.data]
    return [
        (one.data["occurrence"], one.data["after"]["memberships"][SCENARIO]["is_use_stopped"], one.actor_id)
        for one in marked
    ]


def level(store):
    with bootstrap.scope(TENANT):
        (found,) = store.evaluations.of_subject(TENANT, ID)
    return found.result.risk_level.value, found.cause


def test_an_order_that_was_seen_to_be_obeyed_says_so_in_the_register_and_moves_the_evaluation(store, delivery, order):
    assert delivery.stream(only="order_served") == []
    assert stopped(store) is None and level(store)[1] == "order_served", "a paper stops nobody"

    with bootstrap.scope(TENANT):
        fulfil_order(store, TENANT, act(OFFICER, minutes=5), order_id=order.id, text="已停业", files=[png()])
    for _ in range(2):
        assert delivery.stream(only="order_fulfilled") == []
    assert stopped(store) is True and told(store) == [("use_stopped", True, "system:mark")]
    assert delivery.stream(only="subject_changed") == []
    assert level(store)[1] == "subject_changed"


def test_lifting_an_order_takes_it_back_and_a_late_record_does_not(store, delivery, order):
    say = {"disposal_id": order.disposal_id}
    with bootstrap.scope(TENANT):
        lift_order(store, TENANT, act(HEAD, minutes=5), order_id=order.id, reason="已重建")
    assert delivery.stream(only="order_lifted") == []
    assert stopped(store) is False

    with bootstrap.scope(TENANT):
        late = {"occurrence_id": "use_stopped", "at": act(minutes=4).at, "files": [png()]}
        record_occurrence(store, TENANT, act(OFFICER, minutes=6), **say, **late)
    assert delivery.stream(only="disposal_occurrence_recorded") == []
    assert stopped(store) is False and len(told(store)) == 1

    with bootstrap.scope(TENANT):
        record_occurrence(store, TENANT, act(OFFICER, minutes=7), **say, occurrence_id="use_stopped", files=[png()])
    assert delivery.stream(only="disposal_occurrence_recorded") == []
    assert stopped(store) is True and [one[0] for one in told(store)] == ["use_stopped", "use_resumed"]


def test_of_two_disposals_of_a_merged_subject_the_last_that_happened_counts_too(store, delivery):
    survivor = "01JD0000000000000000DISP09"
    with bootstrap.scope(TENANT):
        add_building(add_town(store), GRADE_D, survivor)
        one, other = opened(store), opened(store, survivor)
        merge_subjects(store, TENANT, act(actor(Role.COORDINATOR)), kept_id=survivor, other_id=ID, reason="同一幢")
        seen = {"occurrence_id": "use_stopped", "files": [png()]}
        record_occurrence(store, TENANT, act(OFFICER, minutes=5), disposal_id=one.id, at=act(minutes=5).at, **seen)
    assert delivery.stream(only="disposal_occurrence_recorded") == []
    assert stopped(store, survivor) is True

    with bootstrap.scope(TENANT):
        late = {"occurrence_id": "use_resumed", "at": act(minutes=4).at, "files": [png()]}
        record_occurrence(store, TENANT, act(OFFICER, minutes=6), disposal_id=other.id, **late)
    assert delivery.stream(only="disposal_occurrence_recorded") == []
    assert stopped(store, survivor) is True, "written down late in the other disposal"
