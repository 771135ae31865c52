"""Events: past tense, each made somewhere, every step of a state machine has one."""

import re
from functools import cache

from chalicelib.domain.event import EventType
from chalicelib.domain.loop import machine, machine_names
from chalicelib.workers.reactions import REACTIONS
from tests.architecture.sources import IN_ONE, members_named, trees
from tests.grouped import every

pytestmark = IN_ONE
LIST = "chalicelib/domain/event.py"
# Irregular participles; the regular ones end in -ed.
IRREGULAR = {"made", "given", "frozen", "withdrawn", "redriven", "kept"}
STEPS = [(name, step) for name in machine_names() for step in machine(name).transitions]


@cache
def in_code() -> set[str]:
    return set().union(*(members_named(tree, "EventType") for path, tree in trees().items() if path != LIST))


@every("event", EventType)
def test_an_event_says_what_happened(event):
    words = event.value.split("_")

    assert re.fullmatch(r"[a-z]+(_[a-z]+)+", event.value)
    assert any(word.endswith("ed") or word in IRREGULAR for word in words[1:]), "past tense"
    assert event.name == event.value.upper()


@every("event", EventType)
def test_an_event_is_made_somewhere(event):
    made_by_steps = {step.event for _, step in STEPS}

    assert event.name in in_code() or event in made_by_steps


@every("named", STEPS, lambda named: f"{named[0]}: {named[1].step}")
def test_a_step_of_a_machine_has_an_event(named):
    _, step = named
    assert step.event in EventType


def test_what_is_reacted_to_is_made_and_reactions_are_named_once():
    names = [name for reactions in REACTIONS.values() for name in reactions]

    assert {event.name for event in REACTIONS} <= in_code()
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", name) for name in names)
