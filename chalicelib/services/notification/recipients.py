"""Who is meant by an owner of a task or by the audience of an event, and whether they may know of the record."""

from collections.abc import Collection, Iterable, Sequence

from chalicelib.domain.event import Event
from chalicelib.domain.need_to_know import may_know
from chalicelib.domain.plan_todo import head_of
from chalicelib.domain.record import Record
from chalicelib.domain.tenancy import Actor, Person, Role, TenantId
from chalicelib.services.binding.own_subjects import identifiers, with_own_subjects
from chalicelib.storage.store import Store

_SUPERVISORS = (Role.COORDINATOR, Role.JUSTICE_SUPERVISOR)
"""Who watches over the draws of a tenant; as an overseer over those of its region, with the evaluators."""


class Recipients:
    """People of one tenant, each body read at most once. Made for one event."""

    def __init__(self, store: Store, tenant: TenantId) -> None:
        self._store, self._tenant = store, tenant
        self._of_body: dict[str, list[Person]] = {}
        self._codes: dict[str, str | None] = {}

    def of_owner(self, owner: str) -> list[Person]:
        """The people for whom a task of this owner waits: `role.<role>`, `<acting body>.head`, a person, an acting
        body or a department. Of a body its officers, or everybody of it when it has none."""
        kind, _, rest = owner.partition(".")
        if kind == "role":
            return self._store.people.of_role(self._tenant, Role(rest)) if rest in list(Role) else []
        if owner.endswith(".head"):
            return [one for one in self._body(owner.removesuffix(".head")) if Role.APPROVER in one.roles]
        person = self._store.people.find(self._tenant, owner)
        if person is not None:
            return [person]
        unit = self._body(owner) or self._store.people.of_department(self._tenant, owner)
        return [one for one in unit if Role.DEPARTMENT_OFFICER in one.roles] or unit

    def of_audience(self, audience: str, event: Event, record: Record) -> list[Person]:
        """The people whom an event tells although no task waits for them."""
        if audience == "subject_users":
            of_visit = getattr(getattr(record, "subject", None), "subject_id", "")
            subject_id = str(getattr(record, "subject_id", "") or of_visit)
            return self._bound_to([subject_id])
        if audience == "handbook_readers":
            return self._bound_to(event.data["subject_ids"])
        if audience in ("told", "told_urgently"):
            told = [one for one in getattr(record, "told", ()) if one.is_urgent or audience == "told"]
            return self._officers_of({one.department for one in told})
        if audience in ("supervisors", "overseers"):
            roles = _SUPERVISORS if audience == "supervisors" else (*_SUPERVISORS, Role.EVALUATOR)
            return [one for role in roles for one in self._store.people.of_role(self._tenant, role)]
        if audience == "heads":
            plan = self._store.plans.find(self._tenant, getattr(record, "plan_id", ""))
            return [one for task in (plan.tasks if plan else ()) for one in self.of_owner(head_of(task.acting_body_id))]
        if audience == "body_of_task":
            body = str(event.data["acting_body_id"])
            found = {one.id: one for owner in (body, head_of(body)) for one in self.of_owner(owner)}
            return list(found.values())
        if audience == "team":
            ids = [member.person_id for member in getattr(record, "team", ())]
        elif audience == "requester":
            ids = [record.requested_by.person_id] if hasattr(record, "requested_by") else []
        else:
            ids = [getattr(record, "drafted_by", "")]
        return self._found(ids)

    def _officers_of(self, codes: Collection[str]) -> list[Person]:
        """The officers of every department of these codes, or everybody of one that has none."""
        units = [one for one in self._store.departments.every(self._tenant) if one.code in codes] if codes else []
        found = {person.id: person for unit in units for person in self.of_owner(unit.id)}
        return list(found.values())

    def _bound_to(self, subject_ids: Sequence[str]) -> list[Person]:
        """People who are bound to any of these subjects, under whatever identifier it has now, each once."""
        found: dict[str, Person] = {}
        groups = identifiers(self._store, self._tenant, subject_ids)
        for subject_id in sorted(frozenset(subject_ids).union(*groups)):
            # Bindings are the record; a person's own list repeats those that hold (domain/binding.py).
            bound = [one.person_id for one in self._store.bindings.of_subject(self._tenant, subject_id)]
            found |= {one.id: one for one in self._found(bound) if subject_id in one.subject_ids}
        return list(found.values())

    def _found(self, ids: Iterable[str]) -> list[Person]:
        wanted = [id for id in dict.fromkeys(ids) if id]
        found = self._store.people.find_many(self._tenant, wanted)
        return [found[id] for id in wanted if id in found]

    def may_know(self, person: Person, record: Record) -> bool:
        """Whether the access rules let this person be told that the record is there at all."""
        actor = Actor.of(self._tenant, person, self._code(person.department_id))
        return may_know(with_own_subjects(self._store, self._tenant, actor), record)

    def _body(self, acting_body_id: str) -> list[Person]:
        if acting_body_id not in self._of_body:
            self._of_body[acting_body_id] = self._store.people.of_body(self._tenant, acting_body_id)
        return self._of_body[acting_body_id]

    def _code(self, department_id: str | None) -> str | None:
        if department_id is None:
            return None
        if department_id not in self._codes:
            found = self._store.departments.find(self._tenant, department_id)
            self._codes[department_id] = found.code if found else None
        return self._codes[department_id]
