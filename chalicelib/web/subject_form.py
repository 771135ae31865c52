"""The form of one subject: what was typed, checked field by field, as a draft or as changes."""

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.domain.division import covers_any, is_known
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.plate import MAX_PLATE, PlateForm, plate_problem, read_plate
from chalicelib.domain.register_cell import parse_date
from chalicelib.domain.register_columns import Column, ColumnType
from chalicelib.domain.subject import (
    TOMBSTONES,
    Attributes,
    ScenarioMembership,
    Subject,
    SubjectDraft,
    SubjectKind,
    SubjectStatus,
)
from chalicelib.domain.subject_kind import CodeUse, KindRules, kind_rules
from chalicelib.domain.text import check_phone, check_uscc, normalise, tidy
from chalicelib.services.register.import_register import columns_of
from chalicelib.web.fields import Fields
from chalicelib.web.i18n import gettext
from chalicelib.web.kind_form import (
    kind_labels,
    people_labels,
    place_values,
    read_attributes,
    read_people,
    read_place,
    typed_values,
)
from chalicelib.web.scenarios import own_columns

_LIMITS = {"name": 200, "address": 400, "responsible_person": 60}


class SubjectForm:
    """Reads one form; `check` raises InvalidInputError with everything that is wrong at once."""

    def __init__(self, values: Fields, divisions: Iterable[str]) -> None:
        self._values, self._divisions = values, tuple(divisions)
        self._problems: list[FieldProblem] = []

    def draft(self, scenarios: Iterable[str], photos: tuple[str, ...] = ()) -> SubjectDraft:
        """A new subject. photos: SHA-256 of those that came with the form."""
        values = self._values
        kind = self._choice("kind", SubjectKind) or SubjectKind.COMPANY
        rules = kind_rules(kind)
        scenario = values.text("scenario")
        if scenario and scenario not in scenarios:
            self._problem("scenario", "unknown_scenario")
        fields = {
            "kind": kind,
            "name": self._text("name", is_required=True),
            "division": self._division(),
            "phone": self._phone(),
            "responsible_person": self._text("responsible_person"),
            "responsible_people": read_people((), values, self._problem),
            "status": self._choice("status", SubjectStatus) or SubjectStatus.ACTIVE,
            "kind_attributes": read_attributes(kind, values, self._problem),
            "photos": photos,
            "source": "form",
        }
        fields |= self._place(rules, has_photo=bool(photos))
        if rules.code_use is not CodeUse.NONE:
            fields["code"] = self._code("code", is_required=rules.code_use is CodeUse.REQUIRED)
            fields["operator_code"] = self._code("operator_code", is_required=False)
        attributes = self._attributes(scenario) if scenario else {}
        self.check()
        joined = (ScenarioMembership(scenario=scenario, attributes=attributes),) if scenario else ()
        return SubjectDraft.model_validate(fields | {"memberships": joined})

    def changes(self, subject: Subject) -> dict[str, Any]:
        """What differs from the subject. An empty phone or person keeps what is there: neither is shown in full."""
        found: dict[str, Any] = {
            "name": self._text("name", is_required=True),
            "division": self._division(),
            "status": self._choice("status", SubjectStatus) or subject.status,
            "kind_attributes": read_attributes(subject.kind, self._values, self._problem),
            "responsible_people": read_people(subject.responsible_people, self._values, self._problem),
        }
        found |= self._place(kind_rules(subject.kind), has_photo=bool(subject.photos))
        for field, value in (("phone", self._phone()), ("responsible_person", self._text("responsible_person"))):
            if value:
                found[field] = value
        memberships = tuple(
            one.model_copy(update={"attributes": self._other(one, subject.kind) | self._attributes(one.scenario)})
            for one in subject.memberships
        )
        self.check()
        found["memberships"] = memberships
        return {name: value for name, value in found.items() if value != getattr(subject, name)}

    def membership(self, scenario: str, kind: str, names: Iterable[str] = ()) -> Attributes:
        """What a subject of this kind brings along into a scenario. names: codes that were given, each of which has to
        be one that is asked of it."""
        asked = {column.id for column in columns_of(scenario) if column.fits(kind)}
        for unknown in sorted(set(names) - asked):
            self._problem(f"{scenario}.{unknown}"[:200], "invalid")
        found = self._attributes(scenario)
        self.check()
        return {name: value for name, value in found.items() if name in asked}

    def check(self) -> None:
        if self._problems:
            raise InvalidInputError(self._problems)

    def _problem(self, field: str, code: str, **details: str | int) -> None:
        self._problems.append(FieldProblem(field=field, code=code, details=details))

    def _text(self, field: str, *, is_required: bool = False) -> str:
        value = tidy(self._values.text(field))
        if not value and is_required:
            self._problem(field, "required")
        if len(value) > _LIMITS[field]:
            self._problem(field, "text_too_long", limit=_LIMITS[field])
        return value

    def _place(self, rules: KindRules, *, has_photo: bool) -> dict[str, Any]:
        """Address, plate and coordinates; what has no code is known by at least one of them, or by a photo."""
        plate = read_plate(self._values.text("plate"))
        form = self._choice("plate_form", PlateForm) or PlateForm.STANDARD
        if problem := plate_problem(plate, form):
            self._problem("plate", problem, limit=MAX_PLATE, value=plate[:MAX_PLATE])
        elif rules.needs_plate and not plate:
            self._problem("plate", "required")
        place = read_place(self._values, self._problem)
        address = self._text("address", is_required=rules.needs_address)
        if rules.code_use is CodeUse.NONE and not (address or plate or has_photo or place["located_at"]):
            self._problem("address", "clue_missing")
        return {"address": address, "plate": plate, "plate_form": form if plate else PlateForm.STANDARD} | place

    def _code(self, field: str, *, is_required: bool) -> str | None:
        raw = self._values.text(field)
        if not raw:
            if is_required:
                self._problem(field, "required")
            return None
        found = check_uscc(raw)
        if found.problem:
            self._problem(field, found.problem, length=len(normalise(raw)), value=raw[:40])
        return found.value

    def _division(self) -> str:
        code = self._values.text("division")
        if not code:
            self._problem("division", "not_chosen")
        elif not is_known(code) or not covers_any(self._divisions, code):
            self._problem("division", "unknown_choice")
        return code

    def _phone(self) -> str:
        raw = self._values.text("phone")
        value = check_phone(raw) if raw else ""
        if value is None:
            self._problem("phone", "phone_invalid")
        return value or ""

    def _choice(self, field: str, kind: Any) -> Any:
        text = self._values.text(field)
        if text and text not in {one.value for one in kind} - TOMBSTONES:
            self._problem(field, "unknown_choice")
            return None
        return kind(text) if text else None

    def _other(self, membership: ScenarioMembership, kind: str) -> Attributes:
        """Attributes that the form of this kind of subject does not show."""
        shown = {column.id for column in columns_of(membership.scenario) if column.fits(kind)}
        return {name: value for name, value in membership.attributes.items() if name not in shown}

    def _attributes(self, scenario: str) -> Attributes:
        found: Attributes = {}
        for column in columns_of(scenario):
            field = f"{scenario}.{column.id}"
            text = self._values.text(field)
            value = self._attribute(column, field, text) if text else None
            if value is not None:
                found[column.id] = value
        return found

    def _attribute(self, column: Column, field: str, text: str) -> bool | int | str | None:
        value: bool | int | str | None = text[:200]
        if column.type is ColumnType.BOOLEAN:
            value = {"yes": True, "no": False}.get(text)
        elif column.type is ColumnType.INTEGER:
            value = int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else None
        elif column.type is ColumnType.DATE:
            day = parse_date(text)
            value = day.isoformat() if day else None
        elif column.type is ColumnType.CHOICE:
            value = text if text in {one.code for one in column.choices} else None
        if value is None:
            codes = {ColumnType.INTEGER: "not_a_number", ColumnType.DATE: "not_a_date"}
            self._problem(field, codes.get(column.type, "unknown_choice"))
        return value


def labels(scenarios: Iterable[str] = ()) -> dict[str, str]:
    """Field names to their labels in the reader's language."""
    found = {
        "name": gettext("名称"),
        "code": gettext("统一社会信用代码"),
        "operator_code": gettext("经营主体代码"),
        "division": gettext("县区"),
        "address": gettext("地址"),
        "phone": gettext("联系电话"),
        "responsible_person": gettext("负责人"),
        "status": gettext("状态"),
        "kind": gettext("对象类型"),
        "scenario": gettext("场景"),
        "plate": gettext("车牌号"),
        "plate_form": gettext("号牌类别"),
        "latitude": gettext("纬度"),
        "longitude": gettext("经度"),
        "coordinate_system": gettext("坐标系"),
        "photo": gettext("照片"),
    }
    found |= people_labels()
    for kind in SubjectKind:
        found |= kind_labels(kind)
    for scenario in scenarios:
        for column in own_columns(scenario):
            found[f"{scenario}.{column.id}"] = column.label
    return found


def values_of(subject: Subject) -> dict[str, str]:
    """What a form begins with; phone and person, which are shown masked only, stay empty."""
    found = {
        "name": subject.name,
        "division": subject.division,
        "address": subject.address,
        "status": subject.status.value,
        "plate": subject.plate,
        "plate_form": subject.plate_form.value,
    }
    found |= place_values(subject) | typed_values(subject.kind, subject.kind_attributes)
    for one in subject.memberships:
        found |= {f"{one.scenario}.{name}": _as_typed(value) for name, value in one.attributes.items()}
    return found


def typed_defaults(scenario: str, kind: str) -> dict[str, str]:
    """What a form begins with that asks for a scenario's attributes: what the package says holds of most."""
    fitting = (one for one in columns_of(scenario) if one.default is not None and one.fits(kind))
    return {f"{scenario}.{one.id}": _as_typed(one.default) for one in fitting}


def _as_typed(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def attribute_fields(scenario: str, values: Mapping[str, str], kind: str) -> list[dict[str, Any]]:
    """The scenario's attributes of this kind of subject as form fields {name, label, kind, options, value}; `values`
    as the form sends them."""
    fields = []
    for column in own_columns(scenario):
        if not column.fits(kind):
            continue
        options: list[tuple[str, str]] = []
        if column.type is ColumnType.BOOLEAN:
            options = [("", gettext("不清楚")), ("yes", gettext("是")), ("no", gettext("否"))]
        elif column.type is ColumnType.CHOICE:
            options = [("", gettext("不清楚")), *((one.code, one.label) for one in column.choices)]
        name = f"{scenario}.{column.id}"
        fields.append(
            {
                "name": name,
                "label": column.label,
                "kind": column.type.value,
                "options": options,
                "value": values.get(name, ""),
            }
        )
    return fields


def attribute_words(scenario: str, held: Attributes, kind: str) -> list[tuple[str, str]]:
    """(label, value in words) of what is known about a subject of this kind in a scenario."""
    shown = []
    for column in own_columns(scenario):
        value = held.get(column.id)
        if value is None and not column.fits(kind):
            continue
        if value is None:
            words = gettext("不清楚")
        elif isinstance(value, bool):
            words = gettext("是") if value else gettext("否")
        else:
            words = next((one.label for one in column.choices if one.code == value), str(value))
        shown.append((column.label, words))
    licences = {"licence_number": gettext("许可证号"), "licence_expires_on": gettext("证书有效期")}
    shown += [(label, str(held[name])) for name, label in licences.items() if name in held]
    return shown
