"""A pushed handbook: a receipt for each active subject, its people told, who opened it when, a reminder."""

from datetime import timedelta

import pytest

from chalicelib.domain.binding import Binding, BindingRole, BindingSource
from chalicelib.domain.errors import InvalidInputError, NotAllowedError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.handbook_push import HandbookPush
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import SubjectStatus
from chalicelib.domain.tenancy import Role, Tenant, TenantKind
from chalicelib.services.handbook import push_handbook as service
from chalicelib.services.handbook.open_handbook import open_handbook, unopened_of
from chalicelib.services.jobs.run_job import run_job
from chalicelib.services.notification.issue_notifications import issue_notifications
from chalicelib.workers.jobs import work_of
from tests.builders import NOW, TENANT, act, actor
from tests.resulting import staff, station
from tests.visiting import SCENARIO, SUBJECT_ID, save

OTHER, CLOSED, NORTH = "01JD000000000000000000SUB2", "01JD000000000000000000SUB3", "01JD000000000000000000SUB4"


@pytest.fixture
def town(store):
    """Four stations, one closed and one in another county; the owner's people act for the first."""
    owner = next(one for one in staff() if one.id == "p-owner")
    subjects = [
        station(),
        station(id=OTHER, name="南宁市乙亥加油站", code=None),
        station(id=CLOSED, name="南宁市丙子加油站", code=None, status=SubjectStatus.CLOSED),
        station(id=NORTH, name="南宁市丁丑加油站", code=None, division="450107000000"),
    ]
    tenant = Tenant(id=TENANT, label="南宁市", kind=TenantKind.CITY, divisions=["450100000000"], scenarios=[SCENARIO])
    bound = Binding(
        id=f"{SUBJECT_ID}.p-owner",
        person_id="p-owner",
        person_name=owner.name,
        subject_id=SUBJECT_ID,
        subject_name="站",
        division="450105000000",
        role=BindingRole.OWNER,
        source=BindingSource.SERVED_CODE,
        bound_by="seed",
        bound_at=NOW,
    )
    save(store, tenant, owner, bound, *subjects, *[ScenarioMember.of(one, SCENARIO) for one in subjects])
    return store


def worked(store, name: str):
    """The newest job of this name after its run."""
    job = store.jobs.of_name(TENANT, name).records[0]
    return run_job(store, TENANT, job.id, work_of, lambda: NOW)


def pushed(store, **more: str) -> HandbookPush:
    push = service.request_push(store, TENANT, act(), scenario=SCENARIO, **more)
    assert worked(store, service.PUSH_JOB).error_code is None
    return store.handbook_pushes.get(TENANT, push.id)


def ids(store, push: HandbookPush, *, is_opened: bool, county: str = "") -> set[str]:
    found = store.handbook_receipts.of_push(TENANT, push.id, is_opened=is_opened, county=county)
    return {one.id for one in found.records}


def told(store, type: EventType) -> list[str]:
    """People told by the events of this type."""
    push = store.handbook_pushes.recent(TENANT).records[0]
    events = [one for one in store.handbook_pushes.history(TENANT, push.ref) if one.type is type]
    for event in events:
        issue_notifications(store, event, act(actor(), key=f"{event.id}.notify"))
    return [one.template for one in store.notifications.of_person(TENANT, "p-owner").records]


def test_every_active_subject_has_a_receipt_and_its_people_are_told(town):
    push = pushed(town, note="改了整改期限")

    assert push.is_complete and push.recipients == 3
    assert ids(town, push, is_opened=False) == {SUBJECT_ID, OTHER, NORTH}
    assert ids(town, push, is_opened=False, county="450107000000") == {NORTH}
    assert told(town, EventType.HANDBOOK_PUSHED) == ["handbook_pushed"]
    worked(town, service.PUSH_JOB)
    assert ids(town, push, is_opened=False) == {SUBJECT_ID, OTHER, NORTH}, "a job run twice sends once"
    county = pushed(town, county="450107000000")
    assert (county.recipients, ids(town, county, is_opened=False)) == (1, {NORTH})


def test_the_receipt_says_who_opened_it_when_and_the_reminder_goes_to_the_others(town):
    owner = actor(Role.SUBJECT_USER, person_id="p-owner", name="韦甲", subject_ids=frozenset({SUBJECT_ID}))
    push = pushed(town)

    waiting = unopened_of(town, TENANT, owner, (SUBJECT_ID,), SCENARIO)
    assert waiting is not None
    for minute in (5, 9):
        opened = open_handbook(town, TENANT, act(owner, minutes=minute), push_id=push.id, subject_id=SUBJECT_ID)
    assert [(one.name, one.opened_at) for one in opened.openings] == [("韦甲", NOW + timedelta(minutes=5))]
    assert unopened_of(town, TENANT, owner, (SUBJECT_ID,), SCENARIO) is None
    assert ids(town, push, is_opened=True) == {SUBJECT_ID} and service.opened_count(town, TENANT, push.id) == 1
    assert ids(town, push, is_opened=False) == {OTHER, NORTH}

    service.remind_unread(town, TENANT, act(minutes=30), push_id=push.id)
    assert worked(town, service.REMIND_JOB).result == {"recipients": 2}
    assert "handbook_reminder" not in told(town, EventType.HANDBOOK_REMINDED), "who has opened it is left in peace"
    with pytest.raises(InvalidInputError):
        service.remind_unread(town, TENANT, act(minutes=40), push_id=push.id)


def test_bad_input_and_strangers_are_refused(town):
    stranger = actor(Role.SUBJECT_USER, person_id="stranger", subject_ids=frozenset({NORTH}))
    push = pushed(town)

    for values in ({"scenario": "castles"}, {"scenario": SCENARIO, "county": "999999000000"}):
        with pytest.raises(InvalidInputError):
            service.request_push(town, TENANT, act(), **values)
    with pytest.raises(NotAllowedError):
        service.request_push(town, TENANT, act(actor(Role.INSPECTOR)), scenario=SCENARIO)
    for subject_id in (SUBJECT_ID, CLOSED):
        with pytest.raises(RecordNotFoundError):
            open_handbook(town, TENANT, act(stranger), push_id=push.id, subject_id=subject_id)
