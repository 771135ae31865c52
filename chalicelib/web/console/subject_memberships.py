"""A registered subject joins a scenario, with what that asks of it, or leaves one, with a reason."""

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.errors import ConflictError, InvalidInputError
from chalicelib.domain.subject import Subject
from chalicelib.services.register.join_scenario import join_scenario
from chalicelib.services.register.leave_scenario import OpenMatters, leave_scenario, open_matters
from chalicelib.services.register.scenario_kinds import joinable
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import gettext
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.scenarios import item_name, scenario_label
from chalicelib.web.subject_form import SubjectForm, attribute_fields, labels, typed_defaults
from chalicelib.web.subject_view import BASE, SUBJECT, kind_label, read_subject

blueprint = Blueprint(__name__)

ONE = f"{BASE}/{{subject_id}}/memberships"


@route(blueprint, f"{ONE}/new", permission=Permission.SUBJECT_EDIT, resource=SUBJECT)
def new_membership(request: WebRequest, subject_id: str) -> Answer:
    """The attributes are those of `?scenario=`, else of the first that the subject may join."""
    subject = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    if subject.is_tombstone:
        return see_other(f"{BASE}/{subject_id}")
    return _join_form(request, subject, {"scenario": request.query.text("scenario")})


def _join_form(
    request: WebRequest,
    subject: Subject,
    typed: dict[str, str],
    error: InvalidInputError | None = None,
    *,
    is_stale: bool = False,
) -> Answer:
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    names, kind = joinable(tenant.scenarios, subject), subject.kind.value
    scenario = typed["scenario"] if typed.get("scenario") in names else next(iter(names), "")
    values = typed_defaults(scenario, kind) | typed
    return page(
        request,
        "pages/subjects/join.html",
        409 if is_stale else 422 if error else 200,
        subject=subject,
        kind=kind_label(subject),
        version=subject.version,
        scenario=scenario,
        scenarios=[(name, scenario_label(name)) for name in names],
        attributes=attribute_fields(scenario, values, kind),
        kept={name: value for name, value in typed.items() if "." in name and not name.startswith(f"{scenario}.")},
        is_stale=is_stale,
        problems=messages.form_problems(error, labels(tenant.scenarios)) if error else [],
    )


@route(
    blueprint,
    ONE,
    methods=("POST",),
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
    sample_body={"scenario": "refined_oil"},
)
def post_membership(request: WebRequest, subject_id: str) -> Answer:
    """Another scenario is chosen by sending the form: it comes back with what was typed, and with what that scenario
    asks; nobody joins one whose attributes were not shown."""
    subject, form = read_subject(request, subject_id, Permission.SUBJECT_EDIT), request.form
    scenario = form.text("scenario")
    if form.text("step") == "choose" or (scenario and form.text("shown", scenario) != scenario):
        return _join_form(request, subject, form.single())
    try:
        if not scenario:
            raise invalid("scenario", "not_chosen")
        joined = join_scenario(
            request.store,
            request.tenant,
            request.act(),
            subject_id=subject.id,
            scenario=scenario,
            attributes=SubjectForm(form, ()).membership(scenario, subject.kind.value),
            version=form.integer("version"),
        )
    except InvalidInputError as error:
        return _join_form(request, subject, form.single(), error)
    except ConflictError:
        now = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
        return _join_form(request, now, form.single(), is_stale=True)
    words = gettext("已加入%(scenario)s，随后会评价", scenario=scenario_label(scenario))
    return see_other(f"{BASE}/{joined.id}", words)


@route(
    blueprint,
    f"{ONE}/{{scenario}}/leave",
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
    sample={"scenario": "refined_oil"},
)
def ask_leave(request: WebRequest, subject_id: str, scenario: str) -> Answer:
    """What is still open in the scenario stands there before anybody types a reason."""
    subject = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    if subject.membership(scenario) is None:
        return see_other(f"{BASE}/{subject_id}")
    return _leave_form(request, subject, scenario)


def _leave_form(
    request: WebRequest,
    subject: Subject,
    scenario: str,
    error: InvalidInputError | None = None,
    *,
    is_stale: bool = False,
) -> Answer:
    matters = open_matters(request.store, request.tenant, subject, scenario)
    rows = _rows(request, matters)
    return page(
        request,
        "pages/subjects/leave.html",
        409 if is_stale else 422 if error else 200,
        subject=subject,
        scenario=scenario,
        label=scenario_label(scenario),
        version=subject.version,
        reason=request.form.text("reason"),
        rows=rows,
        unseen=sum(matters.counts.values()) - len(rows),
        is_stale=is_stale,
        problems=messages.form_problems(error, _leave_labels()) if error else [],
    )


def _leave_labels() -> dict[str, str]:
    return labels() | {"reason": gettext("理由")}


def _rows(request: WebRequest, matters: OpenMatters) -> list[tuple[str, str, str]]:
    """(label, url, icon) of the open matters that this person may know of."""
    actor = request.actor
    found = [
        (gettext("处置：%(reason)s", reason=one.opened_because[:60]), f"/console/disposals/{one.id}", "alert-triangle")
        for one in matters.disposals
        if allowed(actor, Permission.DISPOSAL_READ, one.resource)
    ]
    found += [
        (
            gettext("问题：%(title)s", title=item_name(one.title, one.scenario)),
            f"/console/findings/{one.id}",
            "alert-circle",
        )
        for one in matters.findings
        if allowed(actor, Permission.FINDING_READ, one.resource)
    ]
    found += [
        (gettext("抽中了，待排期：%(title)s", title=one.title), f"/console/plans/{one.id}", "list-check")
        for one in matters.drawn
        if allowed(actor, Permission.PLAN_READ, one.resource)
    ]
    return found + [
        (
            gettext("检查：%(code)s", code=one.inspection_code or gettext("待定")),
            f"/console/visits/{one.id}",
            "list-check",
        )
        for one in matters.visits
        if allowed(actor, Permission.VISIT_READ, one.resource)
    ]


@route(
    blueprint,
    f"{ONE}/{{scenario}}/leave",
    methods=("POST",),
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
    sample={"scenario": "refined_oil"},
    sample_body={"reason": "1"},
)
def post_leave(request: WebRequest, subject_id: str, scenario: str) -> Answer:
    subject, form = read_subject(request, subject_id, Permission.SUBJECT_EDIT), request.form
    try:
        left = leave_scenario(
            request.store,
            request.tenant,
            request.act(),
            subject_id=subject.id,
            scenario=scenario,
            reason=form.text("reason"),
            version=form.integer("version"),
        )
    except InvalidInputError as error:
        if subject.membership(scenario) is None:
            return see_other(f"{BASE}/{subject_id}", messages.field_words(error.problems[0]))
        return _leave_form(request, subject, scenario, error)
    except ConflictError:
        now = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
        return _leave_form(request, now, scenario, is_stale=True)
    words = gettext("已退出%(scenario)s；以前的记录都还在", scenario=scenario_label(scenario))
    return see_other(f"{BASE}/{left.id}", words)
