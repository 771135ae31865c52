"""The printed order: the scenario package's own template with the order's facts, for the browser and as a DOCX file."""

from datetime import date
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

from chalicelib.contract.inspection import InspectionRules
from chalicelib.domain.calendar import SHANGHAI, shanghai_date
from chalicelib.domain.deadline import DeadlineUnit
from chalicelib.domain.disposal_order import DisposalOrder
from chalicelib.package_tools import render_source
from chalicelib.services.disposal.editions import edition_of
from chalicelib.services.scenario.read_edition import read_template
from chalicelib.web.answers import Answer, file_answer
from chalicelib.web.handbook_document import DOCX
from chalicelib.web.request import WebRequest

_UNITS = {DeadlineUnit.HOUR: "小时", DeadlineUnit.DAY: "日", DeadlineUnit.WORKING_DAY: "个工作日"}
_LINES = frozenset({"h1", "h2", "h3", "p", "li"})
Line = tuple[str, str]
"""(element, text): h1, h2, h3, p or li."""


class _Lines(HTMLParser):
    """Each heading, paragraph and list item of a document's body."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[Line] = []
        self._open = ""

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        if tag in _LINES:
            self._open = tag
            self.lines.append((tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == self._open:
            self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            tag, text = self.lines[-1]
            self.lines[-1] = (tag, text + data)


def order_lines(request: WebRequest, order: DisposalOrder) -> list[Line]:
    """The document line by line, in Chinese whatever the reader's language: it is an official document. Only words
    leave the template, so that no markup of a package reaches a page. Raises RecordNotFoundError without a template."""
    rules = edition_of(request.store, request.tenant, order).scenario.inspection
    document = rules.document(order.document_id)
    template = document.template if document else ""
    source = read_template(request.store, order.scenario, order.scenario_version, template)
    parser = _Lines()
    parser.feed(render_source(source, _facts(order, rules)))
    return [(tag, " ".join(text.split())) for tag, text in parser.lines if text.strip()]


def _facts(order: DisposalOrder, rules: InspectionRules) -> dict[str, Any]:
    """What a template of stage `order` may name; samples/cases.json holds an example."""
    appraisal = order.appraisal
    return {
        "subject": order.party.model_dump(),
        "appraisal": appraisal.model_dump() | {"issued_on": _day(appraisal.issued_on)} if appraisal else None,
        "order": {
            "name": order.name,
            "number": order.number or "（草稿，未编号）",
            "facts": order.facts,
            "content": order.content,
            "citation": order.citation,
            "due_on": _due_words(order, rules),
            "body": order.acting_body_label,
            "decided_on": _day(shanghai_date(order.decided_at)) if order.decided_at else "（未决定）",
        },
    }


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


def order_docx(lines: list[Line], name: str) -> Answer:
    """The same document to save, on A4."""
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Mm

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    for tag, text in lines:
        if tag == "h1":
            document.add_heading(text, level=1).alignment = WD_ALIGN_PARAGRAPH.CENTER
        elif tag in ("h2", "h3"):
            document.add_heading(text, level=int(tag[1]))
        else:
            document.add_paragraph(text, style="List Bullet" if tag == "li" else None)
    out = BytesIO()
    document.save(out)
    return file_answer(out.getvalue(), DOCX, f"{name}.docx")
