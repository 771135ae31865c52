"""Attach an uploaded photo to an answer, or take one off again; the original is hashed as it lies."""

from datetime import datetime

from chalicelib.domain.act import Act
from chalicelib.domain.event import EventType
from chalicelib.domain.item import Answer
from chalicelib.domain.record import timestamp
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import Photo, VisitAnswer
from chalicelib.domain.visit_evidence import IMAGE_TYPES
from chalicelib.services.visit.save_answer import entry_of, open_visit, write_answer
from chalicelib.services.visit.uploads import take_upload
from chalicelib.storage.store import Store


def attach_photo(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    visit_id: str,
    question_key: str,
    upload_id: str,
    taken_at: datetime | None = None,
) -> VisitAnswer:
    """The answer with the photo on it, at its newest version: a photo adds to what is there and conflicts with nothing.

    Raises InvalidInputError (type, size, pixels), RecordNotFoundError (nothing was uploaded under this id).
    """
    visit = open_visit(store, tenant, act, visit_id, "attach_photo")
    if store.done(tenant, act):
        return store.visit_answers.get_child(tenant, visit.ref, question_key)
    answers = store.visit_answers.of_visit(tenant, visit_id)
    entry_of(store, tenant, visit, answers, question_key, act.at)
    moment = min(taken_at or act.at, act.at)
    photo = take_upload(store, tenant, owner=visit, upload_id=upload_id, allowed=IMAGE_TYPES, taken_at=moment)
    before = answers.get(question_key) or _empty(act, visit_id, question_key)
    if photo.sha256 in before.answer.photos:
        return before
    changed = _with_photos(act, before, [*before.photos, photo])
    data = {
        "question_key": question_key,
        "object_key": photo.object_key,
        "size": photo.size,
        "content_type": photo.content_type,
        "taken_at": timestamp(photo.taken_at),
    }
    return write_answer(store, tenant, act, visit, changed, EventType.EVIDENCE_ATTACHED, data, {"photo": photo.sha256})


def detach_photo(
    store: Store, tenant: TenantId, act: Act, *, visit_id: str, question_key: str, sha256: str
) -> VisitAnswer:
    """The answer without this photo. The file and the event that attached it stay."""
    visit = open_visit(store, tenant, act, visit_id, "detach_photo")
    before = store.visit_answers.get_child(tenant, visit.ref, question_key)
    if store.done(tenant, act) or sha256 not in before.answer.photos:
        return before
    changed = _with_photos(act, before, [photo for photo in before.photos if photo.sha256 != sha256])
    data = {"question_key": question_key, "detached": sha256}
    return write_answer(store, tenant, act, visit, changed, EventType.ANSWER_SAVED, data, {"photo": sha256})


def _with_photos(act: Act, before: VisitAnswer, photos: list[Photo]) -> VisitAnswer:
    answer = before.answer.model_copy(update={"photos": tuple(photo.sha256 for photo in photos)})
    return before.with_changes(answer=answer, photos=photos, saved_at=act.at)


def _empty(act: Act, visit_id: str, question_key: str) -> VisitAnswer:
    return VisitAnswer(
        id=question_key,
        visit_id=visit_id,
        answer=Answer(),
        answered_by=act.actor.person_id,
        answered_at=act.at,
        saved_at=act.at,
    )
