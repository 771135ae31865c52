"""Marks of amended and repealed clauses: a tenant's own, and those of the platform, which every tenant reads."""

from chalicelib.domain.basis_mark import BasisMark, PublicBasisMark
from chalicelib.domain.tenancy import PLATFORM, TenantId
from chalicelib.storage import keys
from chalicelib.storage.legal_records import legal_entry, public_legal_entry
from chalicelib.storage.repository import Placement, Repository
from chalicelib.storage.scope import ScopeRole, entered


class BasisMarks(Repository[BasisMark]):
    model = BasisMark

    def placement(self, tenant: TenantId, record: BasisMark) -> Placement:
        return Placement(
            index1=(keys.listing(tenant, "basis_mark"), record.id),
            index2=legal_entry(tenant, record.KIND, record.id),
        )

    def every(self, tenant: TenantId) -> list[BasisMark]:
        """The tenant's own, oldest first: a handful a year."""
        return list(self.all(1, keys.listing(tenant, "basis_mark")))


class PublicBasisMarks(Repository[PublicBasisMark]):
    model = PublicBasisMark

    def placement(self, tenant: TenantId, record: PublicBasisMark) -> Placement:
        return Placement(index1=public_legal_entry(tenant, record.KIND, record.id))

    def of_platform(self) -> list[PublicBasisMark]:
        """From within any scope."""
        with entered(PLATFORM, ScopeRole.PUBLIC):
            partition, prefix = public_legal_entry(PLATFORM, self.model.KIND, "")
            return list(self.all(1, partition, prefix=prefix))
