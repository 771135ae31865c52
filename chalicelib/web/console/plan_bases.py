"""On what a plan may not rest: legal bases that wait or are repealed, and local adjustments that do not hold."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.contract.scenario import Scenario
from chalicelib.domain.basis_mark import BasisMark
from chalicelib.domain.legal_basis import LegalBasis
from chalicelib.domain.plan import InspectionPlan
from chalicelib.services.plan.approve_plan import broken_overlays, repealed_of_plan, waiting_of_plan
from chalicelib.services.plan.served_scenarios import other_packages
from chalicelib.services.scenario.basis_marks import standing_marks
from chalicelib.web.request import WebRequest
from chalicelib.web.scenarios import scenario_label


@dataclass(frozen=True)
class WaitingBasis:
    """A basis that the plan rests on and that waits. label: its scenario, where the plan serves several."""

    scenario: str
    label: str
    basis: LegalBasis


@dataclass(frozen=True)
class RepealedBasis(WaitingBasis):
    """One that no longer holds; the mark has the work list of what rests on it."""

    mark: BasisMark


def packages_of(request: WebRequest, plan: InspectionPlan, package: Scenario) -> dict[str, Scenario]:
    """Each scenario that the plan serves, its own first."""
    others = other_packages(request.store, request.tenant, plan)
    return {plan.scenario: package} | {name: one.in_language(request.locale) for name, one in others.items()}


@dataclass(frozen=True)
class BrokenOverlay:
    """A scenario that the plan serves with an overlay that does not hold."""

    scenario: str
    label: str
    number: int


def overlays_not_holding(request: WebRequest, plan: InspectionPlan) -> list[BrokenOverlay]:
    """One read for each scenario with an overlay."""
    return [
        BrokenOverlay(one.scenario, scenario_label(one.scenario), one.overlay_number)
        for one in broken_overlays(request.store, request.tenant, plan)
    ]


def waiting_bases(request: WebRequest, plan: InspectionPlan, packages: Mapping[str, Scenario]) -> list[WaitingBasis]:
    """Those of the plan's items that no legal officer of this tenant confirmed: one query a scenario."""
    return [
        WaitingBasis(name, one.manifest.label if len(packages) > 1 else "", basis)
        for name, one in packages.items()
        for basis in waiting_of_plan(request.store, request.tenant, plan, name, one)
    ]


def repealed_bases(request: WebRequest, plan: InspectionPlan, packages: Mapping[str, Scenario]) -> list[RepealedBasis]:
    """Those of the plan's items that are repealed before its period ends: two queries."""
    marks = standing_marks(request.store, request.tenant) if packages else []
    return [
        RepealedBasis(name, one.manifest.label if len(packages) > 1 else "", basis, mark)
        for name, one in packages.items()
        for basis, mark in repealed_of_plan(plan, name, one, marks)
    ]
