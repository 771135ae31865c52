"""The parts of a subject's form that depend on its kind: attributes with limits, coordinates, responsible people."""

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any

from chalicelib.domain.condition import Scalar
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.register_cell import parse_date
from chalicelib.domain.scaled_number import scaled_number
from chalicelib.domain.subject import Attributes, CoordinateSystem, ResponsiblePerson, Subject
from chalicelib.domain.subject_kind import (
    AttributeType,
    KindAttribute,
    SubjectKind,
    Wording,
    kind_rules,
    responsible_roles,
    subject_limits,
)
from chalicelib.domain.text import check_phone, tidy
from chalicelib.web.fields import Fields
from chalicelib.web.formats import format_money, format_number
from chalicelib.web.i18n import current_locale, gettext, mark

Refuse = Callable[..., None]
SYSTEMS = {CoordinateSystem.WGS84: mark("卫星定位（WGS-84）"), CoordinateSystem.GCJ02: mark("国内地图（GCJ-02）")}
_DEGREES = re.compile(r"-?\d{1,3}(\.\d{1,7})?")


def words_of(wording: Wording) -> str:
    """Versioned data in the reader's language."""
    return wording.words(current_locale())


def attribute_label(attribute: KindAttribute) -> str:
    unit = attribute.unit_en if current_locale() == "en" else attribute.unit
    return gettext("%(label)s（%(unit)s）", label=words_of(attribute), unit=unit) if unit else words_of(attribute)


def kind_fields(kind: SubjectKind, values: Mapping[str, str]) -> list[dict[str, Any]]:
    """The kind's attributes as form fields {name, label, kind, options, value}; `values` as the form sends them."""
    fields = []
    for one in kind_rules(kind).attributes:
        options: list[tuple[str, str]] = []
        if one.type is AttributeType.BOOLEAN:
            options = [("", gettext("不清楚")), ("yes", gettext("是")), ("no", gettext("否"))]
        elif one.type is AttributeType.CHOICE:
            options = [("", gettext("不清楚")), *((choice.code, words_of(choice)) for choice in one.choices)]
        name = f"kind.{one.code}"
        label = attribute_label(one)
        fields.append(
            {
                "name": name,
                "label": label,
                "kind": one.type.value,
                "options": options,
                "value": values.get(name, ""),
            }
        )
    return fields


def kind_labels(kind: SubjectKind) -> dict[str, str]:
    return {f"kind.{one.code}": words_of(one) for one in kind_rules(kind).attributes}


def kind_pairs(kind: SubjectKind, held: Attributes) -> list[tuple[str, str]]:
    """(label, value in words) of what is known; attributes that nobody filled in are left out."""
    return [
        (words_of(one), value_words(one, held[one.code])) for one in kind_rules(kind).attributes if one.code in held
    ]


def value_words(attribute: KindAttribute, value: Scalar) -> str:
    if isinstance(value, bool):
        return gettext("是") if value else gettext("否")
    if attribute.type is AttributeType.MONEY:
        return format_money(int(value))
    if attribute.type is AttributeType.CHOICE:
        return next((words_of(one) for one in attribute.choices if one.code == value), str(value))
    if attribute.type is AttributeType.INTEGER:
        unit = attribute.unit_en if current_locale() == "en" else attribute.unit
        return f"{value if attribute.code.endswith('_in') else format_number(int(value))}{unit}"
    return str(value)


def typed_values(kind: SubjectKind, held: Attributes) -> dict[str, str]:
    """Attributes as the form sends them."""
    return {f"kind.{one.code}": _typed(one, held[one.code]) for one in kind_rules(kind).attributes if one.code in held}


def _typed(attribute: KindAttribute, value: Scalar) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if attribute.type is AttributeType.MONEY:
        return f"{Decimal(int(value)) / 100:f}"
    return str(value)


def read_attributes(kind: SubjectKind, values: Fields, refuse: Refuse) -> Attributes:
    """What was typed, each value tried against its limits."""
    found: Attributes = {}
    for one in kind_rules(kind).attributes:
        field = f"kind.{one.code}"
        text = values.text(field)
        if not text:
            continue
        value = _value(one, text)
        problem = one.problem(value)
        if problem:
            refuse(field, problem)
        else:
            found[one.code] = value
    return found


def _value(attribute: KindAttribute, text: str) -> Scalar:
    """The value that a text stands for; the text itself when it stands for none, so that its problem is found."""
    if attribute.type is AttributeType.BOOLEAN:
        return {"yes": True, "no": False}.get(text, text)
    if attribute.type is AttributeType.INTEGER:
        return int(text) if re.fullmatch(r"-?[0-9]{1,15}", text) else text
    if attribute.type is AttributeType.MONEY:
        try:
            fen = scaled_number(text, 2)
        except InvalidInputError:
            return text
        return text if fen is None else fen
    if attribute.type is AttributeType.DATE:
        day = parse_date(text)
        return day.isoformat() if day else text
    return tidy(text)


def read_place(values: Fields, refuse: Refuse) -> dict[str, Any]:
    """located_at and coordinate_system, from latitude and longitude in degrees."""
    latitude, longitude = values.text("latitude"), values.text("longitude")
    system = values.text("coordinate_system") or CoordinateSystem.WGS84
    if system not in set(CoordinateSystem):
        refuse("coordinate_system", "unknown_choice")
        system = CoordinateSystem.WGS84
    for field, text, other, limit in (("latitude", latitude, longitude, 90), ("longitude", longitude, latitude, 180)):
        if other and not text:
            refuse(field, "required")
        elif text and (not _DEGREES.fullmatch(text) or abs(Decimal(text)) > limit):
            refuse(field, "not_degrees", limit=limit)
    place = f"{latitude},{longitude}" if latitude and longitude else ""
    return {"located_at": place, "coordinate_system": CoordinateSystem(system)}


def place_values(subject: Subject) -> dict[str, str]:
    latitude, _, longitude = subject.located_at.partition(",")
    return {"latitude": latitude, "longitude": longitude, "coordinate_system": subject.coordinate_system.value}


def role_options() -> list[tuple[str, str]]:
    return [("", gettext("请选择")), *((one.code, words_of(one)) for one in responsible_roles())]


def role_words(code: str) -> str:
    return next((words_of(one) for one in responsible_roles() if one.code == code), code)


def people_rows(held: Iterable[ResponsiblePerson], values: Mapping[str, str]) -> list[dict[str, Any]]:
    """Rows of the form: those there are, whose name and phone are shown masked only, and two empty ones."""
    known = list(held)
    count = min(len(known) + 2, subject_limits().people)
    return [
        {
            "at": at,
            "role": values.get(f"people.{at}.role", known[at].role if at < len(known) else ""),
            "name": values.get(f"people.{at}.name", ""),
            "phone": values.get(f"people.{at}.phone", ""),
            "is_removed": values.get(f"people.{at}.remove") == "yes",
            "held": known[at] if at < len(known) else None,
        }
        for at in range(count)
    ]


def read_people(held: tuple[ResponsiblePerson, ...], values: Fields, refuse: Refuse) -> tuple[ResponsiblePerson, ...]:
    """The people that the rows describe. An empty name or phone of one that is there keeps what is there; `people.all`
    says that the rows are the whole list (as an API client sends it)."""
    before = () if values.flag("people.all") else held
    found: list[ResponsiblePerson] = []
    for at in range(subject_limits().people):
        known = before[at] if at < len(before) else None
        role = values.text(f"people.{at}.role") or (known.role if known else "")
        name = tidy(values.text(f"people.{at}.name")) or (known.name if known else "")
        raw = values.text(f"people.{at}.phone")
        phone = check_phone(raw) if raw else (known.phone if known else "")
        if values.flag(f"people.{at}.remove") or not (name or raw):
            continue
        if not name:
            refuse(f"people.{at}.name", "required")
        if role not in {one.code for one in responsible_roles()}:
            refuse(f"people.{at}.role", "not_chosen" if not role else "unknown_choice")
        if phone is None:
            refuse(f"people.{at}.phone", "phone_invalid")
        if len(name) > 60:
            refuse(f"people.{at}.name", "text_too_long", limit=60)
        elif name:
            found.append(ResponsiblePerson(role=role if role else "site_contact", name=name, phone=phone or ""))
    return tuple(found)


def people_labels() -> dict[str, str]:
    parts = {"role": gettext("身份"), "name": gettext("姓名"), "phone": gettext("电话")}
    return {f"people.{at}.{part}": label for at in range(subject_limits().people) for part, label in parts.items()}
