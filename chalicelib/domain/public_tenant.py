"""What everybody may know of a tenant and of the bases that it confirmed: projections below `PUB#`.

A tenant's own projection heads its public pages; a copy in tenant `platform` makes the list on the first page.
"""

from typing import ClassVar, Self

from pydantic import Field

from chalicelib.domain.confirmed_basis import ConfirmedBasis
from chalicelib.domain.legal_basis import BasisConfirmation
from chalicelib.domain.record import Record
from chalicelib.domain.tenancy import Tenant, TenantKind

PUBLIC_CONFIRMER = "legal_officer"
"""Stands for whoever confirmed a basis: the name stays inside."""


class PublicTenant(Record):
    """Name, kind and enabled scenarios of a tenant; `id` is the tenant's."""

    KIND: ClassVar[str] = "public_tenant"

    label: str
    label_en: str = ""
    kind: TenantKind
    scenarios: list[str] = Field(default_factory=list)
    is_synthetic: bool = False

    @classmethod
    def of(cls, tenant: Tenant, version: int = 0) -> Self:
        """version: that of the projection being replaced, 0 for a new one."""
        values = tenant.model_dump(include={"id", "label", "label_en", "kind", "scenarios", "is_synthetic"})
        return cls(version=version, **values)


class PublicBasis(Record):
    """That the tenant's legal officer confirmed one basis, without saying who; `id` as of the confirmation."""

    KIND: ClassVar[str] = "public_basis"

    scenario: str
    confirmation: BasisConfirmation

    @classmethod
    def of(cls, confirmed: ConfirmedBasis, version: int = 0) -> Self:
        nameless = confirmed.confirmation.model_copy(update={"confirmed_by": PUBLIC_CONFIRMER})
        return cls(id=confirmed.id, version=version, scenario=confirmed.scenario, confirmation=nameless)
