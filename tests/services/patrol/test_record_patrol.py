"""A patrol through the real store: kept as noted, told to the right officers, and counted as no inspection."""

from datetime import date, datetime, timedelta

import pytest

from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import IllegalTransitionError, InvalidInputError, NotAllowedError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.patrol import due_until
from chalicelib.domain.record import Ref
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import ScenarioMembership, Subject, SubjectKind, SubjectStatus
from chalicelib.domain.tenancy import Actor, Department, Person, Role
from chalicelib.services.notification.issue_notifications import issue_notifications
from chalicelib.services.patrol.record_patrol import record_patrol
from chalicelib.services.register.merge_subjects import merge_subjects
from chalicelib.services.register.register_subject import change_subject
from chalicelib.services.register.subject_photos import read_photo
from chalicelib.services.register.undo_regrouping import undo_regrouping
from tests.builders import NOW, TENANT, act, actor
from tests.visiting import png, save

SCENARIO, COUNTY = "self_built_housing", "450105000000"
OFFICER = actor(Role.DEPARTMENT_OFFICER)
ID = "01JD0000000000000000PATR01"


def building(store, **more: object) -> Subject:
    values = {"id": ID, "kind": SubjectKind.BUILDING, "name": "示例大道一号楼", "division": COUNTY}
    made = Subject.model_validate(values | {"memberships": (ScenarioMembership(scenario=SCENARIO),)} | more)
    save(store, made, *(ScenarioMember.of(made, one.scenario) for one in made.memberships))
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


def at(days: int = 0) -> datetime:
    return NOW + timedelta(days=days)


def due(store, county: str = COUNTY, days: int = 0) -> list[tuple[str, date | None]]:
    until = due_until(30, shanghai_date(at(days=days)))
    return [
        (one.subject_id, one.patrolled_on)
        for one in store.members.to_patrol(TENANT, SCENARIO, county, until=until).members
    ]


def test_a_late_entry_says_when_it_was_and_an_earlier_one_does_not_move_the_round(store):
    building(store)
    assert due(store) == [(ID, None)]
    late = record(store, patrolled_at=at(days=-3))

    assert (late.patrolled_at, late.noted_at, late.is_late_entry) == (at(days=-3), at(), True)
    assert late.patrolled_by == OFFICER.person_id
    assert due(store, days=26) == [] and due(store, days=27) == [(ID, late.patrolled_on)]
    record(store, patrolled_at=at(days=-5), minutes=1)
    assert due(store, days=26) == []
    for moment, code in ((at(days=1), "moment_to_come"), (at(days=-8), "too_long_ago")):
        with pytest.raises(InvalidInputError) as refused:
            record(store, patrolled_at=moment, minutes=2)
        assert refused.value.problems[0].code == code


def test_the_round_follows_what_becomes_of_the_subject(store):
    other = "01JD0000000000000000PATR02"
    building(store)
    building(store, id=other, name="示例大道一号楼（重）")
    by = actor(Role.COORDINATOR)
    record(store, subject_id=other, patrolled_at=at(days=-2))

    merge_subjects(store, TENANT, act(by, minutes=1), kept_id=ID, other_id=other)
    assert due(store, days=40) == [(ID, shanghai_date(at(days=-2)))]
    (merged,) = store.subject_regroupings.children(TENANT, Ref(kind=Subject.KIND, id=ID))
    undo_regrouping(store, TENANT, act(by, minutes=2), subject_id=ID, regrouping_id=merged.id)
    assert due(store, days=40) == [(ID, None), (other, shanghai_date(at(days=-2)))]

    change_subject(store, TENANT, act(by, minutes=3), subject_id=other, changes={"memberships": ()})
    assert due(store, days=40) == [(ID, None)]
    back = {"memberships": (ScenarioMembership(scenario=SCENARIO),)}
    change_subject(store, TENANT, act(by, minutes=4), subject_id=other, changes=back)
    change_subject(store, TENANT, act(by, minutes=5), subject_id=ID, changes={"status": SubjectStatus.CLOSED})
    assert due(store, days=40) == [(other, shanghai_date(at(days=-2)))]
