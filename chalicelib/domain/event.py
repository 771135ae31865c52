"""Events: the immutable history of every record, the audit leaves and the outbox in one.

Types are past tense and listed here only. A leaf of the evidence log is made from an event by `leaf`.
"""

import hashlib
import secrets
from enum import StrEnum
from typing import Any

import rfc8785
from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.act import Act
from chalicelib.domain.record import Ref, UtcTime, new_id, timestamp
from chalicelib.domain.tenancy import TenantId


class EventType(StrEnum):
    """Everything that can have happened."""

    TENANT_ONBOARDED = "tenant_onboarded"
    SCENARIO_ENABLED = "scenario_enabled"
    PERSON_ADDED = "person_added"
    PERSON_CHANGED = "person_changed"
    CLIENT_REGISTERED = "client_registered"
    CLIENT_REVOKED = "client_revoked"
    CERTIFICATE_RENEWED = "certificate_renewed"
    CERTIFICATE_EXPIRY_NOTED = "certificate_expiry_noted"
    BINDING_CODE_ISSUED = "binding_code_issued"
    BINDING_CODE_REVOKED = "binding_code_revoked"
    BINDING_MADE = "binding_made"
    PERSON_JOINED = "person_joined"
    BINDING_CHANGED = "binding_changed"
    BINDING_REVOKED = "binding_revoked"
    BINDING_REQUESTED = "binding_requested"
    BINDING_CONFIRMED = "binding_confirmed"
    BINDING_REFUSED = "binding_refused"
    BINDING_REQUEST_WITHDRAWN = "binding_request_withdrawn"
    DEPUTY_NAMED = "deputy_named"
    DEPUTY_ENDED = "deputy_ended"
    ACCESS_CHANGE_REQUESTED = "access_change_requested"
    ACCESS_CHANGE_CONFIRMED = "access_change_confirmed"
    ACCESS_CHANGE_REFUSED = "access_change_refused"
    ACCESS_CHANGE_WITHDRAWN = "access_change_withdrawn"
    VISIT_HANDED_OVER = "visit_handed_over"
    TODO_HANDED_OVER = "todo_handed_over"
    DEPARTURE_STARTED = "departure_started"
    DEPARTURE_COMPLETED = "departure_completed"
    LEGAL_BASIS_CONFIRMED = "legal_basis_confirmed"
    BASIS_MARKED = "basis_marked"
    BASIS_MARK_WITHDRAWN = "basis_mark_withdrawn"
    BASIS_WORK_SETTLED = "basis_work_settled"
    LIMIT_CONFLICT_RECORDED = "limit_conflict_recorded"
    LIMIT_CONFLICT_SETTLED = "limit_conflict_settled"
    LIMIT_CONFLICT_ESCALATED = "limit_conflict_escalated"
    LIMIT_CONFLICT_MENDED = "limit_conflict_mended"
    PACKAGE_PUBLISHED = "package_published"
    OVERLAY_CHANGED = "overlay_changed"
    OVERLAY_UPGRADED = "overlay_upgraded"
    OVERLAY_ADOPTED = "overlay_adopted"
    OVERLAY_SUBMITTED = "overlay_submitted"
    OVERLAY_RETURNED = "overlay_returned"
    OVERLAY_PUBLISHED = "overlay_published"
    OVERLAY_DISCARDED = "overlay_discarded"
    WORKBOOK_LOADED = "workbook_loaded"
    DIVISION_CHANGED = "division_changed"
    DEPARTMENT_ADDED = "department_added"
    DEPARTMENT_CHANGED = "department_changed"
    ACTING_BODY_ADDED = "acting_body_added"
    ACTING_BODY_CHANGED = "acting_body_changed"
    SESSION_STARTED = "session_started"
    SESSION_ENDED = "session_ended"
    LOGIN_LINKED = "login_linked"
    REQUEST_LAPSED = "request_lapsed"
    LOGIN_UNLINKED = "login_unlinked"
    CALENDAR_PROPOSED = "calendar_proposed"
    CALENDAR_PUBLISHED = "calendar_published"
    CALENDAR_MISSING_NOTED = "calendar_missing_noted"
    DEADLINE_DETERMINED = "deadline_determined"
    TENANT_RESTARTED = "tenant_restarted"
    TENANT_CLOSING_ASKED = "tenant_closing_asked"
    TENANT_CLOSING_WITHDRAWN = "tenant_closing_withdrawn"
    TENANT_CLOSING_CONFIRMED = "tenant_closing_confirmed"
    TENANT_DELETED = "tenant_deleted"

    JOB_REQUESTED = "job_requested"
    JOB_PROGRESSED = "job_progressed"
    JOB_FINISHED = "job_finished"
    JOB_FAILED = "job_failed"
    JOB_CONTINUED = "job_continued"
    JOB_CANCEL_ASKED = "job_cancel_asked"
    JOB_CANCELLED = "job_cancelled"
    JOB_RETRIED = "job_retried"

    SUBJECTS_IMPORTED = "subjects_imported"
    REGISTER_MAPPING_KEPT = "register_mapping_kept"
    FILTERS_CHANGED = "filters_changed"
    SUBJECT_REGISTERED = "subject_registered"
    SUBJECT_CHANGED = "subject_changed"
    SUBJECTS_RELATED = "subjects_related"
    SUBJECTS_UNRELATED = "subjects_unrelated"
    SUBJECTS_MERGED = "subjects_merged"
    SUBJECT_DIVIDED = "subject_divided"
    RELATIONS_MOVED = "relations_moved"
    REGROUPING_REVERTED = "regrouping_reverted"
    CONTACTS_REVEALED = "contacts_revealed"
    HAND_OVER_OFFERED = "hand_over_offered"
    HAND_OVER_RECEIVED = "hand_over_received"
    HAND_OVER_ACCEPTED = "hand_over_accepted"
    HAND_OVER_RETURNED = "hand_over_returned"
    HAND_OVER_WITHDRAWN = "hand_over_withdrawn"
    SUBJECT_HANDED_OVER = "subject_handed_over"
    SUBJECT_RECEIVED = "subject_received"
    SUBJECT_HOME_MOVED = "subject_home_moved"
    INBOX_DELIVERED = "inbox_delivered"
    OUTBOX_CARRIED = "outbox_carried"
    FUEL_REPORTED = "fuel_reported"

    PLAN_DRAFTED = "plan_drafted"
    PLAN_CHANGED = "plan_changed"
    PLAN_SUBMITTED = "plan_submitted"
    PLAN_APPROVED = "plan_approved"
    PLAN_RETURNED = "plan_returned"
    PLAN_CANCELLED = "plan_cancelled"
    TASKS_GENERATED = "tasks_generated"
    OPINION_GIVEN = "opinion_given"
    OPINION_DEEMED = "opinion_deemed"
    OPINIONS_CLOSED = "opinions_closed"
    TASK_APPROVED = "task_approved"
    TASK_REVISED = "task_revised"
    TASK_WITHDRAWN = "task_withdrawn"
    TASK_COMPLETED = "task_completed"
    VISITS_SCHEDULED = "visits_scheduled"
    DISPOSITION_COMPLETED = "disposition_completed"
    PLAN_CLOSED = "plan_closed"

    DRAW_OPENED = "draw_opened"
    DRAW_SEED_COMMITTED = "draw_seed_committed"
    POOL_FROZEN = "pool_frozen"
    DRAW_SEED_REVEALED = "draw_seed_revealed"
    COMMITMENT_LOGGED = "commitment_logged"
    BEACON_RECORDED = "beacon_recorded"
    BEACON_CONFIRMED = "beacon_confirmed"
    DRAW_COMPUTED = "draw_computed"
    DRAW_VOID_ASKED = "draw_void_asked"
    DRAW_VOID_DECLINED = "draw_void_declined"
    DRAW_VOIDED = "draw_voided"
    DRAW_VOID_NOTED = "draw_void_noted"
    DRAW_UNBLINDED = "draw_unblinded"

    VISIT_SCHEDULED = "visit_scheduled"
    VISIT_RESCHEDULED = "visit_rescheduled"
    VISIT_STARTED = "visit_started"
    ANSWER_SAVED = "answer_saved"
    EVIDENCE_ATTACHED = "evidence_attached"
    VISIT_SUBMITTED = "visit_submitted"
    VISIT_RETURNED = "visit_returned"
    CONCLUSION_MADE = "conclusion_made"
    VISIT_CONCLUDED = "visit_concluded"
    VISIT_CANCELLED = "visit_cancelled"

    FINDING_MADE = "finding_made"
    RECTIFICATION_SUBMITTED = "rectification_submitted"
    RECTIFICATION_RETURNED = "rectification_returned"
    REINSPECTION_RECORDED = "reinspection_recorded"
    FINDING_CLOSED = "finding_closed"

    PATROL_RECORDED = "patrol_recorded"

    DISPOSAL_OPENED = "disposal_opened"
    DISPOSAL_OCCURRENCE_RECORDED = "disposal_occurrence_recorded"
    DISPOSAL_CLOCK_PASSED = "disposal_clock_passed"
    DISPOSAL_CLOSED = "disposal_closed"
    DISPOSAL_JOINED = "disposal_joined"
    ORDER_DRAFTED = "order_drafted"
    ORDER_REDRAFTED = "order_redrafted"
    ORDER_WITHDRAWN = "order_withdrawn"
    ORDER_RETURNED = "order_returned"
    ORDER_DECIDED = "order_decided"
    ORDER_SERVED = "order_served"
    ORDER_EXTENDED = "order_extended"
    ORDER_FULFILMENT_REPORTED = "order_fulfilment_reported"
    ORDER_FULFILMENT_RETURNED = "order_fulfilment_returned"
    ORDER_FULFILLED = "order_fulfilled"
    ORDER_LIFTED = "order_lifted"

    REPORT_EXPECTED = "report_expected"
    REPORT_OVERDUE_NOTED = "report_overdue_noted"
    REPORT_SUBMITTED = "report_submitted"
    REPORT_CORRECTED = "report_corrected"
    REPORT_RETURNED = "report_returned"
    REPORT_MERGED = "report_merged"
    REPORT_REOPENED = "report_reopened"

    HANDBOOK_PUSH_REQUESTED = "handbook_push_requested"
    HANDBOOK_PUSHED = "handbook_pushed"
    HANDBOOK_PUSH_COMPLETED = "handbook_push_completed"
    HANDBOOK_OPENED = "handbook_opened"
    HANDBOOK_REMINDED = "handbook_reminded"

    SELF_CHECK_STARTED = "self_check_started"
    SELF_CHECK_ANSWERED = "self_check_answered"
    SELF_CHECK_FINISHED = "self_check_finished"
    SELF_CHECK_SHARED = "self_check_shared"
    SELF_CHECK_UNSHARED = "self_check_unshared"

    RESULT_PREPARED = "result_prepared"
    RESULT_PART_CONFIRMED = "result_part_confirmed"
    RESULT_CONFIRMED = "result_confirmed"
    RESULT_PUBLISHED = "result_published"
    RESULT_REFRESHED = "result_refreshed"
    RESULT_WITHDRAWN = "result_withdrawn"

    SUBJECT_EVALUATED = "subject_evaluated"
    MESSAGE_REDRIVEN = "message_redriven"

    NOTIFICATIONS_ISSUED = "notifications_issued"
    NOTIFICATIONS_OPENED = "notifications_opened"
    NOTIFICATION_PREFERENCE_CHANGED = "notification_preference_changed"
    NOTIFICATION_SETTING_CHANGED = "notification_setting_changed"
    MESSAGE_ATTEMPTED = "message_attempted"
    MESSAGE_RETRIED = "message_retried"
    MESSAGE_REPORTED = "message_reported"
    RECEIPT_KEY_RENEWED = "receipt_key_renewed"

    WEBHOOK_REGISTERED = "webhook_registered"
    WEBHOOK_CHANGED = "webhook_changed"
    WEBHOOK_SECRET_ROTATED = "webhook_secret_rotated"
    WEBHOOK_ENABLED = "webhook_enabled"
    WEBHOOK_DISABLED = "webhook_disabled"
    WEBHOOK_QUEUED = "webhook_queued"
    WEBHOOK_ATTEMPTED = "webhook_attempted"
    WEBHOOK_REDELIVERED = "webhook_redelivered"


class Event(BaseModel):
    """One state change of one record; never changed after it is written.

    data: what changed, small and JSON; hashes: SHA-256 (hex) of objects it rests on; salt: 16 random bytes (hex) that
    hide `data` behind a commitment in the leaf, so that personal data never enters the evidence log; for_id: the person
    for whom a deputy acted.
    """

    model_config = ConfigDict(frozen=True)

    id: str = Field(default_factory=new_id)
    type: EventType
    tenant: TenantId
    record: Ref
    actor_id: str
    for_id: str | None = None
    at: UtcTime
    key: str
    data: dict[str, Any] = Field(default_factory=dict)
    hashes: dict[str, str] = Field(default_factory=dict)
    salt: str = Field(default_factory=lambda: secrets.token_hex(16))

    @classmethod
    def of(
        cls,
        act: Act,
        tenant: TenantId,
        record: Ref,
        type: EventType,
        data: dict[str, Any] | None = None,
        hashes: dict[str, str] | None = None,
    ) -> "Event":
        return cls(
            type=type,
            tenant=tenant,
            record=record,
            actor_id=act.actor.person_id,
            for_id=act.actor.acting_for,
            at=act.at,
            key=act.key,
            data=data or {},
            hashes=hashes or {},
        )


def data_commitment(event: Event) -> str:
    """SHA-256(salt ‖ JCS(data)), hex: opens only with the salt."""
    return hashlib.sha256(bytes.fromhex(event.salt) + rfc8785.dumps(event.data)).hexdigest()


def leaf(event: Event) -> bytes:
    """The bytes of the event's leaf (trust design §4): JCS of id, type, actor (and for whom a deputy acts), UTC time
    and object hashes."""
    return rfc8785.dumps(
        {
            "event_id": event.id,
            "type": event.type.value,
            "actor": event.actor_id,
            **({"for": event.for_id} if event.for_id else {}),
            "at": timestamp(event.at),
            "objects": {**event.hashes, "data": data_commitment(event)},
        }
    )
