import pytest
from pydantic import ValidationError

from chalicelib.domain.subject import (
    DEFAULT_DRAW_GRADE,
    DrawGrade,
    ScenarioMembership,
    Subject,
    SubjectDraft,
    SubjectKind,
    SubjectStatus,
)

CODE, OTHER = "91450100MA00000071", "91450102MA0000015Q"


def subject(**changes: object) -> Subject:
    values: dict[str, object] = {"name": "南宁市甲戌加油站有限公司", "code": CODE, "division": "450105000000"}
    return Subject.model_validate(values | changes)


def test_a_draft_becomes_a_subject_that_reads_back_the_same() -> None:
    membership = ScenarioMembership(scenario="refined_oil", attributes={"pump_count": 4, "is_open": True, "note": "1"})
    draft = SubjectDraft(name="甲", code=CODE.lower(), division="450105000000", memberships=(membership,))
    made = draft.register("01JDEMO0000000000000000000")

    assert made.code == CODE
    assert Subject.model_validate_json(made.model_dump_json()) == made
    assert made.attributes("refined_oil") == {"pump_count": 4, "is_open": True, "note": "1"}
    assert made.attributes("catering") == {}


def test_a_subject_that_nobody_evaluated_has_the_ordinary_grade_and_says_so() -> None:
    fresh = subject().joined("refined_oil", {"pump_count": 4})
    graded = fresh.graded("refined_oil", DrawGrade.D)

    assert [(m.draw_grade, m.is_default_grade) for m in fresh.memberships] == [(DEFAULT_DRAW_GRADE, True)]
    assert [(m.draw_grade, m.is_default_grade) for m in graded.memberships] == [(DrawGrade.D, False)]
    assert graded.attributes("refined_oil") == {"pump_count": 4}


def test_joining_again_keeps_the_grade_and_the_other_scenarios() -> None:
    held = subject().graded("refined_oil", DrawGrade.A).joined("catering").joined("refined_oil", {"pump_count": 6})

    assert [(m.scenario, m.draw_grade) for m in held.memberships] == [("catering", "B"), ("refined_oil", "A")]


def test_all_subjects_of_one_operator_count_together() -> None:
    tank = {"kind": "tank", "code": None}

    assert subject().cap_code == CODE
    assert subject(operator_code=OTHER).cap_code == OTHER
    assert subject(**tank, operator_code=OTHER).cap_code == OTHER
    alone = subject(**tank)
    assert alone.cap_code == alone.id


@pytest.mark.parametrize("kind", [kind for kind in SubjectKind if kind is not SubjectKind.COMPANY])
def test_every_kind_but_a_company_needs_no_code(kind: SubjectKind) -> None:
    assert subject(kind=kind, code=None, address="江南区示例大道18号").kind is kind


@pytest.mark.parametrize("known_by", [{"plate": "桂A00000"}, {"photos": ("0" * 64,)}, {"located_at": "22.81,108.33"}])
def test_an_unknown_operator_is_known_by_place_plate_or_photo(known_by: dict[str, object]) -> None:
    assert subject(kind="unknown_operator", code=None, **known_by)


@pytest.mark.parametrize(
    "changes",
    [
        {"code": None},
        {"code": "91450100MA00000072"},
        {"division": "450105"},
        {"kind": "unknown_operator", "code": None},
        {"kind": "unknown_operator", "plate": "桂A00000"},
        {"located_at": "here"},
        {"located_at": "91,108.33"},
        {"memberships": [{"scenario": "refined_oil"}, {"scenario": "refined_oil"}]},
        {"name": ""},
        {"risk_level": "high"},
    ],
)
def test_what_cannot_be_a_subject(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        subject(**changes)


def test_a_tombstone_and_what_was_merged_into_a_subject() -> None:
    made = subject(absorbed=("01B",), status=SubjectStatus.CLOSED)

    assert made.all_ids == (made.id, "01B")
    assert made.resource.subjects == {made.id, "01B"}
    assert not made.is_tombstone and not made.is_drawable
    assert subject(status="merged", merged_into="01A").is_tombstone
