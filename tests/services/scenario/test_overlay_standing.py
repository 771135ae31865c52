"""What is wrong with an overlay is told as it stands: the one in force, the draft, beside other scenarios, in plans."""

from datetime import date
from unittest.mock import patch

import pytest

from chalicelib import bootstrap
from chalicelib.contract.registry import registry
from chalicelib.domain.errors import IllegalTransitionError, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.item import AnswerType, NumberLimits
from chalicelib.domain.overlay import AddItem, HideItem
from chalicelib.domain.tenancy import PLATFORM, ActingBody, Role, Tenant, TenantKind
from chalicelib.services.plan.approve_plan import submit_plan
from chalicelib.services.plan.draft_plan import PlanDraft, draft_plan
from chalicelib.services.scenario.adopt_overlay import adopt_overlay
from chalicelib.services.scenario.draft_overlay import put_change, remove_change
from chalicelib.services.scenario.fit_overlay import overlay_problems
from chalicelib.services.scenario.publish_package import publish_package
from chalicelib.services.scenario.read_edition import edition_in_force
from chalicelib.services.scenario.settle_overlay import publish_overlay, submit_overlay
from chalicelib.services.tenancy.enable_scenario import enable_scenario
from chalicelib.services.tenancy.onboard_tenant import Roster, onboard_tenant
from tests.builders import TENANT, act, actor

OIL, HOUSING = "refined_oil", "self_built_housing"
OTHER = "gx450500"
OPERATOR = actor(Role.PLATFORM_OPERATOR, tenant=PLATFORM)
FIRST = actor(Role.COORDINATOR, person_id="first")
SECOND = actor(Role.COORDINATOR, person_id="second")
HIDING = HideItem(item_id="vapour_recovery_running")
ITEM = registry().get(OIL).checklist.items[0]


@pytest.fixture
def store(store):
    for id, label, division in ((TENANT, "甲市", "450100000000"), (OTHER, "乙市", "450500000000")):
        tenant = Tenant(id=id, label=label, kind=TenantKind.CITY, divisions=[division], scenarios=[OIL, HOUSING])
        onboard_tenant(store, PLATFORM, act(OPERATOR), tenant=tenant, roster=Roster())
    with bootstrap.scope(PLATFORM):
        publish_package(store, PLATFORM, act(OPERATOR), scenario=OIL)
    return store


def added(id, **values):
    item = ITEM.model_copy(update={"id": id, "name": id, "condition": None, "condition_reason": "", **values})
    return AddItem(section_id="ledger", item=item)


def published_unchecked(store, *changes, is_reusable=False):
    """As versions came into force before they were checked whole."""
    unchecked = (
        patch("chalicelib.services.scenario.draft_overlay.refuse_new_faults"),
        patch("chalicelib.services.scenario.settle_overlay._refuse_unfitting"),
    )
    with unchecked[0], unchecked[1]:
        for one in changes:
            draft = put_change(store, TENANT, act(FIRST), scenario=OIL, change=one)
        submit_overlay(store, TENANT, act(FIRST), overlay_id=draft.id, note="本市的做法", is_reusable=is_reusable)
        return publish_overlay(store, TENANT, act(SECOND), overlay_id=draft.id)


def planned(store, package, number, **values):
    body = ActingBody(id="body", label="应急局", division="450100000000", departments=["emergency_management"])
    if store.acting_bodies.find(TENANT, "body") is None:
        with store.change(TENANT, act(FIRST)) as change:
            change.save(body)
            change.event(EventType.ACTING_BODY_ADDED, body)
    filled = {
        "title": "联合抽查",
        "scenario": OIL,
        "divisions": ["450100000000"],
        "bodies": ["body"],
        "ratios": {"A": 300},
        "period_from": date(2026, 11, 23),
        "period_to": date(2026, 12, 20),
    }
    draft = PlanDraft.model_validate(filled | values)
    return draft_plan(store, TENANT, act(FIRST), draft=draft, package=package, overlay_number=number)


def test_one_in_force_that_does_not_hold_says_so_and_carries_no_plan(store):
    broken = published_unchecked(store, HIDING)
    edition = edition_in_force(store, TENANT, OIL)

    assert {one.code for one in overlay_problems(store, TENANT, broken)} == {"overlay_conditions_point_back"}
    english = overlay_problems(store, TENANT, broken, "en")
    assert all(str(one.details["name"]).isascii() for one in english)
    assert edition.faults
    with pytest.raises(InvalidInputError) as refused:
        planned(store, edition.scenario, edition.number)
    assert [(one.field, one.code) for one in refused.value.problems] == [("scenario", "overlay_broken")]
    with pytest.raises(InvalidInputError) as refused:
        planned(store, registry().get(HOUSING), 0, scenario=HOUSING, also_serves=[OIL])
    assert ("also_serves", "overlay_broken") in [(one.field, one.code) for one in refused.value.problems]


def test_a_plan_that_began_with_one_is_not_submitted(store):
    published_unchecked(store, HIDING)
    edition = edition_in_force(store, TENANT, OIL)
    with patch("chalicelib.services.plan.draft_plan.read_edition", lambda *_: type("Whole", (), {"faults": []})()):
        plan = planned(store, edition.scenario, edition.number)

    with pytest.raises(IllegalTransitionError) as refused:
        submit_plan(store, TENANT, act(FIRST), plan_id=plan.id)

    assert refused.value.details["missing"] == ["overlays_hold"]


def test_what_rests_on_a_removed_change_is_told_at_once(store):
    first = added("ours_first", answer_type=AnswerType.COMPLIANCE)
    condition = {"answer": "ours_first", "equals": "non_compliant"}
    second = AddItem.model_validate(
        {
            "section_id": "ledger",
            "item": added("ours_second").item.model_dump()
            | {"condition": condition, "condition_reason": "前一项不合格时再查"},
        }
    )
    for one in (first, second):
        put_change(store, TENANT, act(FIRST), scenario=OIL, change=one)
    left = remove_change(store, TENANT, act(FIRST), scenario=OIL, kind="add_item", target="ours_first")

    assert [one.field for one in overlay_problems(store, TENANT, left)] == ["add_item.ours_second"]
    last = remove_change(store, TENANT, act(FIRST), scenario=OIL, kind="add_item", target="ours_second")
    assert overlay_problems(store, TENANT, last) == []


def clashing():
    """An item that asks what the other scenario asks, as a number."""
    known = {one.question_key for one in registry().get(OIL).checklist.items}
    theirs = next(
        one
        for one in registry().get(HOUSING).checklist.items
        if one.answer_type is AnswerType.COMPLIANCE and one.question_key not in known
    )
    number = {"answer_type": AnswerType.NUMBER, "number": NumberLimits(unit="次", minimum=1)}
    return added("ours", asked_once_key=theirs.question_key, **number)


def test_a_question_that_another_scenario_answers_differently_is_found_when_it_is_added(store):
    with pytest.raises(InvalidInputError) as refused:
        put_change(store, TENANT, act(FIRST), scenario=OIL, change=clashing())

    (problem,) = refused.value.problems
    assert (problem.field, problem.code) == ("add_item.ours", "question_of_another_scenario")
    assert problem.details["name"] == registry().get(HOUSING).manifest.label


def test_it_is_found_again_when_the_other_scenario_is_enabled_meanwhile(store):
    switch = {"known": [OIL, HOUSING], "scenario": HOUSING}
    enable_scenario(store, TENANT, act(FIRST), is_enabled=False, **switch)
    draft = put_change(store, TENANT, act(FIRST), scenario=OIL, change=clashing())
    enable_scenario(store, TENANT, act(FIRST), is_enabled=True, **switch)

    with pytest.raises(InvalidInputError) as refused:
        submit_overlay(store, TENANT, act(FIRST), overlay_id=draft.id, note="本市的做法")

    assert [one.code for one in refused.value.problems] == ["question_of_another_scenario"]


def test_a_refused_adoption_leaves_nothing_behind(store):
    published_unchecked(store, HIDING, is_reusable=True)
    theirs = actor(Role.COORDINATOR, tenant=OTHER, person_id="b-first")

    with bootstrap.scope(OTHER):
        with pytest.raises(InvalidInputError):
            adopt_overlay(store, OTHER, act(theirs), scenario=OIL, origin=TENANT)
        assert store.overlays.of_scenario(OTHER, OIL) == []
