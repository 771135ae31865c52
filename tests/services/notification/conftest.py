"""A plan that asks two bodies for their opinion, and the people who are told."""

from dataclasses import dataclass

import pytest

from chalicelib.domain.event import Event, EventType
from chalicelib.domain.notification_preference import NotificationPreference
from chalicelib.domain.notification_rules import Channel
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.record import Record
from chalicelib.domain.tenancy import ActingBody, Actor, Department, Person, Role
from chalicelib.domain.todo import Todo
from chalicelib.services.notification.issue_notifications import issue_notifications
from chalicelib.storage.store import Store
from tests.builders import NOW, TENANT, act
from tests.visiting import BODIES, TAX, WEATHER, plan, save

OFFICER, INSPECTOR, COORDINATOR = "p-officer", "p-inspector", "p-coordinator"
MOBILE = "13877112233"


def person(id: str, role: Role, **more: object) -> Person:
    return Person(id=id, name="韦晨阳", roles=frozenset({role}), **more)  # type: ignore[arg-type]


@dataclass
class Case:
    store: Store
    plan: InspectionPlan

    def happen(self, type: EventType, *todos: Todo, about: Record | None = None, minutes: int = 0) -> Event:
        """An event about the plan (or another record) that leaves these tasks."""
        record = about or self.plan
        with self.store.change(TENANT, act(minutes=minutes)) as change:
            self.store.todos.replace(change, record.ref, list(todos))
            return change.event(type, record)

    def tell(self, event: Event, minutes: int = 0) -> int:
        """What the stream's reaction does."""
        done = act(Actor.system(TENANT, "notify"), minutes=minutes, key=f"{event.id}.notify")
        return issue_notifications(self.store, event, done)

    def task(self, owner: str, topic: str) -> Todo:
        return Todo.of(self.plan.ref, owner, topic, self.plan.title, at=NOW, detail=self.plan.number)

    def choose(self, person_id: str, **values: object) -> None:
        known = {"id": person_id, "mobile": MOBILE, "channels": {"plans": frozenset({Channel.SMS})}}
        save(self.store, NotificationPreference(**(known | values)))  # type: ignore[arg-type]

    def entries(self, person_id: str, **more: bool) -> list[str]:
        return [one.template for one in self.store.notifications.of_person(TENANT, person_id, **more).records]

    def messages(self, state: str = ""):
        return self.store.notification_messages.recent(TENANT, state).records


@pytest.fixture
def case(store: Store) -> Case:
    made = plan()
    departments = [
        Department(id=f"d-{code}", code=code, label=label, division="450100000000") for label, code in BODIES.values()
    ]
    bodies = [
        ActingBody(id=id, label=label, division="450100000000", departments=[code])
        for id, (label, code) in BODIES.items()
    ]
    people = [
        person(OFFICER, Role.DEPARTMENT_OFFICER, acting_body_id=WEATHER, department_id="d-meteorology"),
        person(INSPECTOR, Role.INSPECTOR, acting_body_id=WEATHER, department_id="d-meteorology"),
        person("p-head", Role.APPROVER, acting_body_id=WEATHER, department_id="d-meteorology"),
        person("p-tax", Role.DEPARTMENT_OFFICER, acting_body_id=TAX, department_id="d-taxation"),
        person("p-retired", Role.DEPARTMENT_OFFICER, acting_body_id=WEATHER, is_active=False),
        person(COORDINATOR, Role.COORDINATOR),
        person("p-system", Role.SYSTEM_ADMINISTRATOR),
    ]
    save(store, made, *departments, *bodies, *people)
    return Case(store, store.plans.get(TENANT, made.id))
