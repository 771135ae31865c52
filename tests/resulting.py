"""A concluded inspection of a registered filling station, for tests of results, evaluations and public pages."""

from chalicelib.domain.event import Event, EventType
from chalicelib.domain.inspection_result import InspectionResult
from chalicelib.domain.item import Answer
from chalicelib.domain.record import Record
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import ScenarioMembership, Subject, SubjectKind
from chalicelib.domain.tenancy import Person, Role
from chalicelib.domain.visit import Visit, VisitSubject
from chalicelib.services.result.prepare_result import prepare_result
from chalicelib.services.result.publish_result import confirm_result, publish_result
from chalicelib.services.visit.conclude_body import conclude_body
from chalicelib.services.visit.save_answer import save_answer
from chalicelib.services.visit.submit_visit import submit_visit
from chalicelib.storage.store import Store
from tests.builders import TENANT, act, actor
from tests.visiting import BODIES, SCENARIO, SUBJECT_ID, WEATHER, answer_all, officer, save, started_visit

NAME = "南宁市甲戌加油站有限公司"
CODE = "91450105MA0007591Y"
LIGHTNING, DECLARED = "lightning_protection_tested", "sales_declared"
LITRES = ("fuel_opening_litres", "fuel_purchases_litres", "fuel_sales_litres", "fuel_closing_litres")
LEAK = dict(zip(LITRES, (32_000, 180_000, 165_000, 38_300), strict=True))
PHONE, PERSON, NOTE = "13877112233", "覃岚琳", "金丝雀备注"


def station(**more: object) -> Subject:
    """The registered subject; phone and responsible person are canaries."""
    values = {
        "id": SUBJECT_ID,
        "kind": SubjectKind.PREMISES,
        "name": NAME,
        "code": CODE,
        "division": "450105000000",
        "address": "江南区示例大道18号",
        "phone": PHONE,
        "responsible_person": PERSON,
        "memberships": (
            ScenarioMembership(scenario=SCENARIO, attributes={"business_form": "retail", "has_storage_tank": True}),
        ),
    } | more
    return Subject.model_validate(values)


def registered(store: Store, **more: object) -> Subject:
    subject = station(**more)
    save(store, subject, ScenarioMember.of(subject, SCENARIO))
    return subject


def visit_subject(subject: Subject, **attributes: str | int | bool) -> VisitSubject:
    return VisitSubject(
        subject_id=subject.id,
        name=subject.name,
        code=subject.code,
        kind=subject.kind.value,
        division=subject.division,
        address=subject.address,
        attributes=subject.attributes(SCENARIO) | attributes,
    )


def concluded_visit(
    store: Store,
    bad: tuple[str, ...] = (LIGHTNING,),
    litres: dict[str, int] | None = None,
    is_registered: bool = False,
    **more: object,
) -> Visit:
    """A visit that every acting body has concluded; `bad` are the questions not met."""
    subject = station(**more) if is_registered else registered(store, **more)
    visit = started_visit(store, subject=visit_subject(subject))
    answer_all(store, visit, bad=bad)
    for key, number in (litres or {}).items():
        held = store.visit_answers.of_visit(TENANT, visit.id)[key]
        save_answer(
            store,
            TENANT,
            act(officer(WEATHER), minutes=7),
            visit_id=visit.id,
            question_key=key,
            answer=Answer(number=number),
            base_version=held.version,
        )
    visit = submit_visit(store, TENANT, act(officer(WEATHER), minutes=60), visit_id=visit.id)
    for body in BODIES:
        visit = conclude_body(store, TENANT, act(officer(body), minutes=90), visit_id=visit.id, acting_body_id=body)
    return visit


def head(body: str) -> object:
    """The department officer who confirms for an acting body."""
    return actor(
        Role.DEPARTMENT_OFFICER,
        person_id=f"p-head-{body}",
        acting_body_id=body,
        department_code=BODIES[body][1],
    )


def prepared(store: Store, visit: Visit) -> InspectionResult:
    return prepare_result(store, TENANT, act(minutes=100), visit_id=visit.id)


def confirmed(store: Store, visit: Visit) -> InspectionResult:
    result = prepared(store, visit)
    for body in BODIES:
        result = confirm_result(store, TENANT, act(head(body), minutes=110), visit_id=visit.id, acting_body_id=body)
    return result


def published(store: Store, visit: Visit) -> InspectionResult:
    confirmed(store, visit)
    return publish_result(store, TENANT, act(minutes=120), visit_id=visit.id)


def last_event(store: Store, record: Record, type: EventType) -> Event:
    """The newest event of this type on the record."""
    repository = store._by_kind[record.KIND]
    return next(event for event in repository.history(TENANT, record.ref) if event.type is type)


def staff() -> list[Person]:
    """People who sign in: the head of each acting body, and the subject's own user."""
    heads = [
        Person(
            id=f"p-head-{body}",
            name="覃安",
            roles=frozenset({Role.DEPARTMENT_OFFICER}),
            department_id=f"dept-{code}",
            acting_body_id=body,
        )
        for body, (_, code) in BODIES.items()
    ]
    owner = Person(id="p-owner", name="黄宁", roles=frozenset({Role.SUBJECT_USER}), subject_ids=[SUBJECT_ID])
    return [*heads, owner]
