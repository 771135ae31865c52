"""The script for receivers takes what we sign, alone, and refuses the rest."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

import chalicelib.web
from chalicelib.domain.webhook_signing import new_secret, signed_headers

SCRIPT = Path(chalicelib.web.__file__).parent / "static" / "verify" / "verify_webhook.py"
BODY = b'{"type":"plan_approved"}'


def run(secret: str, headers: dict[str, str], body: bytes) -> tuple[int, str]:
    arguments = [secret, headers["webhook-id"], headers["webhook-timestamp"], headers["webhook-signature"]]
    done = subprocess.run([sys.executable, "-I", str(SCRIPT), *arguments], input=body, capture_output=True, check=False)
    return done.returncode, done.stdout.decode().strip()


def test_what_we_signed_is_taken_by_the_script_alone():
    secret = new_secret()
    headers = signed_headers([new_secret(), secret], "01JD", datetime.now(UTC), BODY)

    assert run(secret, headers, BODY) == (0, "OK")
    assert run(secret, headers, BODY + b" ") == (1, "REFUSED: signature differs")


@pytest.mark.parametrize("seconds", [-301, 301])
def test_what_is_too_old_or_of_the_future_is_refused(seconds: int):
    secret = new_secret()
    moment = datetime.fromtimestamp(datetime.now(UTC).timestamp() + seconds * 1.1, UTC)

    assert run(secret, signed_headers([secret], "01JD", moment, BODY), BODY) == (1, "REFUSED: too old")
