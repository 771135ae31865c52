import pytest

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.pool_exclusion import exclusion_reason, exclusion_reasons, reason_of_subject
from chalicelib.domain.subject import SubjectStatus


@pytest.mark.parametrize(
    ("status", "facts", "reason"),
    [
        (SubjectStatus.ACTIVE, set(), ""),
        (SubjectStatus.CLOSED, set(), "closed_or_moved"),
        (SubjectStatus.MOVED, {"annual_cap_reached"}, "closed_or_moved"),
        (SubjectStatus.SUSPENDED, set(), "suspended"),
        (SubjectStatus.ACTIVE, {"annual_cap_reached"}, "annual_cap_reached"),
        (SubjectStatus.ACTIVE, {"no_disturbance"}, ""),
        (SubjectStatus.ACTIVE, {"person_inactive"}, ""),
    ],
)
def test_the_first_reason_that_holds(status: SubjectStatus, facts: set[str], reason: str) -> None:
    assert reason_of_subject(status, facts) == reason


def test_every_status_but_active_has_a_reason() -> None:
    for status in SubjectStatus:
        assert bool(reason_of_subject(status)) is (status is not SubjectStatus.ACTIVE)


def test_every_reason_has_words_and_one_code() -> None:
    reasons = exclusion_reasons()
    assert len({reason.code for reason in reasons}) == len(reasons)
    assert all(exclusion_reason(reason.code).label for reason in reasons)
    with pytest.raises(RecordNotFoundError):
        exclusion_reason("no_disturbance")
