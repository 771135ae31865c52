"""Who is told of what, once, and through which channel."""

from chalicelib.domain.binding import Binding, BindingRole, BindingSource
from chalicelib.domain.event import EventType
from chalicelib.domain.finding import Finding
from chalicelib.domain.item import Severity
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.notification_message import MessageState
from chalicelib.domain.notification_rules import Channel
from chalicelib.domain.tenancy import Person, Role
from chalicelib.services.notification.read_notifications import open_all, open_notification
from tests.builders import NOW, TENANT, act, actor
from tests.services.notification.conftest import COORDINATOR, INSPECTOR, MOBILE, OFFICER, Case, person
from tests.visiting import SUBJECT_ID, TAX, TODAY, WEATHER, save


def test_the_officers_of_a_body_are_told_of_its_task_once(case: Case) -> None:
    event = case.happen(EventType.TASKS_GENERATED, case.task(WEATHER, "opinion_requested"))

    assert case.tell(event) == 1
    assert case.tell(event) == 0

    (entry,) = case.store.notifications.of_person(TENANT, OFFICER).records
    assert (entry.template, entry.about.id, entry.number) == ("opinion_requested", case.plan.id, case.plan.number)
    assert case.entries("p-retired") == case.entries("p-tax") == case.entries(INSPECTOR) == []


def test_a_task_that_was_there_before_is_not_told_again_by_a_later_event(case: Case) -> None:
    first, second = case.task(WEATHER, "opinion_requested"), case.task(TAX, "opinion_requested")
    case.tell(case.happen(EventType.TASKS_GENERATED, first))

    assert case.tell(case.happen(EventType.OPINION_GIVEN, first, second)) == 1
    assert len(case.entries(OFFICER)) == len(case.entries("p-tax")) == 1


def test_the_head_and_a_role_are_found_and_who_did_it_is_not_told(case: Case) -> None:
    tasks = [case.task(f"{WEATHER}.head", "plan_to_approve"), case.task("role.coordinator", "change_proposed")]

    case.tell(case.happen(EventType.PLAN_SUBMITTED, *tasks))

    assert case.entries("p-head") == ["plan_to_approve"]
    # p-coordinator is who the builder's act is by
    assert case.entries(COORDINATOR) == []


def test_who_may_not_know_of_the_record_is_not_told(case: Case) -> None:
    """A task that names somebody for whom the access rules hide the plan: another county's officer."""
    far = person("p-far", Role.DEPARTMENT_OFFICER, division="450500000000", department_id="d-meteorology")
    save(case.store, far)

    assert case.tell(case.happen(EventType.TASKS_GENERATED, case.task("p-far", "opinion_requested"))) == 0
    assert case.entries("p-far") == []


def test_a_silent_topic_tells_nobody_and_a_new_one_is_told_in_general_words(case: Case) -> None:
    tasks = [case.task(OFFICER, "plan_draft"), case.task(OFFICER, "something_new")]

    assert case.tell(case.happen(EventType.PLAN_CHANGED, *tasks)) == 1
    assert case.entries(OFFICER) == ["task_waiting"]


def test_a_job_that_failed_tells_who_asked_for_it(case: Case) -> None:
    job = Job(
        name="import_register",
        requested_by=actor(Role.DEPARTMENT_OFFICER, person_id=OFFICER),
        requested_at=NOW,
        state=JobState.FAILED,
    )
    save(case.store, job)

    assert case.tell(case.happen(EventType.JOB_FAILED, about=job)) == 1
    assert case.entries(OFFICER) == ["job_failed"]


def test_a_message_leaves_only_to_who_has_an_address_and_chose_the_channel(case: Case) -> None:
    case.choose(OFFICER)
    case.choose("p-tax", mobile="")
    tasks = [case.task(WEATHER, "opinion_requested"), case.task(TAX, "opinion_requested")]

    case.tell(case.happen(EventType.TASKS_GENERATED, *tasks))

    (message,) = case.messages()
    assert (message.person_id, message.channel, message.state) == (OFFICER, Channel.SMS, MessageState.QUEUED)
    assert MOBILE not in message.model_dump_json()
    entry = case.store.notifications.of_person(TENANT, OFFICER).records[0]
    issued = {one.id: case.store.notifications.history(TENANT, one.ref) for one in (entry, *_entries(case, "p-tax"))}
    assert [one.data["outbound"] for events in issued.values() for one in events] == [[message.id]]


def _entries(case: Case, person_id: str):
    return case.store.notifications.of_person(TENANT, person_id).records


def test_held_messages_of_one_person_become_one(case: Case) -> None:
    case.choose(OFFICER, has_digest=True)

    for minute, topic in enumerate(("opinion_requested", "change_proposed", "plan_to_approve")):
        case.tell(case.happen(EventType.TASKS_GENERATED, case.task(OFFICER, topic), minutes=minute), minutes=minute)

    (message,) = case.messages("held")
    assert len(message.notification_ids) == 3
    assert message.next_attempt_at is not None and message.next_attempt_at > NOW
    assert case.messages("queued") == []


def test_an_unread_count_and_opening(case: Case) -> None:
    case.tell(case.happen(EventType.TASKS_GENERATED, *[case.task(OFFICER, f"topic_{n}") for n in "abc"]))
    me = actor(Role.DEPARTMENT_OFFICER, person_id=OFFICER)
    first = case.store.notifications.of_person(TENANT, OFFICER).records[0]
    assert case.store.notifications.unread_count(TENANT, OFFICER) == 3

    opened = open_notification(case.store, TENANT, act(me), notification_id=first.id)

    assert opened.read_at == NOW
    assert case.store.notifications.unread_count(TENANT, OFFICER) == 2
    again = act(me)
    assert [open_all(case.store, TENANT, again) for _ in range(2)] == [2, 0]
    assert case.entries(OFFICER, is_unread=True) == []


def test_people_of_a_firm_are_told_of_their_finding(case: Case) -> None:
    firm = Person(id="p-firm", name="黄*", roles=frozenset({Role.SUBJECT_USER}), subject_ids=[SUBJECT_ID])
    binding = Binding(
        id=f"{SUBJECT_ID}.p-firm",
        subject_id=SUBJECT_ID,
        subject_name="南宁市甲戌加油站有限公司",
        division="450105000000",
        person_id="p-firm",
        person_name="黄*",
        role=BindingRole.OWNER,
        source=BindingSource.ADMINISTRATOR,
        bound_at=NOW,
        bound_by="seed",
    )
    save(case.store, firm, binding)
    finding = _finding(case, SUBJECT_ID)

    assert case.tell(case.happen(EventType.FINDING_MADE, about=finding)) == 1
    assert case.entries("p-firm") == ["rectification_asked"]


def _finding(case: Case, subject_id: str):
    finding = Finding(
        visit_id="v1",
        plan_id=case.plan.id,
        scenario="refined_oil",
        scenario_version="1",
        subject_id=subject_id,
        subject_name="南宁市甲戌加油站有限公司",
        division="450105000000",
        acting_body_id=WEATHER,
        acting_body_label="市气象局",
        department="meteorology",
        item_id="lightning",
        title="防雷检测过期",
        severity=Severity.MINOR,
        clause="第一条",
        found_on=TODAY,
        remedy_due_on=TODAY,
        due_at=NOW,
    )
    save(case.store, finding)
    return finding
