"""The scenario as one tenant uses it: a version of the package with a version of the tenant's overlay."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from hashlib import sha256

from chalicelib.contract.exchange import HandlerContext
from chalicelib.contract.freeze import thaw_package
from chalicelib.contract.overlay import OverlaidScenario, Overlay, apply_overlay
from chalicelib.contract.overlay_rules import OverlayFault, overlay_faults
from chalicelib.contract.registry import registry
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.basis_mark import BasisMark
from chalicelib.domain.checkpoint import canonical
from chalicelib.domain.errors import FieldProblem, InvalidInputError, RecordNotFoundError
from chalicelib.domain.legal_basis import BasisConfirmation
from chalicelib.domain.overlay import (
    Change,
    OverlayState,
    PublicOverlay,
    ReorderItems,
    ScenarioOverlay,
    SetLabel,
    overlay_id,
)
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage.store import Store

_EVALUATION_LABELS = "evaluation."
"""How the keys of labels begin that an evaluation keeps with its points."""


@dataclass(frozen=True)
class Edition:
    """`number`: of the overlay, 0 without one."""

    package: Scenario
    overlay: Overlay | None = None
    number: int = 0

    @cached_property
    def overlaid(self) -> OverlaidScenario:
        return apply_overlay(self.package, self.overlay)

    @property
    def scenario(self) -> Scenario:
        """The package with the overlay on it."""
        return self.overlaid.scenario

    @cached_property
    def evaluation_mark(self) -> str:
        """Tells evaluations by this edition from those by another: the package's version, and with local changes on
        which an evaluation may rest (all but words elsewhere and the order of items) `+` and a digest of them."""
        moving = [one.model_dump(mode="json") for one in (self.overlay.changes if self.overlay else ()) if _moves(one)]
        digest = f"+{sha256(canonical(moving)).hexdigest()[:16]}" if moving else ""
        return f"{self.package.version}{digest}"

    @cached_property
    def faults(self) -> list[OverlayFault]:
        """What is wrong with the overlay on this package: nothing since it is checked whole before it is published."""
        return overlay_faults(self.package, self.overlay) if self.overlay else []

    def context(
        self, tenant: TenantId, at: datetime, confirmations: Iterable[BasisConfirmation] = ()
    ) -> HandlerContext:
        """What a handler is called with."""
        return HandlerContext(
            tenant_id=tenant,
            package=self.package,
            now=at,
            overlay=self.overlay,
            confirmations=tuple(confirmations),
        )


def _moves(change: Change) -> bool:
    if isinstance(change, SetLabel):
        return change.key.startswith(_EVALUATION_LABELS)
    return not isinstance(change, ReorderItems)


def overlay_of(record: ScenarioOverlay | PublicOverlay, scenario: str) -> Overlay:
    return Overlay(scenario=scenario, changes=record.changes)


def read_package(store: Store, name: str, version: str) -> Scenario:
    """One version of a package: the installed one, else the platform's frozen copy. Raises RecordNotFoundError."""
    if registry().holds(name) and registry().get(name).version == version:
        return registry().get(name)
    return _thawed(store, _frozen_as(store, name, version))


def need_package(store: Store, name: str, version: str, *, field: str, code: str) -> Scenario:
    """The same for what somebody asked to be done: InvalidInputError with this problem where that version is gone."""
    try:
        return read_package(store, name, version)
    except RecordNotFoundError:
        raise InvalidInputError([FieldProblem(field=field, code=code, details={"version": version})]) from None


@lru_cache(64)
def _frozen_as(store: Store, name: str, version: str) -> str:
    """The SHA-256 of a published version, which never changes. Raises RecordNotFoundError, and then keeps nothing."""
    published = store.package_versions.published(name, version)
    if published is None:
        raise RecordNotFoundError(kind="scenario", id=f"{name}@{version}")
    return published.sha256


@lru_cache(16)
def _thawed(store: Store, sha256: str) -> Scenario:
    return thaw_package(store.package_versions.content(store.objects, sha256), sha256)


def read_template(store: Store, name: str, version: str, template: str) -> str:
    """The text of a document's template as of this version; of the installed package when that version is gone. Raises
    RecordNotFoundError."""
    folder = registry().folder(name)
    if registry().get(name).version != version:
        try:
            frozen = store.package_versions.content(store.objects, _frozen_as(store, name, version))
            return str(json.loads(frozen)["templates"][template])
        except (RecordNotFoundError, KeyError):
            pass
    path = folder / "templates" / template
    if not path.is_file():
        raise RecordNotFoundError(kind="template", id=template)
    return path.read_text(encoding="utf-8")


def read_edition(store: Store, tenant: TenantId, name: str, version: str, number: int) -> Edition:
    """What a plan or a visit began with. Raises RecordNotFoundError when the version is nowhere."""
    package = read_package(store, name, version)
    if not number:
        return Edition(package)
    return Edition(package, overlay_of(store.overlays.get(tenant, overlay_id(name, number)), name), number)


def edition_in_force(store: Store, tenant: TenantId, name: str) -> Edition:
    """What a new plan begins with: the newest published overlay on the version that it is written for; without one the
    installed package. Raises RecordNotFoundError for a package that is not installed."""
    installed = registry().get(name)
    record = store.overlays.in_force(tenant, name)
    if record is None:
        return Edition(installed)
    return Edition(_base(store, name, record.base_version, installed), overlay_of(record, name), record.number)


def editions_of(store: Store, tenant: TenantId, scenarios: Iterable[str]) -> list[Edition]:
    """Each scenario as it is in force: one query for all of them."""
    return editions_with(store, scenarios, store.overlays.every(tenant))


def editions_with(store: Store, scenarios: Iterable[str], versions: Iterable[ScenarioOverlay]) -> list[Edition]:
    """The same with the tenant's versions already read, oldest first."""
    newest = {one.scenario: one for one in versions if one.state is OverlayState.PUBLISHED}
    found = []
    for name in scenarios:
        record = newest.get(name)
        if record is None:
            found.append(Edition(registry().get(name)))
        else:
            found.append(Edition(read_base(store, record), overlay_of(record, name), record.number))
    return found


@dataclass(frozen=True)
class PublicEdition:
    """confirmations: of this scenario; marks: the tenant's own."""

    edition: Edition
    confirmations: list[BasisConfirmation]
    marks: list[BasisMark]


def public_edition(store: Store, tenant: TenantId, name: str) -> PublicEdition:
    """The same from what everybody may read: the words of the handbook. One query."""
    records, installed = store.legal_records.public_of(tenant), registry().get(name)
    edition = Edition(installed)
    if shown := next((one for one in records.overlays if one.id == name), None):
        base = _base(store, name, shown.base_version, installed)
        edition = Edition(base, overlay_of(shown, name), shown.number)
    confirmations = [one.confirmation for one in records.bases if one.scenario == name]
    return PublicEdition(edition, confirmations, [one.as_mark() for one in records.marks])


def read_base(store: Store, overlay: ScenarioOverlay) -> Scenario:
    """The version of the package that an overlay is written for; the installed one when that was never frozen."""
    return _base(store, overlay.scenario, overlay.base_version, registry().get(overlay.scenario))


def _base(store: Store, name: str, version: str, installed: Scenario) -> Scenario:
    """A version that was never frozen is gone: then the changes are replayed on the installed one."""
    try:
        return read_package(store, name, version)
    except RecordNotFoundError:
        return installed
