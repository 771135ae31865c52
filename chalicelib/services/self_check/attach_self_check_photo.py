"""Photos of a self-check: uploaded as those of a visit, as private as the answer that they stand with."""

from datetime import datetime

from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, InvalidInputError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.item import Answer
from chalicelib.domain.self_check import MAX_PHOTOS, SelfCheck, SelfCheckAnswer
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import Photo
from chalicelib.domain.visit_evidence import IMAGE_TYPES
from chalicelib.services.self_check.answer_self_check import open_check
from chalicelib.services.self_check.self_check_sheet import sheet_of
from chalicelib.services.visit.uploads import PreparedUpload, keep_upload, prepare_upload, take_upload
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store


def prepare_photo(store: Store, tenant: TenantId, act: Act, *, self_check_id: str, content_type: str) -> PreparedUpload:
    """Where a phone may put one photo, within 120 seconds."""
    check = open_check(store, tenant, act, self_check_id)
    return prepare_upload(store, tenant, owner=check, content_type=content_type, allowed=IMAGE_TYPES)


def keep_photo(store: Store, tenant: TenantId, act: Act, *, self_check_id: str, content: bytes) -> str:
    """The upload id of a photo that came with a form. Raises InvalidInputError (type, size)."""
    check = open_check(store, tenant, act, self_check_id)
    return keep_upload(store, tenant, owner=check, content=content, allowed=IMAGE_TYPES)


def attach_self_check_photo(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    self_check_id: str,
    question_key: str,
    upload_id: str,
    taken_at: datetime | None = None,
) -> SelfCheckAnswer:
    """The answer with the photo on it; the same photo again changes nothing. The event names neither.

    Raises InvalidInputError (type, size, pixels, more than MAX_PHOTOS, a question that is not asked),
    RecordNotFoundError (nothing was uploaded under this id).
    """
    check = open_check(store, tenant, act, self_check_id)
    answers = store.self_check_answers.of_check(tenant, check)
    if store.done(tenant, act) and question_key in answers:
        return answers[question_key]
    if sheet_of(store, tenant, check, answers, act.at).question(question_key) is None:
        raise InvalidInputError([FieldProblem(field=question_key, code="question_not_asked")])
    before = answers.get(question_key) or _empty(act, check, question_key)
    if len(before.photos) >= MAX_PHOTOS:
        raise InvalidInputError([FieldProblem(field="photo", code="too_many_files", details={"maximum": MAX_PHOTOS})])
    moment = min(taken_at or act.at, act.at)
    photo = take_upload(store, tenant, owner=check, upload_id=upload_id, allowed=IMAGE_TYPES, taken_at=moment)
    if photo.sha256 in before.answer.photos:
        return before
    return _save(store, tenant, act, check, before, [*before.photos, photo])


def detach_self_check_photo(
    store: Store, tenant: TenantId, act: Act, *, self_check_id: str, question_key: str, sha256: str
) -> SelfCheckAnswer:
    """The answer without this photo."""
    check = open_check(store, tenant, act, self_check_id)
    before = store.self_check_answers.get_child(tenant, check.ref, question_key)
    if store.done(tenant, act) or sha256 not in before.answer.photos:
        return before
    return _save(store, tenant, act, check, before, [one for one in before.photos if one.sha256 != sha256])


def find_photo(store: Store, tenant: TenantId, check: SelfCheck, sha256: str) -> Photo:
    """The caller has checked that the self-check may be read. Raises RecordNotFoundError for another's photo."""
    answers = store.self_check_answers.of_check(tenant, check).values()
    found = next((photo for one in answers for photo in one.photos if photo.sha256 == sha256), None)
    if found is None:
        raise RecordNotFoundError(kind="photo")
    return found


def _empty(act: Act, check: SelfCheck, question_key: str) -> SelfCheckAnswer:
    by, at = act.actor.person_id, act.at
    return SelfCheckAnswer(
        id=question_key, self_check_id=check.id, answer=Answer(), answered_by=by, answered_at=at, saved_at=at
    )


def _save(
    store: Store, tenant: TenantId, act: Act, check: SelfCheck, before: SelfCheckAnswer, photos: list[Photo]
) -> SelfCheckAnswer:
    answer = before.answer.model_copy(update={"photos": tuple(one.sha256 for one in photos)})
    changed = before.with_changes(answer=answer, photos=photos, saved_at=act.at)
    try:
        with store.change(tenant, act) as change:
            change.unchanged(check)
            change.save(changed)
            change.event(EventType.SELF_CHECK_ANSWERED, changed)
    except AlreadyDoneError:
        return store.self_check_answers.get_child(tenant, check.ref, before.id)
    return changed
