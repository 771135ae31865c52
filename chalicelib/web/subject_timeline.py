"""A subject's history in words: who did what, when, and what stood there before and after."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from ulid import ULID

from chalicelib.domain.event import Event, EventType
from chalicelib.domain.subject import Subject
from chalicelib.domain.subject_kind import RelationKind, kind_rules, relation_rules
from chalicelib.domain.subject_relation import SubjectRelation
from chalicelib.domain.text import mask_name
from chalicelib.web.formats import format_datetime, join_words
from chalicelib.web.i18n import current_locale, gettext, mark
from chalicelib.web.kind_form import value_words, words_of
from chalicelib.web.places import place_label
from chalicelib.web.register_words import STATUSES
from chalicelib.web.request import WebRequest
from chalicelib.web.scenarios import scenario_label
from chalicelib.web.subject_form import labels

_EVENTS = {
    EventType.SUBJECT_REGISTERED: mark("登记"),
    EventType.SUBJECT_CHANGED: mark("修改信息"),
    EventType.SUBJECTS_RELATED: mark("登记关系"),
    EventType.SUBJECTS_UNRELATED: mark("撤销关系"),
    EventType.SUBJECTS_MERGED: mark("并入重复的记录"),
    EventType.SUBJECT_DIVIDED: mark("拆出一个对象"),
    EventType.REGROUPING_REVERTED: mark("撤销合并或者拆分"),
    EventType.HAND_OVER_OFFERED: mark("发出移交"),
    EventType.HAND_OVER_WITHDRAWN: mark("撤回移交"),
    EventType.HAND_OVER_RETURNED: mark("移交被退回"),
    EventType.SUBJECT_HANDED_OVER: mark("移交给别的地方"),
    EventType.SUBJECT_RECEIVED: mark("由别的地方移交过来"),
    EventType.CONTACTS_REVEALED: mark("查看联系方式"),
    EventType.SUBJECT_EVALUATED: mark("重新评价"),
    EventType.FUEL_REPORTED: mark("报送油品进销存"),
}
_MOVES = {"joined": mark("加入了场景"), "left": mark("退出了场景")}
_MAX_NAMES, _MAX_EVENTS, _MAX_WORDS = 8, 50, 60


def timeline_of(
    request: WebRequest, subject: Subject, relations: Iterable[SubjectRelation], names: dict[str, str]
) -> list[dict[str, str]]:
    """The subject's history, newest first; one that came with an import begins with it. relations: those that others
    entered, of which the subject's own history does not tell; names: of related subjects by identifier."""
    events: list[Event] = request.store.subjects.history(request.tenant, subject.ref, _MAX_EVENTS)
    ids = list(dict.fromkeys(event.actor_id for event in events if not event.actor_id.startswith("system:")))
    people = request.store.people.find_many(request.tenant, ids[:_MAX_NAMES])
    actors = {id: mask_name(person.name) for id, person in people.items()}
    told = [event for event in events if event.type is not EventType.RELATIONS_MOVED]
    entries = [(event.at, _title(event), _note(subject, event, actors, names)) for event in told]
    entries += [
        (one.recorded_at, gettext("登记关系"), _relation_words(one.kind.value, names.get(one.other_id, ""), True))
        for one in relations
        if one.is_reverse
    ]
    entries.sort(key=lambda entry: entry[0], reverse=True)
    shown = [{"at": format_datetime(at), "title": title, "note": note} for at, title, note in entries[:_MAX_EVENTS]]
    if subject.source.startswith("import:"):
        made_at: datetime = ULID.from_str(subject.id).datetime
        shown.append({"at": format_datetime(made_at), "title": gettext("由名录导入登记"), "note": ""})
    return shown


def _title(event: Event) -> str:
    for moved, words in _MOVES.items():
        if moved in event.data and event.type is EventType.SUBJECT_CHANGED:
            return gettext(words)
    return gettext(_EVENTS[event.type]) if event.type in _EVENTS else event.type.value


def _note(subject: Subject, event: Event, actors: dict[str, str], names: dict[str, str]) -> str:
    parts = [actors.get(event.actor_id, "")]
    if event.type is EventType.SUBJECT_CHANGED and _MOVES.keys() & event.data.keys():
        parts += [scenario_label(str(event.data[one])) for one in _MOVES if one in event.data]
        parts.append(gettext("理由：%(reason)s", reason=event.data["reason"]) if "reason" in event.data else "")
    elif event.type is EventType.SUBJECT_CHANGED:
        parts += _changes(subject, event.data)
    elif event.type in (EventType.SUBJECTS_RELATED, EventType.SUBJECTS_UNRELATED):
        parts.append(_relation_words(str(event.data["kind"]), names.get(str(event.data["other_id"]), ""), False))
    elif event.type is EventType.CONTACTS_REVEALED:
        parts.append(gettext("理由：%(reason)s", reason=event.data.get("reason", "")))
    elif event.type is EventType.SUBJECTS_MERGED and event.data.get("reason"):
        parts.append(gettext("理由：%(reason)s", reason=event.data["reason"]))
    elif event.type is EventType.SUBJECT_EVALUATED:
        parts.append(scenario_label(str(event.data.get("scenario", ""))))
        parts.append(gettext("信用等级%(grade)s级", grade=event.data.get("credit_grade", "")))
    return gettext("；").join(part for part in parts if part)


def _relation_words(kind: str, name: str, is_reverse: bool) -> str:
    words = relation_rules(RelationKind(kind)).words_of(current_locale(), is_reverse=is_reverse)
    return gettext("%(relation)s：%(name)s", relation=words, name=name) if name else words


def _changes(subject: Subject, data: dict[str, Any]) -> list[str]:
    """One sentence per field; where values are personal, that it was changed and no more."""
    known = labels([one.scenario for one in subject.memberships]) | {
        "located_at": gettext("坐标"),
        "responsible_people": gettext("责任人"),
        "photos": gettext("照片"),
        "kind_attributes": gettext("对象属性"),
        "memberships": gettext("场景信息"),
    }
    before, after = data.get("before", {}), data.get("after", {})
    found: list[str] = []
    for name in data.get("fields", []):
        if name in ("kind_attributes", "memberships"):
            found += _inner(subject, name, before.get(name) or {}, after.get(name) or {})
        elif name in after:
            found.append(_change(known.get(name, name), _value(name, before.get(name)), _value(name, after[name])))
        else:
            found.append(gettext("改了%(label)s", label=known.get(name, name)))
    return found


def _inner(subject: Subject, name: str, before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """Attributes one by one; of memberships the scenarios whose information changed."""
    if name == "memberships":
        changed = [one for one in {**before, **after} if before.get(one) != after.get(one)]
        return [gettext("改了%(label)s", label=join_words([scenario_label(one) for one in changed]))] if changed else []
    return [
        _change(
            words_of(one),
            value_words(one, before[one.code]) if one.code in before else "",
            value_words(one, after[one.code]) if one.code in after else "",
        )
        for one in kind_rules(subject.kind).attributes
        if before.get(one.code) != after.get(one.code)
    ]


def _change(label: str, before: str, after: str) -> str:
    return gettext(
        "%(label)s由“%(before)s”改为“%(after)s”",
        label=label,
        before=before[:_MAX_WORDS] or gettext("空"),
        after=after[:_MAX_WORDS] or gettext("空"),
    )


def _value(name: str, value: Any) -> str:
    if name == "division":
        return place_label(str(value))
    if name == "status":
        return gettext(STATUSES[str(value)][0]) if str(value) in STATUSES else str(value)
    return "" if value is None else str(value)
