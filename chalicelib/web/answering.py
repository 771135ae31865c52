"""What the pages that answer a list share: the visit's on the officer's phone, the self-check's on the owner's."""

from collections.abc import Callable, Mapping
from typing import Any

from chalicelib.contract.exchange import ChecklistEntry
from chalicelib.domain.errors import InvalidInputError, YijianshiError
from chalicelib.domain.item import Answer as Given
from chalicelib.domain.item import Compliance
from chalicelib.domain.scaled_number import number_words
from chalicelib.services.answered_list import AnsweredList
from chalicelib.web.answer_form import NOT_CHECKED
from chalicelib.web.answers import Answer, problem
from chalicelib.web.disposition import labels, outcome_chip
from chalicelib.web.i18n import gettext
from chalicelib.web.messages import error_words, field_words
from chalicelib.web.request import WebRequest


def wants_json(request: WebRequest) -> bool:
    """Whether the page's script asks, which stays on the page."""
    return "application/json" in request.header("accept")


def refusal(status: int, error: YijianshiError, names: Mapping[str, str] | None = None) -> Answer:
    """For the page's script, which shows the words and keeps what was typed. names: of the fields; those of findings
    without."""
    known = labels() if names is None else names
    problems = error.problems if isinstance(error, InvalidInputError) else []
    words = [(found, field_words(found, known.get(found.field, ""))) for found in problems]
    return problem(status, error.code, error_words(error).title, problems=words)


def progress_words(sheet: AnsweredList[Any]) -> str:
    return gettext("已答%(done)s项，共%(total)s项", done=sheet.done, total=sheet.total)


def bad_words(sheet: AnsweredList[Any]) -> str:
    return gettext("%(count)s项不合格", count=sheet.non_compliant) if sheet.non_compliant else ""


def form_values(entry: ChecklistEntry, said: Given | None) -> dict[str, str]:
    """A stored answer as the form's values."""
    if said is None:
        return {}
    is_away = said.compliance in (Compliance.NOT_CHECKED, Compliance.NOT_APPLICABLE)
    away = "not_applicable" if said.compliance is Compliance.NOT_APPLICABLE else "not_inspected"
    return {
        "compliance": NOT_CHECKED if is_away else (said.compliance.value if said.compliance else ""),
        "not_checked": away if is_away else "",
        "reason": said.reason,
        "number": number_words(said.number, entry.number.decimals if entry.number else 0),
        "text": said.text or "",
    }


def by_section(
    sheet: AnsweredList[Any], more: Callable[[Any], dict[str, Any]] = lambda question: {}
) -> list[dict[str, Any]]:
    """The questions by section, each with the words of its outcome. more: what else a row has."""
    sections: list[dict[str, Any]] = []
    for question in sheet.questions:
        title = question.entry.section_title
        if not sections or sections[-1]["title"] != title:
            sections.append({"title": title, "rows": []})
        sections[-1]["rows"].append({"question": question, "chip": outcome_chip(question.outcome)} | more(question))
    return sections
