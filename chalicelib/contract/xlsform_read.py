"""A checklist and its translations from an XLSForm. A row that does not hold is refused with its place and a mend."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from chalicelib.contract.rule_finding import RuleFinding
from chalicelib.contract.scenario import Scenario
from chalicelib.contract.xlsform import COVERED, form_names
from chalicelib.contract.xlsform_columns import (
    CHOICES,
    FORM,
    INTRODUCTION,
    LABELS,
    PLAIN,
    ROUNDS,
    SETTINGS,
    SHARED,
    SURVEY,
    is_form_name,
)
from chalicelib.contract.xlsform_condition import read_condition
from chalicelib.contract.xlsform_relevant import Value
from chalicelib.contract.xlsform_sheet import RULE, Book, Row, languages_in, read_book
from chalicelib.domain.checklist import Checklist
from chalicelib.domain.item import AnswerType, CheckItem, CheckLocation, CheckMethod, EvidenceKind, Severity
from chalicelib.domain.label import labels_of
from chalicelib.domain.self_check_rules import SelfCheckCycle

_TYPES = {
    "select_one compliance": AnswerType.COMPLIANCE,
    "integer": AnswerType.NUMBER,
    "decimal": AnswerType.NUMBER,
    "text": AnswerType.TEXT,
    "image": AnswerType.PHOTO,
}
_GROUPS = {"begin_group": "begin", "begin group": "begin", "end_group": "end", "end group": "end"}
_KNOWN = {"type", "name", *PLAIN}
_STANDARD = {"constraint", "constraint_message", "required_message", "appearance", "default", "read_only", "note"}


@dataclass
class XlsformReading:
    """What a file says. `checklist` is None while anything is wrong; `strings`: language -> label key -> text, of the
    checklist only."""

    checklist: Checklist | None = None
    strings: dict[str, dict[str, str]] = field(default_factory=dict)
    findings: list[RuleFinding] = field(default_factory=list)


def read_xlsform(content: bytes, scenario: Scenario) -> XlsformReading:
    """The checklist that the file says, checked against the package's departments, kinds, attributes and bases.

    Raises InvalidInputError when the file is no workbook; everything else is a finding.
    """
    book = read_book(content, (SURVEY, CHOICES, SETTINGS, ROUNDS))
    return _Reader(book, scenario).read()


class _Reader:
    def __init__(self, book: Book, scenario: Scenario) -> None:
        self.book, self.scenario = book, scenario
        self.findings = book.findings
        self.languages = languages_in(book.columns.get(SURVEY, []))
        self.texts: dict[str, dict[str, str]] = {one: {} for one in self.languages}
        self.names: dict[str, Value] = dict(form_names(scenario))
        self.rows: dict[str, Row] = {}

    def read(self) -> XlsformReading:
        if SURVEY not in self.book.sheets:
            mend = "start from an exported file"
            return XlsformReading(findings=[RuleFinding(RULE, "xlsx", SURVEY, "the sheet is missing", mend)])
        self._columns()
        if self.scenario.checklist.self_check_rounds and ROUNDS not in self.book.sheets:
            mend = "start from an exported file"
            self.findings.append(RuleFinding(RULE, "xlsx", ROUNDS, "the sheet is missing", mend))
        rows = [row for row in self.book.sheets[SURVEY] if row.text("yj_row") != FORM]
        self._name_questions(rows)
        body = self._head() | {"sections": list(self._sections(rows)), "self_check_rounds": list(self._rounds())}
        if self.findings:
            return XlsformReading(findings=self.findings)
        try:
            checklist = Checklist.model_validate(body)
        except ValidationError as error:
            for one in error.errors(include_url=False, include_input=False, include_context=False):
                place = ".".join(str(step) for step in one["loc"]) or SURVEY
                self.findings.append(RuleFinding(RULE, "xlsx", place, one["msg"], "correct the rows of this part"))
            return XlsformReading(findings=self.findings)
        self._look_back(checklist)
        if self.findings:
            return XlsformReading(findings=self.findings)
        keys = {key for key, _ in labels_of(checklist, "checklist")}
        strings = {
            language: {key: text for key, text in found.items() if key in keys}
            for language, found in self.texts.items()
        }
        return XlsformReading(checklist, strings, [])

    def _look_back(self, checklist: Checklist) -> None:
        """A row that was moved or renamed leaves conditions that no longer look at a question before them."""
        asked: set[str] = set()
        for item in checklist.items:
            for leaf in item.condition.leaves() if item.condition else ():
                if leaf.answer is not None and leaf.answer not in asked:
                    mend = "a condition looks at a question of a row above it, under its name"
                    self.rows[item.id].refuse("relevant", f"{leaf.answer} is not known here", mend)
            asked.add(item.question_key)

    def _columns(self) -> None:
        """A column that is not there any more would silently empty what it held."""
        columns = self.book.columns[SURVEY]
        here = {column.partition("::")[0] for column in columns}
        for column in (*PLAIN, *LABELS.values()):
            if column not in here:
                mend = "put the column back, with its cells, from an exported file"
                self.findings.append(RuleFinding(RULE, "xlsx", f"survey, {column}", "the column is missing", mend))
        for column in columns:
            base = column.partition("::")[0]
            if base not in _KNOWN | set(LABELS.values()) | _STANDARD:
                self.findings.append(
                    RuleFinding(
                        RULE, "xlsx", f"survey, {column}", "no such column", "correct its name, or take the column out"
                    )
                )

    def _name_questions(self, rows: list[Row]) -> None:
        """Every question that a condition may look at, those of new rows too."""
        for row in rows:
            if _TYPES.get(row.text("type")) is AnswerType.NUMBER:
                self.names[row.text("name")] = Value("number", row.whole("yj_decimals", 0) or 0)
            elif row.text("type") in _TYPES:
                self.names[row.text("name")] = Value("text")

    def _head(self) -> dict[str, Any]:
        """Title and introduction."""
        settings = next(iter(self.book.sheets.get(SETTINGS, [])), None)
        title = (settings.label("yj_title") or settings.text("form_title")) if settings else ""
        if settings is None or not title:
            place = f"{SETTINGS}, form_title"
            self.findings.append(RuleFinding(RULE, "xlsx", place, "the cell is empty", "write the checklist's title"))
        elif settings:
            self._translate(settings, "yj_title", "checklist.title")
        found = {"title": title}
        for row in self.book.sheets[SURVEY]:
            if row.text("yj_item") == INTRODUCTION and row.text("type") == "note":
                found["introduction"] = row.label("label")
                self._translate(row, "label", "checklist.introduction")
        return found

    def _translate(self, row: Row, column: str, key: str) -> None:
        for language in self.languages:
            if text := row.label(column, language):
                self.texts[language][key] = text

    def _sections(self, rows: list[Row]) -> Iterator[dict[str, Any]]:
        section: dict[str, Any] | None = None
        for row in rows:
            group = _GROUPS.get(row.text("type"))
            if group == "begin":
                if section is not None:
                    row.refuse("type", "a group stands in a group", "end the section before the next one begins")
                id = row.text("yj_item") or row.text("name")
                section = {"id": id, "title": row.label("label"), "items": []}
                self._translate(row, "label", f"checklist.sections.{id}.title")
            elif group == "end":
                if section is not None:
                    if not section["items"]:
                        row.refuse("", "the section has no item", "add a row, or take the section out")
                    yield section
                section = None
            elif section is None:
                row.refuse("type", "the row stands in no section", "put it between begin_group and end_group")
            else:
                item = self._item(row, section["id"])
                if item is not None:
                    if held := self.rows.get(item.id):
                        row.refuse("yj_item", f"{item.id} stands in row {held.number} too", "give each its own id")
                    self.rows[item.id] = row
                    section["items"].append(item)
        if section is not None:
            self.findings.append(
                RuleFinding(RULE, "xlsx", SURVEY, "the last section has no end", "add an end_group row")
            )

    def _item(self, row: Row, section_id: str) -> CheckItem | None:
        before = len(self.findings)
        manifest, id = self.scenario.manifest, row.text("yj_item") or row.text("name")
        is_shared = row.text("yj_row") == SHARED
        for column, name in (("yj_item", id), ("yj_asked_once", row.text("yj_asked_once"))):
            if is_form_name(name):
                row.refuse(column, f"{name} is a name that a spreadsheet form uses itself", "choose another code")
        answer = self._answer_type(row, is_shared)
        values: dict[str, Any] = {
            "id": id,
            "department": row.choice("yj_department", manifest.department_codes),
            "shared_by": row.each("yj_shared_by", manifest.department_codes),
            "asked_once_key": self._asked_once(row, id, is_shared),
            "answer_type": answer,
            "method": row.choice("yj_method", list(CheckMethod)),
            "location": row.choice("yj_location", list(CheckLocation)),
            "severity": row.choice("yj_severity", list(Severity)),
            "is_key_item": row.is_yes("yj_key_item"),
            "is_full_coverage": row.is_yes("yj_full_coverage"),
            "subject_kinds": row.each("yj_kinds", manifest.subject_kind_codes),
            "evidence": row.each("yj_evidence", list(EvidenceKind)),
            "legal_basis_ids": row.each("yj_basis", self.scenario.bases),
            "penalty_basis_ids": row.each("yj_penalty_basis", self.scenario.bases),
            "rectification_working_days": row.whole("yj_working_days"),
            "number": self._number(row, section_id, id) if answer is AnswerType.NUMBER else None,
            "self_check": self._self_check(row, section_id, id),
            "condition": read_condition(row, self.names),
        } | self._labels(row, section_id, id)
        values |= self._more(row)
        if values["rectification_working_days"] is None and not row.text("yj_working_days"):
            row.refuse("yj_working_days", "the cell is empty", "write working days; 0 is at once")
        if len(self.findings) > before:
            return None
        try:
            return CheckItem.model_validate(values)
        except ValidationError as error:
            for one in error.errors(include_url=False, include_input=False, include_context=False):
                row.refuse(_column_of(one["loc"]), one["msg"], "correct the cell")
            return None

    def _answer_type(self, row: Row, is_shared: bool) -> AnswerType | None:
        """Of an item that takes another's answer, the type of the row that is asked."""
        if is_shared:
            key = row.text("yj_asked_once")
            asked = next((one for one in self.book.sheets[SURVEY] if one.text("name") == key), None)
            found = _TYPES.get(asked.text("type")) if asked else None
            if found is None:
                row.refuse("yj_asked_once", f"no question {key}", "name the question whose answer this item takes")
            return found
        if row.text("type") not in _TYPES:
            row.refuse("type", f"{row.text('type')} is not one of {', '.join(_TYPES)}", "choose one of these types")
        return _TYPES.get(row.text("type"))

    def _asked_once(self, row: Row, id: str, is_shared: bool) -> str | None:
        key = row.text("yj_asked_once")
        if not is_shared and row.text("name") != (key or id):
            row.refuse("name", f"{row.text('name')} is neither yj_item nor yj_asked_once", "make them agree")
        return key or None

    def _labels(self, row: Row, section_id: str, id: str) -> dict[str, str]:
        key, has_name = f"checklist.sections.{section_id}.items.{id}", bool(row.label("yj_name"))
        places = {"name": "yj_name" if has_name else "label", "guidance": "hint", "standard": "yj_standard"}
        places |= {"question": "label"} if has_name else {}
        places["condition_reason"] = "yj_because"
        for name, column in places.items():
            self._translate(row, column, f"{key}.{name}")
            if not row.label(column) and name in ("name", "standard", "guidance"):
                row.refuse(column, "the cell is empty", "write the Chinese text")
        return {name: row.label(column) for name, column in places.items()}

    def _number(self, row: Row, section_id: str, id: str) -> dict[str, Any]:
        decimals = row.whole("yj_decimals", 0) or 0
        self._translate(row, "yj_unit", f"checklist.sections.{section_id}.items.{id}.number.unit")
        limits = {name: row.scaled(f"yj_{name}", decimals) for name in ("minimum", "maximum")}
        return {"unit": row.label("yj_unit"), "decimals": decimals} | limits

    def _self_check(self, row: Row, section_id: str, id: str) -> dict[str, Any] | None:
        if not row.text("yj_self_check_cycle"):
            return None
        key = f"checklist.sections.{section_id}.items.{id}.self_check"
        for name in ("question", "guidance", "mend"):
            self._translate(row, f"yj_self_check_{name}", f"{key}.{name}")
        texts = {name: row.label(f"yj_self_check_{name}") for name in ("question", "guidance", "mend")}
        return {"cycle": row.choice("yj_self_check_cycle", list(SelfCheckCycle))} | texts

    def _more(self, row: Row) -> dict[str, Any]:
        if not row.text("yj_more"):
            return {}
        try:
            found = json.loads(row.text("yj_more"))
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            row.refuse("yj_more", "not JSON", "leave the cell as it was exported, or empty it")
            return {}
        for name in sorted(found.keys() & COVERED):
            row.refuse("yj_more", f"{name} has a column of its own", "write it there, and take it out of yj_more")
        return found

    def _rounds(self) -> Iterator[dict[str, Any]]:
        for row in self.book.sheets.get(ROUNDS, []):
            key = f"checklist.self_check_rounds.{row.text('id')}"
            for name in ("title", "performed_by", "introduction"):
                self._translate(row, name, f"{key}.{name}")
            yield {
                "id": row.text("id"),
                "cycle": row.choice("cycle", list(SelfCheckCycle)),
                "legal_basis_ids": row.each("basis", self.scenario.bases),
            } | {name: row.label(name) for name in ("title", "performed_by", "introduction")}


_COLUMNS = {
    "id": "yj_item", "name": "label", "guidance": "hint", "standard": "yj_standard", "number": "yj_minimum",
    "rectification_working_days": "yj_working_days", "condition": "relevant", "condition_reason": "yj_because",
    "self_check": "yj_self_check_question", "shared_by": "yj_shared_by", "asked_once_key": "yj_asked_once",
}  # fmt: skip


def _column_of(place: tuple[int | str, ...]) -> str:
    """The column that a field of an item stands in."""
    return _COLUMNS.get(str(place[0]), str(place[0])) if place else ""
