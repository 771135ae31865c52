"""Two open disposals of one subject meet by a merge: both go on until somebody joins them, and no clock is lost."""

import pytest

from chalicelib.domain.errors import AlreadyExistsError, IllegalTransitionError, InvalidInputError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import Role
from chalicelib.services.disposal.join_disposal import join_disposal, joinable
from chalicelib.services.disposal.record_occurrence import record_occurrence
from chalicelib.services.disposal.serve_order import fulfil_order
from chalicelib.services.register.merge_subjects import merge_subjects
from tests.builders import TENANT, act, actor
from tests.disposing import GRADE_D, ID, OFFICER, add_building, add_town, drafted, opened, served
from tests.visiting import png

SURVIVOR = "01JD0000000000000000DISP09"


@pytest.fixture
def town(store):
    add_building(add_town(store), GRADE_D, SURVIVOR)
    return store


def merge(town):
    merge_subjects(town, TENANT, act(actor(Role.COORDINATOR)), kept_id=SURVIVOR, other_id=ID, reason="同一幢")


def join(town, one, into, by=OFFICER, reason="同一幢房屋"):
    return join_disposal(town, TENANT, act(by, minutes=9), disposal_id=one.id, into_id=into.id, reason=reason)


def test_both_go_on_after_a_merge_and_one_takes_over_what_runs_in_the_other(town):
    one, other = opened(town), opened(town, SURVIVOR)
    order = served(town, one)
    told = {"occurrence_id": "danger_sign_notified"}
    for disposal in (one, other):
        record_occurrence(town, TENANT, act(OFFICER, minutes=3), disposal_id=disposal.id, **told)
    with pytest.raises(InvalidInputError):
        join(town, one, other)
    merge(town)
    assert [found.id for found in joinable(town, TENANT, one)] == [other.id]
    stranger = OFFICER.model_copy(update={"acting_body_id": "b-other", "department_code": "taxation"})
    for by, reason, error in ((stranger, "x", NotAllowedError), (OFFICER, " ", InvalidInputError)):
        with pytest.raises(error):
            join(town, one, other, by, reason)

    ended = join(town, one, other)
    kept = town.disposals.get(TENANT, other.id)
    assert (ended.state, ended.joined_to, ended.running) == ("closed", other.id, ())
    assert sorted(clock.rule_id for clock in kept.running) == ["appraisal_commission"] * 2 + ["stop_use"]
    assert kept.clock_of_order(order.id).due_at == order.due_at
    assert kept.occurrences[-1].note == "同一幢房屋"
    assert town.disposals.history(TENANT, ended.ref)[0].type is EventType.DISPOSAL_JOINED
    assert town.todos.children(TENANT, ended.ref) == [] and town.todos.children(TENANT, kept.ref)

    with pytest.raises(AlreadyExistsError):
        drafted(town, kept)
    fulfil_order(town, TENANT, act(OFFICER, minutes=10), order_id=order.id, text="已停业", files=[png()])
    stop = {"disposal_id": other.id, "occurrence_id": "appraisal_commissioned"}
    done = record_occurrence(town, TENANT, act(OFFICER, minutes=11), **stop)
    assert [clock.rule_id for clock in done.running] == ["appraisal_report"], "both runs of the other are stopped"
    assert joinable(town, TENANT, done) == []


def test_nothing_is_joined_that_would_lose_its_rule_or_have_one_order_twice(town):
    one, other = opened(town), opened(town, SURVIVOR)
    for disposal in (one, other):
        drafted(town, disposal)
    merge(town)
    with pytest.raises(IllegalTransitionError) as refused:
        join(town, one, other)
    assert refused.value.details["missing"] == ["no_order_twice"]
    with town.change(TENANT, act()) as change:
        change.save(other.with_changes(overlay_number=3))
        change.event(EventType.DISPOSAL_OPENED, other)
    with pytest.raises(IllegalTransitionError) as refused:
        join(town, one, other)
    assert refused.value.details["missing"] == ["editions_agree", "no_order_twice"]
