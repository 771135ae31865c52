"""A small inspection on its way: an approved plan of two acting bodies on the real fuel scenario, two officers each."""

import struct
import zlib
from datetime import date, timedelta
from functools import cache

from chalicelib.contract.registry import ScenarioRegistry
from chalicelib.domain.act import Act
from chalicelib.domain.event import EventType
from chalicelib.domain.item import Answer, AnswerType, Compliance
from chalicelib.domain.plan import Approval, GradeRatio, InspectionPlan, InspectionTask
from chalicelib.domain.record import Record
from chalicelib.domain.tenancy import ActingBody, Actor, Certificate, Department, Person, Role
from chalicelib.domain.visit import TeamMember, Visit, VisitSubject
from chalicelib.services.visit.attach_photo import attach_photo
from chalicelib.services.visit.create_visit import create_visit
from chalicelib.services.visit.questions import ask_questions, bases_of, is_non_compliant
from chalicelib.services.visit.save_answer import save_answer
from chalicelib.services.visit.start_visit import start_visit
from chalicelib.services.visit.uploads import keep_upload
from chalicelib.storage.store import Store
from tests.builders import NOW, TENANT, act, actor

SCENARIO = "refined_oil"
TODAY = date(2026, 11, 23)
LIGHT = "lightning_protection_tested"
WEATHER, TAX = "body-weather", "body-tax"
BODIES = {WEATHER: ("市气象局", "meteorology"), TAX: ("市税务局", "taxation")}
SUBJECT_ID = "01JD000000000000000000SUBJ"
SUBJECT_USER = actor(Role.SUBJECT_USER, subject_ids=frozenset({SUBJECT_ID}))


@cache
def _version() -> str:
    return ScenarioRegistry().get(SCENARIO).version


def subject(**attributes: str | int | bool) -> VisitSubject:
    return VisitSubject(
        subject_id=SUBJECT_ID,
        name="南宁市甲戌加油站有限公司",
        code="91450100MA5NABCD1X",
        kind="premises",
        division="450105000000",
        address="江南区示例大道18号",
        attributes={"business_form": "retail", "has_storage_tank": False} | attributes,
    )


def officer(body: str, number: int = 1, **more: object) -> Actor:
    """One of the two officers of a body's team, as an actor."""
    values = {"person_id": f"{body}-officer{number}", "acting_body_id": body, "department_code": BODIES[body][1]}
    return actor(Role.INSPECTOR, **(values | more))


def people() -> list[Person]:
    certificate = Certificate(number="45010000123", valid_from=date(2025, 1, 1), valid_to=date(2027, 12, 31))
    return [
        Person(
            id=f"{body}-officer{number}",
            name=f"韦晨{number}",
            roles=frozenset({Role.INSPECTOR}),
            acting_body_id=body,
            certificates=[certificate],
        )
        for body in BODIES
        for number in (1, 2)
    ]


def save(store: Store, *records: Record) -> None:
    """Put records there as if they had always been there."""
    with store.change(TENANT, act()) as change:
        for record in records:
            change.save(record)
        change.event(EventType.TENANT_ONBOARDED, records[0])


def plan(is_approved: bool = True) -> InspectionPlan:
    approval = Approval(approved_by="p-approver", approved_by_name="陆*", approved_at=NOW) if is_approved else None
    return InspectionPlan(
        number="南一件事〔2026〕1号",
        year=2026,
        title="成品油综合监管",
        scenario=SCENARIO,
        scenario_version=_version(),
        divisions=["450100000000"],
        tasks=[
            InspectionTask(
                acting_body_id=body,
                label=label,
                departments=[department],
                state="approved" if is_approved else "consented",
                approval=approval,
                is_lead=body == WEATHER,
            )
            for body, (label, department) in BODIES.items()
        ],
        ratios=[GradeRatio(grade="A", ratio=1000)],
        period_from=TODAY,
        period_to=TODAY + timedelta(days=30),
        state="disposition",
        state_since=NOW,
        drafted_by="p-coordinator",
    )


def team() -> list[TeamMember]:
    return [
        TeamMember(
            person_id=person.id,
            name=person.name,
            acting_body_id=str(person.acting_body_id),
            certificate_number="45010000123",
        )
        for person in people()
    ]


def roster() -> list[Record]:
    departments = [
        Department(id=f"dept-{code}", code=code, label=label, division="450100000000")
        for label, code in BODIES.values()
    ]
    bodies = [
        ActingBody(id=body, label=label, division="450100000000", departments=[code])
        for body, (label, code) in BODIES.items()
    ]
    return [*departments, *bodies, *people()]


def scheduled_visit(store: Store, inspection: InspectionPlan | None = None, **more: object) -> Visit:
    """A visit of today, with its plan and people in the store."""
    inspection = inspection or plan()
    save(store, inspection, *people())
    return new_visit(store, inspection, **more)


def new_visit(store: Store, inspection: InspectionPlan, given: Act | None = None, **more: object) -> Visit:
    values = {"subject": subject(), "order": 1, "team": team(), "scheduled_on": TODAY, "scheduled_at": "09:00"}
    return create_visit(store, TENANT, given or act(), plan_id=inspection.id, **(values | more))  # type: ignore[arg-type]


def started_visit(store: Store, **more: object) -> Visit:
    visit = scheduled_visit(store, **more)
    return start_visit(store, TENANT, act(officer(WEATHER)), visit_id=visit.id, certificates_shown=True)


def answer_all(
    store: Store, visit: Visit, bad: tuple[str, ...] = (), who: Actor | None = None, skip: tuple[str, ...] = ()
) -> None:
    """Answer every question: compliant, but for those in `bad`; facts get a value."""
    who = who or officer(WEATHER)
    done = set(skip)
    while True:
        answers = store.visit_answers.of_visit(TENANT, visit.id)
        entries = ask_questions(store, TENANT, visit, answers, NOW).entries
        entry = next((one for one in entries if one.key not in done), None)
        if entry is None:
            return
        done.add(entry.key)
        answer = {
            AnswerType.COMPLIANCE: Answer(
                compliance=Compliance.NON_COMPLIANT if entry.key in bad else Compliance.COMPLIANT
            ),
            AnswerType.NUMBER: Answer(number=0),
            AnswerType.TEXT: Answer(text="已询问"),
            AnswerType.PHOTO: Answer(compliance=Compliance.NOT_CHECKED, reason="现场没有"),
        }[entry.answer_type]
        bases = bases_of(entry)
        is_bad = entry.key in bad
        save_answer(
            store,
            TENANT,
            act(who, minutes=5),
            visit_id=visit.id,
            question_key=entry.key,
            answer=answer,
            base_version=0,
            legal_basis_id=bases[0].id if is_bad and bases else None,
            remedy_due_on=TODAY + timedelta(days=14) if is_bad else None,
        )
        if is_bad:
            add_photo(store, visit, entry.key, who)
            refreshed = store.visit_answers.of_visit(TENANT, visit.id)
            now = next(e for e in ask_questions(store, TENANT, visit, refreshed, NOW).entries if e.key == entry.key)
            assert is_non_compliant(now)


def add_photo(store: Store, visit: Visit, question_key: str, who: Actor, content: bytes | None = None) -> None:
    upload_id = keep_upload(
        store, TENANT, owner=visit, content=content or png(seed=len(question_key)), allowed=("image/png",)
    )
    attach_photo(store, TENANT, act(who, minutes=6), visit_id=visit.id, question_key=question_key, upload_id=upload_id)


def png(width: int = 2, height: int = 2, seed: int = 0) -> bytes:
    """A small real picture."""
    rows = b"".join(b"\x00" + bytes([seed % 256] * 3 * width) for _ in range(height))
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + _chunk(b"IDAT", zlib.compress(rows))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
