"""Signatures as the Standard Webhooks specification gives them, and what a receiver refuses."""

import base64
from datetime import UTC, datetime, timedelta

import pytest

from chalicelib.domain.webhook_signing import (
    PREFIX,
    SignatureRefusedError,
    new_secret,
    signature,
    signed_headers,
    verify,
)

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
BODY = b'{"type":"plan_approved"}'


def test_the_vector_of_the_specifications_own_library():
    """secret, id, timestamp, body and signature as in the reference implementations' tests."""
    found = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", 1614265330, b'{"test": 2432232314}'
    )

    assert found == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_secret_is_new_and_long_enough():
    one, other = new_secret(), new_secret()

    assert one != other
    assert one.startswith(PREFIX)
    assert len(base64.b64decode(one.removeprefix(PREFIX))) == 32


def test_what_was_signed_is_taken_with_either_secret_of_a_rotation():
    old, new = new_secret(), new_secret()
    headers = signed_headers([new, old], "01JD", NOW, BODY)

    for secret in (old, new):
        assert verify(secret, headers, BODY, NOW + timedelta(seconds=299)) == "01JD"


@pytest.mark.parametrize(
    ("change", "body", "after", "reason"),
    [
        ({}, BODY + b" ", 0, "signature_differs"),
        ({"webhook-id": "01JE"}, BODY, 0, "signature_differs"),
        ({"webhook-timestamp": "1795395601"}, BODY, 0, "signature_differs"),
        ({}, BODY, 301, "too_old"),
        ({}, BODY, -301, "too_old"),
        ({"webhook-id": ""}, BODY, 0, "headers_missing"),
        ({"webhook-timestamp": "now"}, BODY, 0, "headers_missing"),
        ({"webhook-signature": "v1,AAAA"}, BODY, 0, "signature_differs"),
    ],
)
def test_anything_else_is_refused(change, body, after, reason):
    secret = new_secret()
    headers = signed_headers([secret], "01JD", NOW, BODY) | change

    with pytest.raises(SignatureRefusedError) as refused:
        verify(secret, headers, body, NOW + timedelta(seconds=after))
    assert refused.value.details == {"reason": reason}
