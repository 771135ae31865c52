"""That a subject belongs to a scenario, in the small form that pools, grades and rounds of patrols are listed from."""

from datetime import date
from typing import ClassVar, Self

from chalicelib.domain.division import county_of
from chalicelib.domain.record import Record, Ref
from chalicelib.domain.subject import DrawGrade, Subject, SubjectKind, SubjectStatus


class ScenarioMember(Record):
    """One subject in one scenario; `id` is the scenario's name, the parent is the subject. A projection of Subject, and
    of its patrols: `patrolled_on` is the day of the last one in this scenario, None where there was none."""

    KIND: ClassVar[str] = "scenario_member"

    subject_id: str
    subject_kind: SubjectKind
    name: str
    code: str | None
    cap_code: str
    division: str
    county: str
    address: str = ""
    status: SubjectStatus
    grade: DrawGrade
    patrolled_on: date | None = None

    @property
    def parent_ref(self) -> Ref:
        return Ref(kind=Subject.KIND, id=self.subject_id)

    @property
    def scenario(self) -> str:
        return self.id

    @classmethod
    def of(cls, subject: Subject, scenario: str, held: Self | None = None) -> Self:
        """The member entry of this subject; `held` is the one being replaced, whose last patrol stays."""
        membership = subject.membership(scenario)
        if membership is None:
            raise ValueError(f"subject is not in {scenario}")
        return cls(
            id=scenario,
            version=held.version if held else 0,
            subject_id=subject.id,
            subject_kind=subject.kind,
            name=subject.name,
            code=subject.code,
            cap_code=subject.cap_code,
            division=subject.division,
            county=county_of(subject.division) or subject.division,
            address=subject.address,
            status=subject.status,
            grade=membership.draw_grade,
            patrolled_on=held.patrolled_on if held else None,
        )
