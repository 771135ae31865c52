"""One POST to an address that somebody else wrote down: nothing of ours can be reached through it.

The name is resolved once, every address is checked, and the connection goes to the checked address itself, so that a
name cannot resolve to something else in between. Redirects are answers, waits are short, the answer's size is limited.
"""

import socket
import ssl
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import NamedTuple
from urllib.parse import urlsplit

from chalicelib.domain.errors import YijianshiError
from chalicelib.domain.webhook_rules import address_problems, is_public_address, webhook_rules


class PostRefusedError(YijianshiError):
    """Nothing was sent, or nothing came back. Details: `reason` (stable code)."""

    code = "post_refused"


class PostAnswer(NamedTuple):
    """status: of the HTTP answer, redirects included."""

    status: int


def resolved(host: str, port: int, *, allows_local: bool) -> str:
    """The address to connect to. Raises PostRefusedError: `unknown_host`, `address_refused` if any of its addresses is
    not public, because the next connection might be made to that one."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise PostRefusedError(reason="unknown_host") from error
    addresses = [str(entry[4][0]) for entry in found]
    if not addresses or not (allows_local or all(is_public_address(one) for one in addresses)):
        raise PostRefusedError(reason="address_refused")
    return addresses[0]


class _PinnedConnection(HTTPConnection):
    """Speaks plainly to the address given, with the name in the Host header. For this machine only."""

    address = ""

    def connect(self) -> None:
        self.sock = socket.create_connection((self.address, self.port), self.timeout)


class _PinnedTlsConnection(HTTPSConnection):
    """Speaks TLS to the address given; the certificate has to be that of the name."""

    address = ""

    def connect(self) -> None:
        plain = socket.create_connection((self.address, self.port), self.timeout)
        self.sock = ssl.create_default_context().wrap_socket(plain, server_hostname=self.host)


def safe_post(url: str, body: bytes, headers: dict[str, str], *, allows_local: bool) -> PostAnswer:
    """The answer to one POST of JSON. allows_local: this machine may be reached, also without TLS.

    Raises PostRefusedError: `address_refused`, `unknown_host`, `unreachable`, `timed_out`, `tls_refused`,
    `answer_too_large`.
    """
    if address_problems(url, allows_local=allows_local):
        raise PostRefusedError(reason="address_refused")
    parts = urlsplit(url)
    is_tls, host = parts.scheme == "https", parts.hostname or ""
    port = parts.port or (443 if is_tls else 80)
    rules = webhook_rules()
    make = _PinnedTlsConnection if is_tls else _PinnedConnection
    connection = make(host, port, timeout=rules.connect_seconds)
    connection.address = resolved(host, port, allows_local=allows_local)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = {"Content-Type": "application/json", "User-Agent": "Yijianshi-Webhooks/1", "Connection": "close", **headers}
    try:
        connection.connect()
        connection.sock.settimeout(rules.answer_seconds)
        connection.request("POST", path, body, sent)
        return PostAnswer(_read(connection.getresponse()))
    except TimeoutError as error:
        raise PostRefusedError(reason="timed_out") from error
    except ssl.SSLError as error:
        raise PostRefusedError(reason="tls_refused") from error
    except (OSError, HTTPException) as error:
        raise PostRefusedError(reason="unreachable") from error
    finally:
        connection.close()


def _read(answer: HTTPResponse) -> int:
    limit = webhook_rules().largest_answer_bytes
    if len(answer.read(limit + 1)) > limit:
        raise PostRefusedError(reason="answer_too_large")
    return answer.status
