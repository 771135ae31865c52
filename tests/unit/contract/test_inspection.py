"""Rules of the inspection: orders rest on law, clocks have versions, a patrol is something else."""

from datetime import date
from pathlib import Path

import pytest
from pydantic import ValidationError

from chalicelib.contract.exchange import HandlerContext, InspectionRequest
from chalicelib.contract.handlers import inspection
from chalicelib.contract.inspection import Activity, InspectionDocument, InspectionRules
from chalicelib.contract.overlay import Overlay, apply_overlay
from chalicelib.contract.package import PackageReading
from chalicelib.contract.rule import Tools
from chalicelib.contract.rules_references import references_resolve
from chalicelib.domain.errors import NotAllowedError
from tests.shipped import SHIPPED
from tests.unit.contract.test_handlers import NOW

OIL, HOUSING = SHIPPED.get("refined_oil"), SHIPPED.get("self_built_housing")
RULES = HOUSING.inspection


def changed(**fields):
    return InspectionRules.model_validate({**RULES.model_dump(), **fields})


def test_an_order_names_who_decides_and_what_it_rests_on():
    with pytest.raises(ValidationError, match="an order names its department"):
        InspectionDocument(id="stop", name="停用", stage="order", department="fire_rescue")


def test_a_document_starts_only_a_clock_that_is_there():
    with pytest.raises(ValidationError, match="no deadline demolition"):
        changed(deadlines=[one.model_dump() for one in RULES.deadlines if one.id != "demolition"])


def test_patrol_rules_and_the_patrols_form_belong_together():
    forms = [one.model_dump() for one in RULES.documents if one.stage != "patrol"]

    for fields in ({"patrol": None}, {"documents": forms}):
        with pytest.raises(ValidationError, match="belong together"):
            changed(**fields)
    assert changed(patrol=None, documents=forms).patrol is None


def test_the_newest_clock_in_force_counts():
    first = RULES.deadlines[0]
    second = first.model_copy(update={"version": 2, "length": 7, "effective_from": date(2026, 12, 1)})
    rules = RULES.model_copy(update={"deadlines": (second, first)})

    assert [one.version for one in rules.deadlines_on(date(2026, 11, 30))] == [1]
    assert [one.length for one in rules.deadlines_on(date(2026, 12, 1))] == [7]
    assert rules.deadlines_on(date(2025, 12, 31)) == ()


def test_a_tenants_length_holds_for_every_version_and_statutory_clocks_stay():
    first, *others = RULES.deadlines
    law = first.model_copy(update={"id": "statutory", "is_configurable": False})
    second = first.model_copy(update={"version": 2})
    scenario = HOUSING.replacing(inspection=RULES.model_copy(update={"deadlines": (first, second, law, *others)}))
    changes = [{"kind": "set_deadline", "deadline_id": one, "length": 9} for one in (first.id, "statutory", "unknown")]

    done = apply_overlay(scenario, Overlay.model_validate({"scenario": HOUSING.name, "changes": changes}))

    assert [one.length for one in done.scenario.inspection.deadlines[:3]] == [9, 9, law.length]
    assert done.unapplied == ((1, "not_configurable"), (2, "no_such_deadline"))


def test_a_scenario_without_patrols_refuses_one():
    context = HandlerContext(tenant_id="gx450100", package=OIL, now=NOW)

    with pytest.raises(NotAllowedError):
        inspection(InspectionRequest(activity=Activity.PATROL), context)


def test_documents_without_grades_are_for_every_grade():
    context = HandlerContext(tenant_id="gx450100", package=OIL, now=NOW)

    assert inspection(InspectionRequest(technical_grade="D"), context).documents == OIL.inspection.documents


@pytest.mark.parametrize(("attribute", "value"), [("is_haunted", True), ("is_use_stopped", "yes")])
def test_an_occurrence_sets_an_attribute_that_there_is_to_a_value_that_it_may_have(attribute, value):
    setting = {"attribute": attribute, "value": value}
    told = RULES.occurrences[0].model_dump() | {"sets": [setting]}
    rules = changed(occurrences=[told, *(one.model_dump() for one in RULES.occurrences[1:])])
    reading = PackageReading(HOUSING.name, Path(), scenario=HOUSING.model_copy(update={"inspection": rules}))
    (found,) = references_resolve(reading, Tools())
    assert found.place == RULES.occurrences[0].id and attribute in found.problem
