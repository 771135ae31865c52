"""A conflict of limits is recorded when an overlay brings it, settled or handed up, kept, reopened and mended."""

import pytest

from chalicelib.contract.registry import registry
from chalicelib.domain.errors import (
    IllegalTransitionError,
    InvalidInputError,
    NotAllowedError,
    RecordNotFoundError,
)
from chalicelib.domain.event import EventType
from chalicelib.domain.item import NumberLimits
from chalicelib.domain.limit_conflict import ConflictState, LimitDecision
from chalicelib.domain.overlay import AddItem, OverlayState, ScenarioOverlay, overlay_id
from chalicelib.domain.tenancy import PLATFORM, Role, Tenant, TenantKind
from chalicelib.services.scenario.limit_conflicts import (
    decide_conflict,
    record_conflicts,
    settle_conflict,
    sweep_conflicts,
)
from chalicelib.services.tenancy.onboard_tenant import Roster, onboard_tenant
from tests.builders import NOW, TENANT, act, actor

OIL, KEY = "refined_oil", "dispenser_error"
LAWYER, JUSTICE = actor(Role.LEGAL_REVIEWER, person_id="lawyer"), actor(Role.JUSTICE_SUPERVISOR, person_id="justice")
STRICTER, PREVAILS, ESCALATED = LimitDecision.STRICTER_HOLDS, LimitDecision.BASIS_PREVAILS, LimitDecision.ESCALATED
BASIS = f"{OIL}:{KEY}:metrology_verification"


@pytest.fixture
def store(store):
    tenant = Tenant(id=TENANT, label="甲市", kind=TenantKind.CITY, divisions=["450100000000"], scenarios=[OIL])
    onboard_tenant(store, PLATFORM, act(actor(Role.PLATFORM_OPERATOR, tenant=PLATFORM)), tenant=tenant, roster=Roster())
    return store


def in_force(store, number, maximum):
    """An overlay by which the commerce department judges the same number by a limit of its own; None: it no longer
    does."""
    asked = registry().get(OIL).checklist.item(KEY)
    limits = NumberLimits(unit="%", decimals=2, minimum=-30, maximum=maximum) if maximum else asked.number
    values = {"id": "city_error", "department": "commerce", "asked_once_key": KEY, "number": limits}
    change = AddItem(section_id="measurement", item=asked.model_copy(update=values))
    record = ScenarioOverlay(
        id=overlay_id(OIL, number),
        scenario=OIL,
        number=number,
        base_version=registry().get(OIL).version,
        state=OverlayState.PUBLISHED,
        changes=[change],
        edited_by="coordinator",
        edited_at=NOW,
    )
    with store.change(TENANT, act(LAWYER)) as writing:
        writing.save(record)
        writing.event(EventType.OVERLAY_PUBLISHED, record)


def waiting(store):
    owners = [f"role.{role}" for role in (Role.LEGAL_REVIEWER, Role.JUSTICE_SUPERVISOR)]
    return [one.topic for owner in owners for one in store.todos.of_owner(TENANT, owner).records]


def test_found_settled_kept_reopened_and_mended(store):
    in_force(store, 1, maximum=25)
    once = act(LAWYER)
    assert [record_conflicts(store, TENANT, once) for _ in range(2)] == [1, 0]
    assert waiting(store) == ["conflict_to_settle"]

    with pytest.raises(InvalidInputError) as refused:
        settle_conflict(store, TENANT, act(LAWYER), question_key=KEY, decision=PREVAILS, reason=" ", seen="other")
    assert [(one.field, one.code) for one in refused.value.problems] == [
        ("decision", "limits_changed"),
        ("basis", "required"),
        ("reason", "required"),
    ]
    settled = settle_conflict(
        store, TENANT, act(LAWYER), question_key=KEY, decision=PREVAILS, reason="检定规程是国家的", basis=BASIS
    )
    last = settled.settlement
    assert (last.holds.maximum, last.basis.basis_id, last.settled_by, last.settled_at) == (
        30,
        "metrology_verification",
        "lawyer",
        NOW,
    )
    assert waiting(store) == [] and record_conflicts(store, TENANT, act(LAWYER)) == 0

    in_force(store, 2, maximum=20)
    assert sweep_conflicts(store, TENANT, NOW) == 1 and sweep_conflicts(store, TENANT, NOW) == 0
    reopened = store.limit_conflicts.get(TENANT, KEY)
    assert (reopened.state, len(reopened.settlements)) == (ConflictState.OPEN, 1)
    assert waiting(store) == ["conflict_to_settle"]

    in_force(store, 3, maximum=None)
    assert record_conflicts(store, TENANT, act(LAWYER)) == 1
    assert store.limit_conflicts.get(TENANT, KEY).state is ConflictState.MENDED and waiting(store) == []
    told = [one.type for one in store.limit_conflicts.history(TENANT, reopened.ref)]
    assert told.count(EventType.LIMIT_CONFLICT_RECORDED) == 2 and EventType.LIMIT_CONFLICT_MENDED in told
    with pytest.raises(RecordNotFoundError):
        settle_conflict(store, TENANT, act(LAWYER), question_key=KEY, decision=STRICTER, reason="从严")


def test_handed_up_it_is_the_supervisors_and_stays_so(store):
    in_force(store, 1, maximum=25)
    say = {"question_key": KEY, "reason": "两家意见不一"}
    with pytest.raises(NotAllowedError):
        settle_conflict(store, TENANT, act(JUSTICE), decision=STRICTER, **say)
    with pytest.raises(IllegalTransitionError):
        decide_conflict(store, TENANT, act(JUSTICE), decision=STRICTER, **say)

    settle_conflict(store, TENANT, act(LAWYER), decision=ESCALATED, **say)

    assert waiting(store) == ["conflict_to_decide"]
    with pytest.raises(IllegalTransitionError):
        settle_conflict(store, TENANT, act(LAWYER), decision=STRICTER, **say)
    with pytest.raises(InvalidInputError):
        decide_conflict(store, TENANT, act(JUSTICE), decision=ESCALATED, **say)
    decided = decide_conflict(store, TENANT, act(JUSTICE), decision=STRICTER, **say)
    assert (decided.settlement.holds.maximum, decided.is_final, waiting(store)) == (25, True, [])
    with pytest.raises(IllegalTransitionError):
        settle_conflict(store, TENANT, act(LAWYER), decision=STRICTER, **say)
