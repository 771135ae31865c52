"""What everybody may know of a tenant follows its record, and names nobody."""

import pytest

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.contract.registry import registry
from chalicelib.domain.legal_basis import BasisStatus, waiting_bases
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
        confirm_basis(onboarded, TENANT, act(reviewer), package=package, basis_id=basis.id)

    with bootstrap.scope(TENANT, ScopeRole.PUBLIC):
        public = onboarded.public_bases.of_scenario(TENANT, "refined_oil")

    assert waiting_bases([basis], public) == []
    assert [one.confirmed_by for one in public] == ["legal_officer"]
