"""Register one subject of any kind, change one; what two people changed at once is put side by side."""

from collections.abc import Mapping
from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.division import covers_any, is_known
from chalicelib.domain.errors import AlreadyExistsError, ConflictError, InvalidInputError
from chalicelib.domain.plate import plate_rules
from chalicelib.domain.subject import Subject, SubjectKind
from chalicelib.domain.subject_kind import kind_rules
from chalicelib.services.register.register_subject import change_subject, register_subject
from chalicelib.web import kept_photos, messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.i18n import gettext
from chalicelib.web.kind_form import SYSTEMS, kind_fields, people_rows, role_options
from chalicelib.web.places import counties_of, place_label
from chalicelib.web.register_words import KINDS, STATUSES, options
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.scenarios import scenario_label
from chalicelib.web.subject_conflict import SEEN, TAKE, as_fields, seen_values, settle
from chalicelib.web.subject_form import SubjectForm, attribute_fields, labels, values_of
from chalicelib.web.subject_taken import holder, taken
from chalicelib.web.subject_view import BASE, SUBJECT, kind_label, read_subject

blueprint = Blueprint(__name__)

SETTABLE = ("active", "suspended", "closed", "moved")


@route(blueprint, f"{BASE}/new", permission=Permission.SUBJECT_EDIT)
def new_subject(request: WebRequest) -> Answer:
    """Fields depend on the kind (`?kind=`)."""
    return _register_form(request, {"kind": request.query.text("kind"), "scenario": request.query.text("scenario")})


def form_context(request: WebRequest, kind: SubjectKind, values: Mapping[str, str]) -> dict[str, Any]:
    """What the fields of every subject's form need, for pages/subjects/fields.html."""
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    counties = {code: place_label(code) for code in counties_of(tenant.divisions, request.actor)}
    own = values.get("division", "")
    if own not in counties and is_known(own) and covers_any(tenant.divisions, own):
        counties[own] = place_label(own, is_full=True)  # a township or a village, as a file or a merge gave it
    return {
        "values": values,
        "rules": kind_rules(kind),
        "kind_inputs": kind_fields(kind, values),
        "counties": [("", gettext("请选择")), *counties.items()],
        "statuses": options({code: STATUSES[code] for code in SETTABLE}),
        "plate_forms": [(one.code.value, one.words(request.locale)) for one in plate_rules().forms],
        "systems": options({one.value: words for one, words in SYSTEMS.items()}),
        "roles": role_options(),
    }


def kind_of(text: str) -> SubjectKind:
    """The kind that a form names, a company when it names none that there is."""
    return SubjectKind(text) if text in set(SubjectKind) else SubjectKind.COMPANY


def _register_form(
    request: WebRequest,
    values: dict[str, str],
    error: InvalidInputError | None = None,
    photos: tuple[str, ...] = (),
) -> Answer:
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    kind = kind_of(values.get("kind", ""))
    scenario = values.get("scenario", "")
    is_plain = kind is SubjectKind.COMPANY and "name" not in values
    if scenario not in tenant.scenarios:
        scenario = tenant.scenarios[0] if tenant.scenarios and is_plain else ""
    return page(
        request,
        "pages/subjects/new.html",
        422 if error else 200,
        kind=kind.value,
        kinds=options(KINDS),
        scenario=scenario,
        scenarios=[("", gettext("暂不加入场景")), *((name, scenario_label(name)) for name in tenant.scenarios)],
        attributes=attribute_fields(scenario, values, kind.value) if scenario else [],
        people=people_rows((), values),
        problems=messages.form_problems(error, labels(tenant.scenarios)) if error else [],
        holder=holder(request, error),
        photos=len(photos),
        kept={kept_photos.FIELD: kept_photos.sealed(request, photos)},
        **form_context(request, kind, values),
    )


def register_from(
    request: WebRequest,
    form: SubjectForm,
    scenarios: list[str],
    photos: tuple[str, ...] = (),
    *,
    is_another: bool = False,
) -> Subject:
    """The subject that the form describes; a code or plate that is taken is a problem of its field."""
    draft = form.draft(scenarios, photos)
    try:
        subject: Subject = register_subject(
            request.store, request.tenant, request.act(), draft=draft, is_another=is_another
        )
    except AlreadyExistsError as error:
        raise taken(request, error) from None
    return subject


@route(blueprint, BASE, methods=("POST",), permission=Permission.SUBJECT_EDIT)
def post_subject(request: WebRequest) -> Answer:
    """Without script the kind and the scenario are changed by sending the form: it comes back with what was typed and
    which photos came."""
    values = request.form.single()
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    photos: tuple[str, ...] = ()
    try:
        photos = kept_photos.photos_of(request)
        if request.form.text("step") == "choose":
            return _register_form(request, values | {"name": values.get("name", "")}, photos=photos)
        form, is_another = SubjectForm(request.form, tenant.divisions), request.form.flag("is_another")
        subject = register_from(request, form, tenant.scenarios, photos, is_another=is_another)
    except InvalidInputError as error:
        return _register_form(request, values, error, photos)
    return see_other(f"{BASE}/{subject.id}", gettext("已登记"))


@route(blueprint, f"{BASE}/{{subject_id}}/edit", permission=Permission.SUBJECT_EDIT, resource=SUBJECT)
def edit_subject(request: WebRequest, subject_id: str) -> Answer:
    subject = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    if subject.is_tombstone:
        return see_other(f"{BASE}/{subject_id}")
    return _edit_form(request, subject, values_of(subject))


def _edit_form(
    request: WebRequest, subject: Subject, values: dict[str, str], error: InvalidInputError | None = None
) -> Answer:
    """The form; what it was first filled from goes along, so that others' changes can be told from the person's own."""
    scenarios = [one.scenario for one in subject.memberships]
    held = {name: value for name, value in values.items() if name.startswith(SEEN)} or seen_values(subject)
    return page(
        request,
        "pages/subjects/edit.html",
        422 if error else 200,
        subject=subject,
        kind=kind_label(subject),
        held=held,
        version=values.get("version") or subject.version,
        groups=[
            {"label": scenario_label(name), "fields": attribute_fields(name, values, subject.kind.value)}
            for name in scenarios
        ],
        people=people_rows(subject.responsible_people, values),
        holder=holder(request, error),
        problems=messages.form_problems(error, labels(scenarios)) if error else [],
        **form_context(request, subject.kind, values),
    )


@route(
    blueprint,
    f"{BASE}/{{subject_id}}/edit",
    methods=("POST",),
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
)
def post_edit(request: WebRequest, subject_id: str) -> Answer:
    """Saved; when somebody else changed other fields meanwhile, both stay; for the same fields the person is asked."""
    subject = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    typed = request.form.single()
    version = request.form.integer("version") or 0
    try:
        if version != subject.version or any(name.startswith(TAKE) for name in typed):
            typed, clashes = settle(subject, typed)
            if clashes:
                return _conflict(request, subject, request.form.single(), clashes)
            version = subject.version
        _save(request, subject, typed, version)
    except InvalidInputError as error:
        return _edit_form(request, subject, request.form.single(), error)
    except ConflictError:
        now = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
        return _conflict(request, now, request.form.single(), settle(now, request.form.single())[1])
    return see_other(f"{BASE}/{subject_id}", gettext("已保存"))


def _save(request: WebRequest, subject: Subject, typed: Mapping[str, str], version: int) -> None:
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    changes = SubjectForm(as_fields(typed), tenant.divisions).changes(subject)
    save_changes(request, subject, changes, version)


def save_changes(request: WebRequest, subject: Subject, changes: Mapping[str, Any], version: int | None) -> Subject:
    """The subject with these fields changed; a plate that is taken is a problem of its field."""
    try:
        changed: Subject = change_subject(
            request.store, request.tenant, request.act(), subject_id=subject.id, changes=changes, version=version
        )
    except AlreadyExistsError as error:
        raise taken(request, error) from None
    return changed


def _conflict(request: WebRequest, subject: Subject, typed: dict[str, str], clashes: list[str]) -> Answer:
    """Both values of every field that both changed; everything else that was typed goes along."""
    scenarios = [one.scenario for one in subject.memberships]
    now, known = values_of(subject), labels(scenarios)
    words = _choices(request, subject, now)
    decided = {f"{TAKE}{name}" for name in clashes}
    left_out = {"csrf_token", "key", "version", *decided}
    return page(
        request,
        "pages/subjects/conflict.html",
        409,
        subject=subject,
        version=subject.version,
        rows=[
            {
                "name": name,
                "label": known.get(name, name),
                "theirs": words(name, now.get(name, "")),
                "mine": words(name, typed.get(name, "")),
            }
            for name in clashes
        ],
        typed={name: value for name, value in typed.items() if name not in left_out},
    )


def _choices(request: WebRequest, subject: Subject, now: Mapping[str, str]) -> Any:
    """Words for a value of the form: the label of a choice, the value itself, a word for nothing."""
    fields = form_context(request, subject.kind, now)
    tables = {"division": fields["counties"], "status": fields["statuses"], "coordinate_system": fields["systems"]}
    tables["plate_form"] = fields["plate_forms"]
    inputs = [*fields["kind_inputs"]]
    for one in subject.memberships:
        inputs += attribute_fields(one.scenario, now, subject.kind.value)
    tables |= {one["name"]: one["options"] for one in inputs if one["options"]}

    def words(name: str, value: str) -> str:
        return dict(tables.get(name, [])).get(value, value) or gettext("空")

    return words
