"""What a file of evidence really is, read from its own bytes; never from its name or what a browser says of it.

Formats: JPEG (ITU T.81 B.2.2, SOFn), PNG (ISO/IEC 15948 11.2.2, IHDR), WebP (RFC 9649: VP8, VP8L, VP8X), PDF (ISO
32000-1 7.5.2).
"""

import re
from collections.abc import Collection
from typing import NamedTuple

from chalicelib.domain.errors import FieldProblem, InvalidInputError

IMAGE_TYPES = ("image/jpeg", "image/png", "image/webp")
DOCUMENT_TYPES = (*IMAGE_TYPES, "application/pdf")
MAX_UPLOAD_BYTES = 20 * 1024 * 1024
"""Largest file that a browser may put into the object store."""
MAX_FORM_BYTES = 5 * 1024 * 1024
"""Largest file that may come through the server with its form: a synchronous call ends at 6 MB."""
MAX_PIXELS = 60_000_000

_SIZELESS = frozenset({0xC4, 0xC8, 0xCC})
_UPLOAD_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")


class FileFacts(NamedTuple):
    """content_type by the bytes; width and height in pixels, 0 for a document."""

    content_type: str
    width: int = 0
    height: int = 0


def is_upload_id(text: str) -> bool:
    """Whether this is an identifier that we made for an upload (a ULID)."""
    return bool(_UPLOAD_ID.fullmatch(text))


def file_facts(content: bytes) -> FileFacts | None:
    """What the bytes are; None for anything that is not one of the known formats, whole enough to tell its size."""
    if content.startswith(b"%PDF-"):
        return FileFacts("application/pdf")
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return _png(content)
    if content.startswith(b"\xff\xd8\xff"):
        return _jpeg(content)
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return _webp(content)
    return None


def check_file(field: str, content: bytes, allowed: Collection[str], max_bytes: int = MAX_UPLOAD_BYTES) -> FileFacts:
    """The facts of an acceptable file. Raises InvalidInputError: file_too_large, file_type_refused, image_too_large."""
    if not content or len(content) > max_bytes:
        code = "file_too_large" if content else "file_missing"
        raise InvalidInputError([FieldProblem(field=field, code=code, details={"megabytes": max_bytes // 1024**2})])
    facts = file_facts(content)
    if facts is None or facts.content_type not in allowed:
        raise InvalidInputError([FieldProblem(field=field, code="file_type_refused")])
    if facts.width * facts.height > MAX_PIXELS:
        raise InvalidInputError([FieldProblem(field=field, code="image_too_large")])
    return facts


def _image(content_type: str, width: int, height: int) -> FileFacts | None:
    return FileFacts(content_type, width, height) if width and height else None


def _png(content: bytes) -> FileFacts | None:
    if content[12:16] != b"IHDR" or len(content) < 24:
        return None
    return _image("image/png", int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big"))


def _jpeg(content: bytes) -> FileFacts | None:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in _SIZELESS:
            height = int.from_bytes(content[at + 5 : at + 7], "big")
            return _image("image/jpeg", int.from_bytes(content[at + 7 : at + 9], "big"), height)
        length = int.from_bytes(content[at + 2 : at + 4], "big")
        if length < 2:
            return None
        at += 2 + length
    return None


def _webp(content: bytes) -> FileFacts | None:
    form, body = content[12:16], content[20:]
    if len(body) < 10:
        return None
    if form == b"VP8X":
        width = 1 + int.from_bytes(body[4:7], "little")
        return _image("image/webp", width, 1 + int.from_bytes(body[7:10], "little"))
    if form == b"VP8L" and body[0] == 0x2F:
        bits = int.from_bytes(body[1:5], "little")
        return _image("image/webp", 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF))
    if form == b"VP8 " and body[3:6] == b"\x9d\x01\x2a":
        width = int.from_bytes(body[6:8], "little") & 0x3FFF
        return _image("image/webp", width, int.from_bytes(body[8:10], "little") & 0x3FFF)
    return None
