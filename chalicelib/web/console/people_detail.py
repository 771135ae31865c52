"""One person: roles, certificates, bindings, deputies, changes of access, and what happened."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.access_change import AccessChangeState
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import ADMINISTRATORS, Person
from chalicelib.services.people.leave_post import departure_resource
from chalicelib.web.answers import Answer, page
from chalicelib.web.binding_words import binding_row
from chalicelib.web.console.deputies import deputy_row
from chalicelib.web.console.people import BASE, PERSON, certificate_state, label_of, shown_name
from chalicelib.web.formats import format_datetime
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.people_words import ROLES, role_label
from chalicelib.web.places import place_label
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

_EVENTS = {
    EventType.PERSON_ADDED: mark("添加人员"),
    EventType.PERSON_CHANGED: mark("修改人员"),
    EventType.CERTIFICATE_RENEWED: mark("换发执法证"),
    EventType.CERTIFICATE_EXPIRY_NOTED: mark("执法证到期提醒"),
}


@route(blueprint, f"{BASE}/{{person_id}}", permission=Permission.PEOPLE_READ, resource=PERSON)
def show_person(request: WebRequest, person_id: str) -> Answer:
    store, tenant = request.store, request.tenant
    person: Person = request.find_named(Person, person_id) or store.people.get(tenant, person_id)
    department = store.departments.find(tenant, person.department_id) if person.department_id else None
    body = store.acting_bodies.find(tenant, person.acting_body_id) if person.acting_body_id else None
    today = shanghai_date(request.now)
    may_leave = allowed(request.actor, Permission.DEPARTURE_MAKE, departure_resource(person))
    return page(
        request,
        "pages/people/show.html",
        person=person,
        name=shown_name(person),
        roles=[(role_label(role), gettext(ROLES[role][1])) for role in ROLES if role in person.roles],
        department=label_of(department) if department else "",
        body=label_of(body) if body else "",
        place=place_label(person.division, is_full=True) if person.division else "",
        certificate=certificate_state(person, today),
        certificates=[{"certificate": one, "holds": one.holds_on(today)} for one in reversed(person.certificates)],
        bindings=_bindings(request, person),
        deputies=[deputy_row(one, today) for one in store.deputies.of_principal(tenant, person.id)],
        standing_in=[deputy_row(one, today) for one in store.deputies.of_deputy(tenant, person.id)],
        waiting=_waiting(request, person),
        timeline=_timeline(request, person),
        may_manage=allowed(request.actor, Permission.PEOPLE_MANAGE),
        may_leave=may_leave and person.is_active and not person.roles & ADMINISTRATORS,
    )


def _bindings(request: WebRequest, person: Person) -> list[dict[str, Any]]:
    """For whom they act: named to those who may see subjects, which administrators may not."""
    if not person.subject_ids or not allowed(request.actor, Permission.SUBJECT_READ):
        return []
    found = request.store.bindings.of_person(request.tenant, person.id)
    return [binding_row(one) for one in found if allowed(request.actor, Permission.SUBJECT_READ, one.resource)]


def _waiting(request: WebRequest, person: Person) -> str:
    """The change of this person that waits for a second administrator, for who may see it."""
    if not allowed(request.actor, Permission.ACCESS_READ):
        return ""
    found = request.store.access_changes.of_person(request.tenant, person.id)
    return next((one.id for one in found if one.state_at(request.now) is AccessChangeState.WAITING), "")


def _timeline(request: WebRequest, person: Person) -> list[dict[str, str]]:
    """Events of the record, and changes that two administrators made."""
    events = request.store.people.history(request.tenant, person.ref, 50)
    entries = [(one.at, gettext(_EVENTS[one.type]), "") for one in events if one.type in _EVENTS]
    for one in request.store.access_changes.of_person(request.tenant, person.id):
        if one.state is AccessChangeState.CONFIRMED and one.decided_at is not None:
            who = gettext("%(first)s提出，%(second)s复核", first=one.requested_by_name, second=one.decided_by_name)
            entries.append((one.decided_at, gettext("修改权限"), who))
    for left in request.store.departures.of_person(request.tenant, person.id):
        if left.completed_at is not None:
            entries.append((left.completed_at, gettext("工作交接"), gettext("交出%(count)s件", count=left.handed)))
    entries.sort(key=lambda entry: entry[0], reverse=True)
    return [{"at": format_datetime(at), "title": title, "note": note} for at, title, note in entries]
