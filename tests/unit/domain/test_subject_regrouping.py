"""Merge, split and the way back as pure functions."""

from datetime import timedelta

import pytest

from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.subject import ScenarioMembership, Subject, SubjectDraft
from chalicelib.domain.subject_regrouping import RegroupingAct, SubjectRegrouping, merge, restore, split
from tests.builders import NOW

CODE, OTHER = "91450100MA00000071", "91450102MA0000015Q"


def subject(**changes: object) -> Subject:
    values: dict[str, object] = {"name": "甲", "code": CODE, "division": "450105000000"}
    return Subject.model_validate(values | changes)


def member(scenario: str, **attributes: object) -> ScenarioMembership:
    return ScenarioMembership.model_validate({"scenario": scenario, "attributes": attributes})


def test_without_a_choice_only_what_is_empty_is_taken() -> None:
    kept = subject(address="一号", kind_attributes={"employee_count": 4})
    other = subject(
        name="乙", code=OTHER, address="二号", phone="15400001234", kind_attributes={"employee_count": 5, "odd": 1}
    )
    survivor, tombstone = merge(kept, other, {})

    assert (survivor.name, survivor.address, survivor.phone) == ("甲", "一号", "15400001234")
    assert survivor.kind_attributes == {"employee_count": 4}
    assert (tombstone.merged_into, tombstone.memberships) == (kept.id, ())


def test_every_choice_is_followed() -> None:
    kept = subject(memberships=[member("catering", a=1), member("refined_oil")], kind_attributes={"employee_count": 4})
    other = subject(code=OTHER, memberships=[member("catering", a=2)], kind_attributes={"employee_count": 5})
    choices = {"code": "other", "memberships.catering": "other", "kind_attributes.employee_count": "other"}
    survivor, _ = merge(kept, other, choices)

    assert survivor.code == OTHER
    assert survivor.attributes("catering") == {"a": 2}
    assert survivor.kind_attributes == {"employee_count": 5}


@pytest.mark.parametrize(
    ("kept", "other", "code"),
    [
        ({"kind": "tank", "code": None}, {}, "another_kind"),
        ({"status": "merged"}, {}, "no_longer_kept"),
        ({"hand_over_id": "01A"}, {}, "hand_over_under_way"),
        ({"id": "01A"}, {"id": "01A"}, "same_subject"),
    ],
)
def test_what_cannot_become_one(kept: dict[str, object], other: dict[str, object], code: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        merge(subject(**kept), subject(**other), {})
    assert code in {one.code for one in refused.value.problems}


def test_a_later_change_elsewhere_survives_the_way_back() -> None:
    kept = subject(memberships=[member("catering")])
    survivor, _ = merge(kept, subject(name="乙", code=OTHER, memberships=[member("refined_oil")]), {"name": "other"})
    now = survivor.with_changes(address="新址")
    back = restore(kept, survivor, now)

    assert back == kept.with_changes(address="新址")
    with pytest.raises(InvalidInputError) as refused:
        restore(kept, survivor, survivor.joined("refined_oil", {"pump_count": 4}))
    assert [one.field for one in refused.value.problems] == ["memberships.refined_oil"]


def test_split_takes_memberships_out() -> None:
    draft = SubjectDraft(name="乙", code=OTHER, division="450105000000")
    kept, part = split(subject(memberships=[member("catering"), member("refined_oil")]), draft, "01B", ["catering"])

    assert [one.scenario for one in kept.memberships] == ["refined_oil"]
    assert [one.scenario for one in part.memberships] == ["catering"]
    assert part.source == f"split:{kept.id}"
    with pytest.raises(InvalidInputError):
        split(kept, draft, "01C", ["catering"])


def test_it_can_be_undone_for_a_month_and_once() -> None:
    one = subject()
    done = SubjectRegrouping(
        act=RegroupingAct.MERGE,
        kept_id=one.id,
        other_id="01B",
        kept_before=one,
        kept_after=one,
        other_after=one,
        done_by="p",
        done_at=NOW,
    )

    assert done.is_undoable(NOW + timedelta(days=30))
    assert not done.is_undoable(NOW + timedelta(days=30, minutes=1))
    assert not done.with_changes(undone_at=NOW).is_undoable(NOW)
