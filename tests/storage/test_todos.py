"""What waits for somebody: the whole list at a record is replaced in one change, and ordered by deadline."""

from datetime import timedelta

import pytest

from chalicelib import bootstrap
from chalicelib.domain.event import EventType
from chalicelib.domain.record import Ref
from chalicelib.domain.todo import Todo
from tests.builders import NOW, TENANT, act

PLAN, OTHER = Ref(kind="inspection_plan", id="01PLAN"), Ref(kind="inspection_plan", id="01OTHER")


@pytest.fixture
def store(store):
    with bootstrap.scope(TENANT):
        yield store


def todo(owner, topic="opinion_requested", *, about=PLAN, due=None, title="加油站联合检查", at=NOW):
    due_at = None if due is None else NOW + timedelta(days=due)
    return Todo.of(about, owner, topic, title, at=at, due_at=due_at)


def replace(store, *wanted, about=PLAN):
    with store.change(TENANT, act()) as change:
        store.todos.replace(change, about, list(wanted))
        change.event(EventType.PLAN_CHANGED, about)


def waiting(store, owner):
    return [(entry.topic, entry.title, entry.version) for entry in store.todos.of_owner(TENANT, owner).records]


def test_the_wanted_list_becomes_the_whole_list(store):
    replace(store, todo("body-1"), todo("body-2"))
    replace(store, todo("body-2"), todo("body-3"))

    assert waiting(store, "body-1") == []
    assert waiting(store, "body-2") == [("opinion_requested", "加油站联合检查", 1)]
    assert waiting(store, "body-3") == [("opinion_requested", "加油站联合检查", 1)]


def test_an_entry_that_did_not_change_is_not_written_again_and_keeps_its_age(store):
    replace(store, todo("body-1"))
    replace(store, todo("body-1", at=NOW + timedelta(days=1)))

    (entry,) = store.todos.of_owner(TENANT, "body-1").records
    assert (entry.version, entry.created_at) == (1, NOW)


def test_an_entry_that_changed_moves_with_its_deadline(store):
    replace(store, todo("body-1", due=5))
    replace(store, todo("body-1", due=2, at=NOW + timedelta(days=1)))

    (entry,) = store.todos.of_owner(TENANT, "body-1").records
    assert (entry.version, entry.created_at, entry.due_at) == (2, NOW, NOW + timedelta(days=2))


def test_what_waits_at_another_record_stays(store):
    replace(store, todo("body-1"))
    replace(store, todo("body-1", about=OTHER), about=OTHER)

    replace(store)

    assert [entry.about for entry in store.todos.of_owner(TENANT, "body-1").records] == [OTHER]


def test_the_earliest_deadline_comes_first_and_none_comes_last(store):
    replace(store, todo("p1", "no_deadline"), todo("p1", "later", due=9), todo("p1", "sooner", due=1))

    assert [topic for topic, *_ in waiting(store, "p1")] == ["sooner", "later", "no_deadline"]
