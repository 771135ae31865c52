"""Departments, acting bodies and divisions: set up, changed, closed; what does not fit is said by field."""

from datetime import date

import pytest

from chalicelib.domain.errors import ConflictError, InvalidInputError, NotAllowedError, RecordNotFoundError
from chalicelib.domain.tenancy import PLATFORM, Entrustment, Role
from chalicelib.services.tenancy.keep_organisation import keep_acting_body, keep_department, keep_division
from chalicelib.services.tenancy.onboard_tenant import onboard_tenant
from infra.local.demo_roster import TENANTS, roster
from tests.builders import TENANT, act, actor
from tests.services.tenancy.test_onboard_tenant import OPERATOR

ADMINISTRATOR = actor(Role.SYSTEM_ADMINISTRATOR)
VILLAGE = "450105001201"


@pytest.fixture
def home(store):
    onboard_tenant(store, PLATFORM, act(OPERATOR), tenant=TENANTS[0], roster=roster(TENANTS[0])[0])
    return store


def codes(raised):
    return [(one.field, one.code) for one in raised.value.problems]


def test_a_department_is_added_changed_and_closed(home):
    made = keep_department(home, TENANT, act(ADMINISTRATOR), code="water", label="市水利局")
    assert (made.division, made.is_active) == ("450100000000", True)

    closed = keep_department(
        home, TENANT, act(ADMINISTRATOR), department_id=made.id, label="市水务局", is_active=False, version=1
    )

    assert (closed.code, closed.label, closed.is_active) == ("water", "市水务局", False)
    with pytest.raises(ConflictError):
        keep_department(home, TENANT, act(ADMINISTRATOR), department_id=made.id, label="x", version=1)
    with pytest.raises(RecordNotFoundError):
        keep_department(home, TENANT, act(ADMINISTRATOR), department_id="nobody", label="x")


def test_a_department_that_a_body_acts_for_stays_in_use(home):
    used = next(one for one in home.departments.every(TENANT) if one.code == "commerce")

    with pytest.raises(InvalidInputError) as raised:
        keep_department(home, TENANT, act(ADMINISTRATOR), department_id=used.id, label=used.label, is_active=False)

    assert codes(raised) == [("is_active", "department_in_use")]


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"code": "commerce", "label": "又一个"}, ("code", "department_code_taken")),
        ({"code": "Water", "label": "水"}, ("code", "department_code_form")),
        ({"code": "", "label": "水"}, ("code", "required")),
        ({"code": "water", "label": " "}, ("label", "required")),
        ({"code": "water", "label": "水", "division": "450200000000"}, ("division", "division_outside_area")),
    ],
)
def test_a_wrong_department_is_refused(home, values, problem):
    with pytest.raises(InvalidInputError) as raised:
        keep_department(home, TENANT, act(ADMINISTRATOR), **values)

    assert codes(raised) == [problem]


def test_a_body_acts_for_several_departments_by_entrustment(home):
    entrustment = Entrustment(document_number="示例〔2026〕1号", entruster="市商务局", valid_from=date(2026, 1, 1))
    made = keep_acting_body(
        home,
        TENANT,
        act(ADMINISTRATOR),
        label="综合执法支队",
        departments=["commerce", "taxation"],
        entrustment=entrustment,
    )

    assert home.acting_bodies.get(TENANT, made.id).entrustment == entrustment
    with pytest.raises(InvalidInputError) as raised:
        keep_acting_body(home, TENANT, act(ADMINISTRATOR), label="综合执法支队", departments=["nothing"])
    assert codes(raised) == [("departments", "unknown_department"), ("label", "acting_body_taken")]
    with pytest.raises(InvalidInputError) as raised:
        keep_acting_body(home, TENANT, act(ADMINISTRATOR), label="甲", departments=[])
    assert codes(raised) == [("departments", "not_chosen")]


def test_a_bodys_document_code_is_chinese_and_its_own(home):
    common = {"departments": ["commerce"]}
    made = keep_acting_body(home, TENANT, act(ADMINISTRATOR), label="甲", document_code=" 邕商 ", **common)
    assert home.acting_bodies.get(TENANT, made.id).document_code == "邕商"
    for word, code in (
        ("YS", "document_code_form"),
        ("邕" * 11, "document_code_form"),
        ("邕商", "document_code_taken"),
    ):
        with pytest.raises(InvalidInputError) as raised:
            keep_acting_body(home, TENANT, act(ADMINISTRATOR), label="乙", document_code=word, **common)
        assert codes(raised) == [("document_code", code)]


def test_a_village_is_added_renamed_and_closed(home):
    keep_division(home, TENANT, act(ADMINISTRATOR), code=VILLAGE, name="示例村", is_new=True)
    keep_division(home, TENANT, act(ADMINISTRATOR), code=VILLAGE, name="示例社区", changed_on=date(2026, 12, 1))
    closed = keep_division(home, TENANT, act(ADMINISTRATOR), code=VILLAGE, name="示例社区", closed_on=date(2027, 1, 1))

    assert [(one.name, one.until_on) for one in closed.earlier_names] == [("示例村", date(2026, 12, 1))]
    assert closed.is_open_on(date(2026, 12, 31)) and not closed.is_open_on(date(2027, 1, 1))
    with pytest.raises(InvalidInputError) as raised:
        keep_division(home, TENANT, act(ADMINISTRATOR), code=VILLAGE, name="又一个", is_new=True)
    assert codes(raised) == [("code", "division_taken")]
    for code in ("4501", "450202001001", "450100000000"):
        with pytest.raises(InvalidInputError):
            keep_division(home, TENANT, act(ADMINISTRATOR), code=code, name="示例村")


def test_only_the_system_administrator(home):
    for role in (Role.COORDINATOR, Role.SECURITY_ADMINISTRATOR, Role.INSPECTOR):
        with pytest.raises(NotAllowedError):
            keep_department(home, TENANT, act(actor(role)), code="water", label="水")
