"""Overlays of a tenant by scenario, their public projections, and the platform's published package versions."""

from chalicelib.domain.overlay import OverlayState, PublicOverlay, ScenarioOverlay
from chalicelib.domain.package_version import PublicPackageVersion, version_id
from chalicelib.domain.tenancy import PLATFORM, TenantId
from chalicelib.storage import keys
from chalicelib.storage.legal_records import legal_entry, public_legal_entry
from chalicelib.storage.objects import ObjectStore
from chalicelib.storage.repository import Placement, Repository
from chalicelib.storage.scope import ScopeRole, entered


class Overlays(Repository[ScenarioOverlay]):
    """Index 1: every version of every scenario, by scenario and number. Index 2: published ones, with the other records
    on which the legal-basis library rests."""

    model = ScenarioOverlay

    def placement(self, tenant: TenantId, record: ScenarioOverlay) -> Placement:
        sort = f"{record.scenario}#{record.number:06d}"
        is_published = record.state is OverlayState.PUBLISHED
        return Placement(
            index1=(keys.listing(tenant, "overlay"), sort),
            index2=legal_entry(tenant, record.KIND, sort) if is_published else None,
        )

    def of_scenario(self, tenant: TenantId, scenario: str) -> list[ScenarioOverlay]:
        """Every version, newest first: one query of few rows."""
        found = list(self.all(1, keys.listing(tenant, "overlay"), prefix=f"{scenario}#"))
        return found[::-1]

    def every(self, tenant: TenantId) -> list[ScenarioOverlay]:
        """Every version of every scenario, by scenario, oldest first: one query."""
        return list(self.all(1, keys.listing(tenant, "overlay")))

    def in_force(self, tenant: TenantId, scenario: str) -> ScenarioOverlay | None:
        """The newest published version."""
        versions = self.of_scenario(tenant, scenario)
        return next((one for one in versions if one.state is OverlayState.PUBLISHED), None)


class PublicOverlays(Repository[PublicOverlay]):
    model = PublicOverlay

    def placement(self, tenant: TenantId, record: PublicOverlay) -> Placement:
        return Placement(index1=public_legal_entry(tenant, record.KIND, record.id))

    def of_other(self, tenant: TenantId, scenario: str) -> PublicOverlay | None:
        """What another tenant publishes of its overlay in force: read under the public role of that tenant."""
        with entered(tenant, ScopeRole.PUBLIC):
            return self.find(tenant, scenario)


class PackageVersions(Repository[PublicPackageVersion]):
    """Index 1: the versions of one package in tenant `platform`."""

    model = PublicPackageVersion

    def placement(self, tenant: TenantId, record: PublicPackageVersion) -> Placement:
        return Placement(index1=(keys.public_listing(tenant, "package_version"), f"{record.scenario}#{record.id}"))

    def every(self) -> list[PublicPackageVersion]:
        """All that is published, from within any scope."""
        with entered(PLATFORM, ScopeRole.PUBLIC):
            return list(self.all(1, keys.public_listing(PLATFORM, "package_version")))

    def published(self, scenario: str, version: str) -> PublicPackageVersion | None:
        with entered(PLATFORM, ScopeRole.PUBLIC):
            return self.find(PLATFORM, version_id(scenario, version))

    def content(self, objects: ObjectStore, sha256: str) -> bytes:
        """The frozen copy's bytes, from within any scope."""
        with entered(PLATFORM, ScopeRole.PUBLIC):
            return objects.read(PLATFORM, content_key(sha256))


def content_key(sha256: str) -> str:
    """Frozen copies are addressed by their content: the same bytes are stored once."""
    return keys.object_key(PLATFORM, "public", "packages", f"{sha256}.json")
