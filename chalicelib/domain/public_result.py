"""What everybody may read of results: projections written masked, below `PUB#`, and nothing else.

No person's name, number or telephone, no note, no photo, no risk level enters here; a test walks every field. The
place in the ticket order stays inside as well: it would lead from a name to its blind in the draw's certificate.
"""

import re
from datetime import date
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.inspection_result import InspectionResult, faults_of
from chalicelib.domain.item import Compliance
from chalicelib.domain.record import Record, Ref, UtcTime
from chalicelib.domain.subject import SubjectKind
from chalicelib.domain.text import mask_name, normalise

MAX_STARTS = 20
"""Start positions of a trade name that can be searched for (access pattern 5)."""

_PLACE = re.compile(r"^(广西壮族自治区|广西)?([\u4e00-\u9fff]{2,4}市)?")
_LEGAL_FORM = re.compile(r"(有限责任公司|股份有限公司|有限公司|公司)?$")


class PublicFinding(BaseModel):
    model_config = ConfigDict(frozen=True)

    title: str
    acting_body: str
    clause: str
    remedy_due_on: date
    passed_on: date | None = None


class PublicResult(Record):
    """One published result; `id` is the visit's. The subject is named when it is an enterprise, masked otherwise."""

    KIND: ClassVar[str] = "public_result"

    subject_id: str
    name: str
    code: str | None
    division: str
    address: str
    scenario: str
    also_serves: list[str] = Field(default_factory=list)
    plan_number: str
    plan_title: str
    draw_id: str | None
    acting_bodies: list[str]
    inspected_on: date
    compliant: int
    non_compliant: int
    not_checked: int
    findings: list[PublicFinding]
    published_at: UtcTime

    @property
    def is_rectified(self) -> bool:
        return bool(self.findings) and all(finding.passed_on for finding in self.findings)


class PublicName(Record):
    """One way to find a published subject: by a start position of its name, or by its code. Points at the subject."""

    KIND: ClassVar[str] = "public_name"

    text: str = Field(min_length=2, description="normalised text from this start position on")
    subject_id: str
    name: str
    code: str | None
    division: str

    @property
    def parent_ref(self) -> Ref:
        return Ref(kind="public_subject", id=self.subject_id)


def public_name(name: str, kind: str, code: str | None) -> str:
    """An enterprise's name is public in the registers; whoever has no code may be a private person and is masked."""
    return name if code and kind != SubjectKind.UNKNOWN_OPERATOR else mask_name(name)


def public_result_of(result: InspectionResult, published_at: UtcTime, version: int = 0) -> PublicResult:
    """The masked projection. version: that of the projection being replaced, 0 for a new one."""
    subject = result.subject
    return PublicResult(
        id=result.id,
        version=version,
        subject_id=subject.subject_id,
        name=public_name(subject.name, subject.kind, subject.code),
        code=subject.code,
        division=subject.division,
        address=subject.address if subject.code else "",
        scenario=result.scenario,
        also_serves=result.also_serves,
        plan_number=result.plan_number,
        plan_title=result.plan_title,
        draw_id=result.draw_id,
        acting_bodies=[body.label for body in result.bodies],
        inspected_on=result.inspected_on,
        compliant=result.counted(Compliance.COMPLIANT),
        non_compliant=result.counted(Compliance.NON_COMPLIANT),
        not_checked=result.counted(Compliance.NOT_CHECKED) + result.counted(Compliance.NOT_APPLICABLE),
        findings=[
            PublicFinding(
                title=finding.title,
                acting_body=finding.acting_body_label,
                clause=finding.clause,
                remedy_due_on=finding.remedy_due_on,
                passed_on=finding.passed_on,
            )
            for body in result.bodies
            for finding in faults_of(result.findings, body)
        ],
        published_at=published_at,
    )


def search_text(text: str) -> str:
    """The form in which names are kept for searching and in which a query is compared."""
    return normalise(text).replace("#", "")


def public_names_of(published: PublicResult) -> list[PublicName]:
    """Search entries: the whole name, each start of the trade name (between place and legal form), and the code.

    Masked names are not searchable: there is nothing that a stranger should find them by.
    """
    if not published.code:
        return []
    text = search_text(published.name)
    place, legal_form = _PLACE.match(text), _LEGAL_FORM.search(text)
    first = place.end() if place else 0
    last = legal_form.start() if legal_form else len(text)
    starts = dict.fromkeys([text, *(text[n:] for n in range(first, last)[:MAX_STARTS]), published.code])
    return [
        PublicName(
            id=f"{n:02d}",
            text=start,
            subject_id=published.subject_id,
            name=published.name,
            code=published.code,
            division=published.division,
        )
        for n, start in enumerate(start for start in starts if len(start) >= 2)
    ]
