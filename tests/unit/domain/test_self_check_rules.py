"""When a self-check comes round, and how a question of several departments is asked to the owner."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.domain.checklist import Checklist, merge_items
from chalicelib.domain.self_check_rules import SelfCheckCycle, is_due, period_of
from tests.unit.domain.test_checklist import item

DAYS = st.dates(date(2000, 1, 1), date(2099, 12, 31))


@pytest.mark.parametrize(
    ("cycle", "first", "last"),
    [
        ("daily", date(2026, 11, 22), date(2026, 11, 22)),
        ("weekly", date(2026, 11, 16), date(2026, 11, 22)),
        ("monthly", date(2026, 11, 1), date(2026, 11, 30)),
        ("quarterly", date(2026, 10, 1), date(2026, 12, 31)),
        ("yearly", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_the_period_of_a_sunday_in_november(cycle, first, last):
    assert period_of(SelfCheckCycle(cycle), date(2026, 11, 22)) == (first, last)


@given(st.sampled_from(list(SelfCheckCycle)), DAYS)
def test_periods_follow_each_other_without_gap_and_one_check_serves_a_period(cycle, day):
    first, last = period_of(cycle, day)

    assert first <= day <= last
    assert period_of(cycle, last) == (first, last)
    assert period_of(cycle, last + timedelta(days=1))[0] == last + timedelta(days=1)
    assert not is_due(cycle, first, day)
    assert is_due(cycle, first - timedelta(days=1), day)
    assert is_due(cycle, None, day)


def rule(cycle, question="门口通畅吗？"):
    return {"cycle": cycle, "question": question}


def test_a_shared_question_is_put_to_the_owner_once_and_as_often_as_anybody_wants():
    items = [
        item("a", "fire_rescue", asked_once_key="exits"),
        item("b", "emergency_management", asked_once_key="exits", self_check=rule("weekly")),
        item("c", "market_regulation", asked_once_key="exits", self_check=rule("daily", "别的说法？")),
        item("d"),
    ]

    merged = {one.key: one.self_check for one in merge_items(items)}

    assert (merged["exits"].question, merged["exits"].cycle) == ("门口通畅吗？", "daily")
    assert merged["d"] is None


@pytest.mark.parametrize("cycles", [["weekly"], ["daily", "daily"]])
def test_rounds_name_every_cycle_once(cycles):
    rounds = [{"id": f"r{n}", "cycle": one, "title": "轮", "performed_by": "店主"} for n, one in enumerate(cycles)]
    body = {"title": "单", "sections": [{"id": "s", "title": "一", "items": [item("a", self_check=rule("daily"))]}]}

    assert Checklist.model_validate(body).self_check_rounds == ()
    with pytest.raises(ValidationError, match="round"):
        Checklist.model_validate({**body, "self_check_rounds": rounds})
