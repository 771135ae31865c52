"""What goes in and out of the handler of 一册监管: a handbook for one kind of subject."""

from pydantic import Field

from chalicelib.contract.exchange import BasisView, Wire, WireRequest
from chalicelib.domain.handbook import SectionKind, SupervisionItemType
from chalicelib.domain.item import CheckLocation
from chalicelib.domain.label import Code


class HandbookRequest(WireRequest):
    subject_kind: Code
    attributes: dict[str, bool | int | str] = Field(default_factory=dict)


class HandbookItemView(Wire):
    """The eight standard elements, ready to show, with the department that answers."""

    id: str
    department: str
    department_label: str
    item_name: str
    item_code: str
    legal_basis: tuple[BasisView, ...]
    item_type: SupervisionItemType
    subject_kinds: tuple[str, ...]
    procedure: str
    inspection_form: str
    inspection_locations: tuple[CheckLocation, ...]
    result: str


class ParagraphView(Wire):
    id: str
    text: str
    is_duty: bool
    department: str | None
    department_label: str
    legal_basis: tuple[BasisView, ...]
    check_item_ids: tuple[str, ...]


class HandbookSectionView(Wire):
    id: str
    kind: SectionKind
    title: str
    paragraphs: tuple[ParagraphView, ...]


class HandbookView(Wire):
    """The handbook as one kind of subject reads it."""

    scenario: str
    version: str
    language: str
    title: str
    introduction: str
    items: tuple[HandbookItemView, ...]
    sections: tuple[HandbookSectionView, ...]
