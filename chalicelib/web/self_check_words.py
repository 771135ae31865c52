"""Words of self-checks: rounds, states, what came of one."""

from typing import Any

from chalicelib.domain.item import AnswerType
from chalicelib.domain.scaled_number import number_words
from chalicelib.domain.self_check import SelfCheck, SelfCheckAnswer
from chalicelib.domain.self_check_rules import SelfCheckCycle
from chalicelib.services.self_check.self_check_sheet import DueRound, SelfCheckQuestion
from chalicelib.web.disposition import outcome_chip
from chalicelib.web.formats import format_time
from chalicelib.web.i18n import gettext, mark, ngettext
from chalicelib.web.scenario_views import package_in_words
from chalicelib.web.scenarios import scenario_label

CYCLES = {
    SelfCheckCycle.DAILY: mark("每天查一遍"),
    SelfCheckCycle.WEEKLY: mark("每周查一遍"),
    SelfCheckCycle.MONTHLY: mark("每月查一遍"),
    SelfCheckCycle.QUARTERLY: mark("每季度查一遍"),
    SelfCheckCycle.YEARLY: mark("每年查一遍"),
}
WHOLE_LIST = mark("按整张清单查一遍")


def round_title(check: SelfCheck) -> str:
    """What the round is called in its trade, else how often it comes."""
    if check.cycle is None:
        return gettext(WHOLE_LIST)
    rounds = package_in_words(check.scenario).checklist.self_check_rounds
    named = next((one.title for one in rounds if one.cycle is check.cycle), "")
    return named or gettext(CYCLES[check.cycle])


def said(question: SelfCheckQuestion) -> tuple[str, tuple[str, str, str], str]:
    """An answer in words: a number or a text as it was given, else the chip of its outcome; then what was noted."""
    given, entry = question.given, question.entry
    if given is None:
        return "", outcome_chip(""), ""
    answer = given.answer
    note = answer.reason if entry.answer_type is AnswerType.TEXT else answer.text or answer.reason
    chip = outcome_chip(question.outcome)
    if answer.number is not None and entry.number:
        words = f"{number_words(answer.number, entry.number.decimals)}{entry.number.unit}"
        return words, chip, gettext("不合格") if question.is_non_compliant else note
    return answer.text or "" if entry.answer_type is AnswerType.TEXT else "", chip, note


def photo_rows(given: SelfCheckAnswer | None, base: str) -> list[dict[str, str]]:
    """The photos of an answer; base: address of the self-check for who looks at it."""
    photos = given.photos if given else []
    return [
        {"url": f"{base}/photos/{one.sha256}", "at": format_time(one.taken_at), "sha": one.sha256} for one in photos
    ]


def photo_words(given: SelfCheckAnswer | None) -> str:
    count = len(given.photos) if given else 0
    return ngettext("已拍%(num)d张", "已拍%(num)d张", count) if count else ""


def check_row(check: SelfCheck) -> dict[str, Any]:
    """A line of the history."""
    if not check.is_finished:
        chip = (gettext("没有做完"), "orange", "clock")
    elif check.non_compliant:
        chip = (gettext("%(count)s项要改", count=check.non_compliant), "red", "")
    else:
        chip = (gettext("都合格"), "green", "check")
    return {
        "check": check,
        "title": round_title(check),
        "scenario": scenario_label(check.scenario),
        "chip": chip,
    }


def round_row(one: DueRound, scenario: str) -> dict[str, Any]:
    """A round that can be begun."""
    return {
        "round": one,
        "scenario": scenario,
        "cycle": one.cycle.value if one.cycle else "",
        "title": one.round.title if one.round else gettext(CYCLES[one.cycle] if one.cycle else WHOLE_LIST),
        "often": gettext(CYCLES[one.cycle]) if one.cycle else "",
    }
