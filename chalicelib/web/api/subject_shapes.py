"""What a subject looks like over the API: as it is sent, as it is shown (masked), and how its list is asked for."""

from typing import Any

from pydantic import ConfigDict, Field, create_model

from chalicelib.domain.plate import PlateForm
from chalicelib.domain.subject import Attributes, Subject, SubjectKind, SubjectStatus
from chalicelib.web.api.shapes import Body, Listed, ListQuery, Shown

Values = dict[str, bool | int | str | None]


class PersonBody(Body):
    """One responsible person."""

    role: str = ""
    name: str = ""
    phone: str = ""


class SubjectPatch(Body):
    """What is named is changed. attributes: {scenario: {attribute: value}}; kind_attributes: those of its kind, money
    in fen; responsible_people: the whole list; located_at: "lat,lon" in degrees, in `coordinate_system`.
    """

    name: str | None = None
    division: str | None = Field(default=None, description="12-digit code")
    address: str | None = None
    phone: str | None = None
    responsible_person: str | None = None
    responsible_people: list[PersonBody] | None = None
    status: SubjectStatus | None = None
    plate: str | None = None
    plate_form: PlateForm | None = Field(default=None, description="other: temporary, foreign or seen in part")
    located_at: str | None = None
    coordinate_system: str | None = None
    attributes: dict[str, Values] | None = None
    kind_attributes: Values | None = None
    code: str | None = Field(default=None, description="unified social credit code; given once")
    operator_code: str | None = Field(default=None, description="given once")
    kind: SubjectKind | None = Field(default=None, description="given once")
    scenario: str | None = Field(default=None, description="of a new subject; later by its memberships")


class SubjectBody(SubjectPatch):
    """A new subject. Which fields its kind needs besides name, division and address is told in the problems."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"required": ["name", "division", "address"]})


class NewSubjectBody(SubjectBody):
    """is_another: the subjects that have its plate were looked at, and none of them is this one."""

    is_another: bool = False


class MembershipAnswer(Shown):
    """In one scenario. The grades are there in the answer of one subject, as far as the caller may see them."""

    scenario: str
    attributes: Attributes
    credit_grade: str | None = None
    draw_grade: str | None = None


class PersonAnswer(Shown):
    """One responsible person, masked."""

    role: str
    name_masked: str
    phone_masked: str


_MASKED = {"memberships", "phone", "responsible_person", "responsible_people"}
_KEPT: dict[str, Any] = {
    name: (one.annotation, one) for name, one in Subject.model_fields.items() if name not in _MASKED and not one.exclude
}
SubjectAnswer = create_model(
    "SubjectAnswer",
    __base__=Shown,
    __doc__="A subject without what identifies a person in full.",
    **_KEPT,
    version=(int, Field(ge=1, description="the same as in ETag")),
    phone_masked=(str, ...),
    responsible_person_masked=(str, ...),
    responsible_people=(list[PersonAnswer], ...),
    memberships=(list[MembershipAnswer], ...),
)


class SubjectListQuery(ListQuery):
    """Filters of the register. order: division, name, changed or grade."""

    q: str = Field(
        default="",
        description="part of the name, a code from its first or ninth place, the start of an address, a plate number",
    )
    division: str = ""
    kind: str = ""
    scenario: str = ""
    grade: str = ""
    status: str = ""
    order: str = ""


class SubjectPage(Listed[SubjectAnswer]):  # type: ignore[valid-type]
    """is_cut: the filters read their share of the register, and there is more to search behind `cursor`."""

    is_cut: bool
