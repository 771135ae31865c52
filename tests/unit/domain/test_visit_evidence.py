"""What a file is, by its bytes."""

import struct

import pytest

from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.visit_evidence import MAX_PIXELS, check_file, file_facts, is_upload_id
from tests.visiting import png

SEGMENT = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
JPEG = b"\xff\xd8" + SEGMENT + b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", 480, 640) + b"\x03" + b"\x00" * 9
WEBP = b"RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x00\x00\x00\x00\x7f\x02\x00\xdf\x01\x00"
LOSSLESS = b"RIFF\x00\x00\x00\x00WEBPVP8L\x0a\x00\x00\x00\x2f" + struct.pack("<I", 639 | 479 << 14) + b"\x00" * 5
LOSSY = b"RIFF\x00\x00\x00\x00WEBPVP8 \x0a\x00\x00\x00\x00\x00\x00\x9d\x01\x2a" + struct.pack("<HH", 640, 480)


@pytest.mark.parametrize(
    ("content", "facts"),
    [
        (JPEG, ("image/jpeg", 640, 480)),
        (WEBP, ("image/webp", 640, 480)),
        (LOSSLESS, ("image/webp", 640, 480)),
        (LOSSY, ("image/webp", 640, 480)),
        (png(3, 4), ("image/png", 3, 4)),
        (b"%PDF-1.7\n", ("application/pdf", 0, 0)),
    ],
)
def test_known_formats_tell_their_size(content, facts):
    assert file_facts(content) == facts


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg onload=alert(1)>",
        b"GIF89a" + b"\x00" * 40,
        JPEG[:20],
        png()[:20],
        b"RIFF\x00\x00\x00\x00WEBPVP8X",
        b"MZ\x90",
    ],
)
def test_everything_else_is_no_evidence(content):
    assert file_facts(content) is None


def test_wrong_type_too_large_and_too_many_pixels_are_named():
    def code(content, allowed=("image/png",), **more):
        with pytest.raises(InvalidInputError) as refused:
            check_file("photo", content, allowed, **more)
        return refused.value.problems[0].code

    bomb = bytearray(png())
    bomb[16:24] = struct.pack(">II", MAX_PIXELS, 2)

    assert code(JPEG) == "file_type_refused"
    assert code(b"") == "file_missing"
    assert code(png(), max_bytes=10) == "file_too_large"
    assert code(bytes(bomb)) == "image_too_large"


def test_upload_ids_are_ours():
    assert is_upload_id("01JD0000000000000000000BAD")
    assert not is_upload_id("../01JD00000000000000000BAD")
