"""Relations of one subject: what there is, one more, an end, one taken back."""

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.record import is_id
from chalicelib.domain.subject import Subject
from chalicelib.domain.subject_kind import RelationKind
from chalicelib.domain.text import check_uscc
from chalicelib.services.register.register_subject import find_by_code
from chalicelib.services.register.relate_subjects import relate_subjects, unrelate_subjects
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.subject_detail import relation_rows
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.i18n import gettext
from chalicelib.web.relation_words import relation_options
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.subject_view import BASE, SUBJECT, kind_label, read_subject

blueprint = Blueprint(__name__)


def relation_labels() -> dict[str, str]:
    return {
        "other_id": gettext("另一个对象"),
        "kind": gettext("关系"),
        "from_on": gettext("开始日期"),
        "until_on": gettext("结束日期"),
    }


def find_other(request: WebRequest, text: str, field: str = "other_id") -> Subject:
    """The subject that is meant by its page's address, identifier, code or whole name in one of the county's entries.

    Raises InvalidInputError when there is none that the person may know of.
    """
    wanted = text.rstrip("/").rpartition("/")[2].strip()
    found: Subject | None = None
    if is_id(wanted):
        found = request.store.subjects.find_current(request.tenant, wanted)
    elif check_uscc(wanted).is_valid:
        found = find_by_code(request.store, request.tenant, check_uscc(wanted).value)
    if found is None or not allowed(request.actor, Permission.SUBJECT_READ, found.resource):
        raise invalid(field, "unknown_subject" if wanted else "required")
    return found


def relation_kind(fields: Fields) -> RelationKind:
    text = fields.required("kind")
    if text not in set(RelationKind):
        raise invalid("kind", "unknown_choice")
    return RelationKind(text)


@route(blueprint, f"{BASE}/{{subject_id}}/relations", permission=Permission.SUBJECT_EDIT, resource=SUBJECT)
def edit_relations(request: WebRequest, subject_id: str) -> Answer:
    return _form(request, read_subject(request, subject_id, Permission.SUBJECT_EDIT), {})


def _form(
    request: WebRequest, subject: Subject, values: dict[str, str], error: InvalidInputError | None = None
) -> Answer:
    relations = request.store.subject_relations.of_subject(request.tenant, subject.id)
    others = request.store.subjects.find_many(request.tenant, (one.other_id for one in relations))
    known = {id: one for id, one in others.items() if allowed(request.actor, Permission.SUBJECT_READ, one.resource)}
    return page(
        request,
        "pages/subjects/relations.html",
        422 if error else 200,
        subject=subject,
        kind=kind_label(subject),
        rows=relation_rows(request, relations, known),
        kinds=relation_options(subject),
        values=values,
        problems=messages.form_problems(error, relation_labels()) if error else [],
    )


@route(
    blueprint,
    f"{BASE}/{{subject_id}}/relations",
    methods=("POST",),
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
    sample_body={"kind": "operated_by", "other_id": "01JD00000000000000000SAMP0"},
)
def post_relation(request: WebRequest, subject_id: str) -> Answer:
    """A relation between two that have one of this kind already gets these dates."""
    subject = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    form = request.form
    try:
        relate_subjects(
            request.store,
            request.tenant,
            request.act(),
            subject_id=subject.id,
            other_id=find_other(request, form.text("other_id")).id,
            kind=relation_kind(form),
            from_on=form.day("from_on"),
            until_on=form.day("until_on"),
        )
    except InvalidInputError as error:
        return _form(request, subject, form.single(), error)
    return see_other(f"{BASE}/{subject.id}/relations", gettext("关系已登记"))


@route(
    blueprint,
    f"{BASE}/{{subject_id}}/relations/remove",
    methods=("POST",),
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
    sample_body={"kind": "operated_by", "other_id": "01JD00000000000000000SAMP0"},
)
def post_removal(request: WebRequest, subject_id: str) -> Answer:
    """Takes back a relation that was entered by mistake."""
    subject = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    unrelate_subjects(
        request.store,
        request.tenant,
        request.act(),
        subject_id=subject.id,
        other_id=request.form.required("other_id"),
        kind=relation_kind(request.form),
    )
    return see_other(f"{BASE}/{subject.id}/relations", gettext("关系已撤销；登记错了可以重新登记"))
