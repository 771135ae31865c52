"""Subjects that become one or two over the API: merge, split, undo."""

from datetime import datetime
from typing import Literal

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import AlreadyExistsError
from chalicelib.domain.subject_regrouping import (
    RegroupingAct,
    SubjectRegrouping,
    TellingField,
    may_merge,
    reason_problems,
    telling_differences,
)
from chalicelib.services.register.merge_subjects import merge_subjects
from chalicelib.services.register.split_subject import split_subject
from chalicelib.services.register.undo_regrouping import undo_regrouping
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, Query, Shown, listed
from chalicelib.web.api.subject_shapes import SubjectAnswer, SubjectBody
from chalicelib.web.console.subject_edit import kind_of
from chalicelib.web.fields import Fields
from chalicelib.web.preconditions import seen_version
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, route
from chalicelib.web.subject_form import SubjectForm
from chalicelib.web.subject_json import json_values
from chalicelib.web.subject_taken import taken
from chalicelib.web.subject_view import SUBJECT, read_subject, subject_json

blueprint = Blueprint(__name__)

ONE = f"{PREFIX}/subjects/{{subject_id}}"
SAMPLE_OTHER = "01JD00000000000000000SAMP0"
ID = r"^[0-9A-HJKMNP-TV-Z]{26}$"


class MergeBody(Body):
    """choices: a field, `kind_attributes.<code>` or `memberships.<scenario>` to `other` where the other's value is
    kept. reason: needed when both have a code and the codes differ; it stays in the history."""

    other_id: str = Field(pattern=ID)
    other_version: int = Field(ge=1, description="of the other subject, as it was compared")
    choices: dict[str, Literal["other", "kept"]] = Field(default_factory=dict, max_length=200)
    reason: str = Field(default="", max_length=400)


class MergeQuery(Query):
    """other_id: the record that would be merged into the one of the path."""

    other_id: str = Field(pattern=ID)


class MergeDifference(Shown):
    """One of what tells two subjects apart."""

    field: TellingField
    kept: str
    other: str


class MergeComparison(Shown):
    """differs: what is to be looked at before the two become one. problems: codes of what forbids the merge."""

    other_id: str
    other_version: int
    differs: list[MergeDifference]
    is_reason_needed: bool
    problems: list[str]


class SplitBody(Body):
    """part: the new subject, as it would be registered; scenarios and relation_ids: what it takes along."""

    part: SubjectBody
    scenarios: list[str] = Field(default_factory=list, max_length=100)
    relation_ids: list[str] = Field(default_factory=list, max_length=100)
    reason: str = Field(default="", max_length=400)


class RegroupingAnswer(Shown):
    """A merge or split of the subject, newest first."""

    id: str
    act: RegroupingAct
    other_id: str
    reason: str
    done_at: datetime
    undone_at: datetime | None
    is_undoable: bool


@route(
    blueprint,
    f"{ONE}/merge",
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
    query=MergeQuery,
    answers=MergeComparison,
)
def compare(request: WebRequest, subject_id: str) -> Answer:
    """What tells the subject apart from `other_id`, before they are merged."""
    kept = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    other = read_subject(request, request.asked(MergeQuery).other_id, Permission.SUBJECT_EDIT)
    body = {
        "other_id": other.id,
        "other_version": other.version,
        "differs": [
            {"field": one.value, "kept": str(getattr(kept, one) or ""), "other": str(getattr(other, one) or "")}
            for one in telling_differences(kept, other)
        ],
        "is_reason_needed": bool(reason_problems(kept, other, "")),
        "problems": [one.code for one in may_merge(kept, other)],
    }
    return json_answer(body, etag=kept.version)


@route(
    blueprint,
    f"{ONE}/merge",
    methods=("POST",),
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
    body=MergeBody,
    answers=SubjectAnswer,
    match=Match.REQUIRED,
    sample_body={"other_id": SAMPLE_OTHER, "other_version": 1},
)
def post_merge(request: WebRequest, subject_id: str) -> Answer:
    """Merge another record of the same subject into this one."""
    kept = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    body, seen = request.model(MergeBody), seen_version(request)
    survivor = merge_subjects(
        request.store,
        request.tenant,
        request.act(),
        kept_id=kept.id,
        other_id=body.other_id,
        choices={name: value for name, value in body.choices.items() if value == "other"},
        versions=(kept.version if seen is None else seen, body.other_version),
        reason=body.reason,
    )
    return json_answer(subject_json(request, survivor), etag=survivor.version)


@route(
    blueprint,
    f"{ONE}/split",
    methods=("POST",),
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
    body=SplitBody,
    answers=SubjectAnswer,
    match=Match.REQUIRED,
    sample_body={"part": {"name": "part", "division": "450103000000", "address": "1", "kind": "premises"}},
)
def post_split(request: WebRequest, subject_id: str) -> Answer:
    """Take scenarios and relations out into a new subject, which its newest regrouping names."""
    subject = read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    body = request.model(SplitBody)
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    part = body.part.model_dump(mode="json", exclude_unset=True)
    typed = json_values(part, kind_of(str(part.get("kind", ""))))
    draft = SubjectForm(Fields({name: [value] for name, value in typed.items()}), tenant.divisions).draft(())
    try:
        kept = split_subject(
            request.store,
            request.tenant,
            request.act(),
            subject_id=subject.id,
            draft=draft,
            scenarios=body.scenarios,
            relation_ids=body.relation_ids,
            version=seen_version(request),
            reason=body.reason,
        )
    except AlreadyExistsError as error:
        raise taken(request, error) from None
    return json_answer(subject_json(request, kept), etag=kept.version)


@route(
    blueprint,
    f"{ONE}/regroupings",
    permission=Permission.SUBJECT_READ,
    resource=SUBJECT,
    answers=Listed[RegroupingAnswer],
)
def list_regroupings(request: WebRequest, subject_id: str) -> Answer:
    """Merges and splits that made the subject what it is."""
    read_subject(request, subject_id)
    found = request.store.subject_regroupings.of_subject(request.tenant, subject_id)
    return listed(request, [_regrouping(request, one) for one in found])


def _regrouping(request: WebRequest, one: SubjectRegrouping) -> dict[str, object]:
    names = set(RegroupingAnswer.model_fields) - {"is_undoable"}
    return one.model_dump(mode="json", include=names) | {"is_undoable": one.is_undoable(request.now)}


@route(
    blueprint,
    f"{ONE}/regroupings/{{regrouping_id}}/undo",
    methods=("POST",),
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
    answers=SubjectAnswer,
)
def post_undo(request: WebRequest, subject_id: str, regrouping_id: str) -> Answer:
    """Both subjects as they were."""
    read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    try:
        subject = undo_regrouping(
            request.store, request.tenant, request.act(), subject_id=subject_id, regrouping_id=regrouping_id
        )
    except AlreadyExistsError as error:
        raise taken(request, error) from None
    return json_answer(subject_json(request, subject), etag=subject.version)
