"""A subject passes from one tenant to another: nothing is read across, the courier writes inboxes only."""

import pytest

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.domain.errors import IllegalTransitionError, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.hand_over import HandOver, HandOverState, InboxMessage, SubjectHome, Topic
from chalicelib.domain.subject import ScenarioMembership, Subject, SubjectDraft, SubjectStatus
from chalicelib.domain.tenancy import PLATFORM, Role, Tenant, TenantId, TenantKind
from chalicelib.services.register.answer_hand_over import accept_hand_over, return_hand_over
from chalicelib.services.register.carry_messages import carry_messages
from chalicelib.services.register.offer_hand_over import offer_hand_over, withdraw_hand_over
from chalicelib.services.register.receive_message import receive_message
from chalicelib.services.register.register_subject import find_by_code, register_subject
from chalicelib.services.tenancy.onboard_tenant import Roster, onboard_tenant
from chalicelib.storage.guard import PolicyDeniedError
from chalicelib.storage.store import Store
from infra.local.synthetic import synthetic_code
from tests.builders import OTHER_TENANT, TENANT, act, actor
from tests.cloud import all_items

CODE = synthetic_code("450100", 1)
HERE, THERE = "450105000000", "450502000000"


@pytest.fixture
def tenants(store: Store) -> Store:
    operator = act(actor(Role.PLATFORM_OPERATOR, PLATFORM))
    for id, label in ((TENANT, "南宁市"), (OTHER_TENANT, "北海市")):
        tenant = Tenant(
            id=id, label=label, kind=TenantKind.CITY, divisions=[f"{id[2:]}000000"], scenarios=["refined_oil"]
        )
        onboard_tenant(store, PLATFORM, operator.part(id), tenant=tenant, roster=Roster())
    return store


def made(store: Store, tenant: TenantId = TENANT, division: str = HERE) -> Subject:
    draft = SubjectDraft(
        name="示例加油站",
        code=CODE,
        division=division,
        address="示例大道1号",
        phone="15400001234",
        responsible_person="韦晨阳",
        memberships=(ScenarioMembership(scenario="refined_oil"), ScenarioMembership(scenario="catering")),
    )
    with bootstrap.scope(tenant):
        subject: Subject = register_subject(store, tenant, act(actor(tenant=tenant)), draft=draft)
    return subject


def offered(store: Store) -> tuple[Subject, str]:
    subject = made(store)
    moved = offer_hand_over(store, TENANT, act(), subject_id=subject.id, receiver=OTHER_TENANT, reason="迁到北海")
    deliver(store, moved.hand_over_id)
    return moved, moved.hand_over_id


def deliver(store: Store, hand_over_id: str) -> None:
    """What the workers do until nothing is on its way."""
    while True:
        carried = 0
        for tenant in (TENANT, OTHER_TENANT):
            with bootstrap.scope(tenant):
                carried += carry_messages(store, tenant, act(), hand_over_id=hand_over_id)
        for tenant in (TENANT, OTHER_TENANT, PLATFORM):
            for id in waiting(tenant):
                with bootstrap.scope(tenant):
                    receive_message(store, tenant, act(), message_id=id)
        if not carried:
            return


def waiting(tenant: TenantId) -> list[str]:
    keys = [item["pk"]["S"] for item in all_items() if item["sk"]["S"] == "META"]
    prefix = f"T#{tenant}#INBOX#MESSAGE#"
    return [key.removeprefix(prefix) for key in keys if key.startswith(prefix)]


def there(store: Store, id: str) -> HandOver:
    with bootstrap.scope(OTHER_TENANT):
        return store.hand_overs.get(OTHER_TENANT, id)


def test_the_offer_shows_a_masked_projection_and_makes_to_dos_on_both_sides(tenants: Store) -> None:
    _, id = offered(tenants)
    offer = there(tenants, id)

    assert (offer.other_tenant, offer.other_label, offer.state) == (TENANT, "南宁市", HandOverState.OFFERED)
    assert (offer.projection.phone_masked, offer.projection.responsible_person_masked) == ("154****1234", "韦**")
    assert "15400001234" not in offer.model_dump_json()
    with bootstrap.scope(OTHER_TENANT):
        topics = [one.topic for one in tenants.todos.of_owner(OTHER_TENANT, "role.coordinator").records]
    assert topics == ["hand_over_to_answer"]
    own = [one.topic for one in tenants.todos.of_owner(TENANT, "role.coordinator").records]
    assert own == ["hand_over_waiting"]
    with pytest.raises(IllegalTransitionError):
        offer_hand_over(
            tenants,
            TENANT,
            act(),
            subject_id=offer.subject_id,
            receiver=OTHER_TENANT,
            reason="再来",
        )


def test_accepted_it_moves_with_its_code_and_both_sides_keep_their_history(tenants: Store) -> None:
    subject, id = offered(tenants)
    with bootstrap.scope(OTHER_TENANT):
        by = act(actor(tenant=OTHER_TENANT))
        accept_hand_over(tenants, OTHER_TENANT, by, hand_over_id=id, division=THERE)
    deliver(tenants, id)

    left = tenants.subjects.get(TENANT, subject.id)
    assert (left.status, left.handed_to, left.phone, left.memberships) == (
        SubjectStatus.HANDED_OVER,
        OTHER_TENANT,
        "",
        (),
    )
    assert tenants.members.of_subject(TENANT, subject.id) == []
    assert tenants.subjects.history(TENANT, left.ref)[-1].type == "subject_registered"
    with bootstrap.scope(OTHER_TENANT):
        came = find_by_code(tenants, OTHER_TENANT, CODE)
        assert came is not None
        assert (came.id, came.division, came.phone) == (subject.id, THERE, "15400001234")
        assert [one.scenario for one in came.memberships] == ["refined_oil"]
        assert tenants.hand_overs.get(OTHER_TENANT, id).state is HandOverState.COMPLETED
    with bootstrap.scope(PLATFORM):
        assert tenants.subject_homes.get(PLATFORM, subject.id).tenant == OTHER_TENANT
    assert not any("#INBOX#MESSAGE#" in item["pk"]["S"] and item["sk"]["S"] == "META" for item in all_items())
    assert not any("ITEM#OUTBOX_MESSAGE" in item["sk"]["S"] for item in all_items())


def test_returned_it_is_at_home_again_with_the_reason(tenants: Store) -> None:
    subject, id = offered(tenants)
    with bootstrap.scope(OTHER_TENANT):
        by = act(actor(tenant=OTHER_TENANT))
        return_hand_over(tenants, OTHER_TENANT, by, hand_over_id=id, reason="不在本市")
    deliver(tenants, id)

    assert tenants.subjects.get(TENANT, subject.id).hand_over_id == ""
    offer = tenants.hand_overs.get(TENANT, id)
    assert (offer.state, offer.answer) == (HandOverState.RETURNED, "不在本市")


def test_withdrawn_after_it_was_accepted_releases_the_code(tenants: Store) -> None:
    subject, id = offered(tenants)
    with bootstrap.scope(OTHER_TENANT):
        by = act(actor(tenant=OTHER_TENANT))
        accept_hand_over(tenants, OTHER_TENANT, by, hand_over_id=id, division=THERE)
    withdraw_hand_over(tenants, TENANT, act(), hand_over_id=id)
    deliver(tenants, id)

    assert tenants.subjects.get(TENANT, subject.id).status is SubjectStatus.ACTIVE
    assert there(tenants, id).state is HandOverState.WITHDRAWN
    with bootstrap.scope(OTHER_TENANT):
        assert find_by_code(tenants, OTHER_TENANT, CODE) is None


def test_a_code_that_the_receiver_has_is_told_and_nothing_moves(tenants: Store) -> None:
    _, id = offered(tenants)
    made(tenants, OTHER_TENANT, THERE)

    by = act(actor(tenant=OTHER_TENANT))
    with bootstrap.scope(OTHER_TENANT), pytest.raises(InvalidInputError) as refused:
        accept_hand_over(tenants, OTHER_TENANT, by, hand_over_id=id, division=THERE)
    assert refused.value.problems[0].code == "already_registered"
    assert there(tenants, id).state is HandOverState.OFFERED


@pytest.mark.parametrize(
    ("receiver", "reason", "field"),
    [("", "迁出", "receiver"), (TENANT, "迁出", "receiver"), (OTHER_TENANT, " ", "reason")],
)
def test_what_cannot_be_offered(tenants: Store, receiver: str, reason: str, field: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        offer_hand_over(tenants, TENANT, act(), subject_id=made(tenants).id, receiver=receiver, reason=reason)
    assert field in {one.field for one in refused.value.problems}


def test_the_courier_can_write_nothing_but_an_inbox(tenants: Store) -> None:
    subject, id = offered(tenants)
    courier = act(actor(tenant=OTHER_TENANT))
    with bootstrap.scope(OTHER_TENANT, ScopeRole.COURIER):
        for reach in (
            lambda: tenants.subjects.find(OTHER_TENANT, subject.id),
            lambda: tenants.hand_overs.find(OTHER_TENANT, id),
            lambda: tenants.inbox.find(TENANT, id),
        ):
            with pytest.raises(PolicyDeniedError):
                reach()
        change = tenants.change(OTHER_TENANT, courier)
        change.save(no_message(id))
        change.event(EventType.HAND_OVER_RECEIVED, no_message(id))
        with pytest.raises(PolicyDeniedError):
            change.commit()


def no_message(id: str) -> SubjectHome:
    return SubjectHome(id=id, tenant=OTHER_TENANT, since=act().at)


def test_a_message_of_somebody_else_changes_nothing(tenants: Store) -> None:
    subject, id = offered(tenants)
    forged = InboxMessage(
        topic=Topic.HAND_OVER_ANSWERED,
        sender="gxasean1",
        about=id,
        body={"is_accepted": True},
        sent_at=act().at,
    )
    with tenants.change(TENANT, act()) as change:
        change.save(forged)
        change.event(EventType.INBOX_DELIVERED, forged)
    receive_message(tenants, TENANT, act(), message_id=forged.id)

    assert tenants.subjects.get(TENANT, subject.id).status is SubjectStatus.ACTIVE
    assert tenants.inbox.find(TENANT, forged.id) is None
