"""Reads of one kind: by identity, by parent, by index page, and the history in one partition."""

import pytest

from chalicelib import bootstrap
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.record import Ref
from chalicelib.domain.tenancy import Department
from chalicelib.domain.todo import Todo
from chalicelib.storage import keys
from chalicelib.storage.repository import Placement
from tests.builders import NOW, TENANT, act

ABOUT = Ref(kind="job", id="01JOB")
LIST = keys.listing(TENANT, "department")


@pytest.fixture
def store(store):
    with bootstrap.scope(TENANT):
        yield store


def department(code: str, division: str = "450103000000") -> Department:
    return Department(code=code, label="商务局", division=division)


def save(store, *records, type=EventType.PERSON_ADDED):
    with store.change(TENANT, act()) as change:
        for record in records:
            change.save(record)
        change.event(type, records[0])
    return records


def todo(owner: str, topic: str = "opinion_requested", about: Ref = ABOUT) -> Todo:
    return Todo.of(about, owner, topic, "请回复意见", at=NOW)


def test_what_is_missing_is_none_or_an_error_that_names_it(store):
    assert store.departments.find(TENANT, "01A") is None
    assert store.departments.find(TENANT, "门" * 2000) is None
    with pytest.raises(RecordNotFoundError) as raised:
        store.departments.get(TENANT, "01A")
    assert raised.value.details == {"kind": "department", "id": "01A"}


def test_children_lie_with_their_parent_in_order_and_apart_by_kind(store):
    save(store, todo("b"), todo("a"), todo("a", about=Ref(kind="job", id="01JOC")))

    found = store.todos.children(TENANT, ABOUT)

    assert [entry.owner for entry in found] == ["a", "b"]
    assert store.visit_answers.children(TENANT, ABOUT) == []
    assert store.todos.get_child(TENANT, ABOUT, found[0].id) == found[0]
    with pytest.raises(RecordNotFoundError):
        store.todos.get_child(TENANT, ABOUT, "missing")


def test_a_page_goes_on_where_the_last_one_stopped_in_both_directions(store):
    save(store, *(department(code) for code in "abcde"))

    for is_descending in (False, True):
        seen, after = [], None
        while True:
            page = store.departments.page(1, LIST, after=after, limit=2, is_descending=is_descending)
            seen.append([record.code for record in page.records])
            after = page.next
            if after is None:
                break
        codes = [code for part in seen for code in part]
        assert codes == sorted("abcde", reverse=is_descending)
        assert all(len(part) <= 2 for part in seen)


def test_a_prefix_narrows_a_page(store):
    save(store, department("a", "450103000000"), department("b", "450105000000"))

    found = store.departments.page(1, LIST, prefix="450105")

    assert [record.code for record in found.records] == ["b"]
    assert [record.code for record in store.departments.all(1, LIST, prefix="4501")] == ["a", "b"]


def test_a_record_that_moves_leaves_its_old_place(store):
    (made,) = save(store, department("a", "450103000000"))
    save(store, made.with_changes(division="450105000000"))

    assert list(store.departments.all(1, LIST, prefix="450103")) == []
    assert [record.version for record in store.departments.all(1, LIST)] == [2]


def test_a_record_without_a_place_leaves_the_index(store, monkeypatch):
    (made,) = save(store, department("a"))
    monkeypatch.setattr(type(store.departments), "placement", lambda *_: Placement())
    save(store, made)

    assert list(store.departments.all(1, LIST)) == []
    assert store.departments.get(TENANT, made.id).version == 2


def test_history_is_newest_first_and_holds_the_childrens_events(store):
    (parent,) = save(store, department("a"))
    (child,) = save(store, todo("p1", about=parent.ref), type=EventType.OPINION_GIVEN)
    save(store, child, type=EventType.OPINION_DEEMED)

    history = store.departments.history(TENANT, parent.ref)

    assert [event.type for event in history] == [
        EventType.OPINION_DEEMED,
        EventType.OPINION_GIVEN,
        EventType.PERSON_ADDED,
    ]
    assert {event.record for event in history} == {parent.ref}
    assert len(store.departments.history(TENANT, parent.ref, limit=1)) == 1
