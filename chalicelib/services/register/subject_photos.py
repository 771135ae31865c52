"""Photos of a subject: an unknown operator may be known by nothing else. Kept under the hash of their bytes."""

import hashlib
from collections.abc import Collection, Sequence

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, InvalidInputError, RecordNotFoundError
from chalicelib.domain.patrol import Patrol
from chalicelib.domain.subject import Subject
from chalicelib.domain.subject_kind import subject_limits
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit_evidence import IMAGE_TYPES, MAX_FORM_BYTES, check_file, file_facts
from chalicelib.services.register.register_subject import change_subject
from chalicelib.storage import keys
from chalicelib.storage.store import Store


def keep_photo(store: Store, tenant: TenantId, act: Act, content: bytes) -> str:
    """SHA-256 (hex) of the stored photo. Raises InvalidInputError when the bytes are no photo, or too many."""
    require(act.actor, Permission.SUBJECT_EDIT)
    return keep_files(store, tenant, Subject.KIND, "photo", [content], IMAGE_TYPES)[0]


def add_photo(store: Store, tenant: TenantId, act: Act, *, subject_id: str, content: bytes) -> Subject:
    """The subject with one photo more; the same photo again changes nothing."""
    subject = store.subjects.get(tenant, subject_id)
    require(act.actor, Permission.SUBJECT_EDIT, subject.resource)
    if len(subject.photos) >= subject_limits().photos:
        details: dict[str, str | int] = {"maximum": subject_limits().photos}
        raise InvalidInputError([FieldProblem(field="photo", code="too_many_files", details=details)])
    digest = keep_photo(store, tenant, act, content)
    photos = tuple(dict.fromkeys((*subject.photos, digest)))
    if photos == subject.photos:
        return subject
    found: Subject = change_subject(store, tenant, act, subject_id=subject_id, changes={"photos": photos})
    return found


def read_photo(store: Store, tenant: TenantId, owner: Subject | Patrol, sha256: str) -> tuple[bytes, str]:
    """The bytes and their type. Raises RecordNotFoundError for a photo that is not this record's."""
    return read_file(store, tenant, owner.photos, sha256, photo_key(tenant, owner.KIND, sha256))


def read_file(store: Store, tenant: TenantId, kept: Collection[str], sha256: str, key: str) -> tuple[bytes, str]:
    """The bytes of one of a record's kept files, and their type by their content. Raises RecordNotFoundError for one
    that is not the record's, or whose bytes are kept elsewhere."""
    if sha256 not in kept:
        raise RecordNotFoundError(kind="file", id=sha256)
    content = store.objects.read(tenant, key)
    facts = file_facts(content)
    return content, facts.content_type if facts else "application/octet-stream"


def keep_files(
    store: Store, tenant: TenantId, kind: str, field: str, files: Sequence[bytes], allowed: Collection[str]
) -> tuple[str, ...]:
    """SHA-256 (hex) of stored files of a record of this kind, the same twice being one; all are looked at before any is
    stored. Raises InvalidInputError: file_type_refused, file_too_large, image_too_large."""
    checked = {hashlib.sha256(one).hexdigest(): (one, check_file(field, one, allowed, MAX_FORM_BYTES)) for one in files}
    for sha256, (content, facts) in checked.items():
        store.objects.put(tenant, photo_key(tenant, kind, sha256), content, facts.content_type)
    return tuple(checked)


def photo_key(tenant: TenantId, kind: str, sha256: str) -> str:
    """Where a photo of a record of this kind lies."""
    return keys.object_key(tenant, kind, "photos", sha256)
