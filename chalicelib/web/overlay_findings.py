"""What is wrong with a version of an overlay, in words: the change to blame, the problem, and how it is mended."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.overlay import Change
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.messages import field_words
from chalicelib.web.overlay_view import kind_words

MENDS = {
    "last_item": mark("至少留一个检查项。"),
    "thresholds_unordered": mark("重新设这个指标的阈值。"),
    "threshold_missing": mark("重新设这个指标的阈值。"),
    "threshold_side": mark("重新设这个指标的阈值。"),
    "threshold_negative": mark("重新设这个指标的阈值。"),
    "overlay_conditions_point_back": mark("把这处去掉，或者把它要看的那一问加回来、排到它前面。"),
    "overlay_items_cite_bases": mark("去掉这一项，选好依据再加一次。"),
    "overlay_references_resolve": mark("去掉这一项，改用场景包里有的再加一次。"),
    "overlay_ids_unique": mark("去掉其中一项，换一个编号再加。"),
    "overlay_questions_agree": mark("去掉这一项，改成一致的答法或者换一个问题编号再加。"),
    "question_of_another_scenario": mark("去掉这一项，改成一致的答法或者换一个问题编号再加。"),
    "basis_outdated": mark("去掉引它的检查项，改引现行依据再加；还没有现行依据的，请法制审核人员先处理。"),
}
_OTHERWISE = mark("把这处去掉，或者改成场景包里有的。")


@dataclass(frozen=True)
class OverlayFinding:
    """change: what is to blame, None where no single change is; name: the kind of the change."""

    problem: FieldProblem
    change: Change | None
    name: str
    text: str
    mend: str


def findings_in_words(problems: Sequence[FieldProblem], changes: Sequence[Change]) -> list[OverlayFinding]:
    """One for each problem, in the order given."""
    blamed = {f"{one.kind}.{one.target}": one for one in changes}
    return [_finding(one, blamed.get(one.field)) for one in problems]


def _finding(problem: FieldProblem, change: Change | None) -> OverlayFinding:
    name = kind_words(change) if change else gettext("本地调整")
    return OverlayFinding(
        problem=problem,
        change=change,
        name=name,
        text=field_words(problem),
        mend=gettext(MENDS.get(problem.code, _OTHERWISE)),
    )
