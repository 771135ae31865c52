"""Check a pushed event before you use it: one file, standard library only, Python 3.8 or later.

    id = verify_webhook.verify(secret, headers, body)

secret: as it was shown once, `whsec_…`; headers: the request's, any case; body: the bytes as they came, not parsed and
written again. Returns the event's id: keep those you have taken, and answer 200 to one that comes again. Raises
ValueError: `headers missing`, `too old`, `signature differs`. Scheme: Standard Webhooks 1.0.0, symmetric (`v1`).

On the command line: python verify_webhook.py <secret> <id> <timestamp> <signature> < body
"""

import base64
import hashlib
import hmac
import sys
import time

TOLERANCE_SECONDS = 300


def verify(secret, headers, body, now=None, tolerance=TOLERANCE_SECONDS):
    given = {str(name).lower(): str(value) for name, value in dict(headers).items()}
    id, sent, signatures = (given.get("webhook-" + name, "") for name in ("id", "timestamp", "signature"))
    if not id or not signatures or not sent.isdigit():
        raise ValueError("headers missing")
    if abs((time.time() if now is None else now) - int(sent)) > tolerance:
        raise ValueError("too old")
    key = base64.b64decode(secret[len("whsec_") :] if secret.startswith("whsec_") else secret)
    digest = hmac.new(key, (id + "." + sent + ".").encode() + body, hashlib.sha256).digest()
    wanted = b"v1," + base64.b64encode(digest)
    if not any(hmac.compare_digest(wanted, one.encode()) for one in signatures.split(" ")):
        raise ValueError("signature differs")
    return id


def main(arguments):
    if len(arguments) != 4:
        sys.stderr.write((__doc__ or "") + "\n")
        return 2
    secret, id, sent, signatures = arguments
    headers = {"webhook-id": id, "webhook-timestamp": sent, "webhook-signature": signatures}
    try:
        verify(secret, headers, sys.stdin.buffer.read())
    except ValueError as error:
        sys.stdout.write("REFUSED: " + str(error) + "\n")
        return 1
    sys.stdout.write("OK\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
