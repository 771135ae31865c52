"""Orders of the packages that ship: one body's numbers say which order they number."""

from collections import Counter

from chalicelib.contract.inspection import DocumentStage
from tests.shipped import SHIPPED


def test_every_order_has_a_number_word_that_no_other_order_of_its_department_has_in_the_package():
    orders = [
        (name, one)
        for name in SHIPPED.names()
        for one in SHIPPED.get(name).inspection.documents
        if one.stage is DocumentStage.ORDER
    ]

    assert {"bottled_gas", "catering", "off_campus_tutoring", "self_built_housing"} <= {name for name, _ in orders}
    assert all(one.number_word for _, one in orders)
    assert set(Counter((name, one.department, one.number_word) for name, one in orders).values()) == {1}
