"""How subjects relate to each other, over the API."""

from datetime import date, datetime

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.subject_kind import RelationKind
from chalicelib.services.register.relate_subjects import relate_subjects, unrelate_subjects
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api.shapes import Body, Listed, Shown, listed
from chalicelib.web.api.subject_acts import ID, ONE, SAMPLE_OTHER
from chalicelib.web.api.subject_shapes import SubjectAnswer
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.subject_view import SUBJECT, read_subject, subject_json

blueprint = Blueprint(__name__)


class RelationBody(Body):
    """How the subject of the path relates to another. The same relation again gets these dates."""

    kind: RelationKind
    other_id: str = Field(pattern=ID)
    from_on: date | None = None
    until_on: date | None = None


class RelationAnswer(Shown):
    """is_reverse: the relation leads from the other to this subject."""

    kind: RelationKind
    other_id: str
    is_reverse: bool
    from_on: date | None
    until_on: date | None
    recorded_at: datetime


@route(
    blueprint,
    f"{ONE}/relations",
    permission=Permission.SUBJECT_READ,
    resource=SUBJECT,
    answers=Listed[RelationAnswer],
)
def list_relations(request: WebRequest, subject_id: str) -> Answer:
    """Both directions, those that ended too."""
    read_subject(request, subject_id)
    found = request.store.subject_relations.of_subject(request.tenant, subject_id)
    names = set(RelationAnswer.model_fields)
    return listed(request, [one.model_dump(mode="json", include=names) for one in found])


@route(
    blueprint,
    f"{ONE}/relations",
    methods=("POST",),
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
    body=RelationBody,
    answers=SubjectAnswer,
    sample_body={"kind": "operated_by", "other_id": SAMPLE_OTHER},
)
def post_relation(request: WebRequest, subject_id: str) -> Answer:
    """Relate the subject to another, which shows it too."""
    read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    body = request.model(RelationBody)
    subject = relate_subjects(
        request.store,
        request.tenant,
        request.act(),
        subject_id=subject_id,
        other_id=body.other_id,
        kind=body.kind,
        from_on=body.from_on,
        until_on=body.until_on,
    )
    return json_answer(subject_json(request, subject), etag=subject.version)


@route(
    blueprint,
    f"{ONE}/relations/{{kind}}/{{other_id}}",
    methods=("DELETE",),
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
    sample={"kind": "operated_by", "other_id": SAMPLE_OTHER},
    answers=SubjectAnswer,
)
def delete_relation(request: WebRequest, subject_id: str, kind: str, other_id: str) -> Answer:
    """Take back a relation that was entered by mistake."""
    read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    known = RelationKind(kind) if kind in set(RelationKind) else RelationKind.PART_OF
    subject = unrelate_subjects(
        request.store, request.tenant, request.act(), subject_id=subject_id, other_id=other_id, kind=known
    )
    return json_answer(subject_json(request, subject), etag=subject.version)
