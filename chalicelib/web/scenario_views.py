"""The four handlers of a scenario as pages and the API call them, and the words for the codes that they answer with."""

from collections.abc import Iterable, Mapping
from itertools import combinations, product
from typing import Any, cast

from pydantic import BaseModel

from chalicelib.contract.entrance import call_handler
from chalicelib.contract.exchange import HandlerContext
from chalicelib.contract.exchange_handbook import HandbookRequest, HandbookView, ParagraphView
from chalicelib.contract.registry import registry
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.basis_mark import BasisMark
from chalicelib.domain.condition import Condition, Scalar
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.handbook import HandbookItem, Paragraph
from chalicelib.domain.item import CheckItem
from chalicelib.services.plan.draft_plan import PlanDraft
from chalicelib.services.scenario.read_edition import edition_in_force, public_edition
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import current_locale, gettext, mark
from chalicelib.web.request import WebRequest

WORDS: Mapping[str, Mapping[str, str]] = {
    "severity": {
        "minor": mark("轻微"),
        "ordinary": mark("一般"),
        "serious": mark("严重"),
        "critical": mark("重大"),
    },
    "method": {
        "document_review": mark("查阅资料"),
        "system_verification": mark("系统核验"),
        "visual_check": mark("现场查看"),
        "measurement": mark("测量"),
        "sampling": mark("抽样"),
        "interview": mark("询问"),
        "video_review": mark("查看视频"),
    },
    "location": {"on_site": mark("现场"), "off_site": mark("非现场")},
    "answer_type": {
        "compliance": mark("合格或不合格"),
        "number": mark("填数字"),
        "text": mark("填文字"),
        "photo": mark("拍照"),
    },
    "evidence": {
        "photo": mark("照片"),
        "video": mark("视频"),
        "document_copy": mark("资料复印件"),
        "measurement_record": mark("测量记录"),
        "test_report": mark("检测报告"),
        "system_extract": mark("系统截取"),
        "statement": mark("询问笔录"),
    },
    "item_type": {
        "administrative_inspection": mark("行政检查"),
        "licence_supervision": mark("许可事项监管"),
        "filing_supervision": mark("备案事项监管"),
        "quality_sampling": mark("质量抽检"),
        "remote_supervision": mark("非现场监管"),
    },
    "risk_level": {
        "low": mark("低风险"),
        "moderate": mark("一般风险"),
        "elevated": mark("较高风险"),
        "high": mark("高风险"),
    },
    "credit_grade": {"A": mark("A级"), "B": mark("B级"), "C": mark("C级"), "D": mark("D级")},
    "regulation_method": {
        "remote_first": mark("先非现场"),
        "on_site": mark("现场检查"),
        "on_site_and_unannounced": mark("现场和飞行检查"),
    },
    "source": {
        "law": mark("法律规定"),
        "standard": mark("标准"),
        "policy": mark("政策文件"),
        "proposal": mark("平台建议值，由本地设定"),
    },
    "alert": {"blue": mark("蓝色"), "yellow": mark("黄色"), "orange": mark("橙色"), "red": mark("红色")},
    "output": {"risk_level": mark("风险等级"), "credit_grade": mark("信用等级")},
    "stage": {
        "approval": mark("审批"),
        "notice": mark("通知"),
        "record": mark("记录"),
        "sampling": mark("抽样"),
        "inquiry": mark("询问"),
        "result": mark("结果"),
        "order": mark("处置决定"),
        "patrol": mark("巡查"),
    },
}


def words_of(group: str, code: str) -> str:
    """A stored code in the reader's language; the code itself when nobody gave it words."""
    found = WORDS[group].get(str(code))
    return gettext(found) if found else str(code)


def package_in_words(name: str) -> Scenario:
    """The package in the reader's language. Raises RecordNotFoundError."""
    return registry().get(name).in_language(current_locale())


def staff_context(request: WebRequest, name: str) -> HandlerContext:
    """The context with the tenant's overlay in force and its own confirmations. Raises RecordNotFoundError for a
    package that is not there."""
    store, tenant = request.store, request.tenant
    edition = edition_in_force(store, tenant, name)
    return edition.context(tenant, request.now, store.confirmations.of_scenario(tenant, name))


def public_context(request: WebRequest, name: str) -> tuple[HandlerContext, list[BasisMark]]:
    """The same from what everybody may read, with the tenant's own marks."""
    found = public_edition(request.store, request.tenant, name)
    return found.edition.context(request.tenant, request.now, found.confirmations), found.marks


def edition_for(request: WebRequest, draft: PlanDraft) -> dict[str, Any]:
    """What a plan of this draft begins with, as `draft_plan` takes it. InvalidInputError for an unknown scenario."""
    try:
        edition = edition_in_force(request.store, request.tenant, draft.scenario)
    except RecordNotFoundError:
        raise invalid("scenario", "unknown_scenario") from None
    return {"package": edition.scenario, "overlay_number": edition.number}


def call(one: str, asked: BaseModel, context: HandlerContext) -> Any:
    """One of the four handlers: the same entrance as the Lambda functions."""
    return call_handler(registry(), context.package.name, one, asked, context)


def chosen_kind(request: WebRequest, package: Scenario) -> str:
    """The kind of subject that the query names, else the first that the handbook has items for."""
    codes = package.manifest.subject_kind_codes
    wanted = request.query.text("kind")
    if wanted and wanted not in codes:
        raise invalid("kind", "unknown_choice")
    served = {kind for item in package.handbook.items for kind in item.subject_kinds}
    return wanted or next((code for code in ("premises", *codes) if code in codes and code in served), codes[0])


def read_handbook(
    context: HandlerContext, kind: str, attributes: Mapping[str, Scalar] | None = None
) -> tuple[HandbookView, set[str]]:
    """The handbook of a kind of subject, and the paragraphs and items that apply under a condition only.

    attributes: those of one subject, and only what applies to it is there; None: everything that could apply is.
    """

    def view(values: Mapping[str, Scalar]) -> HandbookView:
        asked = HandbookRequest(language=current_locale(), subject_kind=kind, attributes=dict(values))
        return cast(HandbookView, call("handbook", asked, context))

    if attributes is not None:
        return view(attributes), set()
    plain = view({})
    always = {one.id for section in plain.sections for one in section.paragraphs} | {one.id for one in plain.items}
    book, checks = context.scenario.handbook, context.scenario.checklist.items
    views = [plain, *(view(values) for values in _tried((*book.paragraphs, *book.items), kind))]
    for item in book.items:
        if kind in item.subject_kinds and not any(item.id == one.id for seen in views for one in seen.items):
            views += [view(values) for values in _tried(item.rests_on(checks), kind)]
    shown = {one.id for seen in views for section in seen.sections for one in section.paragraphs}
    for paragraph in book.paragraphs:
        if paragraph.id not in shown and kind in (paragraph.subject_kinds or (kind,)):
            own = _fitting(paragraph.condition, kind) if paragraph.condition else {}
            rest = [one for one in checks if one.id in paragraph.check_item_ids]
            views += [view(own | values) for values in _tried(rest, kind)]
    found: dict[str, ParagraphView] = {p.id: p for one in views for s in one.sections for p in s.paragraphs}
    items = {one.id: one for view in views for one in view.items}
    order = {paragraph.id: number for number, paragraph in enumerate(context.package.handbook.paragraphs)}
    sections = {section.id: section for one in views for section in one.sections}
    places = {section.id: {p.id for p in section.paragraphs} for section in context.package.handbook.sections}
    whole = plain.model_copy(
        update={
            "items": tuple(items[one.id] for one in context.scenario.handbook.items if one.id in items),
            "sections": tuple(
                sections[id].model_copy(
                    update={
                        "paragraphs": tuple(
                            sorted((p for p in found.values() if p.id in held), key=lambda p: order[p.id])
                        )
                    }
                )
                for id, held in places.items()
                if id in sections
            ),
        }
    )
    return whole, (set(found) | set(items)) - always


def _tried(parts: Iterable[Paragraph | HandbookItem | CheckItem], kind: str) -> list[dict[str, Scalar]]:
    """For each part with a condition the smallest set of attributes with which it applies, each set once."""
    found: list[dict[str, Scalar]] = []
    for part in parts:
        fitting = _fitting(part.condition, kind) if part.condition else {}
        if fitting and fitting not in found:
            found.append(fitting)
    return found


def _fitting(condition: Condition, kind: str) -> dict[str, Scalar]:
    """The first of the smallest sets of values named in the condition that meet it; empty when none is needed or
    none does."""
    values: dict[str, list[Scalar]] = {}
    for leaf in condition.leaves():
        limits = (leaf.equals, leaf.at_least, leaf.at_most, *(leaf.one_of or ()))
        if leaf.attribute and leaf.attribute != "kind":
            values.setdefault(leaf.attribute, []).extend(one for one in limits if one is not None)
    for size in range(len(values) + 1):
        for names in combinations(values, size):
            for chosen in product(*(values[name] for name in names)):
                given = dict(zip(names, chosen, strict=True))
                if condition.holds({}, given | {"kind": kind}):
                    return given
    return {}
