"""The four ones of a scenario as a workbook for reviewers: every row has a cell for what they say about it."""

from collections.abc import Iterable, Sequence
from io import BytesIO

from chalicelib.contract.scenario import Scenario
from chalicelib.contract.xlsform import form_names, scaled_text
from chalicelib.contract.xlsform_relevant import write_relevant
from chalicelib.domain.condition import Condition
from chalicelib.domain.evaluation_rules import Threshold
from chalicelib.domain.item import CheckItem
from chalicelib.domain.legal_basis import BasisStatus
from chalicelib.web.formats import format_date
from chalicelib.web.i18n import gettext
from chalicelib.web.scenario_views import words_of
from chalicelib.web.self_check_words import CYCLES

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Line = Sequence[str]
_WIDE = 46


def review_workbook(scenario: Scenario) -> bytes:
    """The XLSX file, in the language that the scenario is in. Every cell is text: nothing in it is computed."""
    import xlsxwriter

    made, out = _Review(scenario), BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        head = book.add_format({"bold": True, "bg_color": "#EAF1FA", "text_wrap": True, "valign": "top", "border": 1})
        body = book.add_format({"text_wrap": True, "valign": "top", "border": 1})
        for name, columns, lines in made.sheets():
            sheet = book.add_worksheet(name)
            sheet.freeze_panes(1, 2)
            sheet.set_landscape()
            sheet.fit_to_pages(1, 0)
            sheet.repeat_rows(0)
            rows = [list(line) for line in lines]
            titles = [*columns, gettext("审核意见")]
            for column, title in enumerate(titles):
                longest = max((len(row[column]) for row in rows if column < len(row)), default=0)
                sheet.set_column(column, column, min(_WIDE, max(12, 2 * len(title), longest)))
                sheet.write_string(0, column, title, head)
            for number, row in enumerate(rows, 1):
                for column, text in enumerate([*row, ""]):
                    sheet.write_string(number, column, text, body)
            sheet.autofilter(0, 0, len(rows), len(titles) - 1)
    return out.getvalue()


class _Review:
    def __init__(self, scenario: Scenario) -> None:
        self._scenario, self._manifest = scenario, scenario.manifest
        self._names = form_names(scenario)

    def sheets(self) -> Iterable[tuple[str, Line, Iterable[Line]]]:
        yield gettext("手册条款"), self._paragraph_head(), self._paragraphs()
        yield gettext("监管事项"), self._item_head(), self._items()
        yield gettext("检查单"), self._check_head(), self._checks()
        yield gettext("评价规则"), self._point_head(), self._points()
        yield gettext("法律依据"), self._basis_head(), self._bases()

    def _when(self, condition: Condition | None) -> str:
        return write_relevant(condition, self._names) if condition else ""

    def _kinds(self, codes: Sequence[str]) -> str:
        return gettext("、").join(self._manifest.kind_labels(codes)) if codes else gettext("全部")

    def _cited(self, ids: Iterable[str]) -> str:
        found = (self._scenario.bases[id] for id in ids if id in self._scenario.bases)
        waiting = gettext("（依据待确认）")
        return "\n".join(one.citation + (waiting if one.status is BasisStatus.TO_BE_CONFIRMED else "") for one in found)

    def _departments(self, codes: Iterable[str]) -> str:
        return gettext("、").join(self._manifest.department_label(code) for code in codes)

    def _paragraph_head(self) -> Line:
        return (
            gettext("部分"), gettext("条款"), gettext("主管"), gettext("对象类型"), gettext("什么情况适用"),
            gettext("对应的检查项"), gettext("依据"),
        )  # fmt: skip

    def _paragraphs(self) -> Iterable[Line]:
        names = {item.id: item.name for item in self._scenario.checklist.items}
        for section in self._scenario.handbook.sections:
            for one in section.paragraphs:
                yield (
                    section.title,
                    one.text,
                    self._departments([one.department] if one.department else []),
                    self._kinds(one.subject_kinds),
                    self._when(one.condition),
                    "\n".join(names.get(id, id) for id in one.check_item_ids),
                    self._cited(one.legal_basis_ids),
                )

    def _item_head(self) -> Line:
        return (
            gettext("事项名称"), gettext("事项编码"), gettext("依据"), gettext("事项类型"), gettext("对象类型"),
            gettext("程序"), gettext("检查方式"), gettext("结果"), gettext("主管"), gettext("什么情况适用"),
            gettext("对应的检查项"),
        )  # fmt: skip

    def _items(self) -> Iterable[Line]:
        checks = self._scenario.checklist.items
        for one in self._scenario.handbook.items:
            yield (
                one.item_name,
                one.item_code,
                self._cited(one.legal_basis_ids),
                words_of("item_type", one.item_type),
                self._kinds(one.subject_kinds),
                one.procedure,
                one.inspection_form,
                one.result,
                self._departments([one.department]),
                self._when(one.condition),
                "\n".join(item.name for item in one.rests_on(checks)),
            )

    def _check_head(self) -> Line:
        return (
            gettext("部分"), gettext("查什么"), gettext("部门"), gettext("共用的部门"), gettext("回答"),
            gettext("方式"), gettext("标准"), gettext("怎么查"), gettext("程度"), gettext("重点项"), gettext("必查"),
            gettext("对象类型"), gettext("什么时候问"), gettext("条件"), gettext("证据"), gettext("整改"),
            gettext("依据"), gettext("处罚依据"), gettext("自查怎么问"), gettext("自查多久一次"),
        )  # fmt: skip

    def _checks(self) -> Iterable[Line]:
        for section in self._scenario.checklist.sections:
            for item in section.items:
                rule, yes = item.self_check, gettext("是")
                days = str(item.rectification_working_days)
                yield (
                    section.title,
                    item.question or item.name,
                    self._departments([item.department]),
                    self._departments(item.shared_by),
                    self._answer(item),
                    f"{words_of('method', item.method)} {words_of('location', item.location)}",
                    item.standard,
                    item.guidance,
                    words_of("severity", item.severity),
                    yes if item.is_key_item else "",
                    yes if item.is_full_coverage else "",
                    self._kinds(item.subject_kinds),
                    item.condition_reason,
                    self._when(item.condition),
                    gettext("、").join(words_of("evidence", one) for one in item.evidence),
                    gettext("%(days)s个工作日", days=days) if item.rectification_working_days else gettext("立即"),
                    self._cited(item.legal_basis_ids),
                    self._cited(item.penalty_basis_ids),
                    rule.question if rule else "",
                    gettext(CYCLES[rule.cycle]) if rule else "",
                )

    def _answer(self, item: CheckItem) -> str:
        words, limits = words_of("answer_type", item.answer_type), item.number
        if limits is None:
            return words
        least, most = (
            None if one is None else scaled_text(one, limits.decimals) for one in (limits.minimum, limits.maximum)
        )
        if least is None and most is None:
            return f"{words} {limits.unit}".strip()
        return f"{words} {least or ''}–{most or ''} {limits.unit}".strip()

    def _point_head(self) -> Line:
        return (
            gettext("种类"), gettext("名称"), gettext("结果"), gettext("分"), gettext("有效天数"), gettext("怎么恢复"),
            gettext("怎么算"), gettext("来源"), gettext("依据"),
        )  # fmt: skip

    def _points(self) -> Iterable[Line]:
        rules = self._scenario.evaluation
        for one in rules.points:
            most = gettext("，最多%(most)s", most=one.most) if one.most else ""
            yield (
                gettext("评分点"), one.name, words_of("output", one.output), f"{one.points}{most}", str(one.valid_days),
                one.restored_by, "", words_of("source", one.source), self._cited(one.legal_basis_ids),
            )  # fmt: skip
        for red in rules.overrides:
            level = words_of("risk_level", red.risk_level) if red.risk_level else ""
            grade = words_of("credit_grade", red.credit_grade) if red.credit_grade else ""
            yield (
                gettext("直接定级"), red.name, level or grade, "", str(red.valid_days), red.restored_by, "",
                words_of("source", red.source), self._cited(red.legal_basis_ids),
            )  # fmt: skip
        for indicator in rules.indicators:
            levels = "\n".join(_threshold(one, indicator.decimals, indicator.unit) for one in indicator.thresholds)
            yield (
                gettext("指标"), indicator.name, levels, "", "", "", indicator.formula,
                words_of("source", indicator.source), "",
            )  # fmt: skip

    def _basis_head(self) -> Line:
        return (
            gettext("依据"), gettext("文号"), gettext("状态"), gettext("文本日期"), gettext("内容"), gettext("说明"),
            gettext("引用的检查项"),
        )  # fmt: skip

    def _bases(self) -> Iterable[Line]:
        for one in self._scenario.legal_basis.bases:
            citing = [
                item.name
                for item in self._scenario.checklist.items
                if one.id in (*item.legal_basis_ids, *item.penalty_basis_ids)
            ]
            is_verified = one.status is BasisStatus.VERIFIED
            yield (
                one.citation,
                one.document_number,
                gettext("已核对原文") if is_verified else gettext("依据待确认"),
                format_date(one.text_date) if one.text_date else "",
                one.summary,
                one.note,
                "\n".join(citing),
            )


def _threshold(one: Threshold, decimals: int, unit: str) -> str:
    limit = one.above if one.above is not None else one.below
    value = scaled_text(limit or 0, decimals) + unit
    level = words_of("alert", one.level)
    if one.above is not None:
        return gettext("%(level)s：高于%(value)s", level=level, value=value)
    return gettext("%(level)s：低于%(value)s", level=level, value=value)
