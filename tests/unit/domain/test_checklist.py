"""Asked once, judged by each; conditional items come and go with what they hang on."""

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.checklist import Checklist, merge_items, visible_items
from chalicelib.domain.item import Answer, CheckItem, Compliance, Severity, SubjectFacts, judge_answer
from tests.unit.domain.test_item import BODY


def item(item_id, department="commerce", **changes):
    return CheckItem.model_validate({**BODY, "id": item_id, "name": item_id, "department": department, **changes})


def checklist(*items):
    return Checklist.model_validate({"title": "单", "sections": [{"id": "one", "title": "一", "items": items}]})


def test_a_fact_of_two_departments_is_asked_once_and_each_keeps_its_finding():
    items = [
        item("equipment", "fire_rescue", asked_once_key="kit", severity="ordinary", question="设备好吗？"),
        item("safety", "emergency_management", asked_once_key="kit", severity="critical", is_key_item=True),
        item("price", "market_regulation"),
    ]

    merged = merge_items(items)

    assert [one.key for one in merged] == ["kit", "price"]
    assert merged[0].name == "设备好吗？"
    assert [(slot.department, slot.item_id) for slot in merged[0].slots] == [
        ("fire_rescue", "equipment"),
        ("emergency_management", "safety"),
    ]
    assert merged[0].severity is Severity.CRITICAL
    assert merged[0].is_key_item


def test_departments_that_stay_away_have_no_finding():
    items = [item("a", "fire_rescue", asked_once_key="kit"), item("b", "taxation", asked_once_key="kit"), item("c")]

    merged = merge_items(items, {"taxation"})

    assert [(one.key, one.departments) for one in merged] == [("kit", ("taxation",))]


def test_a_sharing_department_gets_a_slot_unless_it_has_an_item_of_its_own():
    items = [item("a", "commerce", asked_once_key="k", shared_by=["taxation", "transport"]), item("b", "taxation")]
    own = [*items[:1], item("b", "taxation", asked_once_key="k")]

    assert merge_items(items)[0].departments == ("commerce", "taxation", "transport")
    assert [(s.department, s.item_id) for s in merge_items(own)[0].slots] == [
        ("commerce", "a"),
        ("transport", "a"),
        ("taxation", "b"),
    ]


def test_limits_that_differ_are_a_conflict_and_each_judges_by_its_own():
    strict = item("a", "fire_rescue", asked_once_key="d", answer_type="number", number={"unit": "米", "minimum": 10})
    loose = item("b", "transport", asked_once_key="d", answer_type="number", number={"unit": "米", "minimum": 5})

    merged = merge_items([strict, loose])[0]

    assert merged.conflicts == ("a", "b")
    assert [judge_answer(one, Answer(number=7)) for one in merged.items] == [
        Compliance.NON_COMPLIANT,
        Compliance.COMPLIANT,
    ]


def test_hiding_an_item_hides_what_hangs_on_it():
    chain = checklist(
        item("a"),
        item("b", condition={"answer": "a", "equals": "non_compliant"}, condition_reason="甲不合格"),
        item("c", condition={"answer": "b", "equals": "compliant"}, condition_reason="乙合格"),
    )
    answers = {"a": Answer(compliance="non_compliant"), "b": Answer(compliance="compliant")}

    assert [one.id for one in visible_items(chain, answers)] == ["a", "b", "c"]

    answers["a"] = Answer(compliance="compliant")
    assert [one.id for one in visible_items(chain, answers)] == ["a"]


def test_items_fit_the_kind_of_subject():
    mixed = checklist(item("a", subject_kinds=["vehicle"]), item("b"))

    assert [one.id for one in visible_items(mixed, {}, SubjectFacts(kind="premises"))] == ["b"]
    assert [one.id for one in visible_items(mixed, {}, SubjectFacts(kind="vehicle"))] == ["a", "b"]
    assert [one.id for one in visible_items(mixed, {})] == ["a", "b"]


DEPARTMENTS = ["commerce", "taxation", "fire_rescue", "transport"]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(DEPARTMENTS), st.sampled_from(["k1", "k2", None]), st.sets(st.sampled_from(DEPARTMENTS))
        ),
        max_size=12,
    ),
    st.none() | st.sets(st.sampled_from(DEPARTMENTS)),
)
def test_merging_loses_no_finding_and_asks_nothing_twice(rows, departments):
    items = [
        item(f"i{n}", department, asked_once_key=key, shared_by=sorted(shared - {department}))
        for n, (department, key, shared) in enumerate(rows)
    ]

    merged = merge_items(items, departments)

    assert len({one.key for one in merged}) == len(merged)
    own = {(slot.department, slot.item_id) for one in merged for slot in one.slots}
    wanted = {(i.department, i.id) for i in items if departments is None or i.department in departments}
    assert wanted <= own
    assert all(departments is None or slot.department in departments for one in merged for slot in one.slots)
    assert all(one.slots for one in merged)
