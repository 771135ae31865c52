"""How a tenant's scenario stands: an overlay in force that does not hold, questions that keep two scenarios apart."""

from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.services.scenario.read_edition import Edition
from chalicelib.services.scenario.shared_questions import QuestionClash, clashes_with
from chalicelib.web.i18n import current_locale, gettext, ngettext

MOST_NAMED = 3


@dataclass(frozen=True)
class StandingNote:
    """short: for a list; text: what is wrong and what to do; url: where it is mended, empty where nobody here can."""

    short: str
    text: str
    url: str = ""


def standing_notes(scenario: str, editions: Sequence[Edition]) -> list[StandingNote]:
    """Nothing where all is well. editions: of every scenario that the tenant enabled, this one among them, else
    nothing is said."""
    own = next((one for one in editions if one.package.name == scenario), None)
    if own is None:
        return []
    found = []
    if own.faults:
        text = ngettext(
            "在用的本地调整有%(num)d处不成立，改好发布以前不能起草计划。",
            "在用的本地调整有%(num)d处不成立，改好发布以前不能起草计划。",
            len(own.faults),
        )
        found.append(StandingNote(gettext("本地调整不成立"), text, overlay_url(own)))
    for other in editions:
        if other is not own:
            found += _apart(own, other)
    return found


def _apart(own: Edition, other: Edition) -> list[StandingNote]:
    """The questions that the two answer differently, and whose they are to mend."""
    clashing = clashes_with(own.scenario, [other.scenario])
    if not clashing:
        return []
    names = gettext("、").join(dict.fromkeys(one.item.name for one in clashing[:MOST_NAMED]))
    label = other.package.in_language(current_locale()).manifest.label
    url = next((url for url in (_local(own, clashing), _local(other, clashing)) if url), "")
    mend = (
        gettext("请在本地调整里改成一致的答法和单位，或者换一个问题编号。")
        if url
        else gettext("请告诉场景包的作者改成一致；改好以前，两个场景分开查。")
    )
    text = ngettext(
        "有%(num)d个问题和“%(label)s”的答法不同，不能一次上门一起查：%(names)s。",
        "有%(num)d个问题和“%(label)s”的答法不同，不能一次上门一起查：%(names)s。",
        len(clashing),
        label=label,
        names=names,
    )
    short = gettext("不能和“%(label)s”一起查", label=label)
    return [StandingNote(short, f"{text}{mend}", url)]


def _local(edition: Edition, clashing: Sequence[QuestionClash]) -> str:
    """The page of its overlay where that brought one of the questions."""
    known = {item.question_key for item in edition.package.checklist.items}
    is_local = any(one.item.question_key not in known for one in clashing)
    return overlay_url(edition) if is_local else ""


def overlay_url(edition: Edition) -> str:
    return f"/console/scenarios/{edition.package.name}/overlay"
