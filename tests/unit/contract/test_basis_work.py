"""One marked clause: everything that rests on it is in the work list, until the package cites the new text."""

from datetime import UTC, date, datetime

from chalicelib.contract.basis_work import WorkKind, outdated_bases, rests_on, work_of
from chalicelib.contract.overlay import Overlay, apply_overlay
from chalicelib.domain.basis_mark import BasisChange, BasisMark
from chalicelib.domain.overlay import AddItem
from tests.shipped import SHIPPED

OIL = SHIPPED.get("refined_oil")
BASIS = next(OIL.bases[item.legal_basis_ids[0]] for item in OIL.checklist.items if item.legal_basis_ids)


def mark(**more):
    values = {
        "title": BASIS.title,
        "article": BASIS.article,
        "change": BasisChange.AMENDED,
        "decided_on": date(2026, 11, 1),
        "effective_on": date(2027, 1, 1),
        "marked_by": "lawyer",
        "marked_at": datetime(2026, 11, 23, tzinfo=UTC),
    }
    return BasisMark.model_validate(values | more)


def test_what_rests_on_a_clause_is_listed_once_with_its_kind():
    found = work_of(mark(), OIL)

    assert len({one.key for one in found}) == len(found)
    assert found[0].kind is WorkKind.BASIS
    assert {WorkKind.CHECK_ITEM, WorkKind.PARAGRAPH} <= {one.kind for one in found}
    assert all(one.label for one in found)


def test_our_own_items_are_told_from_the_package_s():
    item = OIL.checklist.items[0].model_copy(update={"id": "ours", "legal_basis_ids": (BASIS.id,)})
    overlay = Overlay(scenario=OIL.name, changes=(AddItem(section_id=OIL.checklist.sections[0].id, item=item),))

    found = rests_on(apply_overlay(OIL, overlay).scenario, BASIS.id, overlay)

    assert [one.id for one in found if one.kind is WorkKind.OVERLAY_ITEM] == ["ours"]


def test_a_basis_that_rests_on_the_new_text_or_says_that_it_ends_is_not_outdated():
    new_text = BASIS.model_copy(update={"text_date": date(2026, 11, 1)})
    ending = BASIS.model_copy(update={"effective_to": date(2027, 1, 1)})
    whole_text = mark(article="", title=f"《中华人民共和国{BASIS.title}》")

    assert [basis for basis, _ in outdated_bases([BASIS, new_text, ending], [mark()])] == [BASIS]
    assert [basis for basis, _ in outdated_bases([BASIS], [whole_text])] == [BASIS]
    assert outdated_bases([BASIS], [mark(article="9999"), mark(is_withdrawn=True)]) == []
    assert outdated_bases([new_text], [mark(change=BasisChange.REPEALED)])
    repealed = mark(change=BasisChange.REPEALED)
    assert outdated_bases([BASIS], [whole_text, repealed]) == [(BASIS, repealed)]


def test_a_repealed_basis_of_a_clock_an_order_or_a_report_puts_them_on_the_work_list():
    packages = SHIPPED
    gone = {"change": BasisChange.REPEALED}
    kinds = {WorkKind.DOCUMENT: "self_built_housing", WorkKind.REPORT_FORM: "prepaid_card"}
    for kind, name in kinds.items():
        scenario = packages.get(name)
        cited = [*scenario.inspection.documents, *scenario.evaluation.reports]
        rests = {one.id: one.legal_basis_ids for one in cited if one.legal_basis_ids}
        for id, bases in rests.items():
            title = scenario.bases[bases[0]].title
            found = work_of(mark(title=title, article="", **gone), scenario)
            assert id in {one.id for one in found}
        assert kind in {one.kind for one in found}

    gas = packages.get("bottled_gas")
    term = gas.inspection.deadlines[0]
    without = gas.model_copy(update={"legal_basis": gas.legal_basis.model_copy(update={"bases": ()})})
    found = work_of(mark(title=term.legal_basis[0].title, article=term.legal_basis[0].article, **gone), without)

    assert (WorkKind.DEADLINE, term.id) in {(one.kind, one.id) for one in found}
    assert found[0].label == term.label
