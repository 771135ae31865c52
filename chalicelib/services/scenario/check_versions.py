"""Every published version of a package through the handlers that are installed now."""

from dataclasses import dataclass

from chalicelib.contract.kept_results import KeptResults, check_kept
from chalicelib.contract.registry import registry
from chalicelib.domain.package_version import PublicPackageVersion
from chalicelib.storage.store import Store


@dataclass(frozen=True)
class VersionCheck:
    version: PublicPackageVersion
    kept: KeptResults


def check_versions(store: Store, scenario: str) -> list[VersionCheck]:
    """The newest first. Raises RecordNotFoundError for a package that is not installed."""
    handlers = registry().handlers(scenario)
    versions = [one for one in store.package_versions.every() if one.scenario == scenario]
    newest = sorted(versions, key=lambda one: (one.published_at, one.id), reverse=True)
    return [
        VersionCheck(one, check_kept(store.package_versions.content(store.objects, one.sha256), handlers))
        for one in newest
    ]
