"""Bindings of people to subjects, the codes served for them, the requests for them."""

from chalicelib.domain.binding import Binding, BindingCode, BindingRequest
from chalicelib.domain.record import timestamp
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.repository import Page, Placement, Position, Repository


class Bindings(Repository[Binding]):
    """Index 1: of a subject. Index 2: of a person."""

    model = Binding

    def placement(self, tenant: TenantId, record: Binding) -> Placement:
        return Placement(
            index1=(keys.listing(tenant, "binding", record.subject_id), record.person_id),
            index2=(keys.listing(tenant, "binding_of", record.person_id), record.subject_id),
        )

    def of_subject(self, tenant: TenantId, subject_id: str) -> list[Binding]:
        """Every binding of a subject, those revoked too: one query."""
        return list(self.all(1, keys.listing(tenant, "binding", subject_id)))

    def of_person(self, tenant: TenantId, person_id: str) -> list[Binding]:
        return list(self.all(2, keys.listing(tenant, "binding_of", person_id)))


class BindingCodes(Repository[BindingCode]):
    """Index 1: of a subject, oldest first. Found by its digest through a claim."""

    model = BindingCode

    def placement(self, tenant: TenantId, record: BindingCode) -> Placement:
        sort = f"{timestamp(record.issued_at)}#{record.id}"
        return Placement(index1=(keys.listing(tenant, "binding_code", record.subject_id), sort))

    def of_subject(self, tenant: TenantId, subject_id: str) -> list[BindingCode]:
        """The newest twenty codes of a subject."""
        partition = keys.listing(tenant, "binding_code", subject_id)
        return self.page(1, partition, limit=20, is_descending=True).records


class BindingRequests(Repository[BindingRequest]):
    """Index 1: by state, oldest first. Index 2: of a person."""

    model = BindingRequest

    def placement(self, tenant: TenantId, record: BindingRequest) -> Placement:
        sort = f"{timestamp(record.requested_at)}#{record.id}"
        state = "waiting" if record.is_waiting else "decided"
        return Placement(
            index1=(keys.listing(tenant, "binding_request", state), sort),
            index2=(keys.listing(tenant, "binding_request_of", record.person_id), sort),
        )

    def in_state(
        self, tenant: TenantId, *, is_waiting: bool, after: Position | None = None, limit: int = 50
    ) -> Page[BindingRequest]:
        """Those that wait, oldest first; those decided, newest first."""
        partition = keys.listing(tenant, "binding_request", "waiting" if is_waiting else "decided")
        return self.page(1, partition, after=after, limit=limit, is_descending=not is_waiting)

    def of_person(self, tenant: TenantId, person_id: str) -> list[BindingRequest]:
        """The newest fifty requests of a person."""
        partition = keys.listing(tenant, "binding_request_of", person_id)
        return self.page(2, partition, limit=50, is_descending=True).records
