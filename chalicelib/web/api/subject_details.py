"""What a subject's record holds back over the API: its contacts in full, for a stated reason, and its photos."""

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.subject import Subject
from chalicelib.services.register.reveal_contacts import MAX_REASON, reveal_contacts
from chalicelib.services.register.subject_photos import add_photo, read_photo
from chalicelib.web.answers import Answer, file_answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, Shown, listed
from chalicelib.web.api.subject_shapes import SubjectAnswer
from chalicelib.web.api.uploads import FORM_OR_JSON
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, Media, route
from chalicelib.web.subject_view import SUBJECT, read_subject, subject_json

blueprint = Blueprint(__name__)

ONE = f"{PREFIX}/subjects/{{subject_id}}"


class RevealBody(Body):
    reason: str = Field(max_length=MAX_REASON, description="what they are needed for; stays in the subject's history")


class ContactAnswer(Shown):
    """role: a code of `domain/data`; empty for the person and the number of the record itself."""

    role: str
    name: str
    phone: str


class PhotoAnswer(Shown):
    """A photo is named by the hash of its bytes."""

    sha256: str


def _contacts(subject: Subject) -> list[dict[str, str]]:
    own = {"role": "", "name": subject.responsible_person, "phone": subject.phone}
    people = [{"role": one.role, "name": one.name, "phone": one.phone} for one in subject.responsible_people]
    return [one for one in (own, *people) if one["name"] or one["phone"]]


@route(
    blueprint,
    f"{ONE}/contacts",
    methods=("POST",),
    permission=Permission.CONTACT_READ,
    resource=SUBJECT,
    body=RevealBody,
    answers=Listed[ContactAnswer],
    sample_body={"reason": "example"},
    is_repeatable=False,
)
def post_contacts(request: WebRequest, subject_id: str) -> Answer:
    """Names and telephone numbers in full, this once. Who saw them, and why, stays in the subject's history."""
    reason = request.model(RevealBody).reason
    subject = reveal_contacts(request.store, request.tenant, request.act(), subject_id=subject_id, reason=reason)
    return listed(request, _contacts(subject))


@route(
    blueprint,
    f"{ONE}/photos",
    permission=Permission.SUBJECT_READ,
    resource=SUBJECT,
    answers=Listed[PhotoAnswer],
)
def list_photos(request: WebRequest, subject_id: str) -> Answer:
    """The photos of a subject, oldest first."""
    subject = read_subject(request, subject_id)
    return listed(request, [{"sha256": one} for one in subject.photos])


@route(
    blueprint,
    f"{ONE}/photos",
    methods=("POST",),
    permission=Permission.SUBJECT_EDIT,
    resource=SUBJECT,
    content_types=FORM_OR_JSON,
    answers=SubjectAnswer,
    match=Match.OPTIONAL,
)
def post_photo(request: WebRequest, subject_id: str) -> Answer:
    """Add a photo. multipart `photo`: JPEG, PNG or WebP of at most 5 MB. The same photo again changes nothing."""
    read_subject(request, subject_id, Permission.SUBJECT_EDIT)
    content = request.file("photo").content
    changed = add_photo(request.store, request.tenant, request.act(), subject_id=subject_id, content=content)
    return json_answer(subject_json(request, changed), etag=changed.version)


@route(
    blueprint,
    f"{ONE}/photos/{{sha256}}",
    permission=Permission.SUBJECT_READ,
    resource=SUBJECT,
    sample={"sha256": "0" * 64},
    answers={200: Media("image/*")},
)
def show_photo(request: WebRequest, subject_id: str, sha256: str) -> Answer:
    """One photo of a subject, as it was taken in."""
    content, content_type = read_photo(request.store, request.tenant, read_subject(request, subject_id), sha256)
    return file_answer(content, content_type)
