"""Who may do what to which record, rule by rule."""

import pytest

from chalicelib.domain.access import NOTHING, PERMISSIONS, Permission, Resource, allowed, require
from chalicelib.domain.errors import NotAllowedError, RecordNotFoundError
from chalicelib.domain.tenancy import ADMINISTRATORS, Actor, Role
from tests.builders import TENANT, actor

COUNTY, OTHER_COUNTY, TOWN = "450105000000", "450107000000", "450105001000"
BUSINESS = ("plan.", "draw.", "visit.", "finding.", "result.", "subject.", "evaluation.", "risk.", "rectification.")


def test_outside_the_division_a_record_is_not_there() -> None:
    resource = Resource(divisions=frozenset({COUNTY}))

    assert allowed(actor(division=None), Permission.PLAN_READ, resource)
    assert allowed(actor(division=TOWN), Permission.PLAN_READ, resource)
    assert allowed(actor(division="450100000000"), Permission.PLAN_READ, resource)
    with pytest.raises(RecordNotFoundError):
        require(actor(division=OTHER_COUNTY), Permission.PLAN_READ, resource)


@pytest.mark.parametrize(
    "mine", [{"department_code": "commerce"}, {"acting_body_id": "body"}, {"department_id": "d-commerce"}]
)
def test_a_department_reaches_what_it_takes_part_in(mine: dict[str, str]) -> None:
    officer = actor(Role.DEPARTMENT_OFFICER, **mine)
    own = Resource(departments=frozenset(mine.values()))

    assert allowed(officer, Permission.PLAN_READ, own)
    with pytest.raises(NotAllowedError):
        require(officer, Permission.PLAN_READ, Resource(departments=frozenset({"taxation"})))


def test_an_inspector_reaches_the_visits_of_the_own_team() -> None:
    inspector = actor(Role.INSPECTOR, department_code="commerce")
    together = Resource(departments=frozenset({"commerce"}), people=frozenset({"p-inspector", "p-2"}))

    assert allowed(inspector, Permission.VISIT_READ, together)
    with pytest.raises(NotAllowedError):
        require(inspector, Permission.VISIT_READ, together.model_copy(update={"people": frozenset({"p-2"})}))


def test_before_there_is_a_team_an_inspector_reaches_what_the_own_department_takes_part_in() -> None:
    inspector = actor(Role.INSPECTOR, department_code="commerce")

    assert allowed(inspector, Permission.VISIT_READ, Resource(departments=frozenset({"commerce"})))
    assert not allowed(inspector, Permission.VISIT_READ, Resource(departments=frozenset({"taxation"})))


def test_somebody_elses_subject_is_not_there() -> None:
    user = actor(Role.SUBJECT_USER, subject_ids=frozenset({"s-1"}))

    assert allowed(user, Permission.OWN_SUBJECT_READ, Resource(subjects=frozenset({"s-1"})))
    with pytest.raises(RecordNotFoundError):
        require(user, Permission.OWN_SUBJECT_READ, Resource(subjects=frozenset({"s-2"})))
    with pytest.raises(NotAllowedError):
        require(user, Permission.SUBJECT_READ, Resource(subjects=frozenset({"s-1"})))


def test_administrators_reach_no_business_record() -> None:
    held = {one for role in ADMINISTRATORS for one in PERMISSIONS[role]}

    assert [one for one in held if one.value.startswith(BUSINESS)] == []


def test_a_worker_acts_for_a_recorded_request() -> None:
    assert allowed(Actor.system(TENANT, "import"), Permission.SUBJECT_IMPORT, NOTHING)
