"""Conflicts of departments' limits, with how each was settled."""

from chalicelib.domain.limit_conflict import LimitConflict
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.legal_records import legal_entry
from chalicelib.storage.repository import Placement, Repository


class LimitConflicts(Repository[LimitConflict]):
    """Index 1: by question. Index 2: with the tenant's other legal records."""

    model = LimitConflict

    def placement(self, tenant: TenantId, record: LimitConflict) -> Placement:
        return Placement(
            index1=(keys.listing(tenant, "limit_conflict"), record.id),
            index2=legal_entry(tenant, record.KIND, record.id),
        )

    def every(self, tenant: TenantId) -> list[LimitConflict]:
        """A handful: one query."""
        return list(self.all(1, keys.listing(tenant, "limit_conflict")))
