"""Merge duplicates after comparing them, split one that is two, undo either."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, require
from chalicelib.domain.errors import AlreadyExistsError, ConflictError, InvalidInputError
from chalicelib.domain.subject import Subject
from chalicelib.domain.subject_kind import subject_limits
from chalicelib.domain.subject_regrouping import OTHER, may_merge, reason_problems
from chalicelib.services.register.merge_subjects import merge_subjects, plan_merge
from chalicelib.services.register.split_subject import split_subject
from chalicelib.services.register.undo_regrouping import undo_regrouping
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.subject_detail import alike_of, relation_rows
from chalicelib.web.console.subject_edit import form_context, kind_of
from chalicelib.web.console.subject_relations import find_other
from chalicelib.web.i18n import gettext
from chalicelib.web.kind_form import people_rows
from chalicelib.web.merge_view import compared, merge_warnings
from chalicelib.web.register_words import KINDS, options
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.scenarios import scenario_label
from chalicelib.web.subject_form import SubjectForm, labels
from chalicelib.web.subject_taken import holder, taken
from chalicelib.web.subject_view import BASE, SUBJECT, kind_label, read_subject

blueprint = Blueprint(__name__)


def merge_labels(rows: list[dict[str, Any]] | None = None) -> dict[str, str]:
    own = {"other_id": gettext("另一个对象"), "reason": gettext("理由")}
    return labels() | own | {row["name"]: row["label"] for row in rows or []}


@route(blueprint, f"{BASE}/{{subject_id}}/merge", permission=Permission.SUBJECT_EDIT, resource=SUBJECT)
def compare(request: WebRequest, subject_id: str) -> Answer:
    """Without `?with=`: those that look like it, and a field for any other; with it: both side by side."""
    subject = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    wanted = request.query.text("with")
    if not wanted:
        return _choose(request, subject, "")
    try:
        other = find_other(request, wanted)
    except InvalidInputError as error:
        return _choose(request, subject, wanted, error)
    return _compare(request, subject, other)


def _choose(request: WebRequest, subject: Subject, wanted: str, error: InvalidInputError | None = None) -> Answer:
    related = [one.other_id for one in request.store.subject_relations.of_subject(request.tenant, subject.id)]
    found = alike_of(request, subject, related)
    return page(
        request,
        "pages/subjects/merge_choose.html",
        422 if error else 200,
        subject=subject,
        kind=kind_label(subject),
        alike=[{"subject": one, "kind": kind_label(one)} for one in found],
        wanted=wanted,
        problems=[
            {"field": "with", "text": one["text"]}
            for one in messages.form_problems(error, {"other_id": gettext("另一条的代码或者网址")})
        ]
        if error
        else [],
    )


def _compare(
    request: WebRequest,
    kept: Subject,
    other: Subject,
    error: InvalidInputError | None = None,
    *,
    is_stale: bool = False,
) -> Answer:
    """Both side by side, and what the merge moves: memberships, relations, visits and findings that are found after."""
    require(request.actor, Permission.SUBJECT_EDIT, other.resource)
    store, tenant = request.store, request.tenant
    problems = may_merge(kept, other)
    moves = None
    if not problems:
        try:
            moves = plan_merge(store, tenant, kept, other)
        except InvalidInputError as found:
            problems = found.problems
    blocked = error or (InvalidInputError(problems) if problems else None)
    rows = compared(kept, other)
    others = store.subjects.find_many(tenant, (one.other_id for one in moves.removed)) if moves else {}
    return page(
        request,
        "pages/subjects/merge.html",
        409 if is_stale else 422 if blocked else 200,
        kept=kept,
        other=other,
        kinds=(kind_label(kept), kind_label(other)),
        rows=rows,
        chosen={row["name"]: request.form.text(f"take.{row['name']}", "kept") for row in rows},
        reason=request.form.text("reason"),
        moving=relation_rows(request, moves.added, others) if moves else [],
        dropped=relation_rows(request, moves.dropped, others) if moves else [],
        visits=sum(len(store.visits.of_subject(tenant, id)) for id in other.all_ids),
        findings=sum(len(store.findings.of_subject(tenant, id)) for id in other.all_ids),
        undo_days=subject_limits().undo_days,
        is_stale=is_stale,
        may_merge=not problems,
        warnings=merge_warnings(kept, other),
        is_reason_needed=bool(reason_problems(kept, other, "")),
        problems=messages.form_problems(blocked, merge_labels(rows)) if blocked else [],
    )


@route(
    blueprint,
    f"{BASE}/{{subject_id}}/merge",
    methods=("POST",),
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
    sample_body={"other_id": "01JD00000000000000000SAMP0"},
)
def post_merge(request: WebRequest, subject_id: str) -> Answer:
    kept, form = read_subject(request, subject_id, Permission.SUBJECT_EDIT), request.form
    other = read_subject(request, form.required("other_id"), Permission.SUBJECT_EDIT)
    choices = {
        name.removeprefix("take."): OTHER
        for name, value in form.single().items()
        if name.startswith("take.") and value == OTHER
    }
    seen = (form.integer("version") or 0, form.integer("other_version") or 0)
    try:
        merge_subjects(
            request.store,
            request.tenant,
            request.act(),
            kept_id=kept.id,
            other_id=other.id,
            choices=choices,
            versions=seen,
            reason=form.text("reason")[:400],
        )
    except InvalidInputError as error:
        return _compare(request, kept, other, error)
    except ConflictError:
        return _compare(request, kept, other, is_stale=True)
    words = gettext("已合并；%(days)s天内可以撤销", days=subject_limits().undo_days)
    return see_other(f"{BASE}/{kept.id}", words)


@route(blueprint, f"{BASE}/{{subject_id}}/split", permission=Permission.SUBJECT_EDIT, resource=SUBJECT)
def show_split(request: WebRequest, subject_id: str) -> Answer:
    subject = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    values = {"kind": subject.kind.value, "division": subject.division, "address": subject.address}
    return _split_form(request, subject, values)


def _split_form(
    request: WebRequest, subject: Subject, values: dict[str, str], error: InvalidInputError | None = None
) -> Answer:
    relations = request.store.subject_relations.of_subject(request.tenant, subject.id)
    others = request.store.subjects.find_many(request.tenant, (one.other_id for one in relations))
    kind = kind_of(values.get("kind", ""))
    return page(
        request,
        "pages/subjects/split.html",
        422 if error else 200,
        subject=subject,
        kind=kind.value,
        kinds=options(KINDS),
        memberships=[(one.scenario, scenario_label(one.scenario)) for one in subject.memberships],
        relations=[
            (row["relation"].id, gettext("%(relation)s：%(name)s", relation=row["words"], name=row["subject"].name))
            for row in relation_rows(request, relations, others)
        ],
        chosen={name: request.form.many(name) for name in ("scenarios", "relations")},
        version=values.get("version") or subject.version,
        undo_days=subject_limits().undo_days,
        people=people_rows((), values),
        holder=holder(request, error),
        problems=messages.form_problems(error, _split_labels()) if error else [],
        **form_context(request, kind, values),
    )


def _split_labels() -> dict[str, str]:
    return labels() | {"scenarios": gettext("拆出去的场景"), "relations": gettext("拆出去的关系")}


@route(
    blueprint,
    f"{BASE}/{{subject_id}}/split",
    methods=("POST",),
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
)
def post_split(request: WebRequest, subject_id: str) -> Answer:
    subject, form = read_subject(request, subject_id, Permission.SUBJECT_EDIT), request.form
    values = form.single()
    if form.text("step") == "choose":
        return _split_form(request, subject, values)
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    try:
        draft = SubjectForm(form, tenant.divisions).draft(())
        split_subject(
            request.store,
            request.tenant,
            request.act(),
            subject_id=subject.id,
            draft=draft,
            scenarios=form.many("scenarios"),
            relation_ids=form.many("relations"),
            version=form.integer("version"),
        )
    except InvalidInputError as error:
        return _split_form(request, subject, values, error)
    except AlreadyExistsError as error:
        return _split_form(request, subject, values, taken(request, error))
    newest = request.store.subject_regroupings.of_subject(request.tenant, subject.id)[0]
    words = gettext("已拆出；%(days)s天内可以撤销", days=subject_limits().undo_days)
    return see_other(f"{BASE}/{newest.other_id}", words)


@route(
    blueprint,
    f"{BASE}/{{subject_id}}/regroupings/{{regrouping_id}}/undo",
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
)
def confirm_undo(request: WebRequest, subject_id: str, regrouping_id: str) -> Answer:
    subject = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    return _undo_page(request, subject, regrouping_id)


def _undo_page(
    request: WebRequest, subject: Subject, regrouping_id: str, error: InvalidInputError | None = None
) -> Answer:
    found = request.store.subject_regroupings.get_child(request.tenant, subject.ref, regrouping_id)
    other = found.other_before or found.other_after
    return page(
        request,
        "pages/subjects/undo.html",
        422 if error else 200,
        subject=subject,
        regrouping=found,
        other=other,
        is_undoable=found.is_undoable(request.now),
        rows=compared(found.kept_before, other),
        problems=messages.form_problems(error, _undo_labels(error)) if error else [],
    )


def _undo_labels(error: InvalidInputError) -> dict[str, str]:
    scenarios = {one.field: one.field.removeprefix("memberships.") for one in error.problems if "." in one.field}
    return labels() | {field: scenario_label(name) for field, name in scenarios.items()}


@route(
    blueprint,
    f"{BASE}/{{subject_id}}/regroupings/{{regrouping_id}}/undo",
    methods=("POST",),
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
)
def post_undo(request: WebRequest, subject_id: str, regrouping_id: str) -> Answer:
    subject = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    try:
        undo_regrouping(
            request.store, request.tenant, request.act(), subject_id=subject.id, regrouping_id=regrouping_id
        )
    except InvalidInputError as error:
        return _undo_page(request, subject, regrouping_id, error)
    except AlreadyExistsError as error:
        return _undo_page(request, subject, regrouping_id, taken(request, error))
    return see_other(f"{BASE}/{subject.id}", gettext("已撤销，两个对象都恢复了"))
