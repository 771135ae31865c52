"""A visit's list as an officer works through it: every question asked now, its answer and what is still open."""

from dataclasses import dataclass
from datetime import datetime

from chalicelib.contract.exchange import BasisView, ChecklistEntry
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import Visit, VisitAnswer
from chalicelib.services.answered_list import AnsweredList, outcome_of
from chalicelib.services.visit.deadlines import working_day_after
from chalicelib.services.visit.questions import ask_questions, bases_of, gaps_of, is_non_compliant, package_of
from chalicelib.storage.store import Store

QUICK_CHOICES = 3


@dataclass(frozen=True)
class Question:
    """One question in its place. `position` counts from 1; `outcome` is what the list shows: a compliance,
    `recorded` for a fact, or empty."""

    position: int
    entry: ChecklistEntry
    given: VisitAnswer | None
    gaps: tuple[FieldProblem, ...]

    @property
    def key(self) -> str:
        return self.entry.key

    @property
    def is_done(self) -> bool:
        return not self.gaps

    @property
    def is_non_compliant(self) -> bool:
        return is_non_compliant(self.entry)

    @property
    def bases(self) -> tuple[BasisView, ...]:
        return bases_of(self.entry)

    @property
    def outcome(self) -> str:
        return outcome_of(self.entry, self.given.answer if self.given else None)

    def lacks(self, code: str) -> bool:
        return any(gap.code == code for gap in self.gaps)


@dataclass(frozen=True)
class VisitSheet(AnsweredList[Question]):
    """The whole list. `done` counts questions without a gap."""

    visit: Visit
    questions: tuple[Question, ...]


def read_sheet(
    store: Store, tenant: TenantId, visit: Visit, at: datetime, language: str = "zh", *, is_shown: bool = True
) -> VisitSheet:
    """The list with the answers as they are stored: one query, and one of the confirmed bases unless nobody reads them.
    The caller has checked that the visit may be read."""
    answers = store.visit_answers.of_visit(tenant, visit.id)
    entries = ask_questions(store, tenant, visit, answers, at, language, is_shown=is_shown).entries
    return VisitSheet(
        visit,
        tuple(
            Question(position, entry, answers.get(entry.key), tuple(gaps_of(entry, answers.get(entry.key))))
            for position, entry in enumerate(entries, 1)
        ),
    )


def quick_remedies(
    store: Store, tenant: TenantId, visit: Visit, question: Question, at: datetime
) -> list[tuple[int, str]]:
    """Common terms as (working days, ISO date), 0 being on the spot: the item's own, then those of the package by
    severity. Terms that the calendar cannot tell yet are left out."""
    own = [slot.rectification_working_days for slot in question.entry.slots]
    usual = sorted(one.working_days for one in package_of(store, tenant, visit).inspection.rectification)
    terms = sorted(list(dict.fromkeys([0, *sorted(own), *usual]))[:QUICK_CHOICES])
    days = [(term, working_day_after(shanghai_date(at), term)) for term in terms]
    return [(term, day.isoformat()) for term, day in days if day is not None]
