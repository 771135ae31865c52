"""The six-step loop (计划制定 … 任务办结) and the states of a task, a visit and a finding, as state machines in data.

The machines are entries of `data/loop.json`; source of the six steps: 桂政办发〔2023〕89号
四（四）. Why the draw stands in scheduling: infra/decisions/0003-six-steps.md. Nothing here reads a clock or a store:
a service hands in the state and the facts, gets the new state, and writes both with the transition's event.
"""

import json
from collections.abc import Collection, Mapping
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import IllegalTransitionError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.label import Code, Label

_MACHINES = Path(__file__).parent / "data" / "loop.json"

Facts = Mapping[str, bool]
"""Fact name to whether it holds now; a fact that is not given does not hold."""


class Source(BaseModel):
    """The document that a machine follows; `section` in the document's own counting."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    document_number: str = ""
    section: str = ""
    note: Label = ""


class Phase(BaseModel):
    """One of the six steps, as people see them in the stepper."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    label: Label


class State(BaseModel):
    """deadline_rule: the clock that runs while the record rests here."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    label: Label
    phase: Code | None = None
    deadline_rule: Code | None = None
    is_final: bool = False


class Transition(BaseModel):
    """One allowed step. permission: what the actor needs (None: only the system's clock may take it).
    requires: facts that must hold. is_deemable: silence may take this step; false for every approval."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True)

    step: Code
    label: Label
    from_states: tuple[Code, ...] = Field(alias="from", min_length=1)
    to: Code
    event: EventType
    permission: Permission | None = None
    requires: tuple[Code, ...] = ()
    is_deemable: bool = False

    @model_validator(mode="after")
    def _only_the_clock_deems(self) -> Self:
        if self.is_deemable != (self.permission is None):
            raise ValueError("a step without a permission is taken by the clock, and only such a step is deemable")
        return self


class Machine(BaseModel):
    """A whole state machine, checked when it is loaded: every state is reachable, final states have no exit, and a
    state and a step lead to one place."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    version: int = Field(ge=1)
    label: Label
    source: Source
    initial: Code
    phases: tuple[Phase, ...] = ()
    states: tuple[State, ...]
    transitions: tuple[Transition, ...]

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        known = {state.id for state in self.states}
        final = {state.id for state in self.states if state.is_final}
        pairs = [(origin, one.step) for one in self.transitions for origin in one.from_states]
        named = {self.initial} | {one.to for one in self.transitions} | {origin for origin, _ in pairs}
        if named - known or any(s.phase and s.phase not in {p.id for p in self.phases} for s in self.states):
            raise ValueError(f"{self.id}: a state or phase is not listed")
        if len(pairs) != len(set(pairs)):
            raise ValueError(f"{self.id}: a state and a step lead to one place")
        if final & {origin for origin, _ in pairs}:
            raise ValueError(f"{self.id}: a final state has no exit")
        if self._reachable() != known:
            raise ValueError(f"{self.id}: a state cannot be reached")
        return self

    def _reachable(self) -> set[str]:
        found, waiting = {self.initial}, [self.initial]
        while waiting:
            state = waiting.pop()
            after = {one.to for one in self.transitions if state in one.from_states} - found
            found |= after
            waiting.extend(after)
        return found

    def state(self, state_id: str) -> State:
        """Raises RecordNotFoundError."""
        found = next((state for state in self.states if state.id == state_id), None)
        if found is None:
            raise RecordNotFoundError(kind=f"{self.id}_state", id=state_id)
        return found

    def transition(self, state: str, step: str) -> Transition:
        """The transition that this step takes from this state. Raises IllegalTransitionError."""
        for one in self.transitions:
            if one.step == step and state in one.from_states:
                return one
        raise IllegalTransitionError(state=state, step=step, machine=self.id, missing=[])

    def may(self, state: str, step: str) -> bool:
        """Whether this step is known from this state, whatever its facts."""
        return any(one.step == step and state in one.from_states for one in self.transitions)

    def advance(self, state: str, step: str, *, facts: Facts) -> str:
        """The state after the step. Raises IllegalTransitionError; its `missing` names the facts that do not hold."""
        transition = self.transition(state, step)
        missing = [fact for fact in transition.requires if not facts.get(fact, False)]
        if missing:
            raise IllegalTransitionError(state=state, step=step, machine=self.id, missing=missing)
        return transition.to

    def allowed_steps(
        self, state: str, *, facts: Facts | None = None, permissions: Collection[str] | None = None
    ) -> tuple[Transition, ...]:
        """Steps that may be taken from a state: those whose facts hold, if facts are given, and that these
        permissions allow, if permissions are given (the clock's own steps are then left out)."""
        return tuple(
            one
            for one in self.transitions
            if state in one.from_states
            and (facts is None or all(facts.get(fact, False) for fact in one.requires))
            and (permissions is None or one.permission in permissions)
        )


@cache
def machine(name: str) -> Machine:
    """One of the machines of the data file. Raises RecordNotFoundError."""
    for entry in json.loads(_MACHINES.read_text(encoding="utf-8"))["machines"]:
        if entry["id"] == name:
            return Machine.model_validate(entry)
    raise RecordNotFoundError(kind="machine", id=name)


def machine_names() -> tuple[str, ...]:
    return tuple(entry["id"] for entry in json.loads(_MACHINES.read_text(encoding="utf-8"))["machines"])


def advance(state: str, step: str, *, facts: Facts, of: str = "loop") -> str:
    """The state of a loop, or of another machine named by `of`, after a step. Raises IllegalTransitionError."""
    return machine(of).advance(state, step, facts=facts)


def allowed_steps(
    state: str, *, facts: Facts | None = None, permissions: Collection[str] | None = None, of: str = "loop"
) -> tuple[Transition, ...]:
    return machine(of).allowed_steps(state, facts=facts, permissions=permissions)


def initial_state(of: str = "loop") -> str:
    return machine(of).initial
