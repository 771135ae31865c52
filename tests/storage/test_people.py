"""People are found by role, department and name without reading the others."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import Person, Role
from tests.builders import TENANT, act
from tests.table_costs import metered


@pytest.fixture(autouse=True)
def inside() -> Iterator[None]:
    with bootstrap.scope(TENANT):
        yield


def person(id, name, *roles, department="d1", body=None):
    return Person(id=id, name=name, roles=frozenset(roles), department_id=department, acting_body_id=body)


def save(store, *people):
    with store.change(TENANT, act()) as change:
        for one in people:
            change.save(one)
        change.event(EventType.PERSON_ADDED, people[0])


def ids(people):
    return sorted(one.id for one in people)


def test_each_way_to_a_person_follows_every_change(store):
    people = store.people
    one = person("a", "韦晨阳", Role.COORDINATOR)
    save(
        store,
        one,
        person("b", "韦晨", Role.INSPECTOR, body="x"),
        person("c", "陆晨阳", Role.SUBJECT_USER, department=None),
    )

    assert ids(people.named(TENANT, "晨阳")) == ["a"], "people of firms are named by no search"
    assert ids(people.named(TENANT, "韦晨")) == ["a", "b"] and people.named(TENANT, "韦") == []
    assert ids(people.of_role(TENANT, Role.COORDINATOR)) == ["a"]
    assert ids(people.of_department(TENANT, "d1")) == ["a", "b"]
    changed = people.get(TENANT, "a").with_changes(name="李晨阳", roles=frozenset({Role.APPROVER}), department_id="d2")
    save(store, changed)

    assert people.of_role(TENANT, Role.COORDINATOR) == [] and ids(people.of_role(TENANT, Role.APPROVER)) == ["a"]
    assert ids(people.named(TENANT, "李晨")) == ["a"] and ids(people.named(TENANT, "韦晨")) == ["b"]
    assert ids(people.of_department(TENANT, "d1")) == ["b"] and ids(people.near(TENANT, changed)) == ["a"]


def test_a_look_up_costs_what_it_finds_not_what_there_is(store):
    for start in range(0, 36, 12):
        save(store, *(person(f"p{n}", f"同名甲{chr(0x4E00 + n)}", Role.INSPECTOR) for n in range(start, start + 12)))
    save(store, person("z", "唯一人", Role.COORDINATOR, department="d9"))

    with metered() as cost:
        assert ids(store.people.of_role(TENANT, Role.COORDINATOR)) == ids(store.people.named(TENANT, "一人")) == ["z"]
        first = store.people.page_of_owner(TENANT, "d1", limit=25)
    assert len(first.records) == 25 and first.next is not None
    assert cost.calls <= 6 and cost.units <= 50, cost
