"""A scenario in memory: languages, bases, and what a tenant has still to confirm."""

from datetime import UTC, datetime

from chalicelib.contract.scenario import unconfirmed_bases
from chalicelib.domain.legal_basis import BasisConfirmation
from tests.shipped import SHIPPED

OIL = SHIPPED.get("refined_oil")


def confirm(basis):
    return BasisConfirmation(
        basis_id=basis.id,
        title=basis.title,
        article=basis.article,
        clause=basis.clause,
        confirmed_by="legal_officer",
        confirmed_at=datetime(2026, 11, 1, tzinfo=UTC),
    )


def test_language_changes_labels_and_nothing_else():
    english = OIL.in_language("en")

    assert english.manifest.label == "Circulation of refined oil"
    assert english.bases["fire_duties"].summary.startswith("Units keep fire equipment")
    assert [one.id for one in english.checklist.items] == [one.id for one in OIL.checklist.items]
    assert OIL.in_language("zh") is OIL
    assert OIL.in_language("fr") is OIL
    assert OIL.bases["fire_duties"].summary != english.bases["fire_duties"].summary


def test_a_plan_waits_for_the_legal_officer():
    verified, waiting = OIL.checklist.item("price_marked"), OIL.checklist.item("retail_licence_valid")

    assert unconfirmed_bases(OIL, [verified], []) == []
    missing = unconfirmed_bases(OIL, [verified, waiting], [])
    assert [basis.id for basis in missing] == ["circulation_retail_licence", "circulation_one_station_one_licence"]
    assert unconfirmed_bases(OIL, [waiting], [confirm(basis) for basis in missing]) == []
    assert unconfirmed_bases(OIL, [waiting], [confirm(missing[0])]) == missing[1:]


def test_penalty_bases_wait_too():
    vapour = OIL.checklist.item("vapour_recovery_running")

    assert "air_law_vapour_penalty" in [basis.id for basis in unconfirmed_bases(OIL, [vapour], [])]
