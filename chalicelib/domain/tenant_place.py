"""Where a new tenant regulates: no city holds what another city holds, and an identifier names no other prefecture.

A park lies within a city and a region lies above its cities, so both may share divisions with others.
"""

import re
from collections.abc import Iterable

from chalicelib.domain.division import covers, division_label, full_code, is_known
from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.tenancy import Tenant, TenantKind

_CODE = re.compile(r"\d{6}$")


def place_problems(tenant: Tenant, directory: Iterable[Tenant]) -> list[FieldProblem]:
    """What is wrong with the divisions or the identifier of a tenant that is to be onboarded."""
    found = _of_identifier(tenant)
    if tenant.kind is not TenantKind.CITY:
        return found
    cities = [one for one in directory if one.kind is TenantKind.CITY and one.id != tenant.id]
    for code in tenant.divisions:
        for other in cities:
            if any(covers(held, code) or covers(code, held) for held in other.divisions):
                details: dict[str, str | int] = {"value": division_label(code), "other": other.label}
                found.append(FieldProblem(field="divisions", code="division_taken", details=details))
    return found


def _of_identifier(tenant: Tenant) -> list[FieldProblem]:
    """gx450300 names 桂林市: whoever has it regulates there, or in a part of it."""
    digits = _CODE.search(tenant.id)
    if digits is None or not tenant.divisions or not is_known(full_code(digits.group())):
        return []
    named = full_code(digits.group())
    if any(covers(named, code) or covers(code, named) for code in tenant.divisions):
        return []
    return [FieldProblem(field="id", code="tenant_id_other_place", details={"value": division_label(named)})]
