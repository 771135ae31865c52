"""What an XLSForm of a checklist looks like: sheets, columns, row types and the words of its fixed choices.

`yj_…` columns carry what the standard has no column for; form tools pass over columns that they do not know.
"""

from typing import Final

from chalicelib.domain.item import AnswerType, Compliance

LANGUAGE_NAMES: Final = {"zh": "中文 (zh)", "en": "English (en)"}
SURVEY, CHOICES, SETTINGS, ROUNDS = "survey", "choices", "settings", "yj_rounds"

TYPES: Final = {
    AnswerType.COMPLIANCE: "select_one compliance",
    AnswerType.TEXT: "text",
    AnswerType.PHOTO: "image",
}
"""A number is `integer` or, with decimals, `decimal`."""

LABELS: Final = {
    "label": "label",
    "hint": "hint",
    "name": "yj_name",
    "standard": "yj_standard",
    "condition_reason": "yj_because",
    "unit": "yj_unit",
    "self_check_question": "yj_self_check_question",
    "self_check_guidance": "yj_self_check_guidance",
    "self_check_mend": "yj_self_check_mend",
}
"""Texts that have a column for each language."""

PLAIN: Final = (
    "required",
    "relevant",
    "calculation",
    "yj_row",
    "yj_item",
    "yj_department",
    "yj_shared_by",
    "yj_asked_once",
    "yj_method",
    "yj_location",
    "yj_severity",
    "yj_key_item",
    "yj_full_coverage",
    "yj_kinds",
    "yj_condition",
    "yj_evidence",
    "yj_basis",
    "yj_penalty_basis",
    "yj_working_days",
    "yj_decimals",
    "yj_minimum",
    "yj_maximum",
    "yj_self_check_cycle",
    "yj_more",
)
"""Columns without a language. `yj_row`: empty for what is asked; `shared` for an item that takes the answer of another;
`form` for rows that the form needs and no item is made of."""

SHARED, FORM = "shared", "form"

SUBJECT_PREFIX: Final = "subject_"
"""Attributes of the subject are questions of the form's first group, under their name with this before it."""
INTRODUCTION, SUBJECT_GROUP = "introduction", "subject"
FORM_NAMES: Final = frozenset({INTRODUCTION, SUBJECT_GROUP, "data", "meta"})
"""Names that a form uses itself, the last two of them in every XLSForm: no question can have one."""


def is_form_name(name: str) -> bool:
    return name in FORM_NAMES or name.startswith(SUBJECT_PREFIX)


COMPLIANCE_WORDS: Final = {
    Compliance.COMPLIANT: ("合格", "Compliant"),
    Compliance.NON_COMPLIANT: ("不合格", "Non-compliant"),
    Compliance.NOT_CHECKED: ("未检查", "Not checked"),
    Compliance.NOT_APPLICABLE: ("合理缺项", "Not applicable"),
}
TRUTH_WORDS: Final = {"yes": ("是", "Yes"), "no": ("否", "No")}
SUBJECT_WORDS: Final = ("监管对象的情况", "About the subject")
KIND_WORDS: Final = ("对象类型", "Kind of subject")


def language_name(code: str) -> str:
    return LANGUAGE_NAMES.get(code, f"{code} ({code})")


def label_column(column: str, language: str) -> str:
    """`label::中文 (zh)`."""
    return f"{column}::{language_name(language)}"
