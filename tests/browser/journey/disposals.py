"""A gas shop that the firm's person acts for: its disposal, an order that was served, one that waits for its head."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from playwright.sync_api import Page

from tests.browser.journey.asides import bind

COORDINATOR, OFFICER, HEAD = "nanning.coordinator", "nanning.market.officer", "nanning.market.head"
SCENARIO = "bottled_gas"
SHOP, PLACE, FAULT, MEND, SEIZE = "示例巷供气点", "示例巷18号", "钢瓶过检", "停用并送检", "就地封存"
NAMES = (SHOP, PLACE, FAULT, MEND, SEIZE)


def make_disposal(
    opened: Callable[[str, str], Page], call: Callable[[str, str, str, object], Any], subject_login: str
) -> dict[str, str]:
    """Path parameter → identifier; `draft_order_id`: the order that may still be changed."""
    for login in (OFFICER, HEAD):
        opened("/console", login)
    place = {"name": SHOP, "kind": "premises", "division": "450105000000", "address": PLACE, "scenario": SCENARIO}
    shop = call(COORDINATOR, "POST", "/api/v1/subjects", place)["id"]
    bind(opened, COORDINATOR, subject_login, (shop, ""))
    cause = {"scenario": SCENARIO, "because": FAULT}
    disposal = f"/api/v1/disposals/{call(OFFICER, 'POST', f'/api/v1/subjects/{shop}/disposals', cause)['id']}"
    call(OFFICER, "POST", f"{disposal}/occurrences", {"occurrence_id": "cylinders_put_into_use"})
    due_on = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()

    def draft(document: str, content: str) -> str:
        value = {"document_id": document, "facts": FAULT, "content": content, "due_on": due_on}
        return str(call(OFFICER, "POST", f"{disposal}/orders", value)["id"])

    served, waiting = draft("equipment_instruction", MEND), draft("equipment_seizure", SEIZE)
    call(HEAD, "POST", f"/api/v1/orders/{served}/decision", None)
    call(OFFICER, "POST", f"/api/v1/orders/{served}/service", {"way": "in_person", "received_by": "示例甲"})
    return {"disposal_id": disposal.rsplit("/", 1)[1], "order_id": served, "draft_order_id": waiting}
