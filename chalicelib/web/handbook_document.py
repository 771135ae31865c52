"""A handbook as a DOCX file, in the reader's language."""

from collections.abc import Collection, Mapping
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

from chalicelib.contract.exchange import BasisView
from chalicelib.contract.exchange_handbook import HandbookItemView, HandbookView
from chalicelib.contract.scenario import Scenario
from chalicelib.web.answers import Answer, file_answer
from chalicelib.web.formats import format_date
from chalicelib.web.i18n import current_locale, gettext
from chalicelib.web.scenario_views import words_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_NONE: Mapping[str, str] = MappingProxyType({})
_TEMPLATE = Path(__file__).parent / "documents" / "handbook.docx"


def about_subject(name: str, view: HandbookView) -> str:
    return gettext("只列适用于%(name)s的。%(version)s版。", name=name, version=view.version)


def about_kind(kind: str, package: Scenario, view: HandbookView) -> str:
    label = next(iter(package.manifest.kind_labels([kind])), kind)
    return gettext("适用于%(kind)s。%(version)s版。", kind=label, version=view.version)


def handbook_document(
    view: HandbookView,
    package: Scenario,
    about: str,
    conditional: Collection[str] = (),
    outdated: Mapping[str, str] = _NONE,
) -> bytes:
    """The file. about: for whom it is and of which version; conditional: paragraphs and items that apply under a
    condition; outdated: words for each basis whose clause no longer holds as it is cited."""
    from docxtpl import DocxTemplate

    template = DocxTemplate(str(_TEMPLATE))
    template.render(_context(view, package, about, conditional, outdated), autoescape=True)
    out = BytesIO()
    template.save(out)
    return out.getvalue()


def handbook_answer(
    view: HandbookView,
    package: Scenario,
    about: str,
    conditional: Collection[str] = (),
    outdated: Mapping[str, str] = _NONE,
) -> Answer:
    """The file to save, named after the handbook."""
    return file_answer(handbook_document(view, package, about, conditional, outdated), DOCX, f"{view.title}.docx")


def _context(
    view: HandbookView, package: Scenario, about: str, conditional: Collection[str], outdated: Mapping[str, str]
) -> dict[str, Any]:
    return {
        "title": view.title,
        "about": about + _checked(view, package),
        "introduction": view.introduction,
        "sections": [
            {
                "title": section.title,
                "paragraphs": [
                    {
                        "number": number,
                        "text": one.text + (gettext("（符合条件的才适用）") if one.id in conditional else ""),
                        "meta": _joined(
                            gettext("主管：%(name)s", name=one.department_label) if one.department_label else "",
                            bases_text(one.legal_basis, outdated),
                        ),
                    }
                    for number, one in enumerate(section.paragraphs, 1)
                ],
            }
            for section in view.sections
        ],
        "items_title": gettext("谁来查，查什么"),
        "items": [_item(one, package, one.id in conditional, outdated) for one in view.items],
        "footer": gettext("%(name)s，%(version)s版", name=view.title, version=view.version),
    }


def _checked(view: HandbookView, package: Scenario) -> str:
    """Up to when the law was checked, and what 依据待确认 means where it stands: paper has no page to ask."""
    words = gettext("法规核对到%(day)s。", day=format_date(package.manifest.version_on))
    parts = [one for section in view.sections for one in section.paragraphs]
    cited = [basis for part in (*parts, *view.items) for basis in part.legal_basis]
    if all(one.is_usable for one in cited):
        return words
    return words + gettext("标“依据待确认”的，本地法制人员还没有对照原文确认。")


def _item(
    item: HandbookItemView, package: Scenario, is_conditional: bool, outdated: Mapping[str, str]
) -> dict[str, Any]:
    rows = [
        (gettext("事项名称"), item.item_name),
        (gettext("事项编码"), item.item_code),
        (gettext("依据"), bases_text(item.legal_basis, outdated)),
        (gettext("事项类型"), words_of("item_type", item.item_type)),
        (gettext("主管"), item.department_label),
        (gettext("对象类型"), gettext("、").join(package.manifest.kind_labels(item.subject_kinds))),
        (gettext("程序"), item.procedure),
        (gettext("检查方式"), item.inspection_form),
        (gettext("结果"), item.result),
    ]
    title = f"{item.department_label} {item.item_name}" if current_locale() == "en" else item.item_name
    title += gettext("（符合条件的才适用）") if is_conditional else ""
    return {"title": title, "rows": [{"name": name, "text": text} for name, text in rows]}


def bases_text(bases: Collection[BasisView], outdated: Mapping[str, str] = _NONE) -> str:
    """Citations in one line, with 依据待确认 where nobody has confirmed them, and with what changed."""

    def said(one: BasisView) -> str:
        if one.id in outdated:
            return one.citation + gettext("（%(words)s）", words=outdated[one.id])
        return one.citation + ("" if one.is_usable else gettext("（依据待确认）"))

    return gettext("、").join(dict.fromkeys(said(one) for one in bases))


def _joined(*parts: str) -> str:
    return gettext("；").join(part for part in parts if part)
