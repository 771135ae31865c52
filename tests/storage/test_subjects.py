"""The register: one list over several counties, filters after the read, members by grade."""

from datetime import timedelta

import pytest

from chalicelib import bootstrap
from chalicelib.domain.event import EventType
from chalicelib.domain.record import new_id
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import DrawGrade, ScenarioMembership, Subject, SubjectKind, SubjectStatus
from chalicelib.storage import subjects
from chalicelib.storage.subjects import SubjectOrder
from tests.builders import NOW, TENANT, act
from tests.cloud import all_items

QINGXIU, JIANGNAN, BINYANG = "450103000000", "450105000000", "450126000000"
COUNTIES = [QINGXIU, JIANGNAN, BINYANG]


@pytest.fixture
def store(store):
    with bootstrap.scope(TENANT):
        yield store


def subject(name: str, division: str, grade: DrawGrade | None = None) -> Subject:
    memberships = [ScenarioMembership(scenario="refined_oil", draw_grade=grade)] if grade else []
    return Subject(kind=SubjectKind.PREMISES, name=name, division=division, memberships=memberships)


def save(store, *records: Subject):
    with store.change(TENANT, act()) as change:
        for one in records:
            change.save(one)
            for membership in one.memberships:
                change.save(ScenarioMember.of(one, membership.scenario))
        change.event(EventType.SUBJECTS_IMPORTED, records[0])


def names(store, counties=COUNTIES, **options) -> list[list[str]]:
    """The names on each page, until the list ends."""
    pages, after = [], None
    while True:
        page = store.subjects.in_counties(TENANT, counties, after=after, **options)
        pages.append([one.name for one in page.subjects])
        after = page.next
        if after is None:
            return pages


def test_a_list_runs_over_its_counties_in_their_order(store):
    save(store, subject("丙站", BINYANG), subject("乙站", JIANGNAN), subject("甲站", QINGXIU))

    assert names(store) == [["甲站", "乙站"], ["丙站"]]
    assert names(store, [BINYANG, QINGXIU]) == [["丙站", "甲站"]]
    assert names(store, []) == [[]]
    assert list(store.subject_filters.contents(TENANT).counties) == COUNTIES


def test_pages_cross_counties_without_a_gap_or_a_repetition(store):
    save(store, *(subject(f"站{n}", COUNTIES[n // 3]) for n in range(9)))

    pages = names(store, limit=2)

    assert [name for page in pages for name in page] == [f"站{n}" for n in range(9)]
    assert all(len(page) <= 2 for page in pages)


def test_a_township_is_a_prefix_of_its_county(store):
    save(store, subject("甲站", "450103001000"), subject("乙站", "450103002000"))

    assert names(store, [QINGXIU], prefix="450103002") == [["乙站"]]


def test_a_filter_reads_on_and_says_when_it_stopped_short(store, monkeypatch):
    monkeypatch.setattr(subjects, "MAX_ROWS", 10)
    save(store, *(subject(f"站{n:02d}", QINGXIU) for n in range(13)))

    page = store.subjects.in_counties(TENANT, [QINGXIU], limit=2, wanted=lambda one: one.name == "站00")

    assert [one.name for one in page.subjects] == ["站00"]
    assert page.is_cut
    assert page.next is not None
    rest = store.subjects.in_counties(TENANT, [QINGXIU], after=page.next, wanted=lambda one: one.name == "站12")
    assert ([one.name for one in rest.subjects], rest.next, rest.is_cut) == (["站12"], None, False)


def test_filtered_pages_go_on_behind_the_last_one_that_fitted(store):
    save(store, *(subject(f"站{n}", COUNTIES[n // 3]) for n in range(9)))

    pages = names(store, limit=2, wanted=lambda one: one.name != "站4")

    assert [name for page in pages for name in page] == [f"站{n}" for n in range(9) if n != 4]
    assert all(len(page) <= 2 for page in pages)


def test_the_orders_that_an_index_keeps(store):
    for minutes, name in ((3, "乙站"), (1, "丙站"), (2, "甲站")):
        one = subject(name, QINGXIU)
        with store.change(TENANT, act(minutes=minutes)) as change:
            change.save(one)
            change.event(EventType.SUBJECT_REGISTERED, one)

    newest = store.subjects.in_counties(TENANT, [QINGXIU], order=SubjectOrder.CHANGED).subjects
    assert [one.name for one in newest] == ["乙站", "甲站", "丙站"]
    assert newest[0].changed_at == NOW + timedelta(minutes=3)
    assert names(store, [QINGXIU], order=SubjectOrder.NAME, limit=2) == [["丙站", "乙站"], ["甲站"]]
    assert names(store, [QINGXIU], order=SubjectOrder.CHANGED, limit=2, wanted=lambda one: True) == [
        ["乙站", "甲站"],
        ["丙站"],
    ]


def found(store, text: str, **options) -> list[list[str]]:
    """The names on each page of a search, until it ends."""
    pages, after = [], None
    while True:
        page = store.subjects.search(TENANT, text, after=after, **options)
        pages.append([one.name for one in page.subjects])
        after = page.next
        if after is None:
            return pages


def test_a_search_pages_through_every_hit_once(store):
    save(
        store,
        *(subject(f"南宁市{name}青山{name}加油站有限公司", QINGXIU) for name in "甲乙丙丁戊"),
        subject("凤岭站", JIANGNAN),
    )

    pages = found(store, "加油站", limit=2)

    assert sorted(name[3] for page in pages for name in page) == sorted("甲乙丙丁戊")
    assert all(len(page) <= 2 for page in pages)
    assert found(store, "岭站") == [["凤岭站"]]
    assert found(store, "岭") == [[]]


def test_a_search_looks_at_addresses_behind_names_and_leaves_out_what_is_not_wanted(store):
    by_address = Subject(kind=SubjectKind.PREMISES, name="乙站", division=JIANGNAN, address="江南区青山路9号")
    save(store, subject("青山站", QINGXIU), by_address)

    assert found(store, "青山") == [["青山站", "乙站"]]
    assert found(store, "青山", limit=1) == [["青山站"], ["乙站"], []]
    assert found(store, "青山", wanted_place=lambda division, _: division == JIANGNAN) == [["乙站"]]
    assert found(store, "青山", wanted=lambda one: one.name != "乙站") == [["青山站"]]


def test_what_a_subject_is_found_by_follows_its_changes(store):
    one = subject("青山站", QINGXIU)
    save(store, one)
    renamed = one.with_changes(name="凤岭站", division=JIANGNAN)
    with store.change(TENANT, act()) as change:
        change.save(renamed)
        change.event(EventType.SUBJECT_CHANGED, renamed)

    entries = [item for item in all_items() if item["sk"]["S"].endswith(one.id)]
    assert (found(store, "青山"), found(store, "凤岭")) == ([[]], [["凤岭站"]])
    assert len(entries) == len(store.subjects.pointers(TENANT, renamed))
    tombstone = renamed.with_changes(status=SubjectStatus.MERGED, merged_into=new_id())
    with store.change(TENANT, act()) as change:
        change.save(tombstone)
        change.event(EventType.SUBJECT_CHANGED, tombstone)

    assert not [item for item in all_items() if item["sk"]["S"].endswith(one.id)]


def test_members_come_by_grade_and_by_county(store):
    save(
        store,
        subject("甲站", JIANGNAN, DrawGrade.A),
        subject("乙站", QINGXIU, DrawGrade.A),
        subject("丙站", BINYANG, DrawGrade.D),
        subject("丁站", QINGXIU),
    )

    assert [m.name for m in store.members.of_grade(TENANT, "refined_oil", DrawGrade.A)] == ["乙站", "甲站"]
    assert [m.name for m in store.members.of_grade(TENANT, "refined_oil", DrawGrade.A, JIANGNAN)] == ["甲站"]
    assert [m.name for m in store.members.of_scenario(TENANT, "refined_oil")] == ["乙站", "甲站", "丙站"]
    assert list(store.members.of_scenario(TENANT, "escrow")) == []


def test_a_member_that_was_graded_anew_is_in_one_grade_only(store):
    made = subject("甲站", QINGXIU, DrawGrade.B)
    save(store, made)
    (member,) = store.members.of_subject(TENANT, made.id)
    graded = made.graded("refined_oil", DrawGrade.D)

    with store.change(TENANT, act()) as change:
        change.save(graded)
        change.save(ScenarioMember.of(graded, "refined_oil", member))
        change.event(EventType.SUBJECT_EVALUATED, graded)

    assert list(store.members.of_grade(TENANT, "refined_oil", DrawGrade.B)) == []
    assert [m.name for m in store.members.of_grade(TENANT, "refined_oil", DrawGrade.D)] == ["甲站"]
