"""What a way out of the site has to be able to do. Gateways are adapters of this shape, chosen by the settings."""

from typing import NamedTuple, Protocol

from chalicelib.domain.errors import YijianshiError
from chalicelib.domain.notification_rules import Channel
from chalicelib.domain.tenancy import TenantId


class Outgoing(NamedTuple):
    """One message as it leaves. id: stays the same at every attempt, so that a gateway can tell a repeat."""

    id: str
    tenant: TenantId
    template: str
    address: str
    text: str
    link: str


class Receipt(NamedTuple):
    """What a gateway said. is_delivered: it reached the person, not only the carrier; reference: its own number."""

    is_delivered: bool
    reference: str


class ChannelRefusedError(YijianshiError):
    """A gateway did not take the message. Details: `reason` (stable code), `is_final` (no use in trying again)."""

    code = "channel_refused"


class MessageGateway(Protocol):
    """Sends one message; raises ChannelRefusedError. Never logs an address or a text."""

    def send(self, message: Outgoing) -> Receipt:
        """What became of it."""
        ...


Gateways = dict[Channel, MessageGateway]
