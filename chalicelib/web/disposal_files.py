"""Files of disposals and orders: those that came with a form, and one that is kept."""

from chalicelib.domain.disposal import Disposal
from chalicelib.domain.disposal_order import DisposalOrder
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.visit_evidence import file_facts
from chalicelib.services.register.subject_photos import photo_key
from chalicelib.web.answers import Answer, file_answer
from chalicelib.web.i18n import gettext
from chalicelib.web.request import WebRequest


def files_of(request: WebRequest, name: str = "files") -> list[bytes]:
    """The bytes of the files chosen in a form; an empty field is none."""
    return [one.content for one in request.files.get(name, []) if one.content]


def kept_file(request: WebRequest, owner: Disposal | DisposalOrder, sha256: str) -> Answer:
    """The stored file. Raises RecordNotFoundError for one that is not this record's."""
    if sha256 not in owner.files:
        raise RecordNotFoundError(kind="file", id=sha256)
    content = request.store.objects.read(request.tenant, photo_key(request.tenant, owner.KIND, sha256))
    facts = file_facts(content)
    content_type = facts.content_type if facts else "application/octet-stream"
    is_shown = content_type.startswith("image/")
    return file_answer(content, content_type, None if is_shown else gettext("附件") + ".pdf")
