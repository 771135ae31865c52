"""A city with an acting body that makes orders and one building appraised as D, for tests of disposals."""

from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.disposal import Disposal
from chalicelib.domain.disposal_order import DisposalOrder
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import ScenarioMembership, Subject, SubjectKind
from chalicelib.domain.tenancy import ActingBody, Department, Person, Role, Tenant, TenantKind
from chalicelib.services.disposal.decide_order import decide_order
from chalicelib.services.disposal.draft_order import OrderDraft, draft_order
from chalicelib.services.disposal.open_disposal import open_disposal
from chalicelib.services.disposal.serve_order import serve_order
from chalicelib.storage.store import Store
from tests.builders import NOW, TENANT, act, actor
from tests.visiting import save

SCENARIO, COUNTY, CITY = "self_built_housing", "450105000000", "450100000000"
ID, BODY, STREET = "01JD0000000000000000DISP01", "b-housing", "b-street"
OFFICER = actor(Role.DEPARTMENT_OFFICER, acting_body_id=BODY, department_code="housing_construction")
CLERK = OFFICER.model_copy(update={"person_id": "clerk"})
HEAD = actor(Role.APPROVER, acting_body_id=BODY, department_code="housing_construction")
WATCHER = actor(Role.DEPARTMENT_OFFICER, acting_body_id="b-fire", department_code="fire_rescue")
TODAY, DAY = shanghai_date(NOW), 24 * 60
GRADE_D = {"appraisal_grade": "d", "appraisal_body": "示例鉴定公司", "appraised_on": "2026-05-06"}


def add_town(store: Store) -> Store:
    """A tenant with two acting bodies, and one building appraised as D."""
    save(
        store,
        Tenant(id=TENANT, label="示例市", kind=TenantKind.CITY, divisions=[CITY], is_synthetic=True),
        ActingBody(id=BODY, label="示例市住建局", division=CITY, departments=["housing_construction"]),
        ActingBody(id=STREET, label="示例街道办", division=COUNTY, departments=["township_street"]),
        Department(id="d-housing", code="housing_construction", label="住建局", division=CITY),
        Person(id=HEAD.person_id, name="示例甲", roles=frozenset({Role.APPROVER}), acting_body_id=BODY),
        Person(id=CLERK.person_id, name="示例乙", roles=frozenset({Role.DEPARTMENT_OFFICER}), acting_body_id=BODY),
    )
    add_building(store, GRADE_D)
    return store


def add_building(store: Store, attributes: dict[str, str], id: str = ID) -> None:
    made = Subject(
        id=id,
        kind=SubjectKind.BUILDING,
        name="示例巷3号",
        division=COUNTY,
        address="示例巷3号",
        memberships=(ScenarioMembership(scenario=SCENARIO, attributes=attributes),),
    )
    save(store, made, ScenarioMember.of(made, SCENARIO))


def opened(store: Store, subject_id: str = ID) -> Disposal:
    return open_disposal(store, TENANT, act(OFFICER), subject_id=subject_id, scenario=SCENARIO, because="筛查达到阈值")


def drafted(store: Store, disposal: Disposal, document: str = "stop_use_order", **more: object) -> DisposalOrder:
    draft = OrderDraft(document_id=document, facts="鉴定为D级，一层仍在营业", content="立即停止使用", **more)
    return draft_order(store, TENANT, act(OFFICER), disposal_id=disposal.id, draft=draft)


def served(store: Store, disposal: Disposal) -> DisposalOrder:
    """A stop-use order that the head decided on after one minute, and that was served after two."""
    order = drafted(store, disposal)
    decide_order(store, TENANT, act(HEAD, minutes=1), order_id=order.id)
    given = {"order_id": order.id, "way": "in_person", "received_by": "示例产权人"}
    return serve_order(store, TENANT, act(OFFICER, minutes=2), **given)
