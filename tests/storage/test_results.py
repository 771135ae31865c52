"""Published results as everybody reads them: by subject, newest first, and found by any part of a name."""

from datetime import date, timedelta

import pytest

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.domain.event import EventType
from chalicelib.domain.public_result import PublicResult, public_names_of, search_text
from chalicelib.storage.guard import PolicyDeniedError
from tests.builders import NOW, TENANT, act

FIRST, SECOND = "南宁市甲戌加油站有限公司", "南宁市青秀加油站有限公司"


def result(id: str, name: str = FIRST, *, subject: str = "s1", day: int = 1, code: str | None = "91450105MA0007591Y"):
    return PublicResult(
        id=id,
        subject_id=subject,
        name=name,
        code=code,
        division="450105000000",
        address="江南区示例大道18号",
        scenario="refined_oil",
        plan_number="南市监联〔2026〕1号",
        plan_title="加油站联合检查",
        draw_id=None,
        acting_bodies=["市气象局"],
        inspected_on=date(2026, 11, day),
        compliant=10,
        non_compliant=0,
        not_checked=0,
        findings=[],
        published_at=NOW + timedelta(days=day),
    )


def publish(store, *results: PublicResult):
    with bootstrap.scope(TENANT):
        for one in results:
            with store.change(TENANT, act()) as change:
                change.save(one)
                held = {entry.id for entry in store.public_names.of_subject(TENANT, one.subject_id)}
                for entry in public_names_of(one):
                    if entry.id not in held:
                        change.save(entry)
                change.event(EventType.RESULT_PUBLISHED, one)


@pytest.fixture
def public(store):
    """The store as the public pages see it."""
    publish(
        store,
        result("r1", day=1),
        result("r2", SECOND, subject="s2", day=2, code="91450100MA00000071"),
        result("r3", day=3),
    )
    with bootstrap.scope(TENANT, ScopeRole.PUBLIC):
        yield store


def found(store, text: str) -> list[str]:
    return sorted(entry.subject_id for entry in store.public_names.starting(TENANT, search_text(text)))


@pytest.mark.parametrize(
    ("text", "subjects"),
    [
        ("南宁市", ["s1", "s2"]),
        ("甲戌加油站", ["s1"]),
        ("青秀", ["s2"]),
        ("青 秀", ["s2"]),
        ("91450105ma0007591y", ["s1"]),
        ("北海", []),
        ("青", []),
        ("", []),
    ],
)
def test_a_name_is_found_by_its_parts_and_by_the_code(public, text, subjects):
    assert found(public, text) == subjects


def test_a_subject_with_several_results_is_found_once(public):
    assert found(public, "甲戌") == ["s1"]


def test_results_of_a_subject_come_newest_first(public):
    assert [one.id for one in public.public_results.of_subject(TENANT, "s1")] == ["r3", "r1"]
    assert [one.id for one in public.public_results.of_subject(TENANT, "s1", limit=1)] == ["r3"]


def test_the_newest_of_all_subjects_page_by_page(public):
    first = public.public_results.newest(TENANT, limit=2)
    second = public.public_results.newest(TENANT, after=first.next, limit=2)

    assert [one.id for page in (first, second) for one in page.records] == ["r3", "r2", "r1"]
    assert second.next is None


def test_the_public_reads_the_projection_only(public):
    for read in (public.results.find, public.subjects.find, public.visits.find):
        with pytest.raises(PolicyDeniedError):
            read(TENANT, "r1")
    with pytest.raises(PolicyDeniedError):
        public.results.of_subject(TENANT, "s1")


def test_a_private_persons_name_is_not_searchable(store):
    publish(store, result("r4", "韦**", subject="s4", code=None))

    with bootstrap.scope(TENANT, ScopeRole.PUBLIC):
        assert found(store, "韦**") == []
        assert [one.name for one in store.public_results.of_subject(TENANT, "s4")] == ["韦**"]
