"""Records that say how a tenant's legal bases stand, of four kinds in one partition: read together by one query. So are
their public projections, of three kinds."""

from dataclasses import dataclass, field

from chalicelib.domain.basis_mark import BasisMark, PublicBasisMark
from chalicelib.domain.confirmed_basis import ConfirmedBasis
from chalicelib.domain.limit_conflict import LimitConflict
from chalicelib.domain.overlay import PublicOverlay, ScenarioOverlay
from chalicelib.domain.public_tenant import PublicBasis
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.errors import translated
from chalicelib.storage.repository import Repository
from chalicelib.storage.table import Item, RecordItem


@dataclass(frozen=True)
class LegalRecords:
    """overlays: published versions, by scenario, oldest first; the rest by identifier."""

    overlays: list[ScenarioOverlay] = field(default_factory=list)
    confirmations: list[ConfirmedBasis] = field(default_factory=list)
    marks: list[BasisMark] = field(default_factory=list)
    conflicts: list[LimitConflict] = field(default_factory=list)


@dataclass(frozen=True)
class PublicLegalRecords:
    """What everybody may know of them: overlays in force, confirmations and the tenant's own marks, by identifier."""

    overlays: list[PublicOverlay] = field(default_factory=list)
    bases: list[PublicBasis] = field(default_factory=list)
    marks: list[PublicBasisMark] = field(default_factory=list)


def public_legal_entry(tenant: TenantId, kind: str, sort: str) -> tuple[str, str]:
    """The entry of index 1 by which such a projection is read with the others."""
    return keys.public_listing(tenant, "legal_record"), f"{kind}#{sort}"


def legal_entry(tenant: TenantId, kind: str, sort: str) -> tuple[str, str]:
    """The entry of index 2 by which such a record is read with the others."""
    return keys.listing(tenant, "legal_record"), f"{kind}#{sort}"


class LegalReader:
    """Reads them for the library. A tenant has a few hundred at most: a confirmation for each basis that its packages
    could not verify, a handful of versions and marks a year."""

    def __init__(
        self,
        overlays: Repository[ScenarioOverlay],
        confirmations: Repository[ConfirmedBasis],
        marks: Repository[BasisMark],
        conflicts: Repository[LimitConflict],
        public: tuple[Repository[PublicOverlay], Repository[PublicBasis], Repository[PublicBasisMark]],
    ) -> None:
        self._overlays, self._confirmations, self._marks = overlays, confirmations, marks
        self._conflicts, self._public = conflicts, public

    def of_tenant(self, tenant: TenantId) -> LegalRecords:
        """One query."""
        partition, _ = legal_entry(tenant, "", "")
        found = LegalRecords()
        with translated():
            for item in Item.index2.query(partition):
                if not isinstance(item, RecordItem):
                    continue
                if item.kind == ScenarioOverlay.KIND:
                    found.overlays.append(self._overlays.load(item))
                elif item.kind == ConfirmedBasis.KIND:
                    found.confirmations.append(self._confirmations.load(item))
                elif item.kind == BasisMark.KIND:
                    found.marks.append(self._marks.load(item))
                elif item.kind == LimitConflict.KIND:
                    found.conflicts.append(self._conflicts.load(item))
        return found

    def public_of(self, tenant: TenantId) -> PublicLegalRecords:
        """One query, as everybody may make it."""
        partition, _ = public_legal_entry(tenant, "", "")
        overlays, bases, marks = self._public
        found = PublicLegalRecords()
        with translated():
            for item in Item.index1.query(partition):
                if not isinstance(item, RecordItem):
                    continue
                if item.kind == PublicOverlay.KIND:
                    found.overlays.append(overlays.load(item))
                elif item.kind == PublicBasis.KIND:
                    found.bases.append(bases.load(item))
                elif item.kind == PublicBasisMark.KIND:
                    found.marks.append(marks.load(item))
        return found
