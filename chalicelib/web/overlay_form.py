"""The forms that put one change into an overlay: what can be chosen, and the change that was filled in."""

from typing import Any

from pydantic import TypeAdapter, ValidationError

from chalicelib.contract.scenario import Scenario
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.evaluation_rules import AlertLevel, Indicator, Threshold
from chalicelib.domain.item import AnswerType, CheckItem, CheckLocation, CheckMethod, Severity
from chalicelib.domain.overlay import (
    LAW_LABELS,
    AddItem,
    Change,
    HideItem,
    ReorderItems,
    SetDeadline,
    SetFigure,
    SetLabel,
    SetThresholds,
)
from chalicelib.domain.record import new_id
from chalicelib.domain.scaled_number import scaled_number
from chalicelib.web.field_problems import field_problems
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.i18n import gettext
from chalicelib.web.overlay_view import figure, figure_words
from chalicelib.web.scenario_views import words_of

MOST_FOUND = 20
CHANGE: TypeAdapter[Change] = TypeAdapter(Change)


def labels() -> dict[str, str]:
    return {
        "label_key": gettext("改哪处用语"),
        "text": gettext("本地的说法"),
        "indicator_id": gettext("风险指标"),
        "thresholds": gettext("阈值"),
        "deadline_id": gettext("时限"),
        "length": gettext("多长"),
        "figure_id": gettext("数值"),
        "value": gettext("本地定为"),
        "item_id": gettext("检查项"),
        "section_id": gettext("放在哪一节"),
        "name": gettext("查什么"),
        "department": gettext("主责部门"),
        "standard": gettext("合格标准"),
        "guidance": gettext("怎么查"),
        "method": gettext("检查方式"),
        "location": gettext("现场还是非现场"),
        "severity": gettext("程度"),
        "legal_basis_id": gettext("依据"),
        "rectification_working_days": gettext("整改期限（工作日）"),
        "note": gettext("改了什么、为什么"),
        "reason": gettext("理由"),
    }


def found_labels(package: Scenario, text: str) -> list[tuple[str, str]]:
    """Label keys and their words that hold this text, without the summaries of law; the shortest words first."""
    wanted = text.strip()
    if not wanted:
        return []
    found = [
        (key, words) for key, words in package.labels.items() if wanted in words and not key.startswith(LAW_LABELS)
    ]
    return sorted(found, key=lambda one: (len(one[1]), one[0]))[:MOST_FOUND]


def hideable(package: Scenario) -> list[tuple[str, str]]:
    return [(item.id, item.name) for item in package.checklist.items if not item.is_full_coverage]


def sections(package: Scenario) -> list[tuple[str, str]]:
    return [(one.id, one.title) for one in package.checklist.sections]


def indicators(package: Scenario) -> list[Indicator]:
    return [one for one in package.evaluation.indicators if one.is_configurable]


def deadlines(package: Scenario) -> list[tuple[str, str]]:
    found = {one.id: one.label for one in package.inspection.deadlines if one.is_configurable}
    return list(found.items())


def figures(package: Scenario) -> list[tuple[str, str]]:
    """What a tenant may set."""
    found = {one.id: one.label for one in package.figures if one.tenant_range}
    return list(found.items())


def range_words(package: Scenario, figure_id: str) -> str:
    """The package's value of a figure and within what a tenant may set it; empty where none may."""
    known = next((one for one in package.figures if one.id == figure_id), None)
    if known is None or known.tenant_range is None:
        return ""
    return gettext(
        "场景包%(value)s，可设%(low)s至%(high)s",
        value=figure_words(known.value, known),
        low=figure_words(known.tenant_range.minimum, known),
        high=figure_words(known.tenant_range.maximum, known),
    )


def item_options(package: Scenario) -> dict[str, list[tuple[str, str]]]:
    """Choices of a new item. Bases: those of the package; the title tells which wait for a confirmation."""
    return {
        "section_id": sections(package),
        "department": [(one.code, one.label) for one in package.manifest.departments],
        "method": [(one.value, words_of("method", one)) for one in CheckMethod],
        "location": [(one.value, words_of("location", one)) for one in CheckLocation],
        "severity": [(one.value, words_of("severity", one)) for one in Severity],
        "legal_basis_id": [
            ("", gettext("请选择")),
            *((one.id, one.citation) for one in sorted(package.legal_basis.bases, key=lambda one: one.citation)),
        ],
    }


def threshold_fields(indicator: Indicator) -> list[dict[str, Any]]:
    """A field per level, filled with the package's limit. is_above: the side, which stays; is_required: the package has
    the level, so it stays too."""
    known = {one.level: one for one in indicator.thresholds}
    is_above = all(one.above is not None for one in indicator.thresholds)
    rows = []
    for level in AlertLevel:
        one = known.get(level)
        limit = None if one is None else one.above if one.above is not None else one.below
        rows.append(
            {
                "name": f"limit_{level.value}",
                "level": level.value,
                "words": words_of("alert", level),
                "value": "" if limit is None else figure(limit, indicator.decimals),
                "is_above": is_above,
                "is_required": one is not None,
            }
        )
    return rows


def read_change(kind: str, form: Fields, package: Scenario) -> Change:
    """The change as typed. Raises InvalidInputError, field by field."""
    if kind == "set_thresholds":
        return _thresholds(form, package)
    if kind == "add_item":
        return _item(form)
    if kind == "reorder_items":
        return _order(form, package)
    if kind == "set_deadline":
        length = form.integer("length")
        if length is None:
            raise invalid("length", "required")
        return _checked(SetDeadline, deadline_id=form.required("deadline_id"), length=length)
    if kind == "set_figure":
        return _figure(form, package)
    if kind == "hide_item":
        return _checked(HideItem, item_id=form.required("item_id"))
    return _checked(SetLabel, key=form.required("label_key"), text=form.required("text"))


def _checked(model: Any, **values: Any) -> Any:
    try:
        return model(**values)
    except ValidationError as error:
        raise InvalidInputError(field_problems(error)) from None


def _thresholds(form: Fields, package: Scenario) -> Change:
    wanted = form.required("indicator_id")
    indicator = next((one for one in package.evaluation.indicators if one.id == wanted), None)
    if indicator is None:
        raise invalid("indicator_id", "unknown_choice")
    found, limits = [], []
    for row in threshold_fields(indicator):
        limit = scaled_number(form.text(row["name"]), indicator.decimals, row["name"])
        if limit is None:
            continue
        limits.append(limit if row["is_above"] else -limit)
        side = {"above": limit} if row["is_above"] else {"below": limit}
        found.append(Threshold(level=AlertLevel(row["level"]), **side))
    if not found:
        raise invalid("thresholds", "required")
    if limits != sorted(set(limits)):
        raise invalid("thresholds", "thresholds_unordered")
    return SetThresholds(indicator_id=indicator.id, thresholds=tuple(found))


def _figure(form: Fields, package: Scenario) -> Change:
    """The value as people write it: yuan, per cent."""
    wanted = form.required("figure_id")
    known = next((one for one in package.figures if one.id == wanted), None)
    if known is None:
        raise invalid("figure_id", "unknown_choice")
    form.required("value")
    return _checked(
        SetFigure, figure_id=known.id, value=scaled_number(form.text("value"), known.unit.decimals, "value")
    )


def _item(form: Fields) -> Change:
    days = form.integer("rectification_working_days")
    missing = [
        FieldProblem(field=name, code="required")
        for name in ("section_id", "name", "department", "standard", "guidance", "legal_basis_id")
        if not form.text(name)
    ]
    if days is None:
        missing.append(FieldProblem(field="rectification_working_days", code="required"))
    if missing:
        raise InvalidInputError(missing)
    item = _checked(
        CheckItem,
        id=form.text("item_id") or f"local_{new_id().lower()}",
        name=form.text("name"),
        department=form.text("department"),
        answer_type=AnswerType.COMPLIANCE,
        method=form.text("method"),
        location=form.text("location"),
        standard=form.text("standard"),
        guidance=form.text("guidance"),
        severity=form.text("severity"),
        legal_basis_ids=(form.text("legal_basis_id"),),
        rectification_working_days=days,
    )
    return _checked(AddItem, section_id=form.text("section_id"), item=item)


def _order(form: Fields, package: Scenario) -> Change:
    """By the number typed beside each item; items without one stay behind, in their order."""
    wanted = form.required("section_id")
    section = next((one for one in package.checklist.sections if one.id == wanted), None)
    if section is None:
        raise invalid("section_id", "unknown_choice")
    places = {item.id: form.integer(f"place_{item.id}") for item in section.items}
    order = sorted(section.items, key=lambda item: (places[item.id] is None, places[item.id] or 0))
    return _checked(ReorderItems, section_id=wanted, item_ids=tuple(item.id for item in order))
