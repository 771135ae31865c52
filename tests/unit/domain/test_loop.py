from datetime import date

import pytest
from pydantic import ValidationError

from chalicelib.domain.access import Permission
from chalicelib.domain.deadline import deadline_rule
from chalicelib.domain.errors import IllegalTransitionError, RecordNotFoundError
from chalicelib.domain.loop import Machine, advance, allowed_steps, initial_state, machine, machine_names
from tests.grouped import every

MACHINES = [machine(name) for name in machine_names()]
PAIRS = [
    (m, state.id, step) for m in MACHINES for state in m.states for step in sorted({t.step for t in m.transitions})
]


class Everything(dict[str, bool]):
    """Facts under which all holds."""

    def get(self, key: str, default: object = None) -> bool:  # type: ignore[override]
        return True


def walk(of: str, *steps: str) -> str:
    state = initial_state(of)
    for step in steps:
        state = advance(state, step, facts=Everything(), of=of)
    return state


def test_the_machines_and_the_six_steps_of_the_policy() -> None:
    assert machine_names() == ("loop", "task", "visit", "finding", "result", "disposal", "disposal_order")
    assert [phase.label for phase in machine("loop").phases] == [
        "计划制定", "任务生成", "意见征集", "任务排单", "部门处置", "任务办结",
    ]  # fmt: skip
    assert machine("loop").source.document_number == "桂政办发〔2023〕89号"


@pytest.mark.parametrize(
    ("of", "steps", "end"),
    [
        (
            "loop",
            "submit_plan approve_plan generate_tasks close_opinions freeze_pool record_draw schedule_visits "
            "complete_disposition close_plan",
            "closed",
        ),
        ("loop", "submit_plan return_plan cancel_plan", "cancelled"),
        ("loop", "submit_plan approve_plan generate_tasks revise_plan", "plan"),
        ("loop", "submit_plan approve_plan generate_tasks close_opinions freeze_pool void_draw", "scheduling"),
        ("task", "give_consent approve_inspection begin_disposition complete_task", "completed"),
        ("task", "propose_change revise_task deem_consent approve_inspection", "approved"),
        ("task", "deem_consent refuse_inspection", "withdrawn"),
        ("visit", "start_visit submit_visit return_visit submit_visit confirm_visit", "confirmed"),
        ("visit", "cancel_visit", "cancelled"),
        ("finding", "submit_rectification return_rectification submit_rectification pass_reinspection close_finding",
         "closed"),
        ("finding", "submit_rectification fail_reinspection hand_over_finding", "closed"),
        ("disposal", "record_occurrence close_disposal", "closed"),
        ("disposal_order", "return_order redraft_order decide_order serve_order report_fulfilment return_fulfilment "
         "extend_order fulfil_order", "fulfilled"),
        ("disposal_order", "decide_order serve_order report_fulfilment extend_order lift_order", "lifted"),
        ("disposal_order", "return_order withdraw_order", "withdrawn"),
    ],
)  # fmt: skip
def test_paths(of: str, steps: str, end: str) -> None:
    assert walk(of, *steps.split()) == end


@every("pair", PAIRS, lambda pair: f"{pair[0].id}: {pair[1]} by {pair[2]}")
def test_every_pair_of_state_and_step_either_leads_somewhere_or_is_refused(pair: tuple[Machine, str, str]) -> None:
    m, state, step = pair
    allowed = {one.step: one for one in m.allowed_steps(state)}

    if step in allowed:
        assert m.advance(state, step, facts=Everything()) == allowed[step].to
    else:
        with pytest.raises(IllegalTransitionError) as caught:
            m.advance(state, step, facts=Everything())
        assert (caught.value.details["state"], caught.value.details["step"]) == (state, step)


def test_every_required_fact_is_required_alone() -> None:
    for m in MACHINES:
        for transition in m.transitions:
            for absent in transition.requires:
                facts = {fact: fact != absent for fact in transition.requires}
                with pytest.raises(IllegalTransitionError) as caught:
                    m.advance(transition.from_states[0], transition.step, facts=facts)
                assert caught.value.details["missing"] == [absent]


def test_only_consent_to_timing_and_division_of_work_is_ever_deemed() -> None:
    deemable = [(m.id, one.step) for m in MACHINES for one in m.transitions if one.is_deemable]

    assert deemable == [("task", "deem_consent")]
    with pytest.raises(IllegalTransitionError):
        advance("opinion_requested", "deem_consent", facts={"opinion_is_overdue": False}, of="task")


def test_deemed_consent_never_becomes_an_approval_by_itself() -> None:
    after_silence = machine("task").allowed_steps("consent_deemed")
    approvals = [one for one in after_silence if one.to == "approved"]

    assert [one.step for one in approvals] == ["approve_inspection"]
    assert approvals[0].permission is Permission.TASK_APPROVE
    assert "actor_heads_acting_body" in approvals[0].requires


def test_the_pool_is_not_frozen_before_every_head_approved_nor_drawn_before_opinions_closed() -> None:
    with pytest.raises(IllegalTransitionError) as caught:
        advance("scheduling", "freeze_pool", facts={"pool_is_not_empty": True})
    assert caught.value.details["missing"] == ["every_task_is_approved"]

    for state in ("plan", "plan_submitted", "task_generation", "opinion", "scheduling"):
        assert not {"record_draw"} & {one.step for one in allowed_steps(state)}


def test_after_the_pool_is_frozen_no_rule_can_change() -> None:
    for state in ("pool_frozen", "drawn"):
        assert not {"revise_plan", "cancel_plan", "return_plan"} & {one.step for one in allowed_steps(state)}


def test_steps_are_offered_by_permission_and_facts() -> None:
    approver = [one.step for one in allowed_steps("plan_submitted", permissions={Permission.PLAN_APPROVE})]
    assert approver == ["return_plan", "approve_plan"]
    ready = allowed_steps(
        "plan_submitted", facts=dict.fromkeys(("legal_bases_are_confirmed", "legal_bases_hold", "overlays_hold"), True)
    )
    assert [one.step for one in ready] == ["approve_plan"]
    assert allowed_steps("opinion_requested", permissions=set(), of="task") == ()


def test_every_waiting_state_of_the_loop_has_a_clock_that_exists() -> None:
    for m in MACHINES:
        for state in m.states:
            if state.deadline_rule:
                assert deadline_rule(state.deadline_rule, date(2026, 11, 23)).id == state.deadline_rule
    no_clock = {state.id for state in machine("loop").states if not state.deadline_rule and not state.is_final}
    assert no_clock == {"plan"}


def test_an_unknown_machine_or_state_is_not_found() -> None:
    with pytest.raises(RecordNotFoundError):
        machine("nothing")
    with pytest.raises(RecordNotFoundError):
        machine("visit").state("nothing")


@pytest.mark.parametrize(
    "change",
    [
        {"initial": "nowhere"},
        {"states": [{"id": "a", "label": "甲"}, {"id": "b", "label": "乙"}, {"id": "lost", "label": "丙"}]},
        {"states": [{"id": "a", "label": "甲", "is_final": True}, {"id": "b", "label": "乙"}]},
    ],
)
def test_a_broken_machine_does_not_load(change: dict[str, object]) -> None:
    go = {"step": "go", "label": "走", "from": ["a"], "to": "b", "event": "plan_changed", "permission": "plan.write"}
    values: dict[str, object] = {
        "id": "broken",
        "version": 1,
        "label": "坏",
        "source": {"title": "测试"},
        "initial": "a",
        "states": [{"id": "a", "label": "甲"}, {"id": "b", "label": "乙"}],
        "transitions": [go],
    }
    assert Machine.model_validate(values).advance("a", "go", facts={}) == "b"

    with pytest.raises(ValidationError):
        Machine.model_validate(values | change)
    with pytest.raises(ValidationError):
        Machine.model_validate(values | {"transitions": [go, go | {"to": "a"}]})
