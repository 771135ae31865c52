"""The list of a self-check as its subject works through it: the scenario's own checklist, in the owner's words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from chalicelib.contract.exchange import BasisView, ChecklistEntry, ChecklistRequest, ChecklistResult, HandlerContext
from chalicelib.contract.registry import registry
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import FieldProblem, RecordNotFoundError
from chalicelib.domain.item import AnswerType, CheckMethod, Compliance
from chalicelib.domain.self_check import SelfCheck, SelfCheckAnswer
from chalicelib.domain.self_check_rules import SelfCheckCycle, SelfCheckRound, is_due
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.answered_list import AnsweredList, outcome_of
from chalicelib.services.scenario.read_edition import edition_in_force, read_edition
from chalicelib.storage.store import Store

OFFICIAL = (CheckMethod.SYSTEM_VERIFICATION, CheckMethod.SAMPLING)
"""Where a package does not say what a subject can look at by itself: not what only an official's system or laboratory
can."""
_NOT_ASKED_HERE = ("evidence_missing",)
"""Nobody has to prove anything to themself."""


@dataclass(frozen=True)
class SelfCheckQuestion:
    """One question in its place, counted from 1; `name`, `guidance` and `mend` in the owner's words where there are
    any, `is_owner_worded` says so: then yes means that all is well."""

    position: int
    entry: ChecklistEntry
    given: SelfCheckAnswer | None

    @property
    def key(self) -> str:
        return self.entry.key

    @property
    def is_owner_worded(self) -> bool:
        return self.entry.self_check is not None

    @property
    def name(self) -> str:
        return self.entry.self_check.question if self.entry.self_check else self.entry.name

    @property
    def guidance(self) -> str:
        rule = self.entry.self_check
        return (rule.guidance if rule else "") or self.entry.guidance

    @property
    def mend(self) -> str:
        """What to do at once; the standard where the package has no words of its own."""
        rule = self.entry.self_check
        return (rule.mend if rule else "") or self.entry.standard

    @property
    def gaps(self) -> tuple[FieldProblem, ...]:
        if self.given is None or not self.given.answer.is_given:
            return (FieldProblem(field=f"{self.key}.answer", code="answer_missing"),)
        return tuple(one for one in self.entry.problems if one.code not in _NOT_ASKED_HERE)

    @property
    def is_done(self) -> bool:
        return not self.gaps

    @property
    def is_non_compliant(self) -> bool:
        return any(slot.compliance is Compliance.NON_COMPLIANT for slot in self.entry.slots)

    @property
    def bases(self) -> tuple[BasisView, ...]:
        return tuple({basis.id: basis for slot in self.entry.slots for basis in slot.legal_basis}.values())

    @property
    def outcome(self) -> str:
        """A compliance, `recorded` for a fact, or empty."""
        return outcome_of(self.entry, self.given.answer if self.given else None)


@dataclass(frozen=True)
class SelfCheckSheet(AnsweredList[SelfCheckQuestion]):
    """The whole list."""

    check: SelfCheck
    questions: tuple[SelfCheckQuestion, ...]

    @property
    def photos(self) -> int:
        return sum(len(one.given.photos) for one in self.questions if one.given)

    @property
    def to_mend(self) -> tuple[SelfCheckQuestion, ...]:
        return tuple(one for one in self.questions if one.is_non_compliant)


def read_sheet(store: Store, tenant: TenantId, check: SelfCheck, at: datetime, language: str = "zh") -> SelfCheckSheet:
    """The list with the answers as they are stored. The caller has checked that the self-check may be read."""
    return sheet_of(store, tenant, check, store.self_check_answers.of_check(tenant, check), at, language)


def sheet_of(
    store: Store,
    tenant: TenantId,
    check: SelfCheck,
    answers: Mapping[str, SelfCheckAnswer],
    at: datetime,
    language: str = "zh",
) -> SelfCheckSheet:
    context = context_of(store, tenant, check, at)
    request = ChecklistRequest(
        language=language,
        subject=check.facts,
        answers={key: given.answer for key, given in answers.items()},
    )
    result = cast(ChecklistResult, registry().handlers(check.scenario).checklist(request, context))
    has_own = any(item.self_check for item in context.scenario.checklist.items)
    entries = [one for one in result.entries if _is_asked(one, check.cycle, has_own)]
    questions = (SelfCheckQuestion(n, entry, answers.get(entry.key)) for n, entry in enumerate(entries, 1))
    return SelfCheckSheet(check, tuple(questions))


def context_of(store: Store, tenant: TenantId, check: SelfCheck, at: datetime) -> HandlerContext:
    """What it began with, with the tenant's confirmations; what is in force now where that is gone."""
    try:
        edition = read_edition(store, tenant, check.scenario, check.scenario_version, check.overlay_number)
    except RecordNotFoundError:
        edition = edition_in_force(store, tenant, check.scenario)
    return edition.context(tenant, at, store.confirmations.of_scenario(tenant, check.scenario))


def _is_asked(entry: ChecklistEntry, cycle: SelfCheckCycle | None, has_own: bool) -> bool:
    """A question whose answer is a photo is not asked: it is evidence for somebody else."""
    if entry.answer_type is AnswerType.PHOTO:
        return False
    if not has_own:
        return entry.method not in OFFICIAL
    return entry.self_check is not None and cycle in (None, entry.self_check.cycle)


@dataclass(frozen=True)
class DueRound:
    """One round of a scenario: when it was last done, and whether it is to be done now. `round` is None for a list
    without cycles, which is never due."""

    cycle: SelfCheckCycle | None
    round: SelfCheckRound | None
    questions: int
    last_done_on: date | None
    is_due: bool


def due_rounds(package: Scenario, done: list[SelfCheck], at: datetime) -> list[DueRound]:
    """The rounds of a package in its reader's language, the shortest cycle first; one for the whole list where the
    package has no cycles. `done`: the subject's self-checks of this scenario."""
    today = shanghai_date(at)
    days: dict[SelfCheckCycle | None, date] = {}
    for one in done:
        if one.finished_at is not None:
            day = shanghai_date(one.finished_at)
            days[one.cycle] = max(days.get(one.cycle, day), day)
    named = {one.cycle: one for one in package.checklist.self_check_rounds}
    asked = [item.self_check.cycle for item in package.checklist.items if item.self_check]
    if not asked:
        count = sum(item.method not in OFFICIAL for item in package.checklist.items)
        return [DueRound(None, None, count, days.get(None), is_due=False)]
    return [
        DueRound(cycle, named.get(cycle), asked.count(cycle), days.get(cycle), is_due(cycle, days.get(cycle), today))
        for cycle in SelfCheckCycle
        if cycle in asked
    ]
