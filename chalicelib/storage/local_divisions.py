"""Divisions that a tenant keeps beyond the shipped list."""

import time

from chalicelib.domain.local_division import LocalDivision
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.repository import Placement, Repository

KEPT_SECONDS = 60.0


class LocalDivisions(Repository[LocalDivision]):
    model = LocalDivision

    def __init__(self) -> None:
        self._kept: dict[TenantId, tuple[float, list[LocalDivision]]] = {}

    def placement(self, tenant: TenantId, record: LocalDivision) -> Placement:
        return Placement(index1=(keys.listing(tenant, "local_division"), record.id))

    def every(self, tenant: TenantId) -> list[LocalDivision]:
        """All of them, closed ones too, by code."""
        return list(self.all(1, keys.listing(tenant, "local_division")))

    def kept(self, tenant: TenantId) -> list[LocalDivision]:
        """The same, at most a minute old: labels on every page need them, and they hardly ever change."""
        found = self._kept.get(tenant)
        if found is None or found[0] < time.monotonic():
            found = self._kept[tenant] = (time.monotonic() + KEPT_SECONDS, self.every(tenant))
        return found[1]

    def forget(self, tenant: TenantId) -> None:
        """Look again at the next use: called when one changed."""
        self._kept.pop(tenant, None)

    def within(self, tenant: TenantId, prefix: str) -> list[LocalDivision]:
        """Those whose code begins with these digits."""
        return list(self.all(1, keys.listing(tenant, "local_division"), prefix=prefix))
