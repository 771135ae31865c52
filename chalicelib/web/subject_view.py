"""What pages and the API show of a subject: masked, with grades as far as the reader may see them."""

from dataclasses import dataclass
from typing import Any

from chalicelib.domain.access import Permission, allowed, require
from chalicelib.domain.subject import Subject
from chalicelib.domain.text import mask_name, mask_phone
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.register_words import KINDS, STATUSES
from chalicelib.web.request import WebRequest

RISKS = {
    "low": (mark("低风险"), "green"),
    "moderate": (mark("一般风险"), "azure"),
    "elevated": (mark("较高风险"), "orange"),
    "high": (mark("高风险"), "red"),
}

SUBJECT = ("subject", "subject_id")
BASE = "/console/subjects"
_HIDDEN = {"memberships", "phone", "responsible_person", "responsible_people"}


@dataclass(frozen=True)
class Grades:
    """A subject's grades in one scenario; `risk` and `draw` are empty for a reader without risk.read."""

    scenario: str
    credit: str
    credit_points: int | None
    risk: tuple[str, str]
    draw: str
    as_of: Any


def status_chip(subject: Subject) -> tuple[str, str]:
    words, tone = STATUSES[subject.status.value]
    return gettext(words), tone


def kind_label(subject: Subject) -> str:
    return gettext(KINDS[subject.kind.value])


def read_subject(request: WebRequest, subject_id: str, permission: Permission = Permission.SUBJECT_READ) -> Subject:
    """The subject, if it lies within the person's reach."""
    subject: Subject = request.store.subjects.get(request.tenant, subject_id)
    require(request.actor, permission, subject.resource)
    return subject


def grades_of(request: WebRequest, subject: Subject) -> list[Grades]:
    """One per membership: one query of the subject's partition."""
    found = {one.id: one for one in request.store.evaluations.children(request.tenant, subject.ref)}
    may_see_risk = allowed(request.actor, Permission.RISK_READ, subject.resource)
    shown = []
    for membership in subject.memberships:
        evaluation = found.get(membership.scenario)
        result = evaluation.result if evaluation else None
        words, tone = RISKS[result.risk_level.value] if result and may_see_risk else ("", "")
        shown.append(
            Grades(
                scenario=membership.scenario,
                credit=result.credit_grade.value if result else "",
                credit_points=result.credit_points if result else None,
                risk=(gettext(words), tone) if words else ("", ""),
                draw=membership.draw_grade.value if may_see_risk else "",
                as_of=result.as_of if result else None,
            )
        )
    return shown


def subject_json(request: WebRequest, subject: Subject, grades: list[Grades] | None = None) -> dict[str, Any]:
    """The subject without what identifies a person in full; with grades when they were read."""
    body: dict[str, Any] = subject.model_dump(mode="json", exclude=_HIDDEN)
    body |= {
        "version": subject.version,
        "phone_masked": mask_phone(subject.phone),
        "responsible_person_masked": mask_name(subject.responsible_person),
    }
    body["responsible_people"] = [
        {"role": one.role, "name_masked": mask_name(one.name), "phone_masked": mask_phone(one.phone)}
        for one in subject.responsible_people
    ]
    by_scenario = {one.scenario: one for one in grades or []}
    body["memberships"] = [
        {"scenario": one.scenario, "attributes": one.attributes}
        | (_grade_json(by_scenario[one.scenario]) if one.scenario in by_scenario else {})
        for one in subject.memberships
    ]
    return body


def _grade_json(grades: Grades) -> dict[str, Any]:
    shown: dict[str, Any] = {"credit_grade": grades.credit or None}
    return shown | ({"draw_grade": grades.draw} if grades.draw else {})
