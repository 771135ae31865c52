"""The form that onboards a tenant: what it is, where it regulates, and its three administrators."""

import re
from typing import Any

from chalicelib.domain.division import is_known
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.tenancy import PLATFORM, Person, Role, Tenant, TenantKind, is_tenant_id
from chalicelib.domain.text import tidy
from chalicelib.services.tenancy.onboard_tenant import Roster
from chalicelib.web.fields import Fields

KINDS = tuple(kind for kind in TenantKind if kind is not TenantKind.PLATFORM)
ADMINISTRATORS = (Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR, Role.AUDIT_ADMINISTRATOR)
_LIMITS = {"label": 60, "label_en": 80, "short_label": 20}


class TenantForm:
    """Reads one form; raises InvalidInputError with everything that is wrong at once."""

    def __init__(self, values: Fields, installed: list[str]) -> None:
        self._values, self._installed = values, installed
        self._problems: list[FieldProblem] = []

    def read(self) -> tuple[Tenant, Roster]:
        id = self._id()
        fields: dict[str, Any] = {
            "label": self._text("label", is_required=True),
            "label_en": self._text("label_en"),
            "short_label": self._text("short_label"),
            "kind": self._kind(),
            "divisions": self._divisions(),
            "scenarios": self._scenarios(),
        }
        people = self._administrators(id)
        if self._problems:
            raise InvalidInputError(self._problems)
        return Tenant(id=id, **fields), Roster(people=people)

    def _problem(self, field: str, code: str, **details: str | int) -> None:
        self._problems.append(FieldProblem(field=field, code=code, details=details))

    def _id(self) -> str:
        id = self._values.text("id")
        if not is_tenant_id(id):
            self._problem("id", "tenant_id_form" if id else "required")
        elif id == PLATFORM:
            self._problem("id", "reserved", value=id)
        return id

    def _text(self, field: str, *, is_required: bool = False) -> str:
        value = tidy(self._values.text(field))
        if not value and is_required:
            self._problem(field, "required")
        if len(value) > _LIMITS[field]:
            self._problem(field, "text_too_long", limit=_LIMITS[field])
        return value

    def _kind(self) -> TenantKind | None:
        text = self._values.text("kind")
        if text not in {kind.value for kind in KINDS}:
            self._problem("kind", "unknown_choice" if text else "not_chosen")
            return None
        return TenantKind(text)

    def _divisions(self) -> list[str]:
        """One 12-digit code a line; spaces and commas of any kind between them do as well."""
        text = " ".join(self._values.many("divisions"))
        codes = list(dict.fromkeys(re.findall(r"\w+", text)))
        if not codes:
            self._problem("divisions", "required")
        for code in codes:
            if not is_known(code):
                self._problem("divisions", "unknown_division", value=code[:20])
        return codes

    def _scenarios(self) -> list[str]:
        chosen = sorted(set(self._values.many("scenarios")))
        if not set(chosen) <= set(self._installed):
            self._problem("scenarios", "unknown_choice")
        return chosen

    def _administrators(self, tenant: str) -> list[Person]:
        """Three people: nobody holds two of the offices."""
        names = {role: tidy(self._values.text(role.value)) for role in ADMINISTRATORS}
        found = []
        for role, name in names.items():
            if not name:
                self._problem(role.value, "required")
            elif list(names.values()).count(name) > 1:
                self._problem(role.value, "same_administrator")
            elif len(name) > 40:
                self._problem(role.value, "text_too_long", limit=40)
            else:
                id = f"{tenant}-{role.value.removesuffix('_administrator')}"
                found.append(Person(id=id, name=name, roles=frozenset({role})))
        return found


def json_values(body: dict[str, Any]) -> Fields:
    """A JSON tenant as the form would send it: `divisions` and `scenarios` are lists."""
    known = {"id", "label", "label_en", "short_label", "kind", "divisions", "scenarios"}
    known |= {role.value for role in ADMINISTRATORS}
    problems = [FieldProblem(field=name, code="invalid") for name in sorted(body.keys() - known)]
    if problems:
        raise InvalidInputError(problems)
    return Fields(
        {
            name: [str(one) for one in value] if isinstance(value, list) else [str(value)]
            for name, value in body.items()
            if value is not None
        }
    )
