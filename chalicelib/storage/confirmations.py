"""Legal bases that the tenant's legal officer confirmed, by scenario."""

from chalicelib.domain.confirmed_basis import ConfirmedBasis
from chalicelib.domain.legal_basis import BasisConfirmation
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.legal_records import legal_entry
from chalicelib.storage.repository import Placement, Repository


class Confirmations(Repository[ConfirmedBasis]):
    model = ConfirmedBasis

    def placement(self, tenant: TenantId, record: ConfirmedBasis) -> Placement:
        return Placement(
            index1=(keys.listing(tenant, "basis", record.scenario), record.id),
            index2=legal_entry(tenant, record.KIND, record.id),
        )

    def of_scenario(self, tenant: TenantId, scenario: str) -> list[BasisConfirmation]:
        return [one.confirmation for one in self.all(1, keys.listing(tenant, "basis", scenario))]
