"""Result (结果) of one visit: what each acting body found, confirmed by each, then published. Walks machine `result`.

Published is a masked projection (`public_result.py`) of titles, clauses and days; notes, photos and people stay inside.
"""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.access import Resource
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.finding import Finding
from chalicelib.domain.item import Compliance
from chalicelib.domain.record import Record, UtcTime
from chalicelib.domain.visit import BodyConclusion, Visit, VisitSubject


class ResultFinding(BaseModel):
    """One finding as the result tells it. passed_on: the day on which the reinspection passed; question_key: the fact
    on which it rests, by which findings of several scenarios are one fault."""

    model_config = ConfigDict(frozen=True)

    finding_id: str
    scenario: str = ""
    question_key: str = ""
    title: str
    acting_body_id: str
    acting_body_label: str
    clause: str
    remedy_due_on: date
    is_rectified: bool = False
    passed_on: date | None = None


class ResultBody(BaseModel):
    """One acting body's part: its counts by outcome, and who confirmed it."""

    model_config = ConfigDict(frozen=True)

    acting_body_id: str
    label: str
    departments: list[str]
    counts: dict[Compliance, int]
    confirmed_by: str | None = None
    confirmed_at: UtcTime | None = None


class InspectionResult(Record):
    """The result of one visit; `id` is the visit's. `also_serves`: the other scenarios that the visit served.
    `due_at`: by when it is confirmed, then by when it is public; both clocks run from the visit (`submitted_at`,
    `concluded_at`), so that a late confirmation moves no deadline."""

    KIND: ClassVar[str] = "inspection_result"

    plan_id: str
    plan_number: str
    plan_title: str
    draw_id: str | None
    draw_order: int
    scenario: str
    also_serves: list[str] = Field(default_factory=list)
    subject: VisitSubject
    inspected_on: date
    bodies: list[ResultBody]
    findings: list[ResultFinding]
    state: str = "prepared"
    due_at: UtcTime | None = None
    is_due_undetermined: bool = False
    submitted_at: UtcTime
    concluded_at: UtcTime
    prepared_at: UtcTime
    published_at: UtcTime | None = None
    withdrawn_reason: str = Field(default="", max_length=500)

    @property
    def awaits_calendar(self) -> bool:
        return self.is_due_undetermined

    @property
    def resource(self) -> Resource:
        parts = {body.acting_body_id for body in self.bodies} | {d for body in self.bodies for d in body.departments}
        return Resource(
            divisions=frozenset({self.subject.division}),
            departments=frozenset(parts),
            subjects=frozenset({self.subject.subject_id}),
        )

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Every scenario that the visit served, its own first."""
        return (self.scenario, *self.also_serves)

    @property
    def is_confirmed(self) -> bool:
        return all(body.confirmed_at for body in self.bodies)

    def body(self, acting_body_id: str | None) -> ResultBody | None:
        return next((body for body in self.bodies if body.acting_body_id == acting_body_id), None)

    def counted(self, compliance: Compliance) -> int:
        """How many items of all acting bodies came out so."""
        return sum(body.counts.get(compliance, 0) for body in self.bodies)


def result_bodies(visit: Visit, conclusions: Iterable[BodyConclusion]) -> list[ResultBody]:
    """Each acting body of the visit with its conclusions counted by outcome, those of several scenarios on one question
    once."""
    said = list(conclusions)
    return [
        ResultBody(
            acting_body_id=body.acting_body_id,
            label=body.label,
            departments=body.departments,
            counts={
                outcome: _counted_once(
                    (c.question_key, c.scenario)
                    for c in said
                    if c.acting_body_id == body.acting_body_id and c.compliance is outcome
                )
                for outcome in Compliance
            },
        )
        for body in visit.bodies
    ]


def without_withdrawn(bodies: Iterable[ResultBody], told: Iterable[ResultFinding]) -> list[ResultBody]:
    """The bodies with as many items not met as findings are still told: what was withdrawn counts as nothing."""
    held = list(told)
    return [
        body.model_copy(update={"counts": body.counts | {Compliance.NON_COMPLIANT: len(faults_of(held, body))}})
        for body in bodies
    ]


def faults_of(told: Iterable[ResultFinding], body: ResultBody) -> list[ResultFinding]:
    """The findings of one acting body, with those that it made for several scenarios on one question told once: as the
    scenario with the most findings on it words them, and mended when all of them are."""
    groups: dict[str, dict[str, list[ResultFinding]]] = {}
    for one in told:
        if one.acting_body_id == body.acting_body_id:
            groups.setdefault(one.question_key or one.finding_id, {}).setdefault(one.scenario, []).append(one)
    found = []
    for by_scenario in groups.values():
        every = [one for findings in by_scenario.values() for one in findings]
        is_open = len(by_scenario) > 1 and not all(one.is_rectified for one in every)
        opened = {"is_rectified": False, "passed_on": None} if is_open else {}
        found += [one.model_copy(update=opened) for one in max(by_scenario.values(), key=len)]
    return found


def _counted_once(said: Iterable[tuple[str, str]]) -> int:
    """How many of (question, scenario): what several scenarios say on one question is one thing."""
    counts = Counter(said)
    most: dict[str, int] = {}
    for (question, _), count in counts.items():
        most[question] = max(most.get(question, 0), count)
    return sum(most.values())


def result_finding(finding: Finding) -> ResultFinding:
    """The finding as its result tells it."""
    passed_on = shanghai_date(finding.passed_at) if finding.passed_at else None
    return ResultFinding(
        finding_id=finding.id,
        scenario=finding.scenario,
        question_key=finding.question_key,
        title=finding.title,
        acting_body_id=finding.acting_body_id,
        acting_body_label=finding.acting_body_label,
        clause=finding.clause,
        remedy_due_on=finding.remedy_due_on,
        is_rectified=passed_on is not None,
        passed_on=passed_on,
    )
