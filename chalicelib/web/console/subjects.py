"""The register of subjects: list by filters, one subject with everything about it, register one, change one."""

from typing import Any
from urllib.parse import urlencode

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.errors import AlreadyExistsError, ConflictError, FieldProblem, InvalidInputError
from chalicelib.domain.subject import Subject
from chalicelib.services.register.register_subject import change_subject, find_by_code, register_subject
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.cursors import CURSOR
from chalicelib.web.disposition import state_chip
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.places import counties_of, place_label
from chalicelib.web.register_words import KINDS, RELATIONS, STATUSES, options
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route
from chalicelib.web.scenarios import scenario_label
from chalicelib.web.subject_form import SubjectForm, attribute_fields, attribute_words, labels, values_of
from chalicelib.web.subject_list import filters_of, list_subjects
from chalicelib.web.subject_view import grades_of, read_subject, timeline_of

blueprint = Blueprint(__name__)

BASE = "/console/subjects"
SUBJECT = ("subject", "subject_id")
_MAX_RELATED = 10
_MAX_LISTED = 20


def status_chip(subject: Subject) -> tuple[str, str]:
    words, tone = STATUSES[subject.status.value]
    return gettext(words), tone


def kind_label(subject: Subject) -> str:
    return gettext(KINDS[subject.kind.value])


@route(
    blueprint,
    BASE,
    permission=Permission.SUBJECT_READ,
    nav=Nav(group=mark("底账"), label=mark("监管对象"), order=40, icon="building-store", also=("/console/imports",)),
)
def show_list(request: WebRequest) -> Answer:
    """A code that is typed in full leads straight to its subject."""
    found = list_subjects(request)
    if found.hit is not None:
        return see_other(f"{BASE}/{found.hit.id}")
    values = filters_of(request)
    held = urlencode({name: value for name, value in values.items() if value})
    first = f"{BASE}?{held}" if held else BASE
    return page(
        request,
        "pages/subjects/list.html",
        rows=[
            {
                "subject": one,
                "place": place_label(one.division),
                "kind": kind_label(one),
                "status": status_chip(one),
                "scenarios": [scenario_label(member.scenario) for member in one.memberships],
            }
            for one in found.subjects
        ],
        values=values,
        is_filtered=bool(held),
        is_cut=found.is_cut,
        counties=[("", gettext("全部县区")), *((code, place_label(code)) for code in found.counties)],
        scenarios=[("", gettext("全部场景")), *((name, scenario_label(name)) for name in found.scenarios)],
        kinds=[("", gettext("全部类型")), *options(KINDS)],
        statuses=[("", gettext("全部状态")), *options(STATUSES)],
        next_url=f"{BASE}?{held}{'&' if held else ''}{CURSOR}={found.cursor}" if found.cursor else "",
        first_url=first if request.query.text(CURSOR) else "",
        may_import=allowed(request.actor, Permission.SUBJECT_IMPORT),
        may_edit=allowed(request.actor, Permission.SUBJECT_EDIT),
    )


@route(blueprint, f"{BASE}/new", permission=Permission.SUBJECT_EDIT)
def new_subject(request: WebRequest) -> Answer:
    return _register_form(request, {})


def _register_form(request: WebRequest, values: dict[str, str], error: InvalidInputError | None = None) -> Answer:
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    wanted = values.get("scenario") or request.query.text("scenario")
    scenario = wanted if wanted in tenant.scenarios else (tenant.scenarios[0] if tenant.scenarios else "")
    return page(
        request,
        "pages/subjects/new.html",
        422 if error else 200,
        values=values,
        scenario=scenario,
        scenario_label=scenario_label(scenario) if scenario else "",
        scenarios=[
            {"label": scenario_label(name), "url": f"{BASE}/new?scenario={name}", "active": name == scenario}
            for name in tenant.scenarios
        ],
        attributes=attribute_fields(scenario, values) if scenario else [],
        counties=_counties(request, tenant.divisions),
        kinds=options(KINDS),
        statuses=options(STATUSES),
        problems=messages.form_problems(error, labels(tenant.scenarios)) if error else [],
        duplicate=_duplicate(request, error),
    )


def _counties(request: WebRequest, divisions: list[str]) -> list[tuple[str, str]]:
    return [("", gettext("请选择")), *((code, place_label(code)) for code in counties_of(divisions, request.actor))]


def _duplicate(request: WebRequest, error: InvalidInputError | None) -> str:
    """The identifier of the subject that already has the code, where the person may know of it."""
    if error is None or not any(found.code == "already_registered" for found in error.problems):
        return ""
    subject = find_by_code(request.store, request.tenant, str(error.problems[0].details.get("value", "")))
    return subject.id if subject and allowed(request.actor, Permission.SUBJECT_READ, subject.resource) else ""


def register_from(request: WebRequest, form: SubjectForm, scenarios: list[str]) -> Subject:
    """The subject that the form describes; a code that is taken is a problem of its field."""
    draft = form.draft(scenarios)
    try:
        subject: Subject = register_subject(request.store, request.tenant, request.act(), draft=draft)
    except AlreadyExistsError:
        details: dict[str, str | int] = {"value": draft.code or ""}
        problem = FieldProblem(field="code", code="already_registered", details=details)
        raise InvalidInputError([problem]) from None
    return subject


@route(blueprint, BASE, methods=("POST",), permission=Permission.SUBJECT_EDIT)
def post_subject(request: WebRequest) -> Answer:
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    try:
        subject = register_from(request, SubjectForm(request.form, tenant.divisions), tenant.scenarios)
    except InvalidInputError as error:
        return _register_form(request, request.form.single(), error)
    return see_other(f"{BASE}/{subject.id}", gettext("已登记"))


@route(blueprint, f"{BASE}/{{subject_id}}", permission=Permission.SUBJECT_READ, resource=SUBJECT)
def show_subject(request: WebRequest, subject_id: str) -> Answer:
    """Its record, grades and history (three queries of one partition), its visits and findings (one query each)."""
    subject = read_subject(request, subject_id)
    findings = [
        {"finding": one, "state": state_chip("finding", one.state)}
        for one in reversed(request.store.findings.of_subject(request.tenant, subject_id))
        if allowed(request.actor, Permission.FINDING_READ, one.resource)
    ]
    visits = [
        {"visit": one, "state": state_chip("visit", one.state)}
        for one in reversed(request.store.visits.of_subject(request.tenant, subject_id))
        if allowed(request.actor, Permission.VISIT_READ, one.resource)
    ]
    grades = {one.scenario: one for one in grades_of(request, subject)}
    return page(
        request,
        "pages/subjects/show.html",
        subject=subject,
        place=place_label(subject.division, is_full=True),
        kind=kind_label(subject),
        state=status_chip(subject),
        memberships=[
            {
                "name": one.scenario,
                "label": scenario_label(one.scenario),
                "grades": grades[one.scenario],
                "pairs": attribute_words(one.scenario, one.attributes),
            }
            for one in subject.memberships
        ],
        relations=_relations(request, subject),
        findings=findings[:_MAX_LISTED],
        open_count=sum(one["finding"].state != "closed" for one in findings),
        visits=visits[:_MAX_LISTED],
        timeline=timeline_of(request, subject),
        may_edit=allowed(request.actor, Permission.SUBJECT_EDIT, subject.resource),
    )


def _relations(request: WebRequest, subject: Subject) -> list[dict[str, Any]]:
    found = []
    for relation in subject.relations[:_MAX_RELATED]:
        other = request.store.subjects.find(request.tenant, relation.subject_id)
        if other is not None and allowed(request.actor, Permission.SUBJECT_READ, other.resource):
            found.append({"words": gettext(RELATIONS[relation.kind.value]), "subject": other})
    return found


@route(blueprint, f"{BASE}/{{subject_id}}/edit", permission=Permission.SUBJECT_EDIT, resource=SUBJECT)
def edit_subject(request: WebRequest, subject_id: str) -> Answer:
    subject = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    return _edit_form(request, subject, values_of(subject), subject.version)


def _edit_form(
    request: WebRequest,
    subject: Subject,
    values: dict[str, str],
    version: int,
    error: InvalidInputError | None = None,
    *,
    is_stale: bool = False,
) -> Answer:
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    scenarios = [one.scenario for one in subject.memberships]
    return page(
        request,
        "pages/subjects/edit.html",
        409 if is_stale else 422 if error else 200,
        subject=subject,
        values=values,
        version=version,
        is_stale=is_stale,
        groups=[{"label": scenario_label(name), "fields": attribute_fields(name, values)} for name in scenarios],
        counties=_counties(request, tenant.divisions),
        statuses=options(STATUSES),
        problems=messages.form_problems(error, labels(scenarios)) if error else [],
    )


@route(
    blueprint,
    f"{BASE}/{{subject_id}}/edit",
    methods=("POST",),
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
)
def post_edit(request: WebRequest, subject_id: str) -> Answer:
    subject = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    version = request.form.integer("version") or 0
    try:
        changes = SubjectForm(request.form, tenant.divisions).changes(subject)
        change_subject(
            request.store, request.tenant, request.act(), subject_id=subject_id, changes=changes, version=version
        )
    except InvalidInputError as error:
        return _edit_form(request, subject, request.form.single(), version, error)
    except ConflictError:
        return _edit_form(request, subject, request.form.single(), subject.version, is_stale=True)
    return see_other(f"{BASE}/{subject_id}", gettext("已保存"))
