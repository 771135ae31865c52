"""Opening a disposal from the page of a subject, and the card that the page shows of them."""

from collections.abc import Sequence
from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.errors import AlreadyExistsError, InvalidInputError
from chalicelib.domain.record import Ref
from chalicelib.domain.subject import Subject
from chalicelib.services.disposal.editions import Parties, named_departments
from chalicelib.services.disposal.open_disposal import disposal_scenarios, open_disposal, open_disposals
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.disposals import BASE
from chalicelib.web.disposal_words import disposal_row, labels
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.i18n import gettext
from chalicelib.web.messages import form_problems
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.scenarios import scenario_label
from chalicelib.web.subject_view import SUBJECT, read_subject

blueprint = Blueprint(__name__)

_OF_SUBJECT = "/console/subjects/{subject_id}/disposals"


@route(blueprint, f"{_OF_SUBJECT}/new", permission=Permission.DISPOSAL_RECORD, resource=SUBJECT)
def new_disposal(request: WebRequest, subject_id: str) -> Answer:
    return _form(request, subject_id, request.query)


@route(
    blueprint,
    _OF_SUBJECT,
    methods=("POST",),
    permission=Permission.DISPOSAL_RECORD,
    resource=SUBJECT,
    sample_body={"scenario": "self_built_housing", "because": "x"},
)
def post_disposal(request: WebRequest, subject_id: str) -> Answer:
    form = request.form
    kind, _, id = form.text("origin").partition(":")
    try:
        made = open_disposal(
            request.store,
            request.tenant,
            request.act(),
            subject_id=subject_id,
            scenario=form.text("scenario"),
            because=form.text("because"),
            origin=Ref(kind=kind, id=id) if kind else None,
        )
    except InvalidInputError as error:
        return _form(request, subject_id, form, error)
    except AlreadyExistsError:
        return _form(request, subject_id, form, invalid("scenario", "disposal_under_way"))
    return see_other(f"{BASE}/{made.id}", gettext("处置已开始，请记下已经发生的情况"))


def _form(request: WebRequest, subject_id: str, values: Fields, error: InvalidInputError | None = None) -> Answer:
    """Which scenario, why, and what led to it: the subject's newest findings and patrols."""
    store, tenant = request.store, request.tenant
    subject = read_subject(request, subject_id, Permission.DISPOSAL_RECORD)
    parties = Parties.at(store, tenant, subject.division)
    scenarios = [
        one.package.name
        for one in disposal_scenarios(store, tenant, subject)
        if _takes_part(request, subject, parties.taking_part(named_departments(one.scenario.inspection)))
    ]
    open_ones = open_disposals(store, tenant, subject)
    findings = [
        one
        for one in store.findings.first_of_subject(tenant, subject.id, limit=20)
        if allowed(request.actor, Permission.FINDING_READ, one.resource)
    ]
    origins = [(f"finding:{one.id}", gettext("问题：%(title)s", title=one.title)) for one in findings]
    if allowed(request.actor, Permission.PATROL_READ, subject.resource):
        patrols = store.patrols.of_subject(tenant, subject.id, limit=10).records
        origins += [(f"patrol:{one.id}", gettext("%(day)s的巡查", day=str(one.patrolled_on))) for one in patrols]
    return page(
        request,
        "pages/disposals/new.html",
        422 if error else 200,
        base=BASE,
        subject=subject,
        url=f"/console/subjects/{subject.id}",
        scenarios=[(one, scenario_label(one)) for one in scenarios],
        open_ones=[disposal_row(request, one) for one in open_ones],
        origins=[("", gettext("不选")), *origins],
        values=values.single(),
        problems=form_problems(error, labels()) if error else [],
    )


def _takes_part(request: WebRequest, subject: Subject, named: Sequence[str]) -> bool:
    resource = subject.resource.model_copy(update={"departments": frozenset(named)})
    return allowed(request.actor, Permission.DISPOSAL_RECORD, resource)


def disposal_card(request: WebRequest, subject: Subject) -> dict[str, Any] | None:
    """What the subject's page shows: its disposals, and whether one may be opened. None for a reader without the right,
    and where no scenario of it has any."""
    actor = request.actor
    if not allowed(actor, Permission.DISPOSAL_READ, subject.resource.model_copy(update={"departments": frozenset()})):
        return None
    if not subject.memberships or not disposal_scenarios(request.store, request.tenant, subject):
        return None
    ids = subject.all_ids
    found = [one for id in ids for one in request.store.disposals.of_subject(request.tenant, id)]
    found.sort(key=lambda one: (one.is_open, one.id), reverse=True)
    rows = [disposal_row(request, one) for one in found if allowed(actor, Permission.DISPOSAL_READ, one.resource)]
    may_open = allowed(actor, Permission.DISPOSAL_RECORD, subject.resource) and not subject.is_tombstone
    return {"rows": rows[:5], "may_open": may_open}
