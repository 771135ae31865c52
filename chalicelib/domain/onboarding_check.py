"""Checking an onboarding workbook: every finding at once, and what the sound rows come to."""

import re
from collections.abc import Collection
from datetime import date
from typing import Any

from chalicelib.domain.division import covers_any, division, is_known
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.local_division import LocalDivision
from chalicelib.domain.onboarding_cells import OnboardingCells, OnboardingDraft, Present, key_of
from chalicelib.domain.onboarding_sheets import sheet
from chalicelib.domain.onboarding_workbook import OnboardingTables, SheetRow
from chalicelib.domain.tenancy import (
    ADMINISTRATORS,
    PLATFORM,
    ActingBody,
    Certificate,
    Department,
    Entrustment,
    Person,
    Role,
    Tenant,
    TenantKind,
    is_tenant_id,
)

_NEEDS_BODY = {Role.INSPECTOR, Role.APPROVER}


class OnboardingCheck(OnboardingCells):
    """One check of one workbook. `problems` and `draft` are filled by `run`.

    is_fixed: the tenant's own row is not the reader's to change; what differs there is said and left as it is.
    """

    def __init__(
        self,
        tables: OnboardingTables,
        present: Present,
        scenarios: Collection[str],
        today: date,
        *,
        is_fixed: bool = False,
    ) -> None:
        super().__init__(tables, present)
        self._is_fixed, self._installed, self._today = is_fixed, sorted(scenarios), today

    def run(self) -> OnboardingDraft:
        """Every sheet in the order in which one refers to another."""
        self._tenant()
        if self.draft.tenant is None:
            return self.draft
        self._divisions()
        self._departments()
        self._bodies()
        self._people()
        self._certificates()
        self._scenarios()
        return self.draft

    def _tenant(self) -> None:
        rows = self._tables.of("tenant")
        if len(rows) != 1:
            if "tenant" in self._tables.rows:
                self._problem("tenant", rows[1].number if rows else 0, "", "one_row")
            return
        for row in self._rows("tenant"):
            id, present = row.text("id"), self._present.tenant
            if not is_tenant_id(id):
                self._problem("tenant", row.number, "id", "tenant_id_form", value=id[:20])
            elif id == PLATFORM:
                self._problem("tenant", row.number, "id", "reserved", value=id)
            elif present and present.id != id:
                self._problem("tenant", row.number, "id", "other_tenant", value=id)
            kind = self._choice("tenant", row, "kind")
            codes = row.many("divisions")
            for code in codes:
                if not re.fullmatch(r"[0-9]{12}", code):
                    self._problem("tenant", row.number, "divisions", "division_code", value=code[:20])
                elif not is_known(code):
                    self._problem("tenant", row.number, "divisions", "unknown_division", value=code)
            if self.problems and any(one.sheet == "tenant" and not one.is_warning for one in self.problems):
                return
            values = {name: row.text(name) for name in ("id", "label", "label_en", "short_label")}
            facts: dict[str, Any] = {**values, "kind": TenantKind(kind or ""), "divisions": codes}
            drafted = present.with_changes(**facts) if present else Tenant(**facts)
            self.draft.rows[f"{Tenant.KIND}#{id}"] = row.number
            if present and self._is_fixed:
                if drafted != present:
                    self._warn("tenant", row.number, "not_yours", value="平台运营")
                drafted = present
            self.draft.tenant = drafted

    def _divisions(self) -> None:
        """Only what differs from the shipped list becomes an entry of the tenant's own."""
        earlier = {one.id: one for one in self._present.divisions}
        for row in self._rows("divisions", "code"):
            code, name = row.text("code"), row.text("name")
            opened, closed = self._day("divisions", row, "valid_from"), self._day("divisions", row, "closed_on")
            if not re.fullmatch(r"[0-9]{12}", code):
                self._problem("divisions", row.number, "code", "division_code", value=code[:20])
                continue
            if not covers_any(self._area, code):
                self._problem("divisions", row.number, "code", "division_outside", value=code)
                continue
            if opened and closed and closed < opened:
                self._problem("divisions", row.number, "closed_on", "dates_reversed")
                continue
            known = earlier.get(code)
            if known is None and closed is None and _listed_name(code) == name:
                continue
            if known is None:
                listed = _listed_name(code)
                known = LocalDivision(id=code, name=listed) if listed and listed != name else None
            named = known.renamed(name, self._today) if known else None
            values = {"id": code, "name": name, "valid_from": opened, "closed_on": closed}
            self._keep(self.draft.divisions, LocalDivision, named, row, values)

    def _departments(self) -> None:
        earlier = {(one.code, one.division): one for one in self._present.departments}
        for row in self._rows("departments", "code"):
            code = row.text("code")
            if not re.fullmatch(r"[a-z][a-z_]*", code):
                self._problem("departments", row.number, "code", "department_code_form", value=code[:40])
                continue
            place = self._division("departments", row, "division", self._area[0])
            active = self._choice("departments", row, "is_active", "yes")
            if place is None or active is None:
                continue
            known = earlier.get((code, place)) or next((o for o in self._present.departments if o.code == code), None)
            values = {
                "id": known.id if known else f"{self._id}-{code}".replace("_", "-"),
                "code": code,
                "label": row.text("label"),
                "label_en": row.text("label_en"),
                "division": place,
                "is_active": active == "yes",
            }
            self._keep(self.draft.departments, Department, known, row, values)

    def _department(self, sheet_id: str, row: SheetRow, column: str, text: str) -> Department | None:
        for one in self._every("departments"):
            if text in (one.code, one.label):
                found: Department = one
                return found
        # What stands on its own sheet with a fault of its own is not called unknown as well.
        if not any(text in (one.text("code"), one.text("label")) for one in self._tables.of("departments")):
            self._problem(sheet_id, row.number, column, "unknown_department", value=text[:60])
        return None

    def _bodies(self) -> None:
        earlier = {one.id: one for one in self._present.bodies}
        for row in self._rows("bodies", "key"):
            id = self._key("bodies", row, self._present.bodies)
            place = self._division("bodies", row, "division", self._area[0])
            active = self._choice("bodies", row, "is_active", "yes")
            named = [self._department("bodies", row, "departments", one) for one in row.many("departments")]
            entrustment, is_sound = self._entrustment(row)
            word = self._document_code(row)
            if word is None or id is None or place is None or active is None or None in named or not is_sound:
                continue
            values = {
                "id": id,
                "label": row.text("label"),
                "label_en": row.text("label_en"),
                "division": place,
                "departments": [one.code for one in named if one],
                "document_code": word,
                "entrustment": entrustment,
                "is_active": active == "yes",
            }
            self._keep(self.draft.bodies, ActingBody, earlier.get(id), row, values)

    def _entrustment(self, row: SheetRow) -> tuple[Entrustment | None, bool]:
        names = ("document_number", "entruster", "valid_from")
        valid_from, valid_to = self._day("bodies", row, "valid_from"), self._day("bodies", row, "valid_to")
        filled = [name for name in names if row.text(name)]
        if not filled:
            return None, True
        if len(filled) < len(names) or valid_from is None:
            missing = next((name for name in names if name not in filled), "valid_from")
            self._problem("bodies", row.number, missing, "entrustment_incomplete")
            return None, False
        if valid_to and valid_to < valid_from:
            self._problem("bodies", row.number, "valid_to", "dates_reversed")
            return None, False
        values = {name: row.text(name) for name in ("document_number", "entruster")}
        return Entrustment(valid_from=valid_from, valid_to=valid_to, **values), True

    def _people(self) -> None:
        earlier = {one.id: one for one in self._present.people}
        for row in self._rows("people", "key"):
            id, roles = self._key("people", row, self._present.people), self._roles(row)
            place = self._division("people", row, "division")
            active = self._choice("people", row, "is_active", "yes")
            department = row.text("department")
            known = self._department("people", row, "department", department) if department else None
            body = self._body(row)
            if roles and roles & _NEEDS_BODY and not row.text("body"):
                self._problem("people", row.number, "body", "body_needed")
                continue
            lost = bool(department and known is None) or bool(row.text("body") and body is None)
            if id is None or not roles or active is None or lost or bool(row.text("division") and place is None):
                continue
            values = {
                "id": id,
                "name": row.text("name"),
                "roles": roles,
                "department_id": known.id if known else None,
                "acting_body_id": body.id if body else None,
                "division": place,
                "is_active": active == "yes",
            }
            self._keep(self.draft.people, Person, earlier.get(id), row, values)
            if row.text("login"):
                self.draft.logins[id] = row.text("login")
        self._administrators()

    def _roles(self, row: SheetRow) -> frozenset[Role] | None:
        column, found = sheet("people").column("roles"), set()
        for word in row.many("roles"):
            code = column.code_of(word)
            if code is None:
                choices = "、".join(column.choices.values())
                self._problem("people", row.number, "roles", "unknown_choice", value=word[:40], choices=choices)
                return None
            found.add(Role(code))
        if found & ADMINISTRATORS and len(found) > 1:
            self._problem("people", row.number, "roles", "administrator_alone")
            return None
        return frozenset(found)

    def _body(self, row: SheetRow) -> ActingBody | None:
        text = row.text("body")
        if not text:
            return None
        for one in self._every("bodies"):
            if text in (one.id, key_of(self._id, one.id), one.label):
                found: ActingBody = one
                return found
        if not any(text in (one.text("key"), one.text("label")) for one in self._tables.of("bodies")):
            self._problem("people", row.number, "body", "unknown_body", value=text[:60])
        return None

    def _administrators(self) -> None:
        """A new tenant needs all three, or nobody could go on."""
        if self._present.tenant is not None or any(one.sheet == "people" for one in self.problems):
            return
        held = {role for one in self.draft.people if one.is_active for role in one.roles}
        words = sheet("people").column("roles").choices
        for role in Role:
            if role in ADMINISTRATORS and role not in held:
                self._problem("people", 0, "roles", "administrator_missing", value=words[role.value])

    def _certificates(self) -> None:
        people = {one.id: one for one in self._every("people")}
        found: dict[str, list[Certificate]] = {}
        for row in self._rows("certificates", "key", "number"):
            id = self._key("certificates", row, self._present.people)
            first, last = self._day("certificates", row, "valid_from"), self._day("certificates", row, "valid_to")
            if id is None or first is None or last is None:
                continue
            if last < first:
                self._problem("certificates", row.number, "valid_to", "dates_reversed")
            elif id not in people:
                # Whoever is on the sheet of people with a fault of their own is not called unknown as well.
                if row.text("key") not in {one.text("key") for one in self._tables.of("people")}:
                    self._problem("certificates", row.number, "key", "unknown_person", value=row.text("key")[:40])
            elif len(row.text("number")) < 4:
                self._problem("certificates", row.number, "number", "required")
            else:
                found.setdefault(id, []).append(Certificate(number=row.text("number"), valid_from=first, valid_to=last))
        for id, certificates in found.items():
            drafted = [one for one in self.draft.people if one.id != id]
            changed = people[id].with_changes(certificates=certificates)
            place = next((n for n, one in enumerate(self.draft.people) if one.id == id), len(drafted))
            drafted.insert(place, changed)
            self.draft.people = drafted

    def _scenarios(self) -> None:
        for row in self._rows("scenarios", "name"):
            name = row.text("name")
            if name not in self._installed:
                choices = "、".join(self._installed)
                self._problem("scenarios", row.number, "name", "unknown_scenario", value=name[:40], choices=choices)
                continue
            enabled = self._choice("scenarios", row, "is_enabled")
            if enabled:
                self.draft.scenarios[name] = enabled == "yes"


def _listed_name(code: str) -> str | None:
    try:
        return division(code).name
    except RecordNotFoundError:
        return None
