"""Conditions are data, and what is not known never meets a test."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.domain.condition import Condition


def condition(body):
    return Condition.model_validate(body)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"answer": "licence", "equals": "compliant"}, True),
        ({"answer": "licence", "equals": "non_compliant"}, False),
        ({"answer": "licence", "one_of": ["compliant", "not_checked"]}, True),
        ({"answer": "nowhere", "equals": "compliant"}, False),
        ({"answer": "nowhere", "is_known": False}, True),
        ({"answer": "licence", "is_known": True}, True),
        ({"attribute": "tanks", "at_least": 2}, True),
        ({"attribute": "tanks", "at_least": 3}, False),
        ({"attribute": "tanks", "at_most": 2}, True),
        ({"attribute": "tanks", "at_most": 1}, False),
        ({"attribute": "has_store", "equals": True}, True),
        ({"attribute": "has_store", "equals": 1}, False),
        ({"attribute": "has_store", "at_least": 0}, False),
        ({"not": {"attribute": "nowhere", "equals": True}}, True),
        ({"all": [{"attribute": "has_store", "equals": True}, {"attribute": "tanks", "at_least": 3}]}, False),
        ({"any": [{"attribute": "has_store", "equals": True}, {"attribute": "tanks", "at_least": 3}]}, True),
    ],
)
def test_holds(body, expected):
    answers, attributes = {"licence": "compliant"}, {"tanks": 2, "has_store": True}

    assert condition(body).holds(answers, attributes) is expected


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"answer": "licence"},
        {"answer": "licence", "attribute": "tanks", "equals": 1},
        {"answer": "licence", "equals": "a", "at_least": 1},
        {"all": []},
        {"all": [{"answer": "a", "equals": 1}], "equals": 1},
        {"python": "True"},
    ],
)
def test_malformed_condition_is_refused(body):
    with pytest.raises(ValidationError):
        condition(body)


leaves = st.builds(lambda name, value: {"attribute": name, "equals": value}, st.sampled_from("abc"), st.integers(0, 2))
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3)),
        st.builds(lambda part: {"not": part}, inner),
    ),
    max_leaves=8,
)


@given(trees, st.dictionaries(st.sampled_from("abc"), st.integers(0, 2)))
def test_not_turns_and_json_keeps_the_outcome(body, attributes):
    one = condition(body)
    again = Condition.model_validate_json(one.model_dump_json(by_alias=True, exclude_none=True))

    assert again.holds({}, attributes) is one.holds({}, attributes)
    assert condition({"not": body}).holds({}, attributes) is not one.holds({}, attributes)


@given(trees)
def test_leaves_are_all_that_the_outcome_depends_on(body):
    names = {leaf.attribute for leaf in condition(body).leaves()}

    assert names
    assert names <= set("abc")


TANK, ANSWER = {"attribute": "has_tank", "equals": True}, {"answer": "tight", "equals": "compliant"}


@pytest.mark.parametrize(
    ("body", "askable", "expected"),
    [
        (TANK, (), True),
        ({"not": TANK}, (), False),
        (ANSWER, ("tight",), None),
        (ANSWER, (), False),
        ({"not": ANSWER}, ("tight",), None),
        ({"all": [TANK, ANSWER]}, ("tight",), None),
        ({"all": [{"not": TANK}, ANSWER]}, ("tight",), False),
        ({"any": [TANK, ANSWER]}, ("tight",), True),
        ({"any": [{"not": TANK}, ANSWER]}, ("tight",), None),
    ],
)
def test_attributes_decide_before_anything_is_answered_or_leave_it_open(body, askable, expected):
    assert condition(body).outlook(askable, {"has_tank": True}) is expected
