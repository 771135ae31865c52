"""Two subjects side by side: every field in which they differ, and what a merge would move."""

from typing import Any

from chalicelib.domain.subject import Subject
from chalicelib.domain.subject_kind import kind_rules
from chalicelib.domain.subject_regrouping import CHOSEN_FIELDS, TellingField, telling_differences
from chalicelib.domain.text import mask_name, mask_phone
from chalicelib.web.i18n import gettext
from chalicelib.web.kind_form import role_words, value_words, words_of
from chalicelib.web.places import place_label
from chalicelib.web.register_words import STATUSES
from chalicelib.web.scenarios import scenario_label
from chalicelib.web.subject_form import attribute_words, labels
from chalicelib.web.subject_view import kind_label


def compared(kept: Subject, other: Subject) -> list[dict[str, Any]]:
    """Fields of which either has a value: {name, label, kept, other, differs, chosen}. A field that only one has, or in
    which both agree, needs no choice."""
    known = labels() | {"located_at": gettext("坐标"), "responsible_people": gettext("其他责任人")}
    rows = [_row(name, known[name], _words(name, kept), _words(name, other)) for name in CHOSEN_FIELDS]
    for one in kind_rules(kept.kind).attributes:
        values = [
            value_words(one, held.kind_attributes[one.code]) if one.code in held.kind_attributes else ""
            for held in (kept, other)
        ]
        rows.append(_row(f"kind_attributes.{one.code}", words_of(one), *values))
    for scenario in sorted({one.scenario for one in (*kept.memberships, *other.memberships)}):
        values = [_membership_words(held, scenario) for held in (kept, other)]
        rows.append(_row(f"memberships.{scenario}", scenario_label(scenario), *values))
    return [row for row in rows if row["kept"] or row["other"]]


def merge_warnings(kept: Subject, other: Subject) -> list[str]:
    """What tells the two apart, in words, before they become one."""
    told = {
        TellingField.CODE: lambda: gettext(
            "统一社会信用代码不同：%(kept)s、%(other)s。代码都有效，多半是两家。", kept=kept.code, other=other.code
        ),
        TellingField.DIVISION: lambda: gettext(
            "县区不同：%(kept)s、%(other)s。",
            kept=place_label(kept.division, is_full=True),
            other=place_label(other.division, is_full=True),
        ),
        TellingField.KIND: lambda: gettext(
            "类型不同：%(kept)s、%(other)s。", kept=kind_label(kept), other=kind_label(other)
        ),
    }
    return [told[one]() for one in telling_differences(kept, other)]


def _row(name: str, label: str, kept: str, other: str) -> dict[str, Any]:
    return {
        "name": name,
        "label": label,
        "kept": kept,
        "other": other,
        "differs": bool(kept and other and kept != other),
    }


def _words(name: str, subject: Subject) -> str:
    value = getattr(subject, name)
    if not value:
        return ""
    if name == "division":
        return place_label(value, is_full=True)
    if name == "status":
        return gettext(STATUSES[value.value][0])
    if name == "phone":
        return mask_phone(value)
    if name == "responsible_person":
        return mask_name(value)
    if name == "responsible_people":
        return gettext("、").join(f"{role_words(one.role)} {mask_name(one.name)}" for one in value)
    return str(value)


def _membership_words(subject: Subject, scenario: str) -> str:
    held = subject.membership(scenario)
    if held is None:
        return ""
    if not held.attributes:
        return gettext("已加入")
    pairs = attribute_words(scenario, held.attributes, subject.kind.value)
    known = [f"{label} {value}" for label, value in pairs if value != gettext("不清楚")]
    return gettext("、").join(known) if known else gettext("已加入")
