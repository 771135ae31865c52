"""Logins bound to people of a tenant, by person."""

from chalicelib.domain.login_binding import LoginBinding
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.repository import Placement, Repository


class LoginBindings(Repository[LoginBinding]):
    model = LoginBinding

    def placement(self, tenant: TenantId, record: LoginBinding) -> Placement:
        return Placement(index1=(keys.listing(tenant, "login_binding"), record.id))

    def of_person(self, tenant: TenantId, person_id: str) -> list[LoginBinding]:
        return list(self.all(1, keys.listing(tenant, "login_binding"), prefix=f"{person_id}."))

    def every(self, tenant: TenantId) -> list[LoginBinding]:
        return list(self.all(1, keys.listing(tenant, "login_binding")))
