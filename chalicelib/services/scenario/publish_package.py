"""Publish a version of a scenario package: frozen, stored by its digest, and never changed afterwards."""

from typing import Any

from chalicelib.contract.basis_work import cited_as_current
from chalicelib.contract.law import basis_faults, own_index
from chalicelib.contract.registry import registry
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import AlreadyExistsError, FieldProblem, InvalidInputError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.package_version import PublicPackageVersion, version_id
from chalicelib.domain.tenancy import PLATFORM, Tenant, TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.scenario.check_versions import check_versions
from chalicelib.services.scenario.problems import PackageChangedError, ResultsDifferError
from chalicelib.storage.overlays import content_key
from chalicelib.storage.store import Store


@idempotent
def publish_package(
    store: Store, tenant: TenantId, act: Act, *, scenario: str, reason: str = ""
) -> PublicPackageVersion:
    """The installed version, published. Raises PackageChangedError when other content has this number already,
    AlreadyExistsError when the same has, InvalidInputError naming each basis that is cited as current and is not,
    ResultsDifferError when the installed handlers do not give what older versions promise and no `reason` says why
    that is right."""
    require(act.actor, Permission.PACKAGE_PUBLISH)
    if tenant != PLATFORM:
        raise NotAllowedError(permission=Permission.PACKAGE_PUBLISH.value)
    package = registry().get(scenario)
    known = check_unchanged(store, package)
    if known is not None:
        raise AlreadyExistsError(kind=known.KIND, identity=known.id)
    refuse_outdated(store, package, act)
    checks = check_versions(store, scenario)
    differing = [one for one in checks if one.kept.differences]
    if differing and not reason.strip():
        raise ResultsDifferError(scenario, checks)
    frozen = registry().frozen(scenario)
    store.objects.put(tenant, content_key(frozen.sha256), frozen.content, "application/json")
    published = PublicPackageVersion(
        id=version_id(scenario, package.version),
        scenario=scenario,
        package_version=package.version,
        label=package.manifest.label,
        sha256=frozen.sha256,
        size=len(frozen.content),
        published_at=act.at,
    )
    with store.change(tenant, act) as change:
        change.save(published)
        data: dict[str, Any] = {"package": published.id}
        if differing:
            data |= {"differs_from": [one.version.package_version for one in differing], "reason": reason.strip()[:400]}
        change.event(EventType.PACKAGE_PUBLISHED, published, data, {"package": published.sha256})
    return published


def check_unchanged(store: Store, package: Scenario) -> PublicPackageVersion | None:
    """What is published under the installed package's version. Raises PackageChangedError when its content differs."""
    published: PublicPackageVersion | None = store.package_versions.published(package.name, package.version)
    if published is not None and registry().get(package.name).version == package.version:
        frozen = registry().frozen(package.name)
        if frozen.sha256 != published.sha256:
            raise PackageChangedError(package=published.id)
    return published


def published_hash(store: Store, home: Tenant, package: Scenario) -> str:
    """The digest of the published version that a new plan stays on, empty while none is. Raises PackageChangedError;
    but a synthetic tenant may try out what its author is still changing."""
    try:
        published = check_unchanged(store, package)
    except PackageChangedError:
        if home.is_synthetic:
            return ""
        raise
    return published.sha256 if published else ""


def refuse_outdated(store: Store, package: Scenario, act: Act) -> None:
    """A version that cites a repealed or superseded clause as current is not published."""
    marks = [one.as_mark() for one in store.public_basis_marks.of_platform()]
    today = shanghai_date(act.at)
    wrong = {basis.id: basis.citation for basis in cited_as_current(package.legal_basis.bases, marks)}
    try:
        own = own_index(registry().folder(package.name))
    except ValueError:  # an index that cannot be read holds nothing: what rests on it is refused by its citation
        own = {}
    wrong |= {basis.id: basis.citation for basis in package.legal_basis.bases if basis_faults(basis, today, own)}
    if wrong:
        problems = [
            FieldProblem(field=f"bases.{id}", code="basis_outdated", details={"citation": citation})
            for id, citation in wrong.items()
        ]
        raise InvalidInputError(problems)
