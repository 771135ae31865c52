"""Scenario packages for programs: the list, the switch, the four handlers with typed requests, the legal bases.

The handlers are called through the same entrance as the Lambda functions `<scenario>-<one>`; nothing is written.
"""

from datetime import date
from typing import Any

from chalice import Blueprint
from pydantic import Field, RootModel

from chalicelib.contract.entrance import parse_request
from chalicelib.contract.exchange import (
    ChecklistRequest,
    ChecklistResult,
    EvaluationRequest,
    InspectionRequest,
    InspectionResult,
)
from chalicelib.contract.exchange_handbook import HandbookRequest, HandbookView
from chalicelib.contract.registry import registry
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.access import Permission
from chalicelib.domain.confirmed_basis import ConfirmedBasis
from chalicelib.domain.evaluation import EvaluationResult
from chalicelib.domain.legal_basis import waiting_bases
from chalicelib.services.scenario.read_edition import edition_in_force
from chalicelib.services.tenancy.confirm_basis import confirm_basis
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, Shown, listed
from chalicelib.web.console.scenarios import notes_of
from chalicelib.web.enabling import switch_scenario
from chalicelib.web.errors import UnreadableRequestError
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.scenario_views import call, package_in_words, staff_context

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/scenarios"
ONE = f"{BASE}/{{scenario}}"
SAMPLE = {"scenario": "refined_oil"}


class SwitchBody(Body):
    """is_confirmed: that a package below silver is meant, of which the refusal says how much is missing."""

    is_enabled: bool
    is_confirmed: bool = False


class ConfirmBody(Body):
    """text: what was read, or where; text_date: of that text, which only standards and policy documents do without;
    article, clause: where the package names none, as they are cited from then on."""

    text: str = Field(max_length=2000)
    text_date: date | None = None
    article: str = Field(default="", max_length=40)
    clause: str = Field(default="", max_length=100)


class ScenarioAnswer(Shown):
    """A scenario package in short; words are in the caller's language."""

    name: str
    label: str
    version: str
    version_on: date
    subject_kinds: list[str]
    departments: list[str]
    is_enabled: bool


class ScenarioDetailAnswer(ScenarioAnswer):
    """waiting_bases: legal bases that this tenant may not rely on yet; notes: what keeps an enabled scenario from being
    used as others are, in the caller's language."""

    waiting_bases: list[str]
    notes: list[str]


class HandlerBody(RootModel[HandbookRequest | ChecklistRequest | InspectionRequest | EvaluationRequest]):
    """The request of the handler that the path names."""


def _summary(package: Scenario, enabled: list[str]) -> dict[str, Any]:
    return {
        "name": package.name,
        "label": package.manifest.label,
        "version": package.version,
        "version_on": package.manifest.version_on,
        "subject_kinds": list(package.manifest.subject_kind_codes),
        "departments": list(package.manifest.department_codes),
        "is_enabled": package.name in enabled,
    }


def _enabled(request: WebRequest) -> list[str]:
    tenant = request.store.tenants.find(request.tenant, request.tenant)
    return tenant.scenarios if tenant else []


@route(blueprint, BASE, permission=Permission.SCENARIO_READ, answers=Listed[ScenarioAnswer])
def list_scenarios(request: WebRequest) -> Answer:
    """Installed packages that hold, labels in the caller's language."""
    enabled = _enabled(request)
    names = [name for name in registry().names() if registry().holds(name)]
    return listed(request, [_summary(package_in_words(name), enabled) for name in names])


@route(blueprint, ONE, permission=Permission.SCENARIO_READ, sample=SAMPLE, answers=ScenarioDetailAnswer)
def show_scenario(request: WebRequest, scenario: str) -> Answer:
    """The package's manifest in short, with the bases that this tenant may not rely on yet."""
    package = package_in_words(scenario)
    confirmations = request.store.confirmations.of_scenario(request.tenant, scenario)
    waiting = [basis.id for basis in waiting_bases(package.legal_basis.bases, confirmations)]
    notes = [one.text for one in notes_of(request, scenario)]
    return json_answer(_summary(package, _enabled(request)) | {"waiting_bases": waiting, "notes": notes})


@route(
    blueprint,
    ONE,
    permission=Permission.SCENARIO_ENABLE,
    methods=("PUT",),
    sample=SAMPLE,
    body=SwitchBody,
    answers=ScenarioAnswer,
    sample_body={"is_enabled": True},
)
def switch(request: WebRequest, scenario: str) -> Answer:
    """Switch a scenario on or off for the tenant."""
    body = request.model(SwitchBody)
    tenant = switch_scenario(
        request, scenario, is_enabled=body.is_enabled, is_confirmed=body.is_confirmed, must_hold=True
    )
    return json_answer(_summary(package_in_words(scenario), tenant.scenarios), etag=tenant.version)


@route(
    blueprint,
    f"{ONE}/{{one}}",
    permission=Permission.SCENARIO_READ,
    methods=("POST",),
    sample=SAMPLE | {"one": "handbook"},
    body=HandlerBody,
    answers=HandbookView | ChecklistResult | InspectionResult | EvaluationResult,
    sample_body={"subject_kind": "premises"},
)
def run_handler(request: WebRequest, scenario: str, one: str) -> Answer:
    """Run one of a scenario's four handlers; nothing is written.

    `one` is handbook, checklist, inspection or evaluation; the body is its request.
    """
    if not isinstance(request.json, dict):
        raise UnreadableRequestError()
    asked = parse_request(one, request.json)
    return json_answer(call(one, asked, staff_context(request, scenario)))


@route(
    blueprint,
    f"{ONE}/bases/{{basis_id}}/confirmation",
    permission=Permission.BASIS_CONFIRM,
    methods=("POST",),
    sample=SAMPLE,
    body=ConfirmBody,
    answers=ConfirmedBasis,
    sample_body={"text": "对照现行文本读过", "text_date": "2025-01-01"},
)
def confirm(request: WebRequest, scenario: str, basis_id: str) -> Answer:
    """Confirm a legal basis: the legal officer's confirmation of exactly this title, article and clause."""
    body = request.model(ConfirmBody)
    package = edition_in_force(request.store, request.tenant, scenario).package
    confirmed = confirm_basis(
        request.store, request.tenant, request.act(), package=package, basis_id=basis_id, **body.model_dump()
    )
    return json_answer(confirmed, etag=confirmed.version)
