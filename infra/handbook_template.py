"""Make chalicelib/web/documents/handbook.docx, the template that docxtpl fills for a handbook.

    python -m infra.handbook_template

Whoever wants another look opens the file in a word processor: the places in braces stay where they are.
"""

from pathlib import Path

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

TARGET = Path(__file__).resolve().parent.parent / "chalicelib" / "web" / "documents" / "handbook.docx"
BODY, HEADING = "仿宋", "黑体"
GREY = RGBColor(0x55, 0x5F, 0x6D)


def _font(style, name: str, size: float, *, bold: bool = False, colour: RGBColor | None = None) -> None:  # type: ignore[no-untyped-def]
    style.font.name = "Times New Roman"
    style.font.size, style.font.bold = Pt(size), bold
    style.font.color.rgb = colour or RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for place in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
        fonts.attrib.pop(qn(place), None)
    fonts.set(qn("w:eastAsia"), name)


def _page_number(paragraph) -> None:  # type: ignore[no-untyped-def]
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        run = paragraph.add_run()
        if kind:
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark = OxmlElement("w:instrText")
            mark.text = text
        run._r.append(mark)


def make() -> None:
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.6)
    section.top_margin = section.bottom_margin = Cm(2.5)
    styles = document.styles
    _font(styles["Normal"], BODY, 12)
    styles["Normal"].paragraph_format.line_spacing = 1.4
    styles["Normal"].paragraph_format.space_after = Pt(4)
    _font(styles["Title"], HEADING, 22)
    _font(styles["Heading 1"], HEADING, 16)
    _font(styles["Heading 2"], HEADING, 13)
    _font(styles["Caption"], BODY, 10, colour=GREY)
    document.add_paragraph("{{ title }}", style="Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph("{{ about }}", style="Caption").alignment = WD_ALIGN_PARAGRAPH.CENTER
    document.add_paragraph("{{ introduction }}")
    for line, style in (
        ("{%p for section in sections %}", None),
        ("{{ section.title }}", "Heading 1"),
        ("{%p for one in section.paragraphs %}", None),
        ("{{ one.number }}. {{ one.text }}", None),
        ("{%p if one.meta %}", None),
        ("{{ one.meta }}", "Caption"),
        ("{%p endif %}", None),
        ("{%p endfor %}", None),
        ("{%p endfor %}", None),
        ("{%p if items %}", None),
        ("{{ items_title }}", "Heading 1"),
        ("{%p for item in items %}", None),
        ("{{ item.title }}", "Heading 2"),
    ):
        document.add_paragraph(line, style=style)
    table = document.add_table(rows=3, cols=2, style="Table Grid")
    table.rows[0].cells[0].text = "{%tr for row in item.rows %}"
    table.rows[1].cells[0].text, table.rows[1].cells[1].text = "{{ row.name }}", "{{ row.text }}"
    table.rows[2].cells[0].text = "{%tr endfor %}"
    for row in table.rows:
        row.cells[0].width, row.cells[1].width = Cm(3.4), Cm(12.4)
    for line in ("{%p endfor %}", "{%p endif %}"):
        document.add_paragraph(line)
    footer = section.footer.paragraphs[0]
    footer.style = styles["Caption"]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    footer.add_run("{{ footer }}  ")
    _page_number(footer)
    TARGET.parent.mkdir(exist_ok=True)
    document.save(str(TARGET))


if __name__ == "__main__":
    make()
