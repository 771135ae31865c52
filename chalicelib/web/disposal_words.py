"""Disposals and orders in words: states, clocks, what happened, why a step cannot be taken yet."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from chalicelib.contract.registry import registry
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.deadline import DeadlineUnit
from chalicelib.domain.disposal import JOINED, Disposal, DisposalClock, RecordedOccurrence
from chalicelib.domain.disposal_order import DisposalOrder, ServiceWay
from chalicelib.domain.errors import IllegalTransitionError
from chalicelib.domain.tenancy import Actor
from chalicelib.services.disposal.editions import edition_of
from chalicelib.services.visit.deadlines import working_days_left
from chalicelib.web.disposition import state_chip
from chalicelib.web.formats import format_datetime, join_clauses, mask_name
from chalicelib.web.i18n import current_locale, gettext, mark, ngettext
from chalicelib.web.request import WebRequest
from chalicelib.web.scenario_views import package_in_words
from chalicelib.web.scenarios import scenario_label

# The labels of data/loop.json, named here so that the catalogue holds their English.
_STATES = (
    mark("处置中"), mark("已了结"), mark("待负责人决定"), mark("退回修改"), mark("已决定，待送达"),
    mark("已送达，待履行"), mark("对方报告已履行，待核实"), mark("已履行"), mark("已解除"), mark("已撤回"),
)  # fmt: skip

WAYS = {
    ServiceWay.IN_PERSON: mark("直接送达"),
    ServiceWay.LEFT_ON_SITE: mark("留置送达"),
    ServiceWay.BY_POST: mark("邮寄送达"),
    ServiceWay.ELECTRONIC: mark("电子送达"),
    ServiceWay.THROUGH_OTHERS: mark("委托或者转交送达"),
    ServiceWay.PUBLIC_NOTICE: mark("公告送达"),
}
_MISSING = {
    "no_clock_runs": mark("还有时限在走。先记下已经办完的情况，或者由负责人解除文书，再了结。"),
    "editions_agree": mark("两件处置所用的场景版本不同，还有时限在走或者文书在办，不能并入。请各自办完，分别了结。"),
    "no_order_twice": mark("两件处置各有一份同种文书在办，不能并入。请先办完或者撤回其中一份。"),
    "no_order_is_open": mark("还有文书没有办完。先确认履行、解除或者撤回，再了结。"),
    "legal_bases_are_confirmed": mark("引用的依据还没有由本单位法制人员确认，不能决定。先请法制人员确认依据。"),
    "legal_bases_hold": mark("引用的依据已经废止，不能决定。请退回，换成现行依据。"),
    "appraisal_holds": mark("登记册里现在没有这个等级的鉴定报告，不能决定。请核对鉴定报告后再办。"),
}
_LABELS = {
    "scenario": mark("场景"),
    "because": mark("理由"),
    "into_id": mark("并入哪一件"),
    "origin": mark("起因"),
    "occurrence_id": mark("发生的情况"),
    "at": mark("什么时候"),
    "note": mark("说明"),
    "files": mark("照片或文件"),
    "document_id": mark("文书"),
    "acting_body_id": mark("以谁的名义"),
    "owner": mark("写给谁"),
    "facts": mark("查明的情况"),
    "content": mark("决定内容"),
    "basis_ids": mark("依据"),
    "due_on": mark("最后一天"),
    "grounds": mark("不等鉴定的理由"),
    "review_organ": mark("行政复议机关"),
    "court": mark("有管辖权的人民法院"),
    "way": mark("怎样送达"),
    "received_by": mark("谁签收"),
    "text": mark("说明"),
    "until": mark("延长到"),
    "reason": mark("理由"),
}


def labels() -> dict[str, str]:
    """Field names to their labels in the reader's language."""
    return {name: gettext(text) for name, text in _LABELS.items()}


def package_of(request: WebRequest, record: Disposal | DisposalOrder) -> Scenario:
    """The edition that the disposal stays on, in the reader's language."""
    return edition_of(request.store, request.tenant, record).scenario.in_language(current_locale())


def missing_words(error: IllegalTransitionError) -> list[str]:
    """Why the step cannot be taken, with what to do; the general words where nothing is known."""
    known = [gettext(_MISSING[one]) for one in error.details.get("missing", []) if one in _MISSING]
    return known or [gettext("现在还不能走这一步。请刷新看最新进度。")]


def occurrence_words(package: Scenario, occurrence_id: str) -> str:
    found = package.inspection.occurrence(occurrence_id)
    if found is not None:
        return found.label
    known = {
        "order_served": gettext("文书已送达"),
        "order_fulfilled": gettext("文书已履行"),
        JOINED: gettext("另一件处置已并入这一件"),
    }
    return known.get(occurrence_id, occurrence_id)


def clock_words(package: Scenario, clock: DisposalClock) -> str:
    """What the clock asks for: the rule's name, or that of the order which names its own day."""
    rules = package.inspection
    rule = next((one for one in rules.deadlines if (one.id, one.version) == (clock.rule_id, clock.rule_version)), None)
    if rule is not None:
        return rule.label
    document = rules.document(clock.rule_id)
    return document.name if document else clock.rule_id


def term_words(clock: DisposalClock) -> str:
    """How long the term is, in its unit."""
    count = clock.length
    if clock.unit is DeadlineUnit.HOUR:
        return ngettext("%(num)d小时", "%(num)d小时", count)
    if clock.unit is DeadlineUnit.WORKING_DAY:
        return ngettext("%(num)d个工作日", "%(num)d个工作日", count)
    return ngettext("%(num)d日", "%(num)d日", count)


def left_words(clock: DisposalClock, now: datetime) -> tuple[str, str]:
    """(what is left, tone) of a clock that runs: hours within two days, else days; '' while the end is not known."""
    if clock.due_at is None:
        return gettext("待定，缺工作日历"), ""
    hours = int((clock.due_at - now).total_seconds() // 3600)
    if clock.due_at < now:
        late = int((now - clock.due_at).total_seconds() // 3600)
        if late < 48:
            return ngettext("超过%(num)d小时", "超过%(num)d小时", max(late, 1)), "late"
        return ngettext("超过%(num)d天", "超过%(num)d天", late // 24), "late"
    if hours < 1:
        return gettext("不到1小时"), "today"
    if hours < 48:
        return ngettext("还有%(num)d小时", "还有%(num)d小时", hours), "today" if hours < 24 else ""
    return ngettext("还有%(num)d天", "还有%(num)d天", hours // 24), ""


def clock_row(request: WebRequest, package: Scenario, clock: DisposalClock, names: dict[str, str]) -> dict[str, Any]:
    left, tone = left_words(clock, request.now)
    return {
        "clock": clock,
        "label": clock_words(package, clock),
        "term": term_words(clock),
        "left": left,
        "tone": tone,
        "started": occurrence_words(package, clock.started_by),
        "stopped": _stopped_words(package, clock.stopped_by) if clock.stopped_by else "",
        "owners": [names.get(one, one) for one in clock.owners],
    }


def _stopped_words(package: Scenario, stopped_by: str) -> str:
    own = {"order_lifted": gettext("文书已解除"), JOINED: gettext("并入另一件处置")}
    return own.get(stopped_by) or occurrence_words(package, stopped_by)


def timeline_of(package: Scenario, disposal: Disposal, people: dict[str, str]) -> list[dict[str, str]]:
    """What happened, newest first, with the opening and the end."""
    entries = [(disposal.opened_at, gettext("开始处置"), disposal.opened_by, disposal.opened_because)]
    entries += [
        (one.at, occurrence_words(package, one.occurrence_id), one.recorded_by, join_clauses([one.note, _late(one)]))
        for one in disposal.occurrences
    ]
    if disposal.closed_at is not None:
        entries.append((disposal.closed_at, gettext("了结处置"), disposal.closed_by, disposal.closed_because))
    entries.sort(key=lambda entry: entry[0], reverse=True)
    return [
        {"at": format_datetime(at), "title": title, "note": join_clauses([mask_name(people.get(who, "")), note])}
        for at, title, who, note in entries
    ]


def _late(happened: RecordedOccurrence) -> str:
    """When it was written down, where that was not at once."""
    if happened.recorded_at - happened.at < timedelta(minutes=1):
        return ""
    return gettext("%(time)s记下", time=format_datetime(happened.recorded_at))


def disposal_row(request: WebRequest, disposal: Disposal) -> dict[str, Any]:
    """One line of a list, without a read."""
    running = disposal.running
    return {
        "disposal": disposal,
        "scenario": scenario_label(disposal.scenario),
        "state": state_chip("disposal", disposal.state),
        "left": left_words(running[0], request.now) if running else ("", ""),
        "due_at": disposal.next_due_at,
        "clocks": len(running),
    }


def order_row(order: DisposalOrder, package: Scenario | None = None) -> dict[str, Any]:
    document = package.inspection.document(order.document_id) if package else None
    return {
        "order": order,
        "name": document.name if document else order.name,
        "state": state_chip("disposal_order", order.state),
    }


def served_row(request: WebRequest, order: DisposalOrder) -> dict[str, Any]:
    """One line of the subject's orders, named by the package as installed here."""
    package = package_in_words(order.scenario) if registry().holds(order.scenario) else None
    has_clock = order.due_at is not None and order.is_open
    url = f"/subject/orders/{order.id}"
    return order_row(order, package) | {"days_left": left_of(request, order), "has_clock": has_clock, "url": url}


def left_of(request: WebRequest, order: DisposalOrder) -> int | None:
    return working_days_left(request.now, order.due_at)


def people_named(request: WebRequest, ids: Sequence[str]) -> dict[str, str]:
    found = request.store.people.find_many(request.tenant, [one for one in ids if one], is_listed=True)
    return {id: person.name for id, person in found.items()}


def is_own_draft(actor: Actor, order: DisposalOrder) -> bool:
    return actor.is_behind(order.drafted_by, order.drafted_for)
