"""What may be pushed to other systems, how often it is tried, and what a receiver's address may be: versioned data."""

import ipaddress
import json
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.event import EventType

_RULES = Path(__file__).parent / "data" / "webhook_rules.json"
_LOCAL = ("127.0.0.1", "localhost", "::1")


class WebhookEvent(BaseModel):
    """A type of event that a tenant may have pushed, with its words in both languages."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: EventType
    zh: str
    en: str


class WebhookRules(BaseModel):
    """retry_seconds: pauses after the first, second … failed attempt. An endpoint is disabled once it has failed for
    `disable_after_days` without one success."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: int
    events: tuple[WebhookEvent, ...]
    links: dict[str, str]
    retry_seconds: tuple[int, ...]
    disable_after_days: int
    rotation_overlap_hours: int
    tolerance_seconds: int
    connect_seconds: int
    answer_seconds: int
    largest_answer_bytes: int
    ports: tuple[int, ...]
    most_endpoints: int = Field(ge=1)
    lease_seconds: int

    @property
    def event_types(self) -> frozenset[EventType]:
        return frozenset(one.id for one in self.events)

    def link(self, kind: str, id: str) -> str:
        """Path of the API at which the record is read; empty for a kind that has none."""
        return self.links.get(kind, "").format(id=id)

    def pause_after(self, attempts: int) -> int | None:
        return self.retry_seconds[attempts - 1] if attempts <= len(self.retry_seconds) else None


@cache
def webhook_rules() -> WebhookRules:
    """The rules that ship."""
    return WebhookRules.model_validate(json.loads(_RULES.read_text(encoding="utf-8")))


def is_public_address(text: str) -> bool:
    """Whether an IP address lies on the public internet: neither private, local, reserved nor a tunnel to such."""
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            return False
        if address in ipaddress.ip_network("64:ff9b::/96"):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def address_problems(url: str, *, allows_local: bool) -> list[FieldProblem]:
    """What is wrong with a receiver's address as written; what its name resolves to is looked at when it is used.

    allows_local: this machine may be named, also without TLS (a running site for development, never production).
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return [FieldProblem(field="url", code="webhook_url_invalid")]
    if not host or parts.username or parts.password or parts.fragment or len(url) > 500 or not url.isascii():
        return [FieldProblem(field="url", code="webhook_url_invalid")]
    if any(character <= " " or character in "\\\x7f" for character in url):
        return [FieldProblem(field="url", code="webhook_url_invalid")]
    if allows_local and host in _LOCAL and parts.scheme in ("http", "https"):
        return []
    if parts.scheme != "https":
        return [FieldProblem(field="url", code="webhook_url_not_https")]
    if (port or 443) not in webhook_rules().ports:
        return [FieldProblem(field="url", code="webhook_port_refused")]
    try:
        is_refused = not is_public_address(host)
    except ValueError:
        is_refused = host in _LOCAL or "." not in host or host.endswith((".local", ".internal", ".localhost"))
    return [FieldProblem(field="url", code="webhook_address_refused")] if is_refused else []
