"""What is there of a tenant, as the onboarding workbook sees it, and back as the rows of a workbook."""

from chalicelib.domain.division import DivisionLevel, children, covers, level_of
from chalicelib.domain.division import division as listed_division
from chalicelib.domain.onboarding_cells import Present, key_of
from chalicelib.domain.onboarding_sheets import FIRST_ROW, sheet
from chalicelib.domain.onboarding_workbook import SheetRow
from chalicelib.domain.tenancy import Tenant, TenantId
from chalicelib.storage.store import Store


def read_present(store: Store, tenant: TenantId) -> Present:
    """Five small queries; call inside the tenant's scope. Nothing for a tenant that is not there."""
    home = store.tenants.find(tenant, tenant)
    if home is None:
        return Present()
    return Present(
        tenant=home,
        divisions=store.local_divisions.every(tenant),
        departments=store.departments.every(tenant),
        bodies=store.acting_bodies.every(tenant),
        people=store.people.every(tenant),
    )


def template_rows(division: str) -> dict[str, list[SheetRow]]:
    """A workbook for one city or county: its tenant row begun, its counties and townships filled in.

    Raises RecordNotFoundError for a division that is not in the list.
    """
    found = listed_division(division)
    tenant = {"id": f"gx{found.code[:6]}", "label": found.name, "divisions": found.code, "short_label": found.name[:1]}
    tenant["kind"] = sheet("tenant").column("kind").choices["region" if found.level is DivisionLevel.REGION else "city"]
    listed = [{"code": code, "name": name} for code, name in _below(division)]
    # The first row of a template holds the example.
    return {"tenant": _rows([tenant], FIRST_ROW + 1), "divisions": _rows(listed, FIRST_ROW + 1)}


def _below(code: str) -> list[tuple[str, str]]:
    found = []
    for one in children(code):
        found.append((one.code, one.name))
        found += _below(one.code)
    return found


def present_rows(present: Present) -> dict[str, list[SheetRow]]:
    """The tenant as it is: loading it again changes nothing. The logins are not told: only their hashes are kept."""
    home = present.tenant
    if home is None:
        return {}
    words = {id: sheet(id) for id in ("tenant", "people", "bodies")}
    yes_no = words["people"].column("is_active").choices
    roles = words["people"].column("roles").choices
    codes = {one.id: one.code for one in present.departments}
    own = {one.id: one for one in present.divisions}
    places = {code: name for area in home.divisions for code, name in _below(area)}
    people = [one for one in present.people if all(role.value in roles for role in one.roles)]
    return {
        "tenant": _rows([_tenant_row(home)]),
        "divisions": _rows(
            [{"code": code, "name": name} for code, name in sorted(places.items()) if code not in own]
            + [
                {
                    "code": one.id,
                    "name": one.name,
                    "valid_from": one.valid_from.isoformat() if one.valid_from else "",
                    "closed_on": one.closed_on.isoformat() if one.closed_on else "",
                }
                for one in present.divisions
            ]
        ),
        "departments": _rows(
            [
                {
                    **one.model_dump(include={"code", "label", "label_en", "division"}),
                    "is_active": yes_no["yes" if one.is_active else "no"],
                }
                for one in present.departments
            ]
        ),
        "bodies": _rows(
            [
                {
                    "key": key_of(home.id, one.id),
                    **one.model_dump(include={"label", "label_en", "division"}),
                    "departments": "、".join(one.departments),
                    "document_code": one.document_code,
                    "document_number": one.entrustment.document_number if one.entrustment else "",
                    "entruster": one.entrustment.entruster if one.entrustment else "",
                    "valid_from": one.entrustment.valid_from.isoformat() if one.entrustment else "",
                    "valid_to": one.entrustment.valid_to.isoformat()
                    if one.entrustment and one.entrustment.valid_to
                    else "",
                    "is_active": yes_no["yes" if one.is_active else "no"],
                }
                for one in present.bodies
            ]
        ),
        "people": _rows(
            [
                {
                    "key": key_of(home.id, one.id),
                    "name": one.name,
                    "roles": "、".join(roles[role] for role in roles if role in one.roles),
                    "department": codes.get(one.department_id or "", ""),
                    "body": key_of(home.id, one.acting_body_id) if one.acting_body_id else "",
                    "division": one.division or "",
                    "is_active": yes_no["yes" if one.is_active else "no"],
                }
                for one in people
            ]
        ),
        "certificates": _rows(
            [
                {
                    "key": key_of(home.id, one.id),
                    "number": held.number,
                    "valid_from": held.valid_from.isoformat(),
                    "valid_to": held.valid_to.isoformat(),
                }
                for one in people
                for held in one.certificates
            ]
        ),
        "scenarios": _rows([{"name": name, "is_enabled": yes_no["yes"]} for name in home.scenarios]),
    }


def _tenant_row(home: Tenant) -> dict[str, str]:
    kinds = sheet("tenant").column("kind").choices
    return {
        **home.model_dump(include={"id", "label", "label_en", "short_label"}),
        "kind": kinds[home.kind.value],
        "divisions": "、".join(home.divisions),
    }


def _rows(values: list[dict[str, str]], first: int = FIRST_ROW) -> list[SheetRow]:
    return [SheetRow(number=first + n, values=one) for n, one in enumerate(values)]


def cities() -> list[tuple[str, str]]:
    """(code, name) of the cities for which a template can be made, and of the region itself."""
    return [(one.code, one.name) for region in children() for one in (region, *children(region.code))]


def is_within(code: str, areas: list[str]) -> bool:
    """Whether the division lies in one of these areas, at a level that a tenant may keep: county or below."""
    return level_of(code) not in (DivisionLevel.REGION, DivisionLevel.CITY) and any(covers(a, code) for a in areas)
