"""The demo's plans of 南宁市 in several states, each step done by the person whose step it is.

One is a draft, one waits for opinions, one for its draw; one is drawn, has visits today, and one of these is already
inspected, with findings open and its result published. Another draft serves three scenarios with one visit.
"""

import hashlib
import secrets
import struct
import time
import zlib
from collections.abc import Callable, Sequence
from datetime import timedelta

from chalicelib import bootstrap
from chalicelib.contract.registry import registry
from chalicelib.domain.beacon import LotteryRound, NumberGroup
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.checkpoint import utc_text
from chalicelib.domain.item import Answer, AnswerType, Compliance
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.tenancy import Actor
from chalicelib.domain.visit import Visit
from chalicelib.domain.visit_evidence import IMAGE_TYPES
from chalicelib.services.draw.commit_seed import commit_seed, reveal_seed
from chalicelib.services.draw.open_draw import open_draw
from chalicelib.services.draw.request_draw import request_draw
from chalicelib.services.draw.request_freeze import request_freeze
from chalicelib.services.plan.approve_plan import approve_plan, submit_plan
from chalicelib.services.plan.collect_opinions import approve_task, close_opinions, generate_tasks, give_opinion
from chalicelib.services.plan.draft_plan import PlanDraft, draft_plan
from chalicelib.services.plan.schedule_visits import request_schedule
from chalicelib.services.result.publish_result import confirm_result, publish_result
from chalicelib.services.visit.attach_photo import attach_photo
from chalicelib.services.visit.conclude_body import conclude_body
from chalicelib.services.visit.questions import ask_questions, bases_of, gaps_of
from chalicelib.services.visit.save_answer import save_answer
from chalicelib.services.visit.start_visit import start_visit
from chalicelib.services.visit.submit_visit import submit_visit
from chalicelib.services.visit.uploads import keep_upload
from infra.local.demo_cast import act, actor_of, finished

TENANT = "gx450100"
SCENARIO = "refined_oil"
LEAD, FIRE = "commerce", "fire_rescue"
BODIES = (LEAD, "emergency_management", "market_regulation")
BALLS = [
    NumberGroup(count=6, lowest=1, highest=33, is_ascending=True),
    NumberGroup(count=1, lowest=1, highest=16, is_ascending=False),
]
FAULTS = ("hazard_log", "purchase_source_documents")
"""Parts of the keys of the questions that the demo's inspected station does not meet; of the second, asked once
for two departments, each has a finding of its own."""


def body(code: str) -> str:
    return f"{TENANT}-body-{code}".replace("_", "-")


def person(duty: str) -> Actor:
    return actor_of(TENANT, f"{TENANT}-{duty}".replace("_", "-"))


def load_plans() -> str:
    """Make the plans. Returns the id of the subject that was inspected: whoever signs in for it sees its finding."""
    with bootstrap.scope(TENANT):
        _draft("成品油流通年末联合抽查", ["450100000000"], (*BODIES, FIRE, "taxation"))
        _opinions(_draft("武鸣区成品油流通联合抽查", ["450110000000"], BODIES))
        _approved(_draft("城区成品油流通四季度联合抽查", ["450102000000", "450103000000", "450107000000"], BODIES))
        inspected = _inspected(_approved(_draft("江南区成品油流通专项抽查", ["450105000000"], BODIES, ratio=2_500)))
        _draft(
            "校外培训联合抽查",
            ["450100000000"],
            ("education", "market_regulation", FIRE, "housing_construction"),
            scenario="off_campus_tutoring",
            also_serves=["prepaid_card", "self_built_housing"],
        )
    return inspected


def _draft(
    title: str,
    divisions: list[str],
    codes: tuple[str, ...],
    ratio: int = 1_500,
    scenario: str = SCENARIO,
    also_serves: Sequence[str] = (),
) -> InspectionPlan:
    coordinator = person("coordinator")
    today = shanghai_date(bootstrap.clock()())
    draft = PlanDraft(
        title=title,
        scenario=scenario,
        also_serves=list(also_serves),
        divisions=divisions,
        bodies=[body(code) for code in codes],
        ratios={"A": ratio // 3, "B": ratio, "C": ratio * 2, "D": min(10_000, ratio * 4)},
        uniform_k=1,
        period_from=today,
        period_to=today + timedelta(days=30),
    )
    return draft_plan(bootstrap.store(), TENANT, act(coordinator), draft=draft, package=registry().get(scenario))


def _asked(plan: InspectionPlan) -> InspectionPlan:
    store, coordinator = bootstrap.store(), person("coordinator")
    submit_plan(store, TENANT, act(coordinator), plan_id=plan.id)
    package = registry().get(SCENARIO)
    approve_plan(store, TENANT, act(person(f"head-{LEAD}")), plan_id=plan.id, package=package)
    return generate_tasks(store, TENANT, act(coordinator), plan_id=plan.id)


def _consent(plan: InspectionPlan, code: str) -> None:
    officer = person(f"officer-{code}")
    give_opinion(
        bootstrap.store(), TENANT, act(officer), plan_id=plan.id, acting_body_id=body(code), agrees=True, text="同意。"
    )


def _opinions(plan: InspectionPlan) -> InspectionPlan:
    asked = _asked(plan)
    _consent(asked, BODIES[1])
    return asked


def _approved(plan: InspectionPlan) -> InspectionPlan:
    store, asked = bootstrap.store(), _asked(plan)
    for code in BODIES:
        _consent(asked, code)
    changed = close_opinions(store, TENANT, act(person("coordinator")), plan_id=plan.id)
    for code in BODIES:
        head = person(f"head-{code}")
        changed = approve_task(store, TENANT, act(head), plan_id=plan.id, acting_body_id=body(code))
    return changed


def _inspected(plan: InspectionPlan) -> str:
    store, coordinator = bootstrap.store(), person("coordinator")
    _draw(plan)
    today = shanghai_date(bootstrap.clock()())
    job = request_schedule(store, TENANT, act(coordinator), plan_id=plan.id, first_on=today, visits_per_day=4)
    finished(TENANT, job)
    visit = min(store.visits.of_plan(TENANT, plan.id), key=lambda one: (one.scheduled_on or today, one.order))
    _walk(visit)
    _until("the result is prepared", lambda: store.results.find(TENANT, visit.id) is not None)
    for code in BODIES:
        confirm_result(store, TENANT, act(person(f"officer-{code}")), visit_id=visit.id, acting_body_id=body(code))
    publish_result(store, TENANT, act(coordinator), visit_id=visit.id)
    return visit.subject.subject_id


def _draw(plan: InspectionPlan) -> None:
    """Two departments commit seeds; the pool is frozen and logged; they reveal; the result is computed."""
    store, coordinator, now = bootstrap.store(), person("coordinator"), bootstrap.clock()()
    keepers = {LEAD: person(f"officer-{LEAD}"), "justice": person("justice")}
    later = LotteryRound(
        source="福利彩票双色球", round=f"{now.year}999", due_at=utc_text(now + timedelta(days=3)), numbers=BALLS
    )
    draw = open_draw(
        store,
        TENANT,
        act(coordinator),
        plan_id=plan.id,
        seed_departments=list(keepers),
        reveal_due_at=now + timedelta(days=2),
        fallback=later,
    )
    seeds = {code: secrets.token_bytes(32) for code in keepers}
    for code, keeper in keepers.items():
        digest = hashlib.sha256(seeds[code]).hexdigest()
        commit_seed(store, TENANT, act(keeper), draw_id=draw.id, sha256=digest)
    finished(TENANT, request_freeze(store, TENANT, act(coordinator), draw_id=draw.id))
    _until("the log has signed", lambda: store.draws.get(TENANT, draw.id).checkpoint is not None)
    for code, keeper in keepers.items():
        reveal_seed(store, TENANT, act(keeper), draw_id=draw.id, secret=seeds[code].hex())
    finished(TENANT, request_draw(store, TENANT, act(coordinator), draw_id=draw.id))


def _walk(visit: Visit) -> None:
    """One visit, answered to the end: everything in order but the faults, which get a photo, a clause and a day."""
    store = bootstrap.store()
    officers = {member.acting_body_id: actor_of(TENANT, member.person_id) for member in visit.team}
    first = officers[visit.bodies[0].acting_body_id]
    start_visit(
        store, TENANT, act(first), visit_id=visit.id, certificates_shown=True, early_reason="演示：企业请求提前"
    )
    for _ in range(10):
        if not _answer_open(visit, first):
            break
    submit_visit(store, TENANT, act(first), visit_id=visit.id)
    for acting_body_id, officer in officers.items():
        conclude_body(store, TENANT, act(officer), visit_id=visit.id, acting_body_id=acting_body_id)


def _answer_open(visit: Visit, officer: Actor) -> int:
    """Answer every question that is asked now and has a gap; an answer may open others. Returns how many."""
    store, now = bootstrap.store(), bootstrap.clock()()
    given = store.visit_answers.of_visit(TENANT, visit.id)
    asked = [
        e for e in ask_questions(bootstrap.store(), TENANT, visit, given, now).entries if gaps_of(e, given.get(e.key))
    ]
    for entry in asked:
        is_fault = entry.answer_type is AnswerType.COMPLIANCE and any(one in entry.key for one in FAULTS)
        answer = _answer(entry.answer_type, entry.key, is_fault=is_fault)
        if is_fault or entry.answer_type is AnswerType.PHOTO:
            _photo(visit, officer, entry.key)
        held = store.visit_answers.find_of(TENANT, visit.id, entry.key)
        bases = bases_of(entry)
        save_answer(
            store,
            TENANT,
            act(officer),
            visit_id=visit.id,
            question_key=entry.key,
            answer=answer,
            base_version=held.version if held else 0,
            legal_basis_id=bases[0].id if is_fault and bases else None,
            remedy_due_on=shanghai_date(now) + timedelta(days=10) if is_fault else None,
        )
    return len(asked)


def _answer(kind: AnswerType, key: str, *, is_fault: bool) -> Answer:
    if kind is AnswerType.NUMBER:
        litres = {"opening": 30_000, "purchases": 120_000, "sales": 118_400, "closing": 31_200}
        return Answer(number=next((amount for name, amount in litres.items() if name in key), 0))
    if kind is AnswerType.TEXT:
        return Answer(text="现场核对，与台账一致。")
    if kind is AnswerType.PHOTO:
        return Answer()
    return Answer(compliance=Compliance.NON_COMPLIANT if is_fault else Compliance.COMPLIANT)


def _photo(visit: Visit, officer: Actor, key: str) -> None:
    store = bootstrap.store()
    upload_id = keep_upload(store, TENANT, owner=visit, content=_picture(), allowed=IMAGE_TYPES)
    attach_photo(store, TENANT, act(officer), visit_id=visit.id, question_key=key, upload_id=upload_id)


def _picture(width: int = 320, height: int = 240) -> bytes:
    """A PNG of a plain grey-blue gradient: it stands for a photo and shows nobody."""
    rows = b"".join(
        b"\0" + bytes(value for x in range(width) for value in (90 + x // 4, 120 + y // 4, 160)) for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def _until(what: str, holds: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise RuntimeError(f"waited {seconds:.0f} s until {what}")
        time.sleep(0.1)
