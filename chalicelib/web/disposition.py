"""Words and files that the field, subject and console pages of visits and findings share."""

from collections.abc import Iterable
from typing import Any

from chalicelib.domain.event import Event, EventType
from chalicelib.domain.finding import Finding
from chalicelib.domain.loop import machine
from chalicelib.domain.visit import Photo
from chalicelib.services.visit.deadlines import working_days_left
from chalicelib.web.answers import Answer, file_answer, redirect
from chalicelib.web.formats import format_short_date, format_time, join_clauses, mask_name
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.request import WebRequest

_INLINE_BYTES = 4 * 1024 * 1024

# The labels of data/loop.json, named here so that the catalogue holds their English.
_STATES = (
    mark("待检查"), mark("检查中"), mark("已提交，待确认"), mark("已确认"), mark("已取消"),
    mark("待整改"), mark("已提交整改，待复查"), mark("整改被退回"), mark("复查合格"),
    mark("复查不合格"), mark("已销号"),
)  # fmt: skip

TONES = {
    "scheduled": "",
    "started": "blue",
    "submitted": "orange",
    "confirmed": "green",
    "cancelled": "",
    "open": "orange",
    "rectification_submitted": "blue",
    "returned": "orange",
    "reinspected_passed": "green",
    "reinspected_failed": "red",
    "closed": "green",
    "drafted": "orange",
    "decided": "blue",
    "served": "orange",
    "fulfilment_reported": "blue",
    "fulfilled": "green",
}

OUTCOMES = {
    "compliant": (mark("合格"), "green", "check"),
    "non_compliant": (mark("不合格"), "red", "x"),
    "not_checked": (mark("未检查"), "", "minus"),
    "not_applicable": (mark("合理缺项"), "", "circle-minus"),
    "recorded": (mark("已记录"), "blue", "check"),
    "": (mark("未答"), "", ""),
}

_EVENTS = {
    EventType.VISIT_SCHEDULED: mark("排定检查，发放检查码"),
    EventType.VISIT_STARTED: mark("出示执法证，开始检查"),
    EventType.ANSWER_SAVED: mark("保存检查项"),
    EventType.EVIDENCE_ATTACHED: mark("添加照片"),
    EventType.VISIT_SUBMITTED: mark("提交检查记录"),
    EventType.VISIT_RETURNED: mark("退回补正"),
    EventType.CONCLUSION_MADE: mark("执法主体作出结论"),
    EventType.VISIT_CONCLUDED: mark("各主体都已结论，检查确认"),
    EventType.VISIT_CANCELLED: mark("取消检查"),
    EventType.FINDING_MADE: mark("认定问题"),
    EventType.RECTIFICATION_SUBMITTED: mark("提交整改"),
    EventType.RECTIFICATION_RETURNED: mark("退回整改"),
    EventType.REINSPECTION_RECORDED: mark("记录复查"),
    EventType.FINDING_CLOSED: mark("销号"),
    EventType.DEADLINE_DETERMINED: mark("放假安排公布，算出了期限"),
}

LABELS = {
    "text": mark("说明"),
    "reason": mark("理由"),
    "note": mark("本单位认定的情况"),
    "evidence": mark("证据"),
    "file": mark("照片或文件"),
    "photo": mark("照片"),
    "upload_id": mark("照片或文件"),
    "remedy_due_on": mark("整改期限"),
    "case_number": mark("案件编号"),
    "filed_on": mark("立案日期"),
    "legal_basis_id": mark("违反的条款"),
    "number": mark("数值"),
    "compliance": mark("结论"),
    "outcome": mark("复查结果"),
}


def labels() -> dict[str, str]:
    """Field names to their labels in the reader's language."""
    return {name: gettext(text) for name, text in LABELS.items()}


def state_chip(machine_name: str, state: str) -> tuple[str, str]:
    """(words, tone) of a state."""
    return gettext(machine(machine_name).state(state).label), TONES.get(state, "")


_ENDS = {"withdraw_finding": (mark("已撤销"), ""), "hand_over_finding": (mark("已转入处罚程序"), "blue")}


def finding_chip(finding: Finding) -> tuple[str, str]:
    """(words, tone) of a finding's state; an ended one says how it ended."""
    if finding.closed_as not in _ENDS:
        return state_chip("finding", finding.state)
    words, tone = _ENDS[finding.closed_as]
    return gettext(words), tone


def outcome_chip(outcome: str) -> tuple[str, str, str]:
    """(words, tone, icon) of an answer's outcome."""
    words, tone, icon = OUTCOMES[outcome]
    return gettext(words), tone, icon


def timeline(events: Iterable[Event], names: dict[str, str]) -> list[dict[str, str]]:
    """Entries for components/lists.html; saves of single answers are counted together, so that the steps stand out."""
    entries: list[dict[str, str]] = []
    small = 0
    for event in events:
        if event.type in (EventType.ANSWER_SAVED, EventType.EVIDENCE_ATTACHED):
            small += 1
            continue
        _flush(entries, small)
        small = 0
        who = mask_name(names.get(event.actor_id, ""))
        reason = str(event.data.get("reason") or event.data.get("penalty_case") or "")
        entries.append(
            {
                "at": format_short_date(event.at),
                "title": _event_words(event),
                "note": join_clauses([format_time(event.at), who, reason]),
            }
        )
    _flush(entries, small)
    return entries


_STEPS = {"withdraw_finding": mark("撤销问题"), "hand_over_finding": mark("转入处罚程序")}


def _event_words(event: Event) -> str:
    words = _STEPS.get(str(event.data.get("step", ""))) or _EVENTS.get(event.type)
    return gettext(words) if words else event.type.value


def _flush(entries: list[dict[str, str]], small: int) -> None:
    if small:
        entries.append({"at": "", "title": gettext("保存检查项和照片%(count)s次", count=small), "note": ""})


def days_left(request: WebRequest, finding: Finding) -> int | None:
    """Working days to the finding's clock."""
    return working_days_left(request.now, finding.told_due_at)


def evidence_answer(request: WebRequest, found: Photo) -> Answer:
    """The stored file: through us while an answer can hold it, else by a short-lived address of the object store."""
    if found.size > _INLINE_BYTES:
        return redirect(request.store.objects.download_url(request.tenant, found.object_key))
    content = request.store.objects.read(request.tenant, found.object_key)
    is_document = found.content_type == "application/pdf"
    return file_answer(content, found.content_type, gettext("证据") + ".pdf" if is_document else None)


def evidence_of(finding: Finding) -> list[Photo]:
    """Every file of a finding: the visit's photos, what the subject sent, what reinspections took."""
    sent = [one for said in finding.rectifications for one in said.evidence]
    return [*finding.photos, *sent, *(one for seen in finding.reinspections for one in seen.evidence)]


def upload_answer(prepared: Any) -> dict[str, Any]:
    """What static/js/upload.js expects of a signing address."""
    return {"url": prepared.url, "fields": prepared.fields, "upload_id": prepared.upload_id}
