"""What has to change when a clause is amended or repealed: one entry per thing of a scenario that rests on it."""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from chalicelib.contract.downstream import moved_by, trace_basis
from chalicelib.contract.overlay import Overlay
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.basis_mark import BasisChange, BasisMark
from chalicelib.domain.legal_basis import BasisStatus, LegalBasis
from chalicelib.domain.overlay import AddItem


class WorkKind(StrEnum):
    """What rests on the clause, in the order of the four ones; plans and visits are the open ones. A deadline or an
    occurrence without a basis of the package: its own citation of the law."""

    BASIS = "basis"
    HANDBOOK_ITEM = "handbook_item"
    PARAGRAPH = "paragraph"
    CHECK_ITEM = "check_item"
    OVERLAY_ITEM = "overlay_item"
    SELF_CHECK_ROUND = "self_check_round"
    INSPECTION = "inspection"
    DOCUMENT = "document"
    DEADLINE = "deadline"
    OCCURRENCE = "occurrence"
    FIGURE = "figure"
    REPORT_FORM = "report_form"
    INDICATOR = "indicator"
    SCORING = "scoring"
    PLAN = "plan"
    VISIT = "visit"


class WorkEntry(BaseModel):
    """`label`: its words in the scenario's language. basis_id: the citation that makes it part of the list."""

    model_config = ConfigDict(frozen=True)

    scenario: str
    kind: WorkKind
    id: str
    label: str
    basis_id: str

    @property
    def key(self) -> str:
        return f"{self.scenario}:{self.kind}:{self.id}"


def rests_on(scenario: Scenario, basis_id: str, overlay: Overlay | None = None) -> list[WorkEntry]:
    """Everything of the scenario (with the overlay on it) that rests on one basis."""
    added = {one.item.id for one in overlay.changes if isinstance(one, AddItem)} if overlay else set()
    return list(_rests_on(scenario, basis_id, added))


def _rests_on(scenario: Scenario, basis_id: str, added: set[str]) -> Iterator[WorkEntry]:
    found = trace_basis(scenario, basis_id)
    items = {one.id: one.item_name for one in scenario.handbook.items}
    paragraphs = {one.id: one.text for one in scenario.handbook.paragraphs}
    checks = {one.id: one.name for one in scenario.checklist.items}
    rounds = {one.id: one.title for one in scenario.checklist.self_check_rounds}
    documents = {one.id: one.name for one in scenario.inspection.documents}
    figures = {one.id: one.label for one in scenario.figures}
    reports = {one.id: one.label for one in scenario.evaluation.reports}
    indicators = {one.id: one.name for one in scenario.evaluation.indicators}
    scoring = {one.id: one.name for one in scenario.evaluation.scoring}

    def entry(kind: WorkKind, id: str, label: str) -> WorkEntry:
        return WorkEntry(scenario=scenario.name, kind=kind, id=id, label=label, basis_id=basis_id)

    for id in found.handbook_items:
        yield entry(WorkKind.HANDBOOK_ITEM, id, items[id])
    for id in found.paragraphs:
        yield entry(WorkKind.PARAGRAPH, id, paragraphs[id])
    for id in found.check_items:
        yield entry(WorkKind.OVERLAY_ITEM if id in added else WorkKind.CHECK_ITEM, id, checks[id])
    for id in found.self_check_rounds:
        yield entry(WorkKind.SELF_CHECK_ROUND, id, rounds[id])
    if found.inspection:
        yield entry(WorkKind.INSPECTION, "inspection", scenario.manifest.label)
    for id in found.documents:
        yield entry(WorkKind.DOCUMENT, id, documents[id])
    yield from _clocks(scenario, found.deadlines, found.occurrences, basis_id)
    for id in found.figures:
        yield entry(WorkKind.FIGURE, id, figures[id])
    for id in found.reports:
        yield entry(WorkKind.REPORT_FORM, id, reports[id])
    for id in found.indicators:
        yield entry(WorkKind.INDICATOR, id, indicators[id])
    for id in found.scoring:
        yield entry(WorkKind.SCORING, id, scoring[id])


def _clocks(
    scenario: Scenario, deadlines: Iterable[str], occurrences: Iterable[str], basis_id: str
) -> Iterator[WorkEntry]:
    terms = {one.id: one.label for one in scenario.inspection.deadlines}
    happening = {one.id: one.label for one in scenario.inspection.occurrences}
    kinds = ((WorkKind.DEADLINE, terms, deadlines), (WorkKind.OCCURRENCE, happening, occurrences))
    for kind, labels, ids in kinds:
        for id in ids:
            yield WorkEntry(scenario=scenario.name, kind=kind, id=id, label=labels[id], basis_id=basis_id)


def _clocks_on_old_text(mark: BasisMark, scenario: Scenario) -> Iterator[WorkEntry]:
    """Clocks that cite what changed by themselves, with what moves them: no basis of the package need do so."""
    rules = scenario.inspection
    old = [
        rule
        for rule in rules.deadlines
        if any(
            one.title and mark.is_old_text(one.title, one.article, one.text_date, rule.effective_to)
            for one in rule.legal_basis
        )
    ]
    yield from _clocks(scenario, dict.fromkeys(rule.id for rule in old), moved_by(rules, old), "")


def work_of(mark: BasisMark, scenario: Scenario, overlay: Overlay | None = None) -> list[WorkEntry]:
    """The entries of one scenario: the citations that still count as current, and what rests on them; each once."""
    found: dict[str, WorkEntry] = {}
    for basis in scenario.legal_basis.bases:
        if not mark.is_outdated(basis):
            continue
        own = WorkEntry(
            scenario=scenario.name, kind=WorkKind.BASIS, id=basis.id, label=basis.citation, basis_id=basis.id
        )
        for entry in (own, *rests_on(scenario, basis.id, overlay)):
            found.setdefault(entry.key, entry)
    for entry in _clocks_on_old_text(mark, scenario):
        found.setdefault(entry.key, entry)
    return list(found.values())


def cited_as_current(bases: Iterable[LegalBasis], marks: Iterable[BasisMark]) -> list[LegalBasis]:
    """Those that keep a new version from being published: repealed, or given as verified on a text that was amended.
    One that waits for confirmation says by itself that the new text has to be read."""
    return [
        basis
        for basis, mark in outdated_bases(bases, marks)
        if mark.change is BasisChange.REPEALED or basis.status is BasisStatus.VERIFIED
    ]


def repealed_bases(
    bases: Iterable[LegalBasis], marks: Iterable[BasisMark], until: date
) -> list[tuple[LegalBasis, BasisMark]]:
    """Those whose repeal has effect by this day, each with the mark: what is done then cannot rest on them."""
    return outdated_bases(
        bases, [one for one in marks if one.change is BasisChange.REPEALED and one.effective_on <= until]
    )


def outdated_bases(bases: Iterable[LegalBasis], marks: Iterable[BasisMark]) -> list[tuple[LegalBasis, BasisMark]]:
    """The bases that a mark says no longer hold as they are cited, each with the first such mark; a repeal before an
    amendment, since a clause of an amended text that is repealed holds no more."""
    standing = [mark for mark in marks if not mark.is_withdrawn]
    standing.sort(key=lambda mark: mark.change is not BasisChange.REPEALED)
    found = ((basis, next((mark for mark in standing if mark.is_outdated(basis)), None)) for basis in bases)
    return [(basis, mark) for basis, mark in found if mark is not None]
