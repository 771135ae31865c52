"""What may be relied on, and until when."""

from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from chalicelib.domain.legal_basis import BasisConfirmation, LegalBasis, waiting_bases

BODY = {"id": "fire_16", "kind": "law", "title": "消防法", "summary": "保持通道畅通。"}
VERIFIED = LegalBasis(**BODY, article="16", clause="第一款", status="verified", text_date=date(2021, 4, 29))
WAITING = LegalBasis(**{**BODY, "id": "oil", "title": "成品油流通管理办法"}, status="to_be_confirmed")


def confirmation(basis, **changes):
    body = {"basis_id": basis.id, "title": basis.title, "article": basis.article, "clause": basis.clause}
    return BasisConfirmation(**{**body, **changes}, confirmed_by="p1", confirmed_at=datetime(2026, 11, 1, tzinfo=UTC))


@pytest.mark.parametrize("changes", [{"article": ""}, {"text_date": None}, {"article": "十六"}])
def test_a_verified_basis_names_article_and_text(changes):
    with pytest.raises(ValidationError):
        LegalBasis(**{**VERIFIED.model_dump(), **changes})


def test_in_force_from_the_first_day_until_the_day_it_ends():
    basis = VERIFIED.model_copy(update={"effective_from": date(2026, 1, 1), "effective_to": date(2026, 8, 15)})

    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 8, 14), date(2026, 8, 15)]
    assert [basis.is_in_force(day) for day in days] == [False, True, True, False]


def test_citation_leaves_out_an_unknown_article():
    assert VERIFIED.citation == "《消防法》第16条第一款"
    assert WAITING.citation == "《成品油流通管理办法》"


def test_only_unconfirmed_bases_wait():
    assert waiting_bases([VERIFIED, WAITING], []) == [WAITING]
    assert waiting_bases([VERIFIED, WAITING], [confirmation(WAITING)]) == []


@pytest.mark.parametrize(
    "changed", [{"article": "9"}, {"clause": "第二款"}, {"title": "别的办法"}, {"basis_id": "other"}]
)
def test_a_confirmation_binds_what_was_confirmed(changed):
    assert waiting_bases([WAITING], [confirmation(WAITING, **changed)]) == [WAITING]
