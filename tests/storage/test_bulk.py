"""Many records in one transaction: the same items, conditions and histories as one by one."""

import pytest

from chalicelib import bootstrap
from chalicelib.domain.errors import AlreadyExistsError, ConflictError
from chalicelib.domain.event import EventType
from chalicelib.domain.record import Ref
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import ScenarioMembership, Subject
from chalicelib.storage.errors import AlreadyDoneError
from tests.builders import TENANT, act
from tests.cloud import all_items

ABOUT = Ref(kind="job", id="01JD0000000000000000000J0B")
CODE = "91450100MA00000071"


@pytest.fixture
def store(store):
    with bootstrap.scope(TENANT):
        yield store


def subject(number: int = 0, **more: object) -> Subject:
    values = {"name": f"甲{number}", "code": CODE, "division": "450105000000", "address": f"江南区{number}号"}
    member = ScenarioMembership(scenario="refined_oil", attributes={"pump_count": 4})
    return Subject.model_validate(values | {"memberships": (member,)} | more)


def save(begin, *records, by=None, mentions=()):
    with begin(TENANT, by or act()) as change:
        event = change.event(EventType.SUBJECTS_IMPORTED, ABOUT, {"count": len(records)})
        for record in records:
            change.save(record)
            if isinstance(record, Subject) and record.code and not record.version:
                change.claim("code", record.code, record.ref)
        for ref in mentions:
            change.mention(ref)
    return event


def test_a_record_lies_in_the_table_as_a_change_writes_it(store):
    one, twin = subject(), subject(code=None, kind="premises", operator_code=CODE)
    with store.change(TENANT, act()) as change:
        change.save(one)
        change.save(ScenarioMember.of(one, "refined_oil"))
        change.event(EventType.SUBJECTS_IMPORTED, ABOUT, {})
    by_change = {(i["pk"]["S"], i["sk"]["S"]): i for i in all_items() if i["shape"]["S"] == "record"}
    again = one.model_copy(update={"version": 0, "id": twin.id})
    save(store.bulk_change, again, ScenarioMember.of(again, "refined_oil"))

    items = [i for i in all_items() if i["shape"]["S"] == "record"]
    in_bulk = {(i["pk"]["S"], i["sk"]["S"]): i for i in items if twin.id in i["pk"]["S"]}

    def neutral(found, id):
        return {sort: str(item).replace(id, "ID") for (_, sort), item in sorted(found.items())}

    def ordered(found):
        return {key: dict(sorted(item.items())) for key, item in found.items()}

    assert neutral(ordered(in_bulk), twin.id) == neutral(ordered(by_change), one.id)
    assert store.subjects.get(TENANT, twin.id).version == again.version == 1


def test_nothing_is_written_when_one_record_is_refused(store):
    first = subject(1)
    save(store.bulk_change, first)
    stale = first.with_changes(name="乙")
    save(store.change, first.with_changes(name="丙"))

    with pytest.raises(ConflictError):
        save(store.bulk_change, subject(2, code=None, kind="tank"), stale)
    with pytest.raises(AlreadyExistsError):
        save(store.bulk_change, subject(3))  # the code is taken
    assert store.subjects.get(TENANT, first.id).name == "丙"
    assert len([i for i in all_items() if i.get("kind", {}).get("S") == "subject"]) == 1


def test_one_act_is_done_once(store):
    by = act()
    save(store.bulk_change, subject(1), by=by)

    with pytest.raises(AlreadyDoneError):
        save(store.bulk_change, subject(2, code=None, kind="tank"), by=by)
    assert store.done(TENANT, by) == ABOUT


def test_the_history_of_each_record_leads_to_the_event_that_tells_of_all(store):
    first, second = subject(1), subject(2, code=None, kind="tank")
    event = save(store.bulk_change, first, second, mentions=[second.ref])

    assert store.subjects.history(TENANT, second.ref) == [event]
    assert store.subjects.history(TENANT, first.ref) == []
    assert store.subjects.history(TENANT, ABOUT) == [event]
