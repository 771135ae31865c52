"""A published local change leads to one job that evaluates anew, however often its event is delivered."""

from chalicelib import bootstrap
from chalicelib.domain.event import EventType
from chalicelib.domain.overlay import OverlayState, ScenarioOverlay, SetFigure, overlay_id
from chalicelib.domain.tenancy import PLATFORM, Role, Tenant, TenantKind
from chalicelib.services.tenancy.onboard_tenant import Roster, onboard_tenant
from chalicelib.workers.jobs import work_of
from tests.builders import NOW, TENANT, act, actor

CARD = "prepaid_card"


def test_what_is_published_is_followed_by_one_job(store, delivery):
    tenant = Tenant(id=TENANT, label="甲市", kind=TenantKind.CITY, divisions=["450100000000"], scenarios=[CARD])
    with bootstrap.scope(PLATFORM):
        operator = actor(Role.PLATFORM_OPERATOR, tenant=PLATFORM)
        onboard_tenant(store, PLATFORM, act(operator), tenant=tenant, roster=Roster())
    overlay = ScenarioOverlay(
        id=overlay_id(CARD, 1),
        scenario=CARD,
        number=1,
        base_version="1.0.0",
        changes=(SetFigure(figure_id="escrow_share_group", value=5000),),
        state=OverlayState.PUBLISHED,
        edited_by="first",
        edited_at=NOW,
    )
    with bootstrap.scope(TENANT), store.change(TENANT, act()) as change:
        change.save(overlay)
        change.event(EventType.OVERLAY_PUBLISHED, overlay)

    assert delivery.stream(only="overlay_published") == []
    assert delivery.stream(only="overlay_published") == []

    with bootstrap.scope(TENANT):
        asked = store.jobs.recent(TENANT).records
    assert [(one.name, one.values["scenario"]) for one in asked] == [("evaluate_members", CARD)]
    assert work_of("evaluate_members")
