"""A checklist as an XLSForm (https://xlsform.org): a row per check item, conditions as `relevant`, sections as groups.

Nothing is lost: what the standard cannot say stands in `yj_…` columns, and `xlsform_read` makes the same checklist and
the same translations of it again.
"""

import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from io import BytesIO
from typing import Any

from chalicelib.contract.scenario import SOURCE_LANGUAGE, Scenario
from chalicelib.contract.xlsform_columns import (
    CHOICES,
    COMPLIANCE_WORDS,
    FORM,
    FORM_NAMES,
    INTRODUCTION,
    KIND_WORDS,
    LABELS,
    PLAIN,
    ROUNDS,
    SETTINGS,
    SHARED,
    SUBJECT_GROUP,
    SUBJECT_PREFIX,
    SUBJECT_WORDS,
    SURVEY,
    TRUTH_WORDS,
    TYPES,
    label_column,
    language_name,
)
from chalicelib.contract.xlsform_relevant import (
    Names,
    NotRelevantError,
    Value,
    read_relevant,
    write_relevant,
)
from chalicelib.domain.checklist import ChecklistSection
from chalicelib.domain.condition import Condition
from chalicelib.domain.item import AnswerType, CheckItem
from chalicelib.domain.register_columns import Column, ColumnType

Row = dict[str, str]
KIND = f"{SUBJECT_PREFIX}kind"
COVERED = {
    "id", "name", "department", "shared_by", "asked_once_key", "question", "answer_type", "number", "method",
    "location", "standard", "guidance", "severity", "is_key_item", "is_full_coverage", "subject_kinds", "condition",
    "condition_reason", "evidence", "legal_basis_ids", "penalty_basis_ids", "rectification_working_days", "self_check",
}  # fmt: skip
"""Fields of an item that have columns; what is added later travels in `yj_more` until it has one."""


def write_xlsform(scenario: Scenario) -> bytes:
    """The XLSX file with survey, choices and settings in every language of the package."""
    import xlsxwriter

    made = _Form(scenario)
    out = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        bold = book.add_format({"bold": True, "bg_color": "#EAF1FA"})
        for name, rows in made.sheets().items():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 2)
            head = list(dict.fromkeys(column for row in rows for column in row)) or ["id"]
            sheet.set_column(0, len(head) - 1, 22)
            for number, column in enumerate(head):
                sheet.write_string(0, number, column, bold)
                for line, row in enumerate(rows, 1):
                    if row.get(column):
                        sheet.write_string(line, number, row[column])
    return out.getvalue()


def form_names(scenario: Scenario) -> dict[str, Value]:
    """How the values of every question and every attribute that a condition may look at are written."""
    found: dict[str, Value] = {KIND: Value("text")}
    for column in scenario.manifest.register_columns:
        found[f"{SUBJECT_PREFIX}{column.id}"] = _value_of(column)
    for item in scenario.checklist.items:
        found.setdefault(item.question_key, value_of(item))
    return found


def value_of(item: CheckItem) -> Value:
    return Value("number", item.number.decimals) if item.number else Value("text")


def _value_of(column: Column) -> Value:
    return {ColumnType.BOOLEAN: Value("truth"), ColumnType.INTEGER: Value("number")}.get(column.type, Value("text"))


def relevant_of(item: CheckItem, names: Names) -> str:
    """The kinds of subject and the condition in one expression."""
    kinds = f"selected('{' '.join(item.subject_kinds)}', ${{{KIND}}})" if item.subject_kinds else ""
    if item.condition is None:
        return kinds
    condition = write_relevant(item.condition, names)
    if not kinds:
        return condition
    return f"{kinds} and ({condition})" if item.condition.any else f"{kinds} and {condition}"


def says_it_all(condition: Condition, names: Names) -> bool:
    """Whether the expression, read back, is this very condition."""
    try:
        return read_relevant(write_relevant(condition, names), names) == condition
    except NotRelevantError:
        return False


class _Form:
    """The rows of one scenario's form."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.languages = (SOURCE_LANGUAGE, *sorted(scenario.strings))
        self.names = form_names(scenario)

    def sheets(self) -> Mapping[str, list[Row]]:
        manifest, checklist = self.scenario.manifest, self.scenario.checklist
        settings = {
            "form_title": checklist.title,
            "form_id": manifest.name,
            "version": manifest.version,
            "default_language": language_name(SOURCE_LANGUAGE),
        } | self._texts("yj_title", "checklist.title", checklist.title)
        return {
            SURVEY: self._whole_rows(),
            CHOICES: list(self._choices()),
            SETTINGS: [settings],
            ROUNDS: list(self._rounds()),
        }

    def _texts(self, column: str, key: str, text: str) -> Row:
        """A label in every language that has it."""
        if not text:
            return {}
        found = {label_column(column, SOURCE_LANGUAGE): text}
        for language, strings in self.scenario.strings.items():
            if strings.get(key):
                found[label_column(column, language)] = strings[key]
        return found

    def _fixed(self, column: str, words: tuple[str, str]) -> Row:
        return {label_column(column, one): words[0 if one == SOURCE_LANGUAGE else 1] for one in self.languages}

    def _whole_rows(self) -> list[Row]:
        """Every row with every column in the same order."""
        head = ["type", "name", *(label_column("label", one) for one in self.languages)]
        head += [label_column("hint", one) for one in self.languages]
        head += list(PLAIN[:4])
        head += [label_column(column, one) for column in list(LABELS.values())[2:] for one in self.languages]
        head += list(PLAIN[4:])
        return [{column: row.get(column, "") for column in head} for row in self._survey()]

    def _survey(self) -> Iterator[Row]:
        checklist = self.scenario.checklist
        if checklist.introduction:
            row = {"type": "note", "name": INTRODUCTION, "yj_row": FORM, "yj_item": INTRODUCTION}
            yield row | self._texts("label", "checklist.introduction", checklist.introduction)
        yield from self._about_subject()
        asked: set[str] = set()
        for section in checklist.sections:
            name = section.id
            while name in self.names or name in FORM_NAMES:
                name = f"{name}_section"
            key = f"checklist.sections.{section.id}.title"
            row = {"type": "begin_group", "name": name, "yj_item": section.id}
            yield row | self._texts("label", key, section.title)
            for item in section.items:
                yield self._item(section, item, is_asked=item.question_key not in asked)
                asked.add(item.question_key)
            yield {"type": "end_group", "name": name}

    def _about_subject(self) -> Iterator[Row]:
        """What conditions look at that is no question: asked first, so that the form works without our register."""
        used = {leaf.attribute for item in self.scenario.checklist.items if item.condition for leaf in
                item.condition.leaves() if leaf.attribute}  # fmt: skip
        kinds = any(item.subject_kinds for item in self.scenario.checklist.items)
        if not used and not kinds:
            return
        yield {"type": "begin_group", "name": SUBJECT_GROUP, "yj_row": FORM} | self._fixed("label", SUBJECT_WORDS)
        yield {"type": "select_one subject_kinds", "name": KIND, "yj_row": FORM} | self._fixed("label", KIND_WORDS)
        for one in self.scenario.manifest.register_columns:
            if one.id in used:
                row = {"type": _type_of_column(one), "name": f"{SUBJECT_PREFIX}{one.id}", "yj_row": FORM}
                yield row | self._texts("label", f"manifest.attributes.{one.id}.label", one.label)
        yield {"type": "end_group", "name": SUBJECT_GROUP, "yj_row": FORM}

    def _item(self, section: ChecklistSection, item: CheckItem, *, is_asked: bool) -> Row:
        key = f"checklist.sections.{section.id}.items.{item.id}"
        row = {"name": item.question_key if is_asked else item.id, "yj_item": item.id}
        row["yj_row"] = "" if is_asked else SHARED
        row["type"] = _type_of(item) if is_asked else "calculate"
        row["required"] = "yes" if is_asked else ""
        row["calculation"] = "" if is_asked else f"${{{item.question_key}}}"
        row |= self._texts("label", f"{key}.{'question' if item.question else 'name'}", item.question or item.name)
        if item.question:
            row |= self._texts("yj_name", f"{key}.name", item.name)
        row |= self._texts("hint", f"{key}.guidance", item.guidance)
        row |= self._texts("yj_standard", f"{key}.standard", item.standard)
        row |= self._texts("yj_because", f"{key}.condition_reason", item.condition_reason)
        row |= self._plain(item)
        if item.number:
            row |= _limits(item) | self._texts("yj_unit", f"{key}.number.unit", item.number.unit)
        if item.self_check:
            row["yj_self_check_cycle"] = item.self_check.cycle.value
            for field in ("question", "guidance", "mend"):
                text = getattr(item.self_check, field)
                row |= self._texts(f"yj_self_check_{field}", f"{key}.self_check.{field}", text)
        return row

    def _plain(self, item: CheckItem) -> Row:
        more = item.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=COVERED)
        condition = item.condition
        return {
            "relevant": relevant_of(item, self.names),
            "yj_condition": "" if condition is None or says_it_all(condition, self.names) else json_of(condition),
            "yj_department": item.department,
            "yj_shared_by": " ".join(item.shared_by),
            "yj_asked_once": item.asked_once_key or "",
            "yj_method": item.method.value,
            "yj_location": item.location.value,
            "yj_severity": item.severity.value,
            "yj_key_item": "yes" if item.is_key_item else "",
            "yj_full_coverage": "yes" if item.is_full_coverage else "",
            "yj_kinds": " ".join(item.subject_kinds),
            "yj_evidence": " ".join(item.evidence),
            "yj_basis": " ".join(item.legal_basis_ids),
            "yj_penalty_basis": " ".join(item.penalty_basis_ids),
            "yj_working_days": str(item.rectification_working_days),
            "yj_more": json.dumps(more, ensure_ascii=False) if more else "",
        }

    def _choices(self) -> Iterator[Row]:
        for code, words in COMPLIANCE_WORDS.items():
            yield {"list_name": "compliance", "name": code.value} | self._fixed("label", words)
        for answer, words in TRUTH_WORDS.items():
            yield {"list_name": "yes_no", "name": answer} | self._fixed("label", words)
        for kind in self.scenario.manifest.subject_kinds:
            label = self._texts("label", f"manifest.subject_kinds.{kind.code}.label", kind.label)
            yield {"list_name": "subject_kinds", "name": kind.code} | label
        for column in self.scenario.manifest.register_columns:
            for choice in column.choices:
                key = f"manifest.attributes.{column.id}.choices.{choice.code}.label"
                yield {"list_name": _choices_of(column), "name": choice.code} | self._texts("label", key, choice.label)

    def _rounds(self) -> Iterator[Row]:
        for one in self.scenario.checklist.self_check_rounds:
            key = f"checklist.self_check_rounds.{one.id}"
            row = {"id": one.id, "cycle": one.cycle.value, "basis": " ".join(one.legal_basis_ids)}
            for field in ("title", "performed_by", "introduction"):
                row |= self._texts(field, f"{key}.{field}", getattr(one, field))
            yield row


def _type_of(item: CheckItem) -> str:
    if item.answer_type is AnswerType.NUMBER:
        return "decimal" if item.number and item.number.decimals else "integer"
    return TYPES[item.answer_type]


def _type_of_column(column: Column) -> str:
    if column.choices:
        return f"select_one {_choices_of(column)}"
    return {ColumnType.BOOLEAN: "select_one yes_no", ColumnType.INTEGER: "integer"}.get(column.type, "text")


def _choices_of(column: Column) -> str:
    """Its list, under a name that none of the form's own lists has."""
    return f"{column.id}_choices"


def _limits(item: CheckItem) -> Row:
    assert item.number is not None
    decimals = item.number.decimals
    limits = {"yj_minimum": item.number.minimum, "yj_maximum": item.number.maximum}
    return {"yj_decimals": str(decimals)} | {
        column: "" if limit is None else scaled_text(limit, decimals) for column, limit in limits.items()
    }


def scaled_text(value: int, decimals: int) -> str:
    """105 with two decimals: 1.05; the same in full, never as a power of ten."""
    return format(Decimal(value).scaleb(-decimals), "f")


def json_of(condition: Condition) -> str:
    body: Any = condition.model_dump(mode="json", by_alias=True, exclude_none=True)
    return json.dumps(body, ensure_ascii=False)
