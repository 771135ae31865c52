"""One small world per tenant for the route matrix: a record of every kind, and people who do and do not take part.

A route's `resource` names a kind of record; `build_world` has to make one, or the suite fails. Records are written as
if they had always been there. Every text of a record carries a mark of its tenant and kind, by which it is recognised
in answers that ought not to show it.
"""

import json
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from pydantic import ValidationError

from chalicelib import bootstrap
from chalicelib.contract.registry import registry
from chalicelib.domain.access import NOTHING, Permission, Resource
from chalicelib.domain.access_change import AccessChange, AccessChangeKind
from chalicelib.domain.act import Act
from chalicelib.domain.basis_mark import BasisChange, BasisMark, PublicBasisMark
from chalicelib.domain.beacon import LotteryRound, NumberGroup
from chalicelib.domain.binding import Binding, BindingCode, BindingRequest, BindingRole, BindingSource
from chalicelib.domain.confirmed_basis import ConfirmedBasis
from chalicelib.domain.departure import Departure, DepartureState
from chalicelib.domain.deputy import Deputy
from chalicelib.domain.draw import Selection
from chalicelib.domain.evaluation import CreditGrade, EvaluationResult, RiskLevel
from chalicelib.domain.evaluation_rules import Regime, RegulationMethod
from chalicelib.domain.event import EventType
from chalicelib.domain.finding import Finding
from chalicelib.domain.hand_over import (
    Direction,
    HandOver,
    InboxMessage,
    OutboxMessage,
    SubjectProjection,
    Topic,
)
from chalicelib.domain.handbook_push import HandbookPush, HandbookReceipt
from chalicelib.domain.inspection_result import InspectionResult, ResultBody
from chalicelib.domain.item import Answer, Compliance, NumberLimits, Severity, SubjectFacts
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.legal_basis import BasisConfirmation
from chalicelib.domain.limit_conflict import DepartmentLimit, LimitConflict
from chalicelib.domain.local_division import LocalDivision
from chalicelib.domain.login_binding import LoginBinding
from chalicelib.domain.metric_entry import entry_of
from chalicelib.domain.notification import Notification
from chalicelib.domain.notification_message import MessageState, NotificationMessage
from chalicelib.domain.notification_preference import NotificationPreference, NotificationSetting
from chalicelib.domain.notification_rules import Channel, notification_rules
from chalicelib.domain.official_calendar import CalendarProposal
from chalicelib.domain.overlay import OverlayState, PublicOverlay, ScenarioOverlay, SetLabel
from chalicelib.domain.patrol import Patrol
from chalicelib.domain.plan import Approval, GradeRatio, InspectionPlan, InspectionTask
from chalicelib.domain.public_draw import PublicDraw
from chalicelib.domain.public_result import PublicName, PublicResult
from chalicelib.domain.public_tenant import PublicBasis
from chalicelib.domain.random_draw import DrawState, RandomDraw, SeedPlace
from chalicelib.domain.receipt_key import ReceiptKey
from chalicelib.domain.record import Record, new_id
from chalicelib.domain.register_mapping import RegisterMapping
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.self_check import SelfCheck, SelfCheckAnswer, SelfCheckSharing, SelfCheckState
from chalicelib.domain.subject import DrawGrade, ScenarioMembership, Subject, SubjectKind
from chalicelib.domain.subject_evaluation import SubjectEvaluation
from chalicelib.domain.subject_filter import SavedFilter, SubjectFilters
from chalicelib.domain.subject_kind import RelationKind
from chalicelib.domain.subject_query import SubjectQuery
from chalicelib.domain.subject_regrouping import RegroupingAct, SubjectRegrouping
from chalicelib.domain.subject_relation import SubjectRelation, relation_id
from chalicelib.domain.system_client import ClientScope, SystemClient
from chalicelib.domain.tenancy import ActingBody, Actor, Certificate, Department, Person, Role
from chalicelib.domain.tenant_closing import PublicClosing, TenantClosing
from chalicelib.domain.todo import Todo
from chalicelib.domain.visit import (
    BodyConclusion,
    ConclusionChoice,
    Photo,
    TeamMember,
    Visit,
    VisitAnswer,
    VisitBody,
)
from chalicelib.domain.visit import VisitSubject as DrawnSubject
from chalicelib.domain.visit_member import members_of
from chalicelib.domain.webhook import WebhookDelivery, WebhookEndpoint, WebhookSecret
from chalicelib.services.tenancy.in_parts import in_parts
from chalicelib.web.routing import RouteDeclaration
from tests.architecture.seed_disposals import seeded_disposal
from tests.architecture.seed_reports import seeded_report
from tests.web.site import NOW, TENANT_A, Browser, Membership, Site

SCENARIO, TODAY = "refined_oil", date(2026, 11, 23)
DEPARTMENT, OTHER_DEPARTMENT = "commerce", "taxation"
COUNTY = {"gx450100": "450105000000", "gx450500": "450502000000"}
OTHER_COUNTY = {"gx450100": "450107000000", "gx450500": "450503000000"}
COMMON = "示例油站"
"""Stands in names of both tenants, so that a search for it would find a record of either."""

JOBS: dict[str, dict[str, Any]] = {
    "import_register": {"scenario": SCENARIO, "filename": "名录.xlsx"},
    "export_subjects": {"query": {}, "format": "xlsx", "reason": ""},
    "load_workbook": {"label": "示例市", "filename": "开通.xlsx"},
    "reset_tenant": {"label": "示例市"},
    "export_tenant": {"label": "示例市", "reason": "停用"},
}
"""One of each kind that has pages of its own, with what it was asked to do."""
JOB_PAGES = {
    "/exports/": "export_subjects",
    "/onboarding/": "load_workbook",
    "/reset/": "reset_tenant",
    "/resets/": "reset_tenant",
    "/archives/": "export_tenant",
}

INSIDER, ELSEWHERE, OUTSIDER = "insider", "elsewhere", "outsider"
"""Takes part; takes part but may know of another county only; belongs to a department that takes no part."""

_NOT_TEXT = re.compile(
    r"id|.*_ids?|.*_by|kind|state|scenario|scenario_version|base_version|divisions?|county|departments?|code|.*_code|owner"
    r"|place|merged_into|attributes|question_key|due_rule|closed_as|cause|topic|scheduled_at|content_type|roles|.*_due_at"
    r"|.*sha256|.*_hash|group|template|sealed|event_type"
)


def mark(tenant: str, kind: str) -> str:
    """What every text of this tenant's records of this kind contains; no mark is part of another."""
    return f"{'OWN' if tenant == TENANT_A else 'CANARY'}{kind.replace('_', '')}Z"


def marked(record: Any, text: str) -> Any:
    """The record with `text` in every free text that takes it; codes, identifiers and links stay."""
    values = json.loads(record.model_dump_json())

    def place(holder: Any, key: Any, name: str) -> None:
        value = holder[key]
        if _NOT_TEXT.fullmatch(name):
            return
        if isinstance(value, dict):
            for inner in value:
                place(value, inner, inner)
        elif isinstance(value, list):
            for inner, _ in enumerate(value):
                place(value, inner, name)
        elif isinstance(value, str):
            holder[key] = value + text
            try:
                type(record).model_validate(values)
            except ValidationError:
                holder[key] = value

    for name in values:
        place(values, name, name)
    return type(record).model_validate(values)


@dataclass
class World:
    """The records of one tenant by kind, and its people by (role, variant)."""

    site: Site
    tenant: str
    records: dict[str, Record] = field(default_factory=dict)
    jobs: dict[str, str] = field(default_factory=dict)
    people: dict[tuple[Role, str], Person] = field(default_factory=dict)
    _browsers: dict[tuple[Role, str], Browser] = field(default_factory=dict)

    def id(self, kind: str) -> str:
        assert kind in self.records, f"add a record of kind {kind} to build_world in route_seeds.py"
        return self.records[kind].id

    def id_for(self, declaration: RouteDeclaration) -> str:
        """Of the record that the route's path names; of a job one of the kind that the page shows."""
        kind, _ = declaration.resource or ("", "")
        name = next((name for part, name in JOB_PAGES.items() if part in declaration.path), "")
        return self.jobs[name] if kind == "job" and name else self.id(kind)

    def resource(self, kind: str) -> Resource:
        """Of a child its parent's."""
        record = self.records[kind]
        if record.parent_ref and record.parent_ref.kind in self.records:
            record = self.records[record.parent_ref.kind]
        return getattr(record, "resource", NOTHING)

    def actor(self, role: Role, variant: str = INSIDER) -> Actor:
        code = OTHER_DEPARTMENT if variant == OUTSIDER else DEPARTMENT
        return Actor.of(self.tenant, self.people[role, variant], code)

    def browser(self, role: Role, variant: str = INSIDER) -> Browser:
        """Signed in once; nothing in these tests lets a session end."""
        found = self._browsers.get((role, variant))
        if found is None:
            found = self._browsers[role, variant] = Browser(self.site)
            person = self.people[role, variant]
            self.site.sign_in(found, Membership(tenant=self.tenant, person_id=person.id, label="南宁市"))
        return found

    def path_values(self, parameters: tuple[str, ...]) -> dict[str, str]:
        """Identifiers of this world's records for the path parameters that name one."""
        values = {}
        for parameter in parameters:
            name = parameter.removesuffix("_id")
            found = [one for kind, one in self.records.items() if kind == name or kind.endswith(f"_{name}")]
            if parameter.endswith("_id") and found:
                values[parameter] = found[0].id
        return values


def build_world(site: Site, tenant: str) -> World:
    """Write the world of one tenant."""
    world = World(site, tenant)
    own, other = f"{tenant}-body-own", f"{tenant}-body-other"
    subject = _subject(tenant)
    other_subject = subject.model_copy(update={"id": new_id()})
    roster = _roster(world, tenant, own, other, subject.id, other_subject.id)
    team = [
        TeamMember(person_id=p.id, name=p.name, acting_body_id=own, certificate_number="45010000123")
        for (role, variant), p in world.people.items()
        if role is Role.INSPECTOR and variant != OUTSIDER
    ]
    records = [*_case(world, tenant, own, subject, team), *_people_matters(world, subject)]
    written = [marked(one, mark(tenant, one.KIND)) for one in [*roster, *records]]
    with bootstrap.scope(tenant):
        home = bootstrap.store().tenants.get(tenant, tenant).with_changes(scenarios=[SCENARIO])
    _save(tenant, [home, *written])
    for record in [home, *written]:
        world.records.setdefault(record.KIND, record)
        if isinstance(record, Job):
            world.jobs[record.name] = record.id
    return world


def _save(tenant: str, records: list[Record]) -> None:
    actor = Actor(tenant=tenant, person_id="seed", name="seed", roles=frozenset({Role.COORDINATOR}))
    with bootstrap.scope(tenant):
        for part in in_parts(bootstrap.store(), tenant, records):
            with bootstrap.store().change(tenant, Act(actor=actor, at=NOW)) as change:
                for record in part:
                    change.save(record)
                change.event(EventType.TENANT_ONBOARDED, part[0])


def _roster(world: World, tenant: str, own: str, other: str, subject_id: str, other_subject_id: str) -> list[Record]:
    division = f"{tenant[2:]}000000"
    certificate = Certificate(number="45010000123", valid_from=date(2025, 1, 1), valid_to=date(2030, 1, 1))
    for role in Role:
        for variant in (INSIDER, ELSEWHERE, OUTSIDER) if tenant == TENANT_A else (INSIDER,):
            is_out = variant == OUTSIDER
            bound = [other_subject_id if is_out else subject_id] if role is Role.SUBJECT_USER else []
            world.people[role, variant] = Person(
                id=f"{tenant}-{role.value}-{variant}",
                name=f"测试{role.value}",
                roles=frozenset({role}),
                department_id=f"{tenant}-{'other' if is_out else 'own'}",
                acting_body_id=other if is_out else own,
                division=OTHER_COUNTY[tenant] if variant == ELSEWHERE else None,
                certificates=[certificate],
                subject_ids=bound,
            )
    return [
        Department(id=f"{tenant}-own", code=DEPARTMENT, label="商务局", division=division),
        Department(id=f"{tenant}-other", code=OTHER_DEPARTMENT, label="税务局", division=division),
        ActingBody(id=own, label="商务局", division=division, departments=[DEPARTMENT]),
        ActingBody(id=other, label="税务局", division=division, departments=[OTHER_DEPARTMENT]),
        *world.people.values(),
    ]


def _subject(tenant: str) -> Subject:
    return Subject(
        kind=SubjectKind.PREMISES,
        name=COMMON,
        code="91450105MA0007591Y",
        division=COUNTY[tenant],
        address="示例大道18号",
        phone="13877112233",
        responsible_person="覃岚琳",
        memberships=(ScenarioMembership(scenario=SCENARIO, attributes={"business_form": "retail"}),),
    )


def _case(world: World, tenant: str, body: str, subject: Subject, team: list[TeamMember]) -> list[Record]:
    """A plan under way with its draw, one visit, what was found there, and what is public of it."""
    plan, coordinator = _plan(tenant, body), world.actor(Role.COORDINATOR)
    draw = _draw(plan, body)
    plan = plan.with_changes(draw_id=draw.id)
    visit = _visit(plan, subject, body, team)
    result, finding = _result(plan, visit, body), _finding(plan, visit, body)
    basis = BasisConfirmation(
        basis_id="fuel_retail", title="办法", confirmed_by=coordinator.person_id, confirmed_at=NOW
    )
    return [
        subject,
        ScenarioMember.of(subject, SCENARIO),
        _evaluation(subject),
        *_around(tenant, subject),
        plan,
        draw,
        _public_draw(draw),
        visit,
        *members_of(visit),
        VisitAnswer(
            id="business_licence",
            visit_id=visit.id,
            answer=Answer(compliance=Compliance.COMPLIANT, text="齐全"),
            answered_by=team[0].person_id,
            answered_at=NOW,
            saved_at=NOW,
        ),
        BodyConclusion(
            id=f"{body}.business_licence",
            visit_id=visit.id,
            acting_body_id=body,
            item_id="business_licence",
            question_key="business_licence",
            choice=ConclusionChoice.OWN,
            compliance=Compliance.NON_COMPLIANT,
            note="说明",
            made_by=team[0].person_id,
            made_at=NOW,
        ),
        finding,
        entry_of(finding),
        result,
        *_published(result),
        SystemClient(
            name="评估系统",
            department_id=f"{tenant}-own",
            role=Role.EVALUATOR,
            scopes=frozenset({ClientScope.READ}),
            provider_subject=f"client-of-{tenant}",
            identity_id=sha256(tenant.encode()).hexdigest(),
            registered_by=coordinator.person_id,
            registered_at=NOW,
        ),
        ConfirmedBasis(id=f"{SCENARIO}.fuel_retail", scenario=SCENARIO, confirmation=basis),
        *_changed(coordinator.person_id),
        PublicBasis(id=f"{SCENARIO}.fuel_retail", scenario=SCENARIO, confirmation=basis),
        *(
            Job(
                name=name,
                values=values | {"plan_id": plan.id},
                requested_by=coordinator,
                requested_at=NOW,
                state=JobState.DONE if name in ("export_subjects", "export_tenant") else JobState.RUNNING,
                result={"object_key": f"t/{tenant}/exports/x", "sha256": "0" * 64, "size": 1, "rows": 1}
                | {"manifest_sha256": "0" * 64, "records": 1, "objects": 1},
            )
            for name, values in JOBS.items()
        ),
        RegisterMapping.of(SCENARIO, ["企业名称"], {"企业名称": "name"}, ()),
        *_told(coordinator.person_id, plan),
        SubjectFilters(
            id=f"{tenant}-coordinator-insider", filters=(SavedFilter(name="示例", query=SubjectQuery(status="active")),)
        ),
        LocalDivision(id=f"{COUNTY[tenant][:6]}001201", name="示例社区"),
        LoginBinding(
            id=LoginBinding.id_of(coordinator.person_id, "0" * 64),
            person_id=coordinator.person_id,
            identity_id="0" * 64,
            bound_by="seed",
            bound_at=NOW,
        ),
        TenantClosing(
            reason="停用",
            archive_job_id="x",
            archive_sha256="0" * 64,
            manifest_sha256="0" * 64,
            asked_by="seed",
            asked_by_name="王*",
            asked_role=Role.COORDINATOR,
            asked_at=NOW,
            expires_at=NOW + timedelta(days=10),
        ),
        PublicClosing(
            id=tenant,
            label="示例市",
            asked_role=Role.COORDINATOR,
            asked_at=NOW,
            confirmed_role=Role.SECURITY_ADMINISTRATOR,
            confirmed_at=NOW,
            archive_sha256="0" * 64,
            manifest_sha256="0" * 64,
            job_id="x",
        ),
        CalendarProposal(
            year=2027,
            holidays={date(2027, 1, day): "元旦" for day in range(1, 8)},
            make_up_days={},
            source="示例通知",
            published_on=TODAY,
            proposed_by="seed",
            proposed_at=NOW,
        ),
        Todo.of(plan.ref, coordinator.person_id, "opinion_requested", "征求意见", at=NOW, detail="说明"),
    ]


def _changed(person_id: str) -> list[Record]:
    """An overlay in force and a changed law, each with its public projection."""
    overlay = ScenarioOverlay(
        id=f"{SCENARIO}.1",
        scenario=SCENARIO,
        number=1,
        base_version=registry().get(SCENARIO).version,
        changes=(SetLabel(key="manifest.summary", text="说明"),),
        state=OverlayState.PUBLISHED,
        note="本地说法",
        edited_by=person_id,
        edited_at=NOW,
        published_by=person_id,
        published_at=NOW,
    )
    law = BasisMark(
        title="示例法",
        change=BasisChange.AMENDED,
        decided_on=TODAY,
        effective_on=TODAY,
        note="说明",
        marked_by=person_id,
        marked_at=NOW,
    )
    said = [
        DepartmentLimit(
            scenario=SCENARIO, scenario_version="1.0.0", item_id=one, department="commerce", limits=NumberLimits()
        )
        for one in ("first", "second")
    ]
    limits = LimitConflict(id="distance", name="多远", limits=tuple(said), found_at=NOW, changed_at=NOW)
    return [overlay, PublicOverlay.of(overlay), law, PublicBasisMark.of(law), limits]


def _told(person_id: str, plan: InspectionPlan) -> list[Record]:
    """What the coordinator was told of the plan, and a system to which its events are pushed."""
    template = notification_rules().template("opinion_requested")
    entry = Notification.of(template, person_id, plan.ref, ("seed",), at=NOW, topic="opinion_requested")
    secret = WebhookSecret(id="seed", sealed="c2VhbGVk", made_at=NOW)
    endpoint = WebhookEndpoint(
        url="https://hooks.example.com/in",
        label="城市大脑",
        event_types=frozenset({EventType.PLAN_APPROVED}),
        secrets=[secret],
        registered_by="seed",
        registered_at=NOW,
    )
    return [
        entry,
        NotificationMessage(
            person_id=person_id,
            channel=Channel.SMS,
            notification_ids=[entry.id],
            template=template.id,
            template_version=template.version,
            state=MessageState.GIVEN_UP,
            created_at=NOW,
        ),
        NotificationPreference(id=person_id),
        NotificationSetting(id="setting"),
        ReceiptKey(id="setting", secrets=[secret], made_by="seed"),
        endpoint,
        WebhookDelivery.of(endpoint, new_id(), "plan_approved", plan.ref, occurred_at=NOW, at=NOW),
    ]


def _around(tenant: str, subject: Subject) -> list[Record]:
    """What is kept beside a subject: a relation, a split, a hand-over under way with its message."""
    part = subject.model_copy(update={"id": new_id()})
    offer = HandOver(
        direction=Direction.OUTGOING,
        subject_id=subject.id,
        projection=SubjectProjection.of(subject, open_findings=0, visits=1),
        other_tenant="gxasean1",
        other_label="产业合作区",
        reason="迁出",
        offered_by="seed",
        offered_at=NOW,
    )
    message = {"topic": Topic.HAND_OVER_OFFERED, "about": offer.id, "body": {"reason": "迁出"}, "sent_at": NOW}
    check = SelfCheck(
        subject_id=subject.id,
        subject_name=subject.name,
        division=subject.division,
        facts=SubjectFacts(kind="premises", attributes={"business_form": "retail"}),
        scenario=SCENARIO,
        scenario_version=registry().get(SCENARIO).version,
        state=SelfCheckState.FINISHED,
        started_by="seed",
        started_at=NOW,
        finished_at=NOW,
        sharings=[SelfCheckSharing(shared_by="seed", shared_at=NOW)],
    )
    push = HandbookPush(
        scenario=SCENARIO,
        scenario_version="1.0.0",
        note="新版",
        pushed_by="seed",
        pushed_at=NOW,
        recipients=1,
        is_complete=True,
    )
    return [
        Patrol(
            subject_id=subject.id,
            subject_name=COMMON,
            division=COUNTY[tenant],
            scenario=SCENARIO,
            scenario_version="1.0.0",
            note="说明",
            patrolled_by="seed",
            patrolled_at=NOW,
        ),
        push,
        HandbookReceipt(
            id=subject.id,
            push_id=push.id,
            scenario=SCENARIO,
            scenario_version="1.0.0",
            subject_name=COMMON,
            county=COUNTY[tenant],
            division=COUNTY[tenant],
            sent_at=NOW,
        ),
        seeded_report(subject, COUNTY[tenant], NOW),
        *seeded_disposal(subject, COUNTY[tenant], f"{tenant}-body-own", NOW),
        check,
        SelfCheckAnswer(
            id="business_licence",
            self_check_id=check.id,
            answer=Answer(compliance=Compliance.NON_COMPLIANT, text="自己记的"),
            answered_by="seed",
            answered_at=NOW,
            saved_at=NOW,
        ),
        SubjectRelation(
            id=relation_id(RelationKind.PART_OF, part.id, is_reverse=False),
            subject_id=subject.id,
            other_id=part.id,
            kind=RelationKind.PART_OF,
            is_reverse=False,
            recorded_at=NOW,
        ),
        SubjectRegrouping(
            act=RegroupingAct.SPLIT,
            kept_id=subject.id,
            other_id=part.id,
            kept_before=subject,
            kept_after=subject,
            other_after=part,
            done_by="seed",
            done_at=NOW,
        ),
        offer,
        OutboxMessage.model_validate(message | {"receiver": "gxasean1"}),
        InboxMessage.model_validate(message | {"sender": "gxasean1"}),
    ]


def _people_matters(world: World, subject: Subject) -> list[Record]:
    """Who acts for the subject and for whom, and what waits about people."""
    user, officer = world.people[Role.SUBJECT_USER, INSIDER], world.people[Role.DEPARTMENT_OFFICER, INSIDER]
    approver = world.people[Role.APPROVER, INSIDER]
    about = {"subject_id": subject.id, "subject_name": subject.name, "division": subject.division}
    who = {"person_id": user.id, "person_name": user.name}
    photo = Photo(object_key="x", sha256="0" * 64, size=1, content_type="application/pdf", taken_at=NOW)
    return [
        Binding(
            id=f"{subject.id}.{user.id}",
            role=BindingRole.OWNER,
            source=BindingSource.ADMINISTRATOR,
            bound_at=NOW,
            bound_by="seed",
            **about,
            **who,
        ),
        BindingCode(
            code_sha256="0" * 64,
            role=BindingRole.OWNER,
            issued_at=NOW,
            issued_by="seed",
            expires_at=NOW + timedelta(days=30),
            **about,
        ),
        BindingRequest(
            role=BindingRole.OWNER, statement="说明", evidence=[photo], requested_at=NOW, reason="", **about, **who
        ),
        AccessChange(
            kind=AccessChangeKind.CHANGE_PERSON,
            person_id=officer.id,
            person_name=officer.name,
            values={"division": None},
            before={"division": subject.division},
            seen_version=1,
            requested_by="seed",
            requested_by_name="王*",
            requested_role=Role.SECURITY_ADMINISTRATOR,
            requested_at=NOW,
        ),
        Deputy(
            principal_id=approver.id,
            principal_name=approver.name,
            deputy_id=officer.id,
            deputy_name=officer.name,
            from_on=TODAY,
            to_on=TODAY + timedelta(days=30),
            permissions=frozenset({Permission.TASK_APPROVE}),
            reason="出差",
            named_at=NOW,
        ),
        Departure(
            person_id="left",
            person_name="王*",
            successors={},
            started_at=NOW,
            started_by="seed",
            state=DepartureState.COMPLETED,
        ),
    ]


def _plan(tenant: str, body: str) -> InspectionPlan:
    return InspectionPlan(
        number="综监计〔2026〕1号",
        year=2026,
        title="成品油综合监管",
        scenario=SCENARIO,
        scenario_version=registry().get(SCENARIO).version,
        divisions=[COUNTY[tenant]],
        tasks=[
            InspectionTask(
                acting_body_id=body,
                label="商务局",
                departments=[DEPARTMENT],
                state="approved",
                approval=Approval(approved_by="seed", approved_by_name="陆*", approved_at=NOW),
                is_lead=True,
            )
        ],
        ratios=[GradeRatio(grade="A", ratio=1000)],
        period_from=TODAY,
        period_to=TODAY + timedelta(days=30),
        state="disposition",
        state_since=NOW,
        visit_count=1,
        drafted_by="seed",
        note="说明",
    )


def _draw(plan: InspectionPlan, body: str) -> RandomDraw:
    return RandomDraw(
        plan_id=plan.id,
        plan_title=plan.title,
        scenario=SCENARIO,
        number="抽〔2026〕1号",
        sequence=1,
        divisions=plan.divisions,
        departments=[body, DEPARTMENT],
        period_from=plan.period_from,
        period_to=plan.period_to,
        opened_by="seed",
        opened_at=NOW,
        seeds=[SeedPlace(place=DEPARTMENT, source="商务局", department_id="seed")],
        fallback=LotteryRound(
            source="双色球",
            round="2026140",
            due_at="2026-11-26T13:15:00.000Z",
            numbers=[NumberGroup(count=6, lowest=1, highest=33, is_ascending=True)],
        ),
        selection=Selection.RATIO_BY_GRADE,
    )


def _public_draw(draw: RandomDraw) -> PublicDraw:
    return PublicDraw(
        id=draw.id,
        number=draw.number,
        title=draw.plan_title,
        scenario=SCENARIO,
        state=DrawState.FROZEN,
        selection=draw.selection,
        strata=[],
        uniform_k=0,
        registered=1,
        excluded={},
        pool=1,
        frozen_at=NOW,
        commitment_sha256="0" * 64,
        beacons=[],
    )


def _visit(plan: InspectionPlan, subject: Subject, body: str, team: list[TeamMember]) -> Visit:
    return Visit(
        plan_id=plan.id,
        draw_id=plan.draw_id,
        order=1,
        scenario=SCENARIO,
        scenario_version=plan.scenario_version,
        subject=DrawnSubject(
            subject_id=subject.id,
            name=subject.name,
            code=subject.code,
            kind=subject.kind.value,
            division=subject.division,
            address=subject.address,
            attributes=dict(subject.attributes(SCENARIO)),
        ),
        bodies=[VisitBody(acting_body_id=body, label="商务局", departments=[DEPARTMENT])],
        team=team,
        scheduled_on=TODAY,
        scheduled_at="09:00",
        inspection_code="0" * 8,
        state="started",
        started_at=NOW,
    )


def _finding(plan: InspectionPlan, visit: Visit, body: str) -> Finding:
    return Finding(
        visit_id=visit.id,
        plan_id=plan.id,
        scenario=SCENARIO,
        scenario_version=plan.scenario_version,
        subject_id=visit.subject.subject_id,
        subject_name=visit.subject.name,
        division=visit.subject.division,
        acting_body_id=body,
        acting_body_label="商务局",
        department=DEPARTMENT,
        item_id="business_licence",
        title="证照过期",
        severity=Severity.MINOR,
        clause="第一条",
        note="说明",
        found_on=TODAY,
        remedy_due_on=TODAY + timedelta(days=14),
        due_at=NOW + timedelta(days=14),
    )


def _result(plan: InspectionPlan, visit: Visit, body: str) -> InspectionResult:
    return InspectionResult(
        id=visit.id,
        plan_id=plan.id,
        plan_number=plan.number,
        plan_title=plan.title,
        draw_id=plan.draw_id,
        draw_order=1,
        scenario=SCENARIO,
        subject=visit.subject,
        inspected_on=TODAY,
        bodies=[ResultBody(acting_body_id=body, label="商务局", departments=[DEPARTMENT], counts={})],
        findings=[],
        submitted_at=NOW,
        concluded_at=NOW,
        prepared_at=NOW,
    )


def _published(result: InspectionResult) -> list[Record]:
    subject = result.subject
    found = {"name": subject.name, "code": subject.code, "division": subject.division}
    return [
        PublicResult(
            id=result.id,
            subject_id=subject.subject_id,
            address=subject.address,
            scenario=SCENARIO,
            plan_number=result.plan_number,
            plan_title=result.plan_title,
            draw_id=result.draw_id,
            acting_bodies=["商务局"],
            inspected_on=TODAY,
            compliant=1,
            non_compliant=0,
            not_checked=0,
            findings=[],
            published_at=NOW,
            **found,
        ),
        PublicName(id="00", text=COMMON, subject_id=subject.subject_id, **found),
    ]


def _evaluation(subject: Subject) -> SubjectEvaluation:
    risk, credit = next(iter(RiskLevel)), next(iter(CreditGrade))
    return SubjectEvaluation(
        id=SCENARIO,
        subject_id=subject.id,
        scenario_version="1",
        result=EvaluationResult(
            as_of=TODAY,
            risk_level=risk,
            risk_points=1,
            credit_grade=credit,
            credit_points=1,
            is_initial=False,
            points=(),
            overrides=(),
            expires_on=TODAY + timedelta(days=365),
            regime=Regime(
                risk_level=risk,
                credit_grade=credit,
                draw_grade=DrawGrade.B,
                draw_weight=1,
                ratio_basis_points=100,
                visits_per_year=1,
                method=next(iter(RegulationMethod)),
            ),
        ),
        evaluated_at=NOW,
        cause="visit_concluded",
    )
