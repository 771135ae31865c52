"""The scenarios that a plan serves besides its own: read when it is drafted, chosen per subject when it is visited."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.contract.joint_checklist import differing_questions
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.served_scenario import ServedScenario, VisitScenario
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import ActingBody, Tenant, TenantId
from chalicelib.services.scenario.publish_package import published_hash
from chalicelib.services.scenario.read_edition import edition_in_force, read_edition
from chalicelib.storage.store import Store

FIELD = "also_serves"


@dataclass(frozen=True)
class Served:
    """A scenario that a draft names, in force now: the note that the plan keeps, and its package with the overlay."""

    note: ServedScenario
    package: Scenario


def read_served(
    store: Store, home: Tenant, own: Scenario, names: Sequence[str], bodies: Sequence[ActingBody]
) -> list[Served]:
    """The scenarios by name, in the order given. Raises InvalidInputError for one that the tenant does not use, that is
    named twice or is the plan's own, for which no body has an item, or whose questions do not fit those beside it."""
    problems = [
        FieldProblem(field=FIELD, code="twice" if name == own.name or name in names[:n] else "unknown_scenario")
        for n, name in enumerate(names)
        if name == own.name or name in names[:n] or name not in home.scenarios
    ]
    if problems:
        raise InvalidInputError(problems)
    found: list[Served] = []
    departments = {code for body in bodies for code in body.departments}
    for name in names:
        edition = edition_in_force(store, home.id, name)
        package = edition.scenario
        beside = [own, *(one.package for one in found)]
        if keys := [key for other in beside for key in differing_questions(other, package)]:
            details: dict[str, str | int] = {"value": name, "questions": "、".join(dict.fromkeys(keys))}
            problems.append(FieldProblem(field=FIELD, code="questions_differ", details=details))
        if edition.faults:
            problems.append(FieldProblem(field=FIELD, code="overlay_broken", details={"value": package.manifest.label}))
        if not any(item.department in departments for item in package.checklist.items):
            problems.append(FieldProblem(field=FIELD, code="nothing_to_check", details={"value": name}))
        note = ServedScenario(
            scenario=name,
            scenario_version=package.version,
            scenario_hash=published_hash(store, home, edition.package),
            overlay_number=edition.number,
        )
        found.append(Served(note, package))
    if problems:
        raise InvalidInputError(problems)
    return found


def served_for(store: Store, tenant: TenantId, plan: InspectionPlan, subject: Subject | None) -> list[VisitScenario]:
    """Those of the plan's further scenarios that the subject is a member of and that know its kind, with what the
    register knows of it there."""
    return [
        VisitScenario(**one.model_dump(), attributes=subject.attributes(one.scenario))
        for one in plan.also_serves
        if subject is not None and subject.membership(one.scenario) is not None
        if subject.kind.value in _package(store, tenant, one).manifest.subject_kind_codes
    ]


def other_packages(store: Store, tenant: TenantId, plan: InspectionPlan) -> dict[str, Scenario]:
    """The scenarios that the plan serves besides its own, by name, in their versions. Raises RecordNotFoundError."""
    return {one.scenario: _package(store, tenant, one) for one in plan.also_serves}


def _package(store: Store, tenant: TenantId, one: ServedScenario) -> Scenario:
    return read_edition(store, tenant, one.scenario, one.scenario_version, one.overlay_number).scenario
