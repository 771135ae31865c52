"""A site with a scenario enabled and two acting bodies that have check items, and a browser for each duty of a plan."""

from chalicelib import bootstrap
from chalicelib.domain.act import Act
from chalicelib.domain.event import EventType
from chalicelib.domain.session import Membership
from chalicelib.domain.tenancy import ActingBody, Actor, Department, Person, Role
from chalicelib.storage.store import Store
from tests.web.site import TENANT_A, Browser, Site

LEAD, SECOND = "body-commerce", "body-fire"
DIVISION = "450100000000"


class Office:
    """Coordinator, and officer and head of each acting body."""

    def __init__(self, site: Site) -> None:
        self.site = site
        with bootstrap.scope(TENANT_A):
            self._set_up(bootstrap.store())
        self.coordinator = site.browser(Role.COORDINATOR)
        self.lead_officer, self.lead_head = self.sign_in("lead-officer"), self.sign_in("lead-head")
        self.second_officer, self.second_head = self.sign_in("second-officer"), self.sign_in("second-head")

    @property
    def store(self) -> Store:
        return bootstrap.store()

    def _set_up(self, store: Store) -> None:
        departments = [
            Department(id="d-commerce", code="commerce", label="市商务局", division=DIVISION),
            Department(id="d-fire", code="fire_rescue", label="市消防救援支队", division=DIVISION),
        ]
        bodies = [
            ActingBody(id=LEAD, label="市商务局", division=DIVISION, departments=["commerce"]),
            ActingBody(id=SECOND, label="市消防救援支队", division=DIVISION, departments=["fire_rescue"]),
        ]
        people = [
            Person(id=id, name=name, roles=frozenset({role}), department_id=department, acting_body_id=body)
            for id, name, role, department, body in (
                ("lead-officer", "韦晨", Role.DEPARTMENT_OFFICER, "d-commerce", LEAD),
                ("lead-head", "黄岚", Role.APPROVER, "d-commerce", LEAD),
                ("second-officer", "覃桐", Role.DEPARTMENT_OFFICER, "d-fire", SECOND),
                ("second-head", "陆航", Role.APPROVER, "d-fire", SECOND),
            )
        ]
        home = store.tenants.get(TENANT_A, TENANT_A)
        actor = Actor.system(TENANT_A, "test")
        with store.change(TENANT_A, Act(actor=actor, at=bootstrap.clock()())) as change:
            for record in [*departments, *bodies, *people]:
                change.save(record)
            change.save(home.with_changes(scenarios=["refined_oil"]))
            change.event(EventType.TENANT_ONBOARDED, home)

    def sign_in(self, person_id: str) -> Browser:
        browser = Browser(self.site)
        self.site.sign_in(browser, Membership(tenant=TENANT_A, person_id=person_id, label="南宁市"))
        return browser

    def plan(self, plan_id: str):
        with bootstrap.scope(TENANT_A):
            return self.store.plans.get(TENANT_A, plan_id)


FORM = {
    "title": "成品油流通四季度联合抽查",
    "scenario": "refined_oil",
    "divisions": [DIVISION],
    "bodies": [SECOND, LEAD],
    "lead": LEAD,
    "selection": "ratio_by_grade",
    "ratios.A": "5",
    "ratios.B": "7.5",
    "ratios.C": "20",
    "ratios.D": "100",
    "weights.A": "1",
    "weights.B": "2",
    "weights.C": "4",
    "weights.D": "8",
    "uniform_k": "1",
    "draw_total": "",
    "period_from": "2026-11-24",
    "period_to": "2026-12-25",
    "note": "",
}
DRAFT = {
    "title": "接口编制的计划",
    "scenario": "refined_oil",
    "divisions": [DIVISION],
    "bodies": [LEAD, SECOND],
    "ratios": {"A": 500, "D": 10_000},
    "uniform_k": 1,
    "period_from": "2026-11-24",
    "period_to": "2026-12-25",
}
