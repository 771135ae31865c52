"""Files of disposals and orders: those that came with a form or were put where we said, and one that is kept."""

from collections.abc import Iterable

from chalicelib.domain.disposal import Disposal
from chalicelib.domain.disposal_order import DisposalOrder
from chalicelib.domain.visit_evidence import DOCUMENT_TYPES
from chalicelib.services.register.subject_photos import photo_key, read_file
from chalicelib.services.visit.uploads import prepare_upload, read_upload
from chalicelib.web.answers import Answer, file_answer, json_answer
from chalicelib.web.disposition import upload_answer
from chalicelib.web.i18n import gettext
from chalicelib.web.request import WebRequest

SENT_BEFORE = "files_id"
"""The fields that static/js/upload.js adds to a form for the files that it has put."""


def signed_upload(request: WebRequest, owner: Disposal | DisposalOrder, content_type: str, status: int = 200) -> Answer:
    """Where one file may be put, within 120 seconds."""
    prepared = prepare_upload(
        request.store, request.tenant, owner=owner, content_type=content_type, allowed=DOCUMENT_TYPES
    )
    return json_answer(upload_answer(prepared), status)


def files_of(request: WebRequest, owner: Disposal | DisposalOrder, upload_ids: Iterable[str] = ()) -> list[bytes]:
    """The bytes of the files chosen in a form, of which an empty field is none, and of those put before. Raises
    InvalidInputError, RecordNotFoundError for an id under which nothing was put."""
    sent = [one.content for one in request.files.get("files", []) if one.content]
    put = [
        read_upload(request.store, request.tenant, owner=owner, upload_id=one, allowed=DOCUMENT_TYPES)
        for one in dict.fromkeys(upload_ids)
    ]
    return sent + put


def kept_file(request: WebRequest, owner: Disposal | DisposalOrder, sha256: str) -> Answer:
    """The stored file. Raises RecordNotFoundError for one that is not this record's."""
    key = photo_key(request.tenant, owner.KIND, sha256)
    content, content_type = read_file(request.store, request.tenant, owner.files, sha256, key)
    is_shown = content_type.startswith("image/")
    return file_answer(content, content_type, None if is_shown else gettext("附件") + ".pdf")
