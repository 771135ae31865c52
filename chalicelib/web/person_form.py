"""The form of one person, checked field by field."""

from typing import Any

from chalicelib.domain.division import covers_any, is_known
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.tenancy import ADMINISTRATORS, Certificate, Person, Role
from chalicelib.domain.text import tidy
from chalicelib.web.fields import Fields
from chalicelib.web.people_words import ASSIGNABLE

MAX_CERTIFICATES = 10


class PersonForm:
    """Reads one form; raises InvalidInputError with everything that is wrong at once."""

    def __init__(self, values: Fields, divisions: list[str]) -> None:
        self._values, self._divisions = values, divisions
        self._problems: list[FieldProblem] = []

    def read(self) -> dict[str, Any]:
        """The fields of a person that an administrator sets."""
        found = {
            "name": self._name(),
            "roles": self._roles(),
            "department_id": self._values.text("department_id") or None,
            "acting_body_id": self._values.text("acting_body_id") or None,
            "division": self._division(),
            "certificates": self._certificates(),
            "is_active": self._values.flag("is_active"),
        }
        if self._problems:
            raise InvalidInputError(self._problems)
        return found

    def changes(self, person: Person) -> dict[str, Any]:
        return {name: value for name, value in self.read().items() if value != getattr(person, name)}

    def _problem(self, field: str, code: str, **details: str | int) -> None:
        self._problems.append(FieldProblem(field=field, code=code, details=details))

    def _name(self) -> str:
        name = tidy(self._values.text("name"))
        if not name:
            self._problem("name", "required")
        if len(name) > 40:
            self._problem("name", "text_too_long", limit=40)
        return name

    def _roles(self) -> frozenset[Role]:
        chosen = self._values.many("roles")
        known = {role.value for role in ASSIGNABLE}
        if not chosen:
            self._problem("roles", "not_chosen")
        if not set(chosen) <= known:
            self._problem("roles", "unknown_choice")
        roles = frozenset(Role(value) for value in chosen if value in known)
        if roles & ADMINISTRATORS and len(roles) > 1:
            self._problem("roles", "administrator_stands_alone")
        return roles

    def _division(self) -> str | None:
        code = self._values.text("division")
        if code and (not is_known(code) or not covers_any(self._divisions, code)):
            self._problem("division", "unknown_choice")
        return code or None

    def _certificates(self) -> list[Certificate]:
        found = []
        for row in range(MAX_CERTIFICATES):
            names = [f"certificate_{part}_{row}" for part in ("number", "from", "to")]
            if not any(self._values.text(name) for name in names):
                continue
            certificate = self._certificate(*names)
            if certificate is not None:
                found.append(certificate)
        return found

    def _certificate(self, number_field: str, from_field: str, to_field: str) -> Certificate | None:
        number, days = tidy(self._values.text(number_field)), []
        before = len(self._problems)
        if not 4 <= len(number) <= 30:
            self._problem(number_field, "certificate_number" if number else "required")
        for field in (from_field, to_field):
            try:
                days.append(self._values.day(field))
            except InvalidInputError as error:
                self._problems += error.problems
                continue
            if days[-1] is None:
                self._problem(field, "required")
        if len(self._problems) > before:
            return None
        valid_from, valid_to = days
        if valid_from is None or valid_to is None:
            return None
        if valid_to < valid_from:
            self._problem(to_field, "dates_reversed")
        return Certificate(number=number, valid_from=valid_from, valid_to=valid_to)


def values_of(person: Person) -> dict[str, Any]:
    """What the form begins with."""
    found: dict[str, Any] = {
        "name": person.name,
        "roles": sorted(person.roles),
        "department_id": person.department_id or "",
        "acting_body_id": person.acting_body_id or "",
        "division": person.division or "",
        "is_active": person.is_active,
    }
    for row, one in enumerate(person.certificates):
        found[f"certificate_number_{row}"] = one.number
        found[f"certificate_from_{row}"] = one.valid_from.isoformat()
        found[f"certificate_to_{row}"] = one.valid_to.isoformat()
    return found


def typed_values(values: Fields) -> dict[str, Any]:
    """What was typed, to fill the form again."""
    return values.single() | {"roles": values.many("roles"), "is_active": values.flag("is_active")}


def certificate_rows(values: dict[str, Any]) -> list[int]:
    """The rows of certificates that the form shows: those filled and one more."""
    filled = [row for row in range(MAX_CERTIFICATES) if values.get(f"certificate_number_{row}")]
    return list(range(min(max(filled, default=-1) + 2, MAX_CERTIFICATES)))


def json_values(body: dict[str, Any]) -> Fields:
    """A JSON person as the form would send it; `certificates` is a list of {number, valid_from, valid_to}."""
    allowed = {"name", "roles", "department_id", "acting_body_id", "division", "certificates", "is_active"}
    problems = [FieldProblem(field=name, code="invalid") for name in sorted(body.keys() - allowed)]
    roles, certificates = body.get("roles") or [], body.get("certificates") or []
    if not isinstance(roles, list):
        problems.append(FieldProblem(field="roles", code="invalid"))
    if not isinstance(certificates, list) or not all(isinstance(one, dict) for one in certificates):
        problems.append(FieldProblem(field="certificates", code="invalid"))
    if problems:
        raise InvalidInputError(problems)
    found = {
        name: [str(body[name])]
        for name in ("name", "department_id", "acting_body_id", "division")
        if body.get(name) is not None
    }
    found["roles"] = [str(role) for role in roles]
    found["is_active"] = ["yes" if body.get("is_active", True) is True else ""]
    for row, one in enumerate(certificates[:MAX_CERTIFICATES]):
        for part, name in (("number", "number"), ("from", "valid_from"), ("to", "valid_to")):
            found[f"certificate_{part}_{row}"] = [str(one.get(name, ""))]
    return Fields(found)
