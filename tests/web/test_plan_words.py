"""Every state, step, fact and event that a plan's page can meet has its words, in both languages."""

import pytest

from chalicelib.domain.loop import machine
from chalicelib.web.i18n import use_locale
from chalicelib.web.plan_steps import STEPS
from chalicelib.web.plan_words import EVENTS, FACTS, phase_ids, phase_words, state_words, step_number

OF_THE_DRAW = {"commitment_is_logged", "randomness_is_later", "was_asked_by_another"}
OF_THE_SYSTEM = {
    "opinion_is_overdue",
    "actor_heads_acting_body",
    "pool_is_not_frozen",
}


@pytest.mark.parametrize("name", ["loop", "task"])
def test_every_state_has_english(name):
    for state in machine(name).states:
        with use_locale("en"):
            assert state_words(state.id, name).isascii(), state.id
        assert state_words(state.id, name) == state.label


def test_the_six_steps_are_numbered():
    states = ("plan", "task_generation", "opinion", "drawn", "disposition", "closed")

    assert [step_number(state) for state in states] == [1, 2, 3, 4, 5, 6]
    with use_locale("en"):
        assert all(phase_words(phase).isascii() for phase in phase_ids())


def test_every_fact_and_event_has_words():
    transitions = [one for name in ("loop", "task") for one in machine(name).transitions]
    facts = {fact for one in transitions for fact in one.requires}

    assert facts - OF_THE_DRAW - OF_THE_SYSTEM <= set(FACTS)
    from_draws = {"pool_frozen", "draw_computed", "draw_voided", "task_completed"}
    assert {one.event for one in transitions if one.event.value not in from_draws} <= set(EVENTS)


def test_every_step_asks_and_says_what_was_done():
    for step in STEPS.values():
        assert step.label
        assert step.title.endswith("？")
        assert step.text.endswith("。")
        assert step.done.endswith("。")
