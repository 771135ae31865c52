"""The checklist of a package as its page shows it: by section and department, and the matrix of what is asked once."""

from collections.abc import Sequence
from typing import Any

from chalicelib.contract.exchange import BasisView, ChecklistEntry, ChecklistResult
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.item import Severity
from chalicelib.domain.self_check_rules import SelfCheckCycle
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import gettext
from chalicelib.web.request import WebRequest
from chalicelib.web.scenario_views import words_of
from chalicelib.web.self_check_words import CYCLES


def checklist_context(
    request: WebRequest,
    package: Scenario,
    result: ChecklistResult,
    url: str,
    kind: str,
    conflict_rows: Sequence[dict[str, Any]],
) -> dict[str, Any]:
    """Sections of the entries that the filters leave, the items that a condition holds back, and the matrix."""
    department, severity = request.query.text("department"), request.query.text("severity")
    if department and department not in package.manifest.department_codes:
        raise invalid("department", "unknown_choice")
    if severity and severity not in set(Severity):
        raise invalid("severity", "unknown_choice")
    entries = [
        one
        for one in result.entries
        if (not department or department in one.departments) and (not severity or one.severity.value == severity)
    ]
    sections: dict[str, dict[str, Any]] = {}
    for entry in entries:
        sections.setdefault(entry.section_id, {"title": entry.section_title, "entries": []})["entries"].append(entry)
    shared = [entry for entry in entries if len(entry.departments) > 1]
    columns = list(dict.fromkeys(code for entry in shared for code in entry.departments))
    return {
        "result": result,
        "shown": len(entries),
        "sections": list(sections.values()),
        "held_back": _held_back(package, result, kind, department),
        "shared": [{"entry": entry, "marks": {code: _mark(entry, code) for code in columns}} for entry in shared],
        "columns": [(code, package.manifest.department_label(code)) for code in columns],
        "saved": sum(len(entry.departments) - 1 for entry in shared),
        "department": department,
        "severity": severity,
        "kind": kind,
        "department_options": [("", gettext("全部部门"))] + [(d.code, d.label) for d in package.manifest.departments],
        "severity_options": [("", gettext("全部"))] + [(s.value, words_of("severity", s.value)) for s in Severity],
        "own_url": url,
        "cited": _cited,
        "conflict_rows": conflict_rows,
        "cycle_words": _cycle_words,
    }


def _cycle_words(cycle: SelfCheckCycle) -> str:
    return gettext(CYCLES[cycle])


def _cited(entry: ChecklistEntry) -> list[BasisView]:
    """The bases of every department's item, each once."""
    return list({basis.id: basis for slot in entry.slots for basis in slot.legal_basis}.values())


def _mark(entry: ChecklistEntry, department: str) -> str:
    """`own` when the department has an item of its own on the question, `shared` when it uses the answer."""
    slots = [slot for slot in entry.slots if slot.department == department]
    if not slots:
        return ""
    return "own" if slots[0] is entry.slots[0] or slots[0].item_id != entry.slots[0].item_id else "shared"


def _held_back(package: Scenario, result: ChecklistResult, kind: str, department: str) -> list[dict[str, str]]:
    """Items that are asked when a condition holds: of the answers, or of what is known about the subject."""
    asked = {slot.item_id for entry in result.entries for slot in entry.slots}
    return [
        {
            "name": item.name,
            "department": package.manifest.department_label(item.department),
            "reason": item.condition_reason,
            "severity": item.severity.value,
        }
        for item in package.checklist.items
        if item.id not in asked
        and (not item.subject_kinds or kind in item.subject_kinds)
        and (not department or department in (item.department, *item.shared_by))
    ]
