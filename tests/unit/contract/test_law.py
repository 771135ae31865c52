"""What was looked up, and what changed since."""

import json
from datetime import date

import pytest

from chalicelib.contract.law import basis_faults, law_changes, law_index, own_index
from chalicelib.domain.legal_basis import LegalBasis

DAY = date(2026, 11, 23)


def basis(**changes):
    body = {
        "id": "fire",
        "kind": "law",
        "title": "中华人民共和国消防法",
        "article": "16",
        "summary": "摘要",
        "status": "verified",
        "text_date": date(2021, 4, 29),
        **changes,
    }
    return LegalBasis(**body)


def test_a_citation_that_holds():
    assert basis_faults(basis(), DAY) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"article": "75"}, "no article 75"),
        ({"title": "消防条例"}, "not in the index"),
        ({"text_date": date(2019, 4, 23)}, "text of 2019-04-23"),
        ({"effective_from": date(2027, 1, 1)}, "not in force"),
        ({"title": "大气污染防治法"}, "生态环境法典"),
    ],
)
def test_a_citation_that_does_not(changes, words):
    assert any(words in problem for problem, _ in basis_faults(basis(**changes), DAY))


def test_a_package_indexes_what_the_shared_index_does_not_have(tmp_path):
    cited = basis(title="桂花条例", article="3", text_date=date(2025, 1, 1))
    assert own_index(tmp_path) == {}
    path = tmp_path / "law_index.json"
    theirs = {
        "桂花条例": {"text_date": "2025-01-01", "articles": 9},
        "消防法": {"text_date": "2030-01-01", "articles": 9},
    }
    path.write_text(json.dumps(theirs), encoding="utf-8")

    assert basis_faults(cited, DAY, own_index(tmp_path)) == []
    assert basis_faults(basis(), DAY, own_index(tmp_path)) == []
    assert basis_faults(cited.model_copy(update={"article": "10"}), DAY, own_index(tmp_path)) != []

    path.write_text('{"桂花条例": 9}', encoding="utf-8")
    with pytest.raises(ValueError, match="桂花条例"):
        own_index(tmp_path)


def test_what_is_to_be_confirmed_is_not_judged():
    assert basis_faults(basis(status="to_be_confirmed", title="无此法"), DAY) == []


def test_no_indexed_title_changed_since():
    assert not set(law_index()) & set(law_changes())
