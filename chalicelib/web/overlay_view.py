"""A tenant's overlay in words: what each change is about, what the package says there and what the tenant says."""

from collections.abc import Sequence
from typing import Any

from chalicelib.contract.figure import Figure, amount_words
from chalicelib.contract.overlay_difference import Difference, Value, differences
from chalicelib.contract.registry import registry
from chalicelib.contract.scenario import SOURCE_LANGUAGE, Scenario
from chalicelib.domain.deadline import DeadlineUnit
from chalicelib.domain.evaluation_rules import Indicator, Threshold
from chalicelib.domain.overlay import Change, OverlayState, ScenarioOverlay, SetDeadline, SetFigure, SetThresholds
from chalicelib.web.formats import working_days
from chalicelib.web.i18n import current_locale, gettext, mark, ngettext
from chalicelib.web.scenario_views import words_of

KINDS = {
    "set_label": mark("改用语"),
    "set_thresholds": mark("设阈值"),
    "set_deadline": mark("设时限"),
    "set_figure": mark("设数值"),
    "add_item": mark("加检查项"),
    "hide_item": mark("不用检查项"),
    "reorder_items": mark("调整顺序"),
}
KIND_HINTS = {
    "set_label": mark("部门名称、检查项和手册的说法，改成本地的叫法。"),
    "set_thresholds": mark("风险指标到多少算蓝、黄、橙、红。只能改场景包写明可以本地设定的。"),
    "set_deadline": mark("场景包写明可以本地设定的办理时限。"),
    "set_figure": mark("场景包留给本地定、或者原文还没有核对的比例、天数、金额，只能在写明的范围内设。"),
    "add_item": mark("本地另外要查的一项，要写清哪个部门、依据哪一条。"),
    "hide_item": mark("本地不查的一项。必查的安全项不能去掉。"),
    "reorder_items": mark("一节里先查哪项、后查哪项。"),
}
STATES = {
    OverlayState.DRAFT: mark("起草中"),
    OverlayState.SUBMITTED: mark("等另一人发布"),
    OverlayState.PUBLISHED: mark("已发布"),
    OverlayState.DISCARDED: mark("已放弃"),
}
REASONS = {
    "no_such_item": mark("新版里没有这个检查项"),
    "no_such_label": mark("新版里没有这处用语"),
    "no_such_section": mark("新版里没有这一节"),
    "no_such_indicator": mark("新版里没有这个指标"),
    "no_such_deadline": mark("新版里没有这个时限"),
    "no_such_figure": mark("新版里没有这个数值"),
    "figure_out_of_range": mark("超出了新版里可以设的范围"),
    "not_configurable": mark("新版里不能由本地设定"),
    "full_coverage_item": mark("新版里是必查的安全项，不能去掉"),
    "item_already_there": mark("新版里已经有了这一项"),
    "last_item": mark("去掉后检查单就空了"),
}


def kind_words(change: Change) -> str:
    return gettext(KINDS[change.kind])


def figure(value: int, decimals: int) -> str:
    """An integer in 10^-decimals as people write it."""
    if not decimals:
        return str(value)
    whole, rest = divmod(abs(value), 10**decimals)
    tail = f"{rest:0{decimals}d}".rstrip("0")
    return ("-" if value < 0 else "") + (f"{whole}.{tail}" if tail else str(whole))


def threshold_words(threshold: Threshold, indicator: Indicator | None) -> str:
    """One level with its limit and unit."""
    unit, decimals = (indicator.unit, indicator.decimals) if indicator else ("", 0)
    level = words_of("alert", threshold.level)
    limit = figure(threshold.above if threshold.above is not None else threshold.below or 0, decimals)
    if threshold.above is not None:
        return gettext("%(level)s：高于%(value)s%(unit)s", level=level, value=limit, unit=unit)
    return gettext("%(level)s：低于%(value)s%(unit)s", level=level, value=limit, unit=unit)


def value_words(value: Value | None, change: Change, package: Scenario) -> list[str]:
    """Lines of one side of a difference; none where there is nothing."""
    if value is None:
        return []
    if isinstance(change, SetDeadline):
        rule = next((one for one in package.inspection.deadlines if one.id == change.deadline_id), None)
        return [length_words(int(str(value)), rule.unit) if rule else str(value)]
    if isinstance(change, SetFigure) and isinstance(value, int):
        known = next((one for one in package.figures if one.id == change.figure_id), None)
        return [figure_words(value, known) if known else str(value)]
    if isinstance(change, SetThresholds) and isinstance(value, tuple):
        indicator = next((one for one in package.evaluation.indicators if one.id == change.indicator_id), None)
        return [threshold_words(one, indicator) for one in value if isinstance(one, Threshold)]
    if isinstance(value, tuple):
        return [f"{number}. {name}" for number, name in enumerate(value, 1)]
    return [str(value)]


def figure_words(value: int, known: Figure) -> str:
    """A value of a package's figure with its unit, in the reader's language."""
    return amount_words(value, known.unit, current_locale().startswith(SOURCE_LANGUAGE))


def length_words(length: int, unit: DeadlineUnit) -> str:
    if unit is DeadlineUnit.WORKING_DAY:
        return working_days(length)
    if unit is DeadlineUnit.DAY:
        return ngettext("%(num)d天", "%(num)d天", length)
    return ngettext("%(num)d小时", "%(num)d小时", length)


def differences_in_words(old: Scenario, new: Scenario, changes: Sequence[Change]) -> list[Difference]:
    """The package's words in the reader's language; how each stands by the Chinese words, which a change is about."""
    before = old.in_language(current_locale())
    after = before if new is old else new.in_language(current_locale())
    plain = differences(old, new, changes)
    return [
        one.model_copy(update={"state": known.state})
        for one, known in zip(differences(before, after, changes), plain, strict=True)
    ]


def rows_of(old: Scenario, new: Scenario, changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Differences for a table."""
    package = new.in_language(current_locale())
    return [_row(one, package) for one in differences_in_words(old, new, changes)]


def _row(one: Difference, package: Scenario) -> dict[str, Any]:
    return {
        "kind": one.change.kind,
        "target": one.change.target,
        "kind_words": kind_words(one.change),
        "name": one.name,
        "old": value_words(one.old, one.change, package),
        "new": value_words(one.new, one.change, package),
        "ours": value_words(one.ours, one.change, package),
        "is_hidden": one.change.kind == "hide_item",
        "is_added": one.change.kind == "add_item",
        "state": one.state.value,
        "reason": gettext(REASONS[one.reason]) if one.reason in REASONS else one.reason,
    }


def version_words(overlay: ScenarioOverlay) -> str:
    return gettext("第%(number)s版", number=overlay.number)


def situation(versions: Sequence[ScenarioOverlay]) -> str:
    """The page's title: where the overlay stands."""
    opened = next((one for one in versions if one.is_open), None)
    in_force = next((one for one in versions if one.state is OverlayState.PUBLISHED), None)
    if opened is not None and opened.state is OverlayState.SUBMITTED:
        return gettext("第%(number)s版调整等另一人发布", number=opened.number)
    if opened is not None:
        return gettext("第%(number)s版调整在起草", number=opened.number)
    if in_force is not None:
        return ngettext("本地调整了%(num)d处，在用", "本地调整了%(num)d处，在用", len(in_force.changes))
    return gettext("还没有本地调整")


def newer_version(overlay: ScenarioOverlay | None) -> str:
    """The installed version when the overlay is written for another one, else nothing."""
    if overlay is None:
        return ""
    installed = registry().get(overlay.scenario).version
    return installed if installed != overlay.base_version else ""
