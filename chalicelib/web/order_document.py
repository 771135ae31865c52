"""The printed order: the scenario package's own template with the order's facts, for the browser and as a DOCX file."""

from html.parser import HTMLParser
from io import BytesIO
from typing import Any

from chalicelib.domain.disposal_order import DisposalOrder
from chalicelib.package_tools import render_source
from chalicelib.services.disposal.editions import edition_of
from chalicelib.services.disposal.order_facts import DEMO_MARK, order_facts
from chalicelib.services.scenario.read_edition import read_template
from chalicelib.web.answers import Answer, file_answer
from chalicelib.web.handbook_document import DOCX
from chalicelib.web.request import WebRequest

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
    parser.feed(render_source(source, order_facts(order, rules)))
    lines = [(tag, " ".join(text.split())) for tag, text in parser.lines if text.strip()]
    return [("p", DEMO_MARK), *lines] if order.cites_unconfirmed else lines


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
