"""The secret that the gateway for text messages signs its receipts with, for the system administrator."""

from chalice import Blueprint

from chalicelib import bootstrap
from chalicelib.domain.access import Permission
from chalicelib.domain.webhook_rules import webhook_rules
from chalicelib.services.notification.receipt_key import renew_receipt_key
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.api.receipts import receipt_address
from chalicelib.web.i18n import gettext
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

PATH = "/console/message-setting/receipt-key"
M = Permission.NOTIFICATION_MANAGE


@route(blueprint, PATH, permission=M)
def show_receipt_key(request: WebRequest) -> Answer:
    """Where receipts go, how they are signed, and a button for a new secret."""
    key = request.store.receipt_keys.find(request.tenant, request.tenant)
    old = [one for one in key.secrets_at(request.now) if one.ends_at] if key else []
    return page(
        request,
        "pages/messages/receipt_key.html",
        key=key,
        old=old[0] if old else None,
        address=receipt_address(request.tenant),
        rules=webhook_rules(),
    )


@route(blueprint, PATH, methods=("POST",), permission=M)
def post_receipt_key(request: WebRequest) -> Answer:
    """The page with the secret, which is shown this once."""
    _, secret = renew_receipt_key(request.store, request.tenant, request.act(), vault=bootstrap.vault())
    if not secret:
        return see_other(PATH, gettext("密钥只显示一次；没有记下请重新更换"), "orange")
    address = receipt_address(request.tenant)
    answer = page(request, "pages/messages/receipt_secret.html", 201, secret=secret, address=address)
    answer.headers["Cache-Control"] = "no-store"
    return answer
