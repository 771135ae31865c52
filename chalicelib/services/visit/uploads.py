"""Evidence files: the browser puts them under a key that we made, and they count once their bytes were looked at."""

import hashlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.record import Record, new_id
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import Photo
from chalicelib.domain.visit_evidence import MAX_FORM_BYTES, MAX_UPLOAD_BYTES, FileFacts, check_file, is_upload_id
from chalicelib.storage import keys
from chalicelib.storage.store import Store


@dataclass(frozen=True)
class PreparedUpload:
    """Where and how a browser puts one file, within 120 seconds; `upload_id` names it afterwards."""

    upload_id: str
    url: str
    fields: dict[str, str]


def prepare_upload(
    store: Store, tenant: TenantId, *, owner: Record, content_type: str, allowed: Collection[str]
) -> PreparedUpload:
    """A presigned form for one file of this record. The caller has checked that the actor may add evidence to it."""
    if content_type not in allowed:
        raise InvalidInputError([FieldProblem(field="content_type", code="file_type_refused")])
    upload_id = new_id()
    form = store.objects.upload_form(tenant, _key(tenant, owner, upload_id), content_type, MAX_UPLOAD_BYTES)
    return PreparedUpload(upload_id, form.url, form.fields)


def keep_upload(store: Store, tenant: TenantId, *, owner: Record, content: bytes, allowed: Collection[str]) -> str:
    """Store a file that came through the server with its form; its upload id. Raises InvalidInputError."""
    facts = check_file("file", content, allowed, MAX_FORM_BYTES)
    upload_id = new_id()
    store.objects.put(tenant, _key(tenant, owner, upload_id), content, facts.content_type)
    return upload_id


def take_upload(
    store: Store, tenant: TenantId, *, owner: Record, upload_id: str, allowed: Collection[str], taken_at: datetime
) -> Photo:
    """The file as evidence: hashed as it lies, type and size by its own bytes.

    Raises InvalidInputError, and RecordNotFoundError when nothing was put under this id for this record.
    """
    key, content, facts = _looked_at(store, tenant, owner, upload_id, allowed)
    digest = hashlib.sha256(content).hexdigest()
    return Photo(object_key=key, sha256=digest, size=len(content), content_type=facts.content_type, taken_at=taken_at)


def read_upload(store: Store, tenant: TenantId, *, owner: Record, upload_id: str, allowed: Collection[str]) -> bytes:
    """The bytes of such a file, for a record that keeps its files by their hash. Raises as `take_upload`."""
    return _looked_at(store, tenant, owner, upload_id, allowed)[1]


def _looked_at(
    store: Store, tenant: TenantId, owner: Record, upload_id: str, allowed: Collection[str]
) -> tuple[str, bytes, FileFacts]:
    if not is_upload_id(upload_id):
        raise InvalidInputError([FieldProblem(field="upload_id", code="invalid")])
    key = _key(tenant, owner, upload_id)
    size = store.objects.size(tenant, key)
    if size > MAX_UPLOAD_BYTES:
        details: dict[str, str | int] = {"megabytes": MAX_UPLOAD_BYTES // 1024**2}
        raise InvalidInputError([FieldProblem(field="file", code="file_too_large", details=details)])
    content = store.objects.read(tenant, key)
    return key, content, check_file("file", content, allowed)


def _key(tenant: TenantId, owner: Record, upload_id: str) -> str:
    return keys.object_key(tenant, owner.KIND, owner.id, upload_id)
