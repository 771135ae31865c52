"""Who joins a scenario is evaluated in it, once, whatever the register says of it."""

from chalicelib import bootstrap
from chalicelib.domain.tenancy import Tenant, TenantKind
from chalicelib.services.register.join_scenario import join_scenario
from tests.builders import TENANT, act
from tests.resulting import registered
from tests.visiting import SUBJECT_ID, save


def test_a_new_member_gets_its_first_evaluation(store, delivery):
    used = ["refined_oil", "prepaid_card"]
    with bootstrap.scope(TENANT):
        save(store, Tenant(id=TENANT, label="示例市", kind=TenantKind.CITY, divisions=["450100000000"], scenarios=used))
        registered(store)
        told = {"subject_id": SUBJECT_ID, "scenario": "prepaid_card", "attributes": {"trade": "retail"}}
        join_scenario(store, TENANT, act(), **told)

    assert delivery.stream(only="subject_changed") == []
    assert delivery.stream(only="subject_changed") == []

    with bootstrap.scope(TENANT):
        assert {one.id: one.version for one in store.evaluations.of_subject(TENANT, SUBJECT_ID)} == {"prepaid_card": 1}
        held = store.subjects.get(TENANT, SUBJECT_ID).membership("prepaid_card")
    assert held is not None
    assert not held.is_default_grade
