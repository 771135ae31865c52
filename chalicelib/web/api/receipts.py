"""What a gateway for text messages tells later, signed; and the secret that it signs with."""

from typing import Any

from chalice import Blueprint
from pydantic import Field

from chalicelib import bootstrap
from chalicelib.domain.access import Permission
from chalicelib.domain.delivery_report import DeliveryReport, ReportedState
from chalicelib.domain.receipt_key import ReceiptKey
from chalicelib.domain.record import UtcTime
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.notification.receipt_key import renew_receipt_key
from chalicelib.services.notification.take_receipts import gateway_act, take_receipts
from chalicelib.settings import settings
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Shown
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import SIGNED, route

blueprint = Blueprint(__name__)

RECEIPTS = f"{PREFIX}/sms-receipts/{{tenant}}"
KEY = f"{PREFIX}/notification-setting/receipt-key"
MOST = 50
M = Permission.NOTIFICATION_MANAGE
SAMPLE = {
    "receipts": [
        {"request_id": "01JD0000000000000000000000", "status": "failed", "reference": "r-1", "code": "MK:0001"}
    ]
}


class ReceiptEntry(Body):
    """What became of one message. request_id: as the gateway was given it; status: `failed` may be tried again,
    `refused` not (the number does not exist); reference: as the gateway answered, tells attempts apart."""

    request_id: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}$")
    status: ReportedState
    reference: str = Field(default="", max_length=120)
    code: str = Field(default="", max_length=40, pattern=r"^[ -~]*$", description="the carrier's own code of a failure")

    def report(self) -> DeliveryReport:
        return DeliveryReport(
            message_id=self.request_id, state=self.status, reference=self.reference, gateway_code=self.code
        )


class ReceiptBody(Body):
    receipts: list[ReceiptEntry] = Field(min_length=1, max_length=MOST)


class ReceiptKeyAnswer(Shown):
    """address: where the gateway sends receipts; made_at: of the secret, null while there is none; overlap_ends_at:
    until when the secret before it holds."""

    address: str
    made_at: UtcTime | None
    overlap_ends_at: UtcTime | None


class ReceiptSecretAnswer(ReceiptKeyAnswer):
    """With the secret, told this once; empty when the same act is repeated."""

    secret: str


def receipt_address(tenant: TenantId) -> str:
    return settings().identity.redirect_base.rstrip("/") + RECEIPTS.format(tenant=tenant)


@route(
    blueprint,
    RECEIPTS,
    methods=("POST",),
    permission=SIGNED,
    body=ReceiptBody,
    answers={204: None},
    sample_body=SAMPLE,
)
def post_receipts(request: WebRequest, tenant: str) -> Answer:
    """Delivery receipts of text messages, at most 50 a call, signed by the gateway under the tenant's secret.

    The answer is the same whether a message is known or not. Told again, nothing changes; what did not arrive is tried
    again as a message that the gateway refused. On 409, 429 and 503 tell it again later under the same `webhook-id`.
    """
    reports = [one.report() for one in request.model(ReceiptBody).receipts]
    act = gateway_act(request.tenant, request.header("webhook-id"), request.now)
    take_receipts(request.store, request.tenant, act, reports=reports)
    return Answer(b"", content_type="application/json", status=204)


@route(blueprint, KEY, permission=M, answers=ReceiptKeyAnswer)
def show_receipt_key(request: WebRequest) -> Answer:
    """Where a gateway sends receipts, and since when its secret holds."""
    return json_answer(shown(request, request.store.receipt_keys.find(request.tenant, request.tenant)))


@route(blueprint, KEY, methods=("POST",), permission=M, answers={201: ReceiptSecretAnswer}, is_repeatable=False)
def post_receipt_key(request: WebRequest) -> Answer:
    """A new secret, told this once; the one before holds as well for a day."""
    key, secret = renew_receipt_key(request.store, request.tenant, request.act(), vault=bootstrap.vault())
    answer = json_answer(shown(request, key) | {"secret": secret}, 201)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Location"] = KEY
    return answer


def shown(request: WebRequest, key: ReceiptKey | None) -> dict[str, Any]:
    """The key without its secrets."""
    old = [one for one in key.secrets_at(request.now) if one.ends_at] if key else []
    values = {"made_at": key.made_at if key else None, "overlap_ends_at": old[0].ends_at if old else None}
    return ReceiptKeyAnswer(address=receipt_address(request.tenant), **values).model_dump(mode="json")
