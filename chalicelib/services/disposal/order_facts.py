"""What an order's template is filled with: an official document, in Chinese whatever the reader's language."""

from datetime import date
from typing import Any

from chalicelib.contract.inspection import InspectionRules
from chalicelib.domain.calendar import SHANGHAI, shanghai_date
from chalicelib.domain.deadline import DeadlineUnit
from chalicelib.domain.disposal_order import DisposalOrder
from chalicelib.services.disposal.order_grounds import is_lapsed

DEMO_MARK = "【演示】所引依据有待确认，本文书只用于演示，不具有法律效力。"
"""First line of a printed order that cites a basis which nobody confirmed."""
_BLANK = "＿＿＿＿＿＿＿＿＿＿"
_UNITS = {DeadlineUnit.HOUR: "小时", DeadlineUnit.DAY: "日", DeadlineUnit.WORKING_DAY: "个工作日"}


def order_facts(order: DisposalOrder, rules: InspectionRules) -> dict[str, Any]:
    """What a template of stage `order` may name; samples/cases.json holds an example."""
    return {
        "subject": order.party.model_dump(),
        "appraisal": _appraisal(order),
        "order": {
            "name": order.name,
            "number": order.number or "（草稿，未编号）",
            "facts": order.facts,
            "content": order.content,
            "citation": order.citation,
            "grounds": order.grounds,
            "review_organ": order.review_organ or _BLANK,
            "court": order.court or _BLANK,
            "due_on": _due_words(order, rules),
            "body": order.acting_body_label,
            "decided_on": _day(shanghai_date(order.decided_at)) if order.decided_at else "（未决定）",
        },
    }


def _appraisal(order: DisposalOrder) -> dict[str, Any] | None:
    """lapsed_on: its last day where that was over when the order was decided, else empty."""
    appraisal = order.appraisal
    if appraisal is None:
        return None
    has_lapsed = is_lapsed(appraisal, shanghai_date(order.decided_at or order.drafted_at))
    lapsed_on = _day(appraisal.expires_on) if has_lapsed and appraisal.expires_on else ""
    return appraisal.model_dump() | {"issued_on": _day(appraisal.issued_on), "lapsed_on": lapsed_on}


def _due_words(order: DisposalOrder, rules: InspectionRules) -> str:
    """The last day or hour; before the service the term, as it will run from then."""
    if order.due_on is not None and not order.extensions:
        return _day(order.due_on)
    document = rules.document(order.document_id)
    on = shanghai_date(order.decided_at or order.drafted_at)
    rule = next((one for one in rules.deadlines_on(on) if document and one.id == document.deadline_id), None)
    is_hours = rule is not None and rule.unit is DeadlineUnit.HOUR
    if order.due_at is not None:
        local = order.due_at.astimezone(SHANGHAI)
        return _day(local.date()) + (f"{local:%H:%M}前" if is_hours and not order.extensions else "")
    if rule is None:
        return "以送达时告知的为准"
    return f"自送达{'时' if is_hours else '之日'}起{rule.length}{_UNITS[rule.unit]}内"


def _day(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
