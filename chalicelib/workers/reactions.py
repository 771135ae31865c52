"""What follows from an event: looked up by type, run under the tenant's scope by a worker, each exactly once.

A reaction's key is made of the event's identifier, so that an event delivered twice changes nothing more.
"""

from collections.abc import Callable
from typing import cast

from chalicelib import bootstrap
from chalicelib.bootstrap import Store
from chalicelib.domain.act import Act
from chalicelib.domain.disposal import Disposal
from chalicelib.domain.disposal_order import DisposalOrder
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.finding import Finding
from chalicelib.domain.periodic_report import PeriodicReport
from chalicelib.domain.record import Ref
from chalicelib.domain.tenancy import Actor

Reaction = Callable[[Store, Event, Act], None]


def react(event: Event) -> None:
    """Run every reaction to this event. A refusal or a fault is raised: the stream delivers the event again."""
    for name, reaction in (REACTIONS.get(event.type, {}) | EVERY).items():
        actor = Actor.system(event.tenant, name)
        act = Act(actor=actor, at=bootstrap.clock()(), key=f"{event.id}.{name}")
        with bootstrap.scope(event.tenant):
            reaction(bootstrap.store(), event, act)


def _prepare_result(store: Store, event: Event, act: Act) -> None:
    from chalicelib.services.result.prepare_result import prepare_result

    prepare_result(store, event.tenant, act, visit_id=event.record.id)


def _refresh_result(store: Store, event: Event, act: Act) -> None:
    from chalicelib.services.result.prepare_result import refresh_result

    finding = store.findings.get(event.tenant, event.record.id)
    if store.results.find(event.tenant, finding.visit_id) is not None:
        refresh_result(store, event.tenant, act, visit_id=finding.visit_id)


def _evaluate(store: Store, event: Event, act: Act, subject_id: str, scenario: str) -> None:
    """Anew, under the survivor where it was merged; one that was handed over is the other tenant's to judge."""
    from chalicelib.services.evaluation.evaluate_subject import evaluate_subject

    subject = store.subjects.find_current(event.tenant, subject_id)
    if subject is not None and not subject.is_tombstone:
        evaluate_subject(store, event.tenant, act, subject_id=subject.id, scenario=scenario, cause=event.type.value)


def _evaluate_after_result(store: Store, event: Event, act: Act) -> None:
    result = store.results.get(event.tenant, event.record.id)
    _evaluate(store, event, act, result.subject.subject_id, result.scenario)
    for scenario in result.also_serves:
        _evaluate(store, event, act.part(scenario), result.subject.subject_id, scenario)


def _evaluate_of(store: Store, event: Event, act: Act) -> None:
    """Whom the record is about, in its scenario: a finding, a periodic report; a disposal, which says that something is
    dangerous or is no longer; an order that was served, done, lifted, or given more time."""
    record = cast(Finding | PeriodicReport | Disposal | DisposalOrder, store.read(event.tenant, event.record))
    _evaluate(store, event, act, record.subject_id, record.scenario)


def _evaluate_registered(store: Store, event: Event, act: Act) -> None:
    """Where the register tells from the first day what an evaluation rests on."""
    from chalicelib.contract.registry import registry

    subject = store.subjects.find(event.tenant, event.record.id)
    for membership in subject.memberships if subject else ():
        known = registry().holds(membership.scenario)
        if known and registry().get(membership.scenario).manifest.tells_evaluation(membership.attributes):
            _evaluate(store, event, act.part(membership.scenario), event.record.id, membership.scenario)


def _evaluate_changed(store: Store, event: Event, act: Act) -> None:
    """In the scenarios that it joined, and those of which an attribute changed that an evaluation rests on."""
    from chalicelib.services.evaluation.evaluate_imported import moving_attributes

    before, after = (event.data.get(when, {}).get("memberships") or {} for when in ("before", "after"))
    told = before if isinstance(before, dict) else {}
    for scenario, attributes in after.items() if isinstance(after, dict) else ():
        known = told.get(scenario, {})
        is_joined = scenario == event.data.get("joined")
        if is_joined or any(attributes.get(code) != known.get(code) for code in moving_attributes(scenario)):
            _evaluate(store, event, act.part(scenario), event.record.id, scenario)


def _evaluate_imported(store: Store, event: Event, act: Act) -> None:
    """However the import ended: what it wrote by then is there."""
    from chalicelib.services.evaluation.evaluate_imported import request_evaluations

    request_evaluations(store, event.tenant, act, job_id=event.record.id)


def _mark_subject(store: Store, event: Event, act: Act) -> None:
    """What happened in a disposal or by an order may set what the register says of the subject."""
    from chalicelib.services.disposal.mark_subject import mark_subject

    if occurrence := event.data.get("occurrence"):
        disposal = store.disposals.get(event.tenant, str(event.data.get("disposal_id") or event.record.id))
        mark_subject(store, event.tenant, act, disposal=disposal, occurrence_id=str(occurrence))


def _evaluate_regrouped(store: Store, event: Event, act: Act) -> None:
    """Both subjects of a merge or split, in the scenarios in which either has been evaluated."""
    ids = (event.record.id, str(event.data["other_id"]))
    subjects = [one for id in ids if (one := store.subjects.find(event.tenant, id)) is not None]
    evaluated = {one.id for subject in subjects for one in store.evaluations.children(event.tenant, subject.ref)}
    for subject in subjects:
        for membership in subject.memberships:
            if membership.scenario in evaluated:
                _evaluate(
                    store, event, act.part(f"{subject.id}.{membership.scenario}"), subject.id, membership.scenario
                )


def _settle_relations(store: Store, event: Event, act: Act) -> None:
    from chalicelib.services.register.settle_relations import settle_relations

    regrouping_id = str(event.data["regrouping_id"])
    settle_relations(store, event.tenant, act, subject_id=event.record.id, regrouping_id=regrouping_id)


def _follow_merge(store: Store, event: Event, act: Act) -> None:
    from chalicelib.services.report.follow_merge import follow_merge

    regrouping_id = str(event.data["regrouping_id"])
    follow_merge(store, event.tenant, act, subject_id=event.record.id, regrouping_id=regrouping_id)


def _count(store: Store, event: Event, act: Act) -> None:
    """The record itself, and those that were written with it under one event (a roster)."""
    from chalicelib.domain.metric_entry import COUNTED_KINDS
    from chalicelib.services.metrics.count_record import count_record

    named = [str(one).partition("#") for one in event.data.get("records", [])]
    for ref in (event.record, *(Ref(kind=kind, id=id) for kind, _, id in named)):
        if ref.kind in COUNTED_KINDS:
            count_record(store, event.tenant, ref)


COUNTED = (
    EventType.PERSON_ADDED, EventType.PERSON_CHANGED,
    EventType.PLAN_DRAFTED, EventType.PLAN_CHANGED, EventType.PLAN_SUBMITTED, EventType.PLAN_APPROVED,
    EventType.PLAN_RETURNED, EventType.PLAN_CANCELLED, EventType.TASKS_GENERATED, EventType.OPINION_GIVEN,
    EventType.OPINION_DEEMED, EventType.OPINIONS_CLOSED, EventType.TASK_REVISED, EventType.TASK_APPROVED,
    EventType.DRAW_OPENED, EventType.DRAW_VOIDED, EventType.VISITS_SCHEDULED,
    EventType.DISPOSITION_COMPLETED, EventType.PLAN_CLOSED,
    EventType.VISIT_SCHEDULED, EventType.VISIT_RESCHEDULED, EventType.VISIT_CONCLUDED, EventType.VISIT_CANCELLED,
    EventType.FINDING_MADE, EventType.RECTIFICATION_SUBMITTED, EventType.RECTIFICATION_RETURNED,
    EventType.REINSPECTION_RECORDED, EventType.FINDING_CLOSED,
    EventType.RESULT_PREPARED, EventType.RESULT_CONFIRMED, EventType.RESULT_PART_CONFIRMED,
    EventType.RESULT_PUBLISHED, EventType.RESULT_WITHDRAWN, EventType.DEADLINE_DETERMINED,
)  # fmt: skip
"""What moves a record that a figure counts (`domain/metric_entry.py`)."""


def _notify(store: Store, event: Event, act: Act) -> None:
    from chalicelib.services.notification.issue_notifications import issue_notifications

    issue_notifications(store, event, act, channels=frozenset(bootstrap.gateways()))


def _push(store: Store, event: Event, act: Act) -> None:
    from chalicelib.services.webhook.queue_deliveries import queue_deliveries

    queue_deliveries(store, event, act)


EVERY: dict[str, Reaction] = {"notify": _notify, "push": _push}
"""Looked at after every event: most need nothing, and say so without a call to the table."""


def _carry_messages(store: Store, event: Event, act: Act) -> None:
    from chalicelib.services.register.carry_messages import carry_messages

    hand_over_id = str(event.data.get("hand_over_id") or event.record.id)
    carry_messages(store, event.tenant, act, hand_over_id=hand_over_id)


def _receive_message(store: Store, event: Event, act: Act) -> None:
    from chalicelib.services.register.receive_message import receive_message

    receive_message(store, event.tenant, act, message_id=event.record.id)


def _record_conflicts(store: Store, event: Event, act: Act) -> None:
    from chalicelib.services.scenario.limit_conflicts import record_conflicts

    record_conflicts(store, event.tenant, act)


def _follow_rules(store: Store, event: Event, act: Act) -> None:
    """Evaluations are made anew where the published local changes move what they rest on."""
    from chalicelib.services.evaluation.evaluate_members import follow_rules

    follow_rules(store, event.tenant, act)


def _determine_clocks(store: Store, event: Event, act: Act) -> None:
    """A turned-down proposal has the same event."""
    from chalicelib.services.clock.determine_clocks import request_clocks

    if event.data.get("is_published"):
        request_clocks(store, event.tenant, act, year=event.data["year"])


REACTIONS: dict[EventType, dict[str, Reaction]] = {
    EventType.CALENDAR_PUBLISHED: {"determine_clocks": _determine_clocks},
    EventType.SCENARIO_ENABLED: {"record_conflicts": _record_conflicts},
    EventType.OVERLAY_PUBLISHED: {"record_conflicts": _record_conflicts, "follow_rules": _follow_rules},
    EventType.VISIT_CONCLUDED: {"prepare_result": _prepare_result},
    EventType.SUBJECTS_MERGED: {
        "settle": _settle_relations,
        "follow_merge": _follow_merge,
        "evaluate": _evaluate_regrouped,
    },
    EventType.SUBJECT_DIVIDED: {"settle": _settle_relations, "evaluate": _evaluate_regrouped},
    EventType.REGROUPING_REVERTED: {
        "settle": _settle_relations,
        "follow_merge": _follow_merge,
        "evaluate": _evaluate_regrouped,
    },
    EventType.HAND_OVER_OFFERED: {"carry_messages": _carry_messages},
    EventType.HAND_OVER_ACCEPTED: {"carry_messages": _carry_messages},
    EventType.HAND_OVER_RETURNED: {"carry_messages": _carry_messages},
    EventType.HAND_OVER_WITHDRAWN: {"carry_messages": _carry_messages},
    EventType.SUBJECT_HANDED_OVER: {"carry_messages": _carry_messages},
    EventType.INBOX_DELIVERED: {"receive_message": _receive_message},
    EventType.JOB_FINISHED: {"evaluate": _evaluate_imported},
    EventType.JOB_FAILED: {"evaluate": _evaluate_imported},
    EventType.JOB_CANCELLED: {"evaluate": _evaluate_imported},
    EventType.SUBJECT_REGISTERED: {"evaluate": _evaluate_registered},
    EventType.SUBJECT_CHANGED: {"evaluate": _evaluate_changed},
    EventType.DISPOSAL_OPENED: {"evaluate": _evaluate_of},
    EventType.DISPOSAL_OCCURRENCE_RECORDED: {"mark": _mark_subject, "evaluate": _evaluate_of},
    EventType.ORDER_SERVED: {"mark": _mark_subject, "evaluate": _evaluate_of},
    EventType.ORDER_FULFILLED: {"mark": _mark_subject, "evaluate": _evaluate_of},
    EventType.ORDER_LIFTED: {"mark": _mark_subject, "evaluate": _evaluate_of},
    EventType.ORDER_EXTENDED: {"evaluate": _evaluate_of},
    EventType.DISPOSAL_CLOSED: {"evaluate": _evaluate_of},
    EventType.RESULT_PUBLISHED: {"evaluate": _evaluate_after_result},
    EventType.REPORT_SUBMITTED: {"evaluate": _evaluate_of},
    EventType.REPORT_CORRECTED: {"evaluate": _evaluate_of},
    EventType.REPORT_RETURNED: {"evaluate": _evaluate_of},
    EventType.REPORT_OVERDUE_NOTED: {"evaluate": _evaluate_of},
    EventType.REINSPECTION_RECORDED: {"refresh_result": _refresh_result, "evaluate": _evaluate_of},
    EventType.FINDING_CLOSED: {"refresh_result": _refresh_result, "evaluate": _evaluate_of},
}
for _moved in COUNTED:
    REACTIONS.setdefault(_moved, {})["count"] = _count
