"""Changes of access that wait or were decided, deputies, departures."""

from chalicelib.domain.access_change import AccessChange, AccessChangeState
from chalicelib.domain.departure import Departure
from chalicelib.domain.deputy import Deputy
from chalicelib.domain.record import timestamp
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.repository import Page, Placement, Position, Repository


class AccessChanges(Repository[AccessChange]):
    """Index 1: by whether it is decided, newest first. Index 2: of a person."""

    model = AccessChange

    def placement(self, tenant: TenantId, record: AccessChange) -> Placement:
        sort = f"{timestamp(record.requested_at)}#{record.id}"
        state = "waiting" if record.state is AccessChangeState.WAITING else "decided"
        return Placement(
            index1=(keys.listing(tenant, "access_change", state), sort),
            index2=(keys.listing(tenant, "access_change_of", record.person_id), sort),
        )

    def in_state(
        self, tenant: TenantId, *, is_waiting: bool, after: Position | None = None, limit: int = 50
    ) -> Page[AccessChange]:
        partition = keys.listing(tenant, "access_change", "waiting" if is_waiting else "decided")
        return self.page(1, partition, after=after, limit=limit, is_descending=True)

    def of_person(self, tenant: TenantId, person_id: str, limit: int = 20) -> list[AccessChange]:
        partition = keys.listing(tenant, "access_change_of", person_id)
        return self.page(2, partition, limit=limit, is_descending=True).records


class Deputies(Repository[Deputy]):
    """Index 1: of the person who is stood in for. Index 2: of who stands in. Newest end first."""

    model = Deputy

    def placement(self, tenant: TenantId, record: Deputy) -> Placement:
        sort = f"{record.to_on.isoformat()}#{record.id}"
        return Placement(
            index1=(keys.listing(tenant, "deputy_for", record.principal_id), sort),
            index2=(keys.listing(tenant, "deputy_by", record.deputy_id), sort),
        )

    def of_principal(self, tenant: TenantId, person_id: str) -> list[Deputy]:
        partition = keys.listing(tenant, "deputy_for", person_id)
        return self.page(1, partition, limit=50, is_descending=True).records

    def of_deputy(self, tenant: TenantId, person_id: str) -> list[Deputy]:
        partition = keys.listing(tenant, "deputy_by", person_id)
        return self.page(2, partition, limit=50, is_descending=True).records


class Departures(Repository[Departure]):
    """Index 1: of the person who leaves, newest first."""

    model = Departure

    def placement(self, tenant: TenantId, record: Departure) -> Placement:
        sort = f"{timestamp(record.started_at)}#{record.id}"
        return Placement(index1=(keys.listing(tenant, "departure", record.person_id), sort))

    def of_person(self, tenant: TenantId, person_id: str) -> list[Departure]:
        partition = keys.listing(tenant, "departure", person_id)
        return self.page(1, partition, limit=10, is_descending=True).records
