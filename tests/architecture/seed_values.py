"""What the records of the route matrix's world have in common: their scenario, places and days, and the marks in their
texts by which each tenant's are recognised."""

import json
import re
from datetime import date
from typing import Any

from pydantic import ValidationError

from tests.web.site import TENANT_A

SCENARIO, TODAY = "refined_oil", date(2026, 11, 23)
DEPARTMENT, OTHER_DEPARTMENT = "commerce", "taxation"
COUNTY = {"gx450100": "450105000000", "gx450500": "450502000000"}
OTHER_COUNTY = {"gx450100": "450107000000", "gx450500": "450503000000"}
COMMON = "示例油站"
"""Stands in names of both tenants, so that a search for it would find a record of either."""
INSIDER, ELSEWHERE, OUTSIDER = "insider", "elsewhere", "outsider"
"""Takes part; takes part but may know of another county only; belongs to a department that takes no part."""

_NOT_TEXT = re.compile(
    r"id|.*_ids?|.*_by|kind|state|scenario|scenario_version|base_version|divisions?|county|departments?|code|.*_code|owner"
    r"|place|merged_into|attributes|question_key|due_rule|closed_as|cause|topic|scheduled_at|content_type|roles|.*_due_at"
    r"|.*sha256|.*_hash|group|template|sealed|event_type"
)


def mark(tenant: str, kind: str) -> str:
    """What every text of this tenant's records of this kind contains; no mark is part of another."""
    return f"{'OWN' if tenant == TENANT_A else 'CANARY'}{kind.replace('_', '')}Z"


def marked(record: Any, text: str) -> Any:
    """The record with `text` in every free text that takes it; codes, identifiers and links stay."""
    values = json.loads(record.model_dump_json())

    def place(holder: Any, key: Any, name: str) -> None:
        value = holder[key]
        if _NOT_TEXT.fullmatch(name):
            return
        if isinstance(value, dict):
            for inner in value:
                place(value, inner, inner)
        elif isinstance(value, list):
            for inner, _ in enumerate(value):
                place(value, inner, name)
        elif isinstance(value, str):
            holder[key] = value + text
            try:
                type(record).model_validate(values)
            except ValidationError:
                holder[key] = value

    for name in values:
        place(values, name, name)
    return type(record).model_validate(values)
