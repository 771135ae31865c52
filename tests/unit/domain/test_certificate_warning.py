"""How long certificates hold: steps, gaps, renewals."""

from datetime import date, timedelta

import pytest

from chalicelib.domain.certificate_warning import CertificateState, certificate_warnings, covered_to, standing_on
from chalicelib.domain.tenancy import Certificate, Person, Role

TODAY = date(2026, 11, 23)


def officer(*periods, role=Role.INSPECTOR):
    certificates = [
        Certificate(number=f"45000{n}", valid_from=TODAY + timedelta(days=first), valid_to=TODAY + timedelta(days=last))
        for n, (first, last) in enumerate(periods)
    ]
    return Person(id="p", name="韦一", roles=frozenset({role}), certificates=certificates)


def test_the_steps_are_thirty_sixty_and_ninety_days():
    assert certificate_warnings().steps == [30, 60, 90]


@pytest.mark.parametrize(
    ("days", "state", "step"),
    [
        (0, CertificateState.EXPIRING, 30),
        (30, CertificateState.EXPIRING, 30),
        (31, CertificateState.EXPIRING, 60),
        (61, CertificateState.EXPIRING, 90),
        (91, CertificateState.VALID, None),
    ],
)
def test_the_smallest_step_that_is_reached(days, state, step):
    standing = standing_on(officer((-100, days)), TODAY)

    assert (standing.state, standing.step, standing.days_left, standing.is_usable) == (state, step, days, True)


def test_a_certificate_that_follows_without_a_gap_counts():
    assert covered_to(officer((-100, 10), (11, 800)), TODAY) == TODAY + timedelta(days=800)
    assert standing_on(officer((-100, 10), (11, 800)), TODAY).state is CertificateState.VALID
    assert standing_on(officer((-100, 10), (13, 800)), TODAY).days_left == 10


@pytest.mark.parametrize(
    ("person", "state"),
    [
        (officer(), CertificateState.MISSING),
        (officer(role=Role.APPROVER), CertificateState.NOT_NEEDED),
        (officer((-100, -1)), CertificateState.EXPIRED),
        (officer((5, 100)), CertificateState.NOT_YET),
        (officer((-100, -1), (5, 100)), CertificateState.EXPIRED),
    ],
)
def test_who_cannot_be_sent(person, state):
    standing = standing_on(person, TODAY)

    assert (standing.state, standing.is_usable) == (state, False)
