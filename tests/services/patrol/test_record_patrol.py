"""A patrol through the real store: kept as noted, told to the right officers, and counted as no inspection."""

import pytest

from chalicelib.domain.errors import IllegalTransitionError, InvalidInputError, NotAllowedError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.subject import ScenarioMembership, Subject, SubjectKind, SubjectStatus
from chalicelib.domain.tenancy import Actor, Department, Person, Role
from chalicelib.services.notification.issue_notifications import issue_notifications
from chalicelib.services.patrol.record_patrol import record_patrol
from chalicelib.services.register.subject_photos import read_photo
from tests.builders import TENANT, act, actor
from tests.visiting import png, save

SCENARIO, COUNTY = "self_built_housing", "450105000000"
OFFICER = actor(Role.DEPARTMENT_OFFICER)
ID = "01JD0000000000000000PATR01"


def building(store, **more: object) -> Subject:
    values = {"id": ID, "kind": SubjectKind.BUILDING, "name": "示例大道一号楼", "division": COUNTY}
    made = Subject.model_validate(values | {"memberships": (ScenarioMembership(scenario=SCENARIO),)} | more)
    save(store, made)
    return made


def record(store, who: Actor = OFFICER, *seen: str, minutes: int = 0, **more: object):
    values = {"subject_id": ID, "scenario": SCENARIO, "observation_ids": list(seen)} | more
    return record_patrol(store, TENANT, act(who, minutes=minutes), **values)


def test_a_patrol_is_kept_with_whom_it_tells_and_nothing_of_an_inspection(store):
    building(store)
    first = record(store, OFFICER, "blocked_exit", "new_crack", note="二层楼梯间", photos=[png(), png()])
    later = record(store, actor(Role.INSPECTOR), minutes=5)

    assert [(one.department, one.is_urgent) for one in first.told] == [
        ("housing_construction", True),
        ("fire_rescue", False),
    ]
    assert later.told == () and later.observation_ids == ()
    assert [one.id for one in store.patrols.of_subject(TENANT, ID).records] == [later.id, first.id]
    for division in (None, COUNTY):
        assert [one.id for one in store.patrols.recent(TENANT, division).records] == [later.id, first.id]
    assert store.patrols.recent(TENANT, "450103000000").records == []
    (event,) = store.patrols.history(TENANT, first.ref)
    assert event.type is EventType.PATROL_RECORDED and "二层" not in event.model_dump_json()
    assert store.visits.of_subject(TENANT, ID) == [] and store.findings.of_subject(TENANT, ID) == []
    (photo,) = first.photos
    assert read_photo(store, TENANT, first, photo) == (png(), "image/png")
    with pytest.raises(RecordNotFoundError):
        read_photo(store, TENANT, later, photo)


def test_what_is_not_in_order_is_refused(store):
    building(store)
    building(store, id="01JD0000000000000000PATR02", status=SubjectStatus.MERGED, merged_into=ID)
    for more in (
        {"observation_ids": ["made_up"]},
        {"scenario": "refined_oil"},
        {"photos": [b"no photo"]},
        {"note": "长" * 1001},
    ):
        with pytest.raises(InvalidInputError):
            record(store, **more)
    with pytest.raises(IllegalTransitionError):
        record(store, subject_id="01JD0000000000000000PATR02")
    with pytest.raises(NotAllowedError):
        record(store, actor(Role.COORDINATOR))
    with pytest.raises(RecordNotFoundError):
        record(store, actor(Role.INSPECTOR, division="450103000000"))
    assert store.patrols.of_subject(TENANT, ID).records == []


def test_officers_of_the_told_departments_get_one_notice_each_the_urgent_one_if_any_is(store):
    building(store)
    codes = ("housing_construction", "fire_rescue", "natural_resources")
    units = [Department(id=f"d-{code}", code=code, label=code, division="450100000000") for code in codes]
    people = [
        Person(id=f"p-{code}", name="韦晨阳", roles=frozenset({Role.DEPARTMENT_OFFICER}), department_id=f"d-{code}")
        for code in codes
    ]
    save(store, *units, *people)
    patrol = record(store, OFFICER, "new_crack", "blocked_exit")
    (event,) = store.patrols.history(TENANT, patrol.ref)

    told = issue_notifications(store, event, act(Actor.system(TENANT, "notify")))

    entries = {code: store.notifications.of_person(TENANT, f"p-{code}").records for code in codes}
    assert told == 2
    assert {code: [one.template for one in found] for code, found in entries.items()} == {
        "housing_construction": ["patrol_urgent"],
        "fire_rescue": ["patrol_reported"],
        "natural_resources": [],
    }
