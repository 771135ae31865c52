"""What a gateway tells of a message after it took it: whether it reached the phone."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class ReportedState(StrEnum):
    """failed: may be tried again. refused: no use in trying again (the number does not exist)."""

    DELIVERED = "delivered"
    FAILED = "failed"
    REFUSED = "refused"


class DeliveryReport(BaseModel):
    """message_id: the `request_id` that the gateway was given; reference: the number that it answered with, which tells
    one attempt from another; gateway_code: the carrier's own code of why not."""

    model_config = ConfigDict(frozen=True)

    message_id: str
    state: ReportedState
    reference: str = Field(default="", max_length=120)
    gateway_code: str = Field(default="", max_length=40)
