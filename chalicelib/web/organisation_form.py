"""What the forms of departments, acting bodies and divisions share: their labels, choices and values."""

from typing import Any

from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.tenancy import ActingBody, Department, Entrustment
from chalicelib.web.fields import Fields
from chalicelib.web.i18n import gettext
from chalicelib.web.places import counties_of, place_label
from chalicelib.web.request import WebRequest


def labels() -> dict[str, str]:
    return {
        "code": gettext("代码"),
        "label": gettext("名称"),
        "label_en": gettext("英文名称"),
        "division": gettext("区划"),
        "departments": gettext("代表的部门"),
        "document_code": gettext("机关代字"),
        "document_number": gettext("委托文号"),
        "entruster": gettext("委托机关"),
        "valid_from": gettext("起始日期"),
        "valid_to": gettext("截止日期"),
        "is_active": gettext("在用"),
        "name": gettext("名称"),
        "closed_on": gettext("撤销日期"),
        "changed_on": gettext("改名日期"),
    }


def place_options(request: WebRequest) -> list[tuple[str, str]]:
    """The tenant's own area first, then its counties."""
    areas = request.store.tenants.get(request.tenant, request.tenant).divisions
    codes = dict.fromkeys([*areas, *counties_of(areas, request.actor)])
    return [(code, place_label(code)) for code in codes]


def values_of(record: Department | ActingBody) -> dict[str, Any]:
    """A record as its form shows it."""
    values = record.model_dump(mode="json")
    values |= values.pop("entrustment", None) or {}
    return {name: "" if value is None else value for name, value in values.items()}


def entrustment_of(form: Fields) -> Entrustment | None:
    """The written entrustment, when any of it is filled in. Raises InvalidInputError for half of one."""
    number, entruster = form.text("document_number"), form.text("entruster")
    valid_from, valid_to = form.day("valid_from"), form.day("valid_to")
    if not (number or entruster or valid_from or valid_to):
        return None
    missing = [
        FieldProblem(field=name, code="required")
        for name, value in (("document_number", number), ("entruster", entruster), ("valid_from", valid_from))
        if not value
    ]
    if missing or valid_from is None:
        raise InvalidInputError(missing)
    return Entrustment(document_number=number, entruster=entruster, valid_from=valid_from, valid_to=valid_to)
