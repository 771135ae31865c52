"""What a tenant keeps beside its subjects and plans, for the world of the route matrix."""

from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from chalicelib.contract.registry import registry
from chalicelib.domain.basis_mark import BasisChange, BasisMark, PublicBasisMark
from chalicelib.domain.confirmed_basis import ConfirmedBasis
from chalicelib.domain.event import EventType
from chalicelib.domain.item import NumberLimits
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.legal_basis import BasisConfirmation
from chalicelib.domain.limit_conflict import DepartmentLimit, LimitConflict
from chalicelib.domain.local_division import LocalDivision
from chalicelib.domain.login_binding import LoginBinding
from chalicelib.domain.notification import Notification
from chalicelib.domain.notification_message import MessageState, NotificationMessage
from chalicelib.domain.notification_preference import NotificationPreference, NotificationSetting
from chalicelib.domain.notification_rules import Channel, notification_rules
from chalicelib.domain.official_calendar import CalendarProposal
from chalicelib.domain.overlay import OverlayState, PublicOverlay, ScenarioOverlay, SetLabel
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.public_tenant import PublicBasis
from chalicelib.domain.receipt_key import ReceiptKey
from chalicelib.domain.record import Record, new_id
from chalicelib.domain.register_mapping import RegisterMapping
from chalicelib.domain.subject_filter import SavedFilter, SubjectFilters
from chalicelib.domain.subject_query import SubjectQuery
from chalicelib.domain.system_client import ClientScope, SystemClient
from chalicelib.domain.tenancy import Actor, Role
from chalicelib.domain.tenant_closing import PublicClosing, TenantClosing
from chalicelib.domain.todo import Todo
from chalicelib.domain.webhook import WebhookDelivery, WebhookEndpoint, WebhookSecret
from tests.architecture.seed_values import COUNTY, SCENARIO, TODAY
from tests.web.site import NOW

JOBS: dict[str, dict[str, Any]] = {
    "import_register": {
        "scenario": SCENARIO,
        "filename": "名录.xlsx",
        "object_key": "register_imports/01JD000000000000000000FILE/名录.xlsx",
    },
    "enter_sheet": {
        "scenario": SCENARIO,
        "form_id": "fuel_month",
        "period": "2026-M10",
        "filename": "报送.csv",
        "sha256": "0" * 64,
    },
    "export_subjects": {"query": {}, "format": "xlsx", "reason": ""},
    "load_workbook": {"label": "示例市", "filename": "开通.xlsx"},
    "reset_tenant": {"label": "示例市"},
    "export_tenant": {"label": "示例市", "reason": "停用"},
}
"""One of each kind that has pages of its own, with what it was asked to do."""


def tenant_records(tenant: str, coordinator: Actor, plan: InspectionPlan) -> list[Record]:
    """What its offices, its operator and its jobs keep."""
    basis = BasisConfirmation(
        basis_id="fuel_retail", title="办法", confirmed_by=coordinator.person_id, confirmed_at=NOW
    )
    return [
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
