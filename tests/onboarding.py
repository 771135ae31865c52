"""A small sound workbook for tests: as rows, as tables, as a file."""

import copy
import io
from collections.abc import Mapping
from datetime import date
from typing import Any

from chalicelib.domain.onboarding_sheets import FIRST_ROW
from chalicelib.domain.onboarding_workbook import OnboardingTables, SheetRow, write_workbook

TODAY = date(2026, 11, 23)
_CELLS: dict[str, list[dict[str, str]]] = {
    "tenant": [
        {"id": "gx450200", "label": "柳州市", "kind": "设区市", "divisions": "450200000000", "short_label": "柳"}
    ],
    "divisions": [{"code": "450202001001", "name": "示例社区", "valid_from": "2026-01-01"}],
    "departments": [
        {"code": "emergency_management", "label": "市应急管理局"},
        {"code": "commerce", "label": "市商务局"},
    ],
    "bodies": [{"key": "body-1", "label": "市应急管理局", "departments": "emergency_management、市商务局"}],
    "people": [
        {"key": "p-sys", "name": "甲一", "roles": "系统管理员"},
        {"key": "p-sec", "name": "乙二", "roles": "安全管理员"},
        {"key": "p-aud", "name": "丙三", "roles": "审计管理员"},
        {"key": "p-1", "name": "韦晨阳", "roles": "执法人员", "body": "body-1", "login": "sub-1"},
        {"key": "p-2", "name": "黄岚", "roles": "统筹岗、司法行政监督", "department": "commerce"},
    ],
    "certificates": [{"key": "p-1", "number": "桂B00000001", "valid_from": "2025-01-01", "valid_to": "2029/12/31"}],
    "scenarios": [{"name": "refined_oil", "is_enabled": "是"}],
}


def cells(sheet: str) -> list[dict[str, str]]:
    return copy.deepcopy(_CELLS[sheet])


def tables(changed: Mapping[tuple[Any, ...], Any] | None = None) -> OnboardingTables:
    """The workbook, with (sheet, row from 0, column) or whole sheets (sheet,) changed."""
    values = copy.deepcopy(_CELLS)
    for place, value in (changed or {}).items():
        if len(place) == 1:
            values[place[0]] = value
        else:
            values[place[0]][place[1]][place[2]] = value
    rows = {
        name: [SheetRow(number=FIRST_ROW + n, values=one) for n, one in enumerate(found)]
        for name, found in values.items()
    }
    return OnboardingTables(rows=rows)


def workbook(changed: Mapping[tuple[Any, ...], Any] | None = None) -> bytes:
    """The same as an XLSX file."""
    out = io.BytesIO()
    write_workbook(tables(changed).rows, out)
    return out.getvalue()
