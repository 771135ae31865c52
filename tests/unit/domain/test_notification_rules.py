"""The rules that ship hold together, and say nothing of a record outside the site."""

import json
from copy import deepcopy

import pytest
from pydantic import ValidationError

from chalicelib.domain.notification_preference import NotificationPreference, masked_address
from chalicelib.domain.notification_rules import _RULES, Channel, NotificationRules, Urgency, notification_rules

SHIPPED = json.loads(_RULES.read_text("utf-8"))


def test_every_template_is_used_and_has_its_channels():
    rules = notification_rules()
    used = {*rules.topics.values(), rules.other_topics, *(one.template for one in rules.events)}

    assert {one.id for one in rules.templates} == used
    assert {one.group for one in rules.templates} <= {one.id for one in rules.groups}


def test_an_unknown_topic_is_told_in_general_words_and_a_silent_one_not_at_all():
    rules = notification_rules()

    assert rules.template_of_topic("something_new").id == rules.other_topics
    assert rules.template_of_topic("plan_draft") is None


def test_what_is_urgent_is_little():
    assert len([one for one in notification_rules().templates if one.urgency is Urgency.URGENT]) <= 5


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("templates", 0, "zh"), "%(title)s等您审批"),
        (("templates", 0, "group"), "nowhere"),
        (("topics", "plan_to_approve"), "nowhere"),
        (("groups", 0, "minimum"), ["sms"]),
        (("groups", 0, "minimum"), []),
        (("events", 0, "event"), "never_happened"),
    ],
)
def test_rules_that_do_not_hold_together_are_refused(place, value):
    changed = deepcopy(SHIPPED)
    target = changed
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = value

    with pytest.raises(ValidationError):
        NotificationRules.model_validate(changed)


def test_pauses_grow_and_end():
    rules = notification_rules()
    pauses = [rules.pause_after(count) for count in range(1, len(rules.retry_seconds) + 1)]

    assert pauses == sorted(pauses)
    assert rules.pause_after(len(pauses) + 1) is None


def test_nobody_goes_below_the_minimum():
    group = notification_rules().group("plans")
    chosen = NotificationPreference(id="p1", channels={"plans": frozenset({Channel.SMS})})

    assert chosen.channels_of(group) == {Channel.SMS, Channel.IN_APP}
    assert NotificationPreference(id="p1").channels_of(group) == group.channels


def test_addresses_are_shown_masked():
    assert masked_address(Channel.SMS, "13877112233") == "138****2233"
    assert masked_address(Channel.WECOM, "weichenyang") == "we***"
    assert masked_address(Channel.SMS, "") == ""
