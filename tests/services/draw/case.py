"""A small invented city with a plan whose tasks are approved, and the steps of its draw."""

import hashlib
from datetime import UTC, date, datetime, timedelta

from chalicelib import bootstrap
from chalicelib.domain.act import Act
from chalicelib.domain.beacon import LotteryRound, NumberGroup
from chalicelib.domain.checkpoint import utc_text
from chalicelib.domain.draw import Selection
from chalicelib.domain.event import Event, EventType, leaf
from chalicelib.domain.job import Job
from chalicelib.domain.plan import GradeRatio, InspectionPlan, InspectionTask
from chalicelib.domain.random_draw import RandomDraw
from chalicelib.domain.record import new_id
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import DrawGrade, SubjectKind, SubjectStatus
from chalicelib.domain.tenancy import ActingBody, Actor, Certificate, Department, Person, Role
from chalicelib.services.draw.commit_seed import commit_seed, reveal_seed
from chalicelib.services.draw.open_draw import open_draw
from chalicelib.services.draw.request_draw import request_draw
from chalicelib.services.draw.request_freeze import request_freeze
from chalicelib.services.evidence.append_events import append_events
from chalicelib.services.jobs.run_job import run_job
from chalicelib.storage.store import Store
from chalicelib.workers.jobs import work_of
from tests.cloud import all_items

TENANT = "gx450100"
START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SECRETS = {code: hashlib.sha256(code.encode()).hexdigest() for code in ("commerce", "justice")}
BALLS = [
    NumberGroup(count=6, lowest=1, highest=33, is_ascending=True),
    NumberGroup(count=1, lowest=1, highest=16, is_ascending=False),
]
REVEAL_DUE = START + timedelta(days=2)
FALLBACK_DUE = START + timedelta(days=3)


class Clock:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def lottery_round(number: str, due_at: datetime) -> LotteryRound:
    return LotteryRound(source="双色球", round=number, due_at=utc_text(due_at), numbers=BALLS)


def who(role: Role, department: str = "", person_id: str = "") -> Actor:
    return Actor(
        tenant=TENANT,
        person_id=person_id or f"{role.value}-{department or 1}",
        name="韦晨阳",
        roles=frozenset({role}),
        department_code=department or None,
        acting_body_id=f"body-{department}" if department else None,
    )


COORDINATOR = who(Role.COORDINATOR, person_id="coordinator-1")
OTHER_COORDINATOR = who(Role.COORDINATOR, person_id="coordinator-2")
JUSTICE = who(Role.JUSTICE_SUPERVISOR, "justice")
COMMERCE = who(Role.DEPARTMENT_OFFICER, "commerce")


class City:
    """The store with the roster and the plan in it, and one method per step."""

    def __init__(self, store: Store, *, members: int = 12, selection: Selection = Selection.RATIO_BY_GRADE) -> None:
        self.store, self.clock = store, Clock()
        bootstrap.set_clock(self.clock)
        self.sent: set[str] = set()
        self._roster()
        self._register(members)
        self.plan_id = self._plan(selection)

    def act(self, actor: Actor = COORDINATOR, key: str | None = None) -> Act:
        return Act(actor=actor, at=self.clock(), key=key or new_id())

    @property
    def plan(self) -> InspectionPlan:
        return self.store.plans.get(TENANT, self.plan_id)

    def _roster(self) -> None:
        until = {"commerce-4": date(2026, 12, 1)}
        with self.store.change(TENANT, self.act()) as change:
            for code, label in (("commerce", "商务局"), ("emergency", "应急管理局"), ("justice", "司法局")):
                change.save(Department(id=f"d-{code}", code=code, label="南宁市" + label, division="450100000000"))
                if code != "justice":
                    body = f"body-{code}"
                    change.save(ActingBody(id=body, label=label, division="450100000000", departments=[code]))
                    for n in range(5):
                        held = Certificate(
                            number=f"桂A00{n}{code[:2]}",
                            valid_from=date(2024, 1, 1),
                            valid_to=until.get(f"{code}-{n}", date(2028, 1, 1)),
                        )
                        person = Person(
                            id=f"{code}-{n}",
                            name=f"{label[:1]}{n}",
                            roles=frozenset({Role.INSPECTOR}),
                            acting_body_id=body,
                            certificates=[held],
                            recused_subjects={"subject-01": "亲属"} if n == 0 else {},
                        )
                        change.save(person)
            change.event(EventType.TENANT_ONBOARDED, Department(id="d-commerce", code="x", label="x", division="x"))

    def _register(self, count: int) -> None:
        for start in range(0, count, 50):
            with self.store.change(TENANT, self.act()) as change:
                for n in range(start, min(count, start + 50)):
                    change.save(self.member(n))
                change.event(EventType.SUBJECTS_IMPORTED, self.member(start).parent_ref)

    @staticmethod
    def member(n: int) -> ScenarioMember:
        """Grades A to D in turn; number 5 is closed, 6 lies in another city, 7 reached its cap."""
        return ScenarioMember(
            id="refined_oil",
            subject_id=f"subject-{n:02d}",
            subject_kind=SubjectKind.PREMISES,
            name=f"示例加油站{n:02d}",
            code=None,
            cap_code=f"operator-{n:02d}",
            division="450502001000" if n == 6 else "450103001000",
            county="450502000000" if n == 6 else "450103000000",
            status=SubjectStatus.CLOSED if n == 5 else SubjectStatus.ACTIVE,
            grade=DrawGrade("ABCD"[n % 4]),
        )

    def _plan(self, selection: Selection) -> str:
        tasks = [
            InspectionTask(
                acting_body_id=f"body-{code}",
                label=code,
                departments=[code],
                is_lead=code == "commerce",
                state="approved",
            )
            for code in ("commerce", "emergency")
        ]
        plan = InspectionPlan(
            number="南综监计〔2026〕18号",
            year=2026,
            title="成品油流通四季度联合抽查",
            scenario="refined_oil",
            scenario_version="1",
            divisions=["450100000000"],
            tasks=tasks,
            selection=selection,
            ratios=[GradeRatio(grade=g, ratio=5_000, weight=w) for g, w in zip("ABCD", (1, 2, 4, 8), strict=True)],
            uniform_k=1,
            draw_total=4,
            period_from=date(2026, 12, 1),
            period_to=date(2026, 12, 25),
            state="scheduling",
            state_since=START,
            drafted_by="coordinator-1",
        )
        with self.store.change(TENANT, self.act()) as change:
            change.save(plan)
            change.event(EventType.PLAN_DRAFTED, plan)
        return plan.id

    # -- steps -----------------------------------------------------------------------------------------------------

    def open(self, act: Act | None = None, **changes: object) -> RandomDraw:
        values = {
            "plan_id": self.plan_id,
            "seed_departments": ["commerce", "justice"],
            "reveal_due_at": REVEAL_DUE,
            "fallback": lottery_round("2026136", FALLBACK_DUE),
        }
        return open_draw(self.store, TENANT, act or self.act(), **(values | changes))  # type: ignore[arg-type]

    def commit(self, draw_id: str) -> RandomDraw:
        for actor, code in ((COMMERCE, "commerce"), (JUSTICE, "justice")):
            digest = hashlib.sha256(bytes.fromhex(SECRETS[code])).hexdigest()
            draw = commit_seed(self.store, TENANT, self.act(actor), draw_id=draw_id, sha256=digest)
        return draw

    def freeze(self, draw_id: str) -> Job:
        job = request_freeze(self.store, TENANT, self.act(), draw_id=draw_id)
        return self.run(job)

    def run(self, job: Job) -> Job:
        return run_job(self.store, TENANT, job.id, work_of, self.clock)

    def sequence(self) -> None:
        """What stream and sequencer do: every event of the table that is not in the log yet becomes a leaf."""
        bodies = [item["body"]["S"] for item in all_items() if item["shape"]["S"] == "event"]
        events = sorted((Event.model_validate_json(body) for body in bodies), key=lambda event: event.id)
        leaves = [(event.id, leaf(event).decode()) for event in events if event.tenant == TENANT]
        with bootstrap.scope(TENANT, bootstrap.ScopeRole.SEQUENCER):
            append_events(self.store.log, bootstrap.signer(), TENANT, leaves, self.clock)

    def reveal(self, draw_id: str, *codes: str) -> RandomDraw:
        actors = {"commerce": COMMERCE, "justice": JUSTICE}
        for code in codes or tuple(actors):
            draw = reveal_seed(self.store, TENANT, self.act(actors[code]), draw_id=draw_id, secret=SECRETS[code])
        return draw

    def draw(self, draw_id: str) -> Job:
        return self.run(request_draw(self.store, TENANT, self.act(), draw_id=draw_id))

    def frozen(self) -> RandomDraw:
        """A draw that is frozen and in the log."""
        draw_id = self.open().id
        self.commit(draw_id)
        assert self.freeze(draw_id).error_code is None
        self.sequence()
        return self.store.draws.get(TENANT, draw_id)

    def drawn(self) -> RandomDraw:
        draw_id = self.frozen().id
        self.reveal(draw_id)
        assert self.draw(draw_id).error_code is None
        return self.store.draws.get(TENANT, draw_id)
