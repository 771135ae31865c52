"""What everybody may know of a tenant follows its record, and names nobody."""

from datetime import date

import pytest

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.contract.registry import registry
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.legal_basis import BasisKind, BasisStatus, as_confirmed, waiting_bases
from chalicelib.domain.tenancy import PLATFORM, Role, Tenant, TenantKind
from chalicelib.services.tenancy.confirm_basis import confirm_basis
from chalicelib.services.tenancy.enable_scenario import enable_scenario
from chalicelib.services.tenancy.onboard_tenant import Roster, onboard_tenant
from tests.builders import TENANT, act, actor


@pytest.fixture
def onboarded(store):
    tenant = Tenant(id=TENANT, label="南宁市", label_en="Nanning", kind=TenantKind.CITY, divisions=["450100000000"])
    onboard_tenant(store, PLATFORM, act(actor(Role.PLATFORM_OPERATOR, PLATFORM)), tenant=tenant, roster=Roster())
    return store


def test_onboarding_lists_the_tenant_for_everybody(onboarded):
    with bootstrap.scope(PLATFORM, ScopeRole.PUBLIC):
        assert [(one.id, one.label) for one in onboarded.public_tenants.directory(PLATFORM)] == [(TENANT, "南宁市")]
    with bootstrap.scope(TENANT, ScopeRole.PUBLIC):
        assert onboarded.public_tenants.get(TENANT, TENANT).scenarios == []


def test_enabling_a_scenario_shows_it_and_disabling_hides_it(onboarded):
    for is_enabled, wanted in ((True, ["refined_oil"]), (False, [])):
        enable_scenario(onboarded, TENANT, act(), scenario="refined_oil", known=["refined_oil"], is_enabled=is_enabled)
        with bootstrap.scope(TENANT, ScopeRole.PUBLIC):
            assert onboarded.public_tenants.get(TENANT, TENANT).scenarios == wanted


def test_a_confirmed_basis_is_public_without_who_confirmed_it(onboarded):
    package = registry().get("refined_oil")
    basis = next(one for one in package.legal_basis.bases if one.status is BasisStatus.TO_BE_CONFIRMED)
    reviewer = actor(Role.LEGAL_REVIEWER)
    for _ in range(2):
        values = {"basis_id": basis.id, "text": "读过", "text_date": date(2025, 1, 1)}
        confirm_basis(onboarded, TENANT, act(reviewer), package=package, **values)

    with bootstrap.scope(TENANT, ScopeRole.PUBLIC):
        public = [one.confirmation for one in onboarded.legal_records.public_of(TENANT).bases]

    assert waiting_bases([basis], public) == []
    assert [one.confirmed_by for one in public] == ["legal_officer"]


def test_a_basis_is_confirmed_on_a_text_that_was_read_and_cited_by_the_article_that_was_found(onboarded):
    package, reviewer = registry().get("refined_oil"), actor(Role.LEGAL_REVIEWER)
    waiting = [one for one in package.legal_basis.bases if one.status is BasisStatus.TO_BE_CONFIRMED]
    law = next(one for one in waiting if not one.article and one.has_dated_text)
    standard = next(one for one in waiting if one.kind is BasisKind.STANDARD)

    def refused(basis, **values):
        with pytest.raises(InvalidInputError) as told:
            confirm_basis(onboarded, TENANT, act(reviewer), package=package, basis_id=basis.id, **values)
        return {(one.field, one.code) for one in told.value.problems}

    assert refused(law) == {("text", "required"), ("text_date", "required")}
    assert refused(standard, text=" ") == {("text", "required")}
    read = {"text": "读过", "text_date": date(2025, 1, 1)}
    assert refused(law, **read, article="哪条") == {("article", "article_form")}
    assert refused(law, **read, clause="第一款") == {("article", "required")}
    assert refused(law, **read | {"text_date": date(2099, 1, 1)}) == {("text_date", "date_in_future")}

    values = read | {"article": "3", "clause": "第一款"}
    confirmed = confirm_basis(onboarded, TENANT, act(reviewer), package=package, basis_id=law.id, **values)
    held = [confirmed.confirmation]
    assert waiting_bases([law], held) == []
    assert as_confirmed(law, held).citation == f"《{law.title}》第3条第一款"
    assert as_confirmed(standard, held) is standard
