"""Certificates that end soon, and their renewal."""

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.certificate_warning import CertificateState, certificate_warnings, standing_on
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.tenancy import Person
from chalicelib.services.people.renew_certificate import renew_certificate
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.people import BASE, PERSON, certificate_state, label_of, shown_name, tabs_of
from chalicelib.web.cursors import open_cursor, seal_cursor
from chalicelib.web.fields import Fields
from chalicelib.web.i18n import gettext
from chalicelib.web.messages import form_problems
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)


@route(blueprint, f"{BASE}/certificates", permission=Permission.PEOPLE_READ)
def list_certificates(request: WebRequest) -> Answer:
    """Officers by what is left of the certificate, the most urgent hundred a page: two queries."""
    store, tenant = request.store, request.tenant
    today = shanghai_date(request.now)
    bodies = {one.id: label_of(one) for one in store.acting_bodies.every(tenant)}
    officers = store.people.officers_by_certificate(tenant, after=open_cursor(request))
    found = [(one, standing_on(one, today)) for one in officers.records]
    is_more = bool(found) and found[-1][1].state is not CertificateState.VALID and officers.next is not None
    ended = (CertificateState.EXPIRED, CertificateState.MISSING, CertificateState.NOT_YET)
    groups = [("ended", gettext("现在不能用"), [one for one in found if one[1].state in ended])]
    for step in certificate_warnings().steps:
        words = gettext("%(days)s天内到期", days=step)
        groups.append((f"in-{step}", words, [one for one in found if one[1].step == step]))
    return page(
        request,
        "pages/people/certificates.html",
        groups=[
            {
                "id": id,
                "label": label,
                "rows": [
                    {
                        "person": person,
                        "name": shown_name(person),
                        "body": bodies.get(person.acting_body_id or "", ""),
                        "number": person.certificates[-1].number if person.certificates else "",
                        "ends_on": standing.ends_on,
                        "state": certificate_state(person, today),
                    }
                    for person, standing in sorted(rows, key=lambda row: (row[1].ends_on or today, row[0].id))
                ],
            }
            for id, label, rows in groups
        ],
        next_url=f"{BASE}/certificates?cursor={seal_cursor(request, officers.next)}" if is_more else "",
        first_url=f"{BASE}/certificates" if request.query.text("cursor") else "",
        count=len(found),
        tabs=tabs_of(request, f"{BASE}/certificates"),
        may_manage=allowed(request.actor, Permission.PEOPLE_MANAGE),
    )


@route(blueprint, f"{BASE}/{{person_id}}/certificates/new", permission=Permission.PEOPLE_MANAGE, resource=PERSON)
def new_certificate(request: WebRequest, person_id: str) -> Answer:
    return _form(request, request.store.people.get(request.tenant, person_id))


def _form(request: WebRequest, person: Person, error: InvalidInputError | None = None) -> Answer:
    names = {"number": gettext("执法证号"), "valid_from": gettext("有效期起"), "valid_to": gettext("有效期止")}
    return page(
        request,
        "pages/people/renew.html",
        422 if error else 200,
        person=person,
        name=shown_name(person),
        state=certificate_state(person, shanghai_date(request.now)),
        values=request.form.single() if error else {},
        problems=form_problems(error, names) if error else [],
    )


def renew_from(request: WebRequest, person_id: str, values: Fields) -> Person:
    renewed: Person = renew_certificate(
        request.store,
        request.tenant,
        request.act(),
        person_id=person_id,
        number=values.text("number"),
        valid_from=values.day("valid_from"),
        valid_to=values.day("valid_to"),
    )
    return renewed


@route(
    blueprint,
    f"{BASE}/{{person_id}}/certificates",
    methods=("POST",),
    permission=Permission.PEOPLE_MANAGE,
    resource=PERSON,
)
def post_certificate(request: WebRequest, person_id: str) -> Answer:
    try:
        renew_from(request, person_id, request.form)
    except InvalidInputError as error:
        return _form(request, request.store.people.get(request.tenant, person_id), error)
    return see_other(f"{BASE}/{person_id}", gettext("新证已登记，旧证留作历史"))
