"""A subject reports its figures of a period, or an official enters its paper. Nothing is overwritten."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import rfc8785

from chalicelib.domain.access import Permission, reaches, require
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import end_of_day, shanghai_date
from chalicelib.domain.deadline import Due, due_at
from chalicelib.domain.errors import FieldProblem, IllegalTransitionError, InvalidInputError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.periodic_report import PeriodicReport, ReportVersion, report_id
from chalicelib.domain.report_form import ReportForm
from chalicelib.domain.report_period import ReportPeriod
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.domain.visit_evidence import DOCUMENT_TYPES, MAX_FORM_BYTES, check_file
from chalicelib.services.idempotent import idempotent
from chalicelib.services.scenario.read_edition import Edition, edition_in_force
from chalicelib.services.working_calendar import working_calendar
from chalicelib.storage import keys
from chalicelib.storage.store import Store

OLDEST_YEARS = 3
"""How long after a period it may still be reported or corrected."""


@dataclass(frozen=True)
class Asked:
    """What is reported now: by whom, with which form of which edition, for which period."""

    subject: Subject
    edition: Edition
    form: ReportForm
    period: ReportPeriod

    @property
    def report_id(self) -> str:
        return self.ids_of(self.period)[0]

    def ids_of(self, period: ReportPeriod) -> list[str]:
        """Under the subject's own identifier, then under those of the duplicates merged into it."""
        place = self.edition.package.name, self.form.id, period.code
        return [report_id(id, *place) for id in self.subject.all_ids]


def find_asked(
    store: Store,
    tenant: TenantId,
    *,
    subject_id: str,
    scenario: str,
    form_id: str,
    period: str,
    at: datetime,
    edition: Edition | None = None,
) -> Asked:
    """Raises RecordNotFoundError (no such subject), IllegalTransitionError (it left the register), InvalidInputError (a
    scenario, form or period that it has nothing to report in). edition: where it was read."""
    subject = store.subjects.find_current(tenant, subject_id)
    if subject is None:
        raise RecordNotFoundError(kind=Subject.KIND, id=subject_id)
    if subject.is_tombstone:
        raise IllegalTransitionError(state=subject.status.value, step="submit_report")
    if subject.membership(scenario) is None:
        raise InvalidInputError([FieldProblem(field="scenario", code="unknown_choice")])
    edition = edition or edition_in_force(store, tenant, scenario)
    form = edition.scenario.evaluation.report_form(form_id)
    if form is None or form.duty_of(subject.kind.value, subject.attributes(scenario)) is None:
        raise InvalidInputError([FieldProblem(field="form_id", code="no_report_due")])
    return Asked(subject, edition, form, check_period(form, period, at))


def check_period(form: ReportForm, period: str, at: datetime) -> ReportPeriod:
    """The period, which is over and not long ago. Raises InvalidInputError."""
    named, today = ReportPeriod.read(period), shanghai_date(at)
    if named is None or named.cadence is not form.cadence or named.year < today.year - OLDEST_YEARS:
        raise InvalidInputError([FieldProblem(field="period", code="unknown_choice")])
    if named.last_day >= today:
        raise InvalidInputError([FieldProblem(field="period", code="period_not_over")])
    return named


@dataclass(frozen=True)
class ReportDraft:
    """What is said of the period: values as integers in the form's units; reason: of a correction; is_confirmed: far
    values are as meant. paper: the file that was handed in on paper, or paper_sha256 (hex) where it is kept elsewhere;
    sheet_id: the job that enters it from a sheet, which is the paper then."""

    values: Mapping[str, int]
    reason: str = ""
    is_confirmed: bool = False
    paper: bytes | None = None
    paper_sha256: str = ""
    sheet_id: str = ""

    @property
    def has_paper(self) -> bool:
        return bool(self.paper) or len(self.paper_sha256) == 64


@dataclass(frozen=True)
class Filing:
    """What is on record when a report comes. before: the values that count of the period before; is_on_behalf: by who
    is not of the subject."""

    asked: Asked
    report: PeriodicReport
    before: Mapping[str, int]
    is_on_behalf: bool

    def problems(self, draft: ReportDraft) -> list[FieldProblem]:
        """Everything that keeps it from being a version."""
        found = self.asked.form.problems(draft.values)
        if not found and not draft.is_confirmed:
            found += self.asked.form.implausible(draft.values, self.before)
        if self.report.current is not None and not draft.reason.strip():
            found.append(FieldProblem(field="reason", code="required"))
        if len(draft.reason) > 500:
            found.append(FieldProblem(field="reason", code="too_long", details={"maximum": 500}))
        if self.is_on_behalf and not draft.has_paper:
            found.append(FieldProblem(field="paper", code="paper_missing"))
        return found


def read_filing(store: Store, tenant: TenantId, actor: Actor, asked: Asked) -> Filing:
    """Raises what `require_filing` does."""
    is_on_behalf = require_filing(actor, asked)
    on_record, earlier = reports_on_record(store, tenant, asked)
    before = earlier.current.values if earlier and earlier.current else {}
    return Filing(asked, on_record or new_report(asked), before, is_on_behalf)


def submit_report(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    subject_id: str,
    scenario: str,
    form_id: str,
    period: str,
    draft: ReportDraft,
) -> PeriodicReport:
    """The report with this version. Raises what `find_asked`, `read_filing` and `file_report` do."""
    asked = find_asked(
        store, tenant, subject_id=subject_id, scenario=scenario, form_id=form_id, period=period, at=act.at
    )
    filing = read_filing(store, tenant, act.actor, asked)
    filed: PeriodicReport = file_report(store, tenant, act, filing=filing, draft=draft)
    return filed


@idempotent
def file_report(store: Store, tenant: TenantId, act: Act, *, filing: Filing, draft: ReportDraft) -> PeriodicReport:
    """A version after one that counts is a correction and says its reason; who is not of the subject names the paper
    that it handed in.

    Raises InvalidInputError with every field that is wrong: `report_implausible` goes away once it is_confirmed.
    ConflictError, AlreadyExistsError: the report was changed, or came, since the filing was read.
    """
    asked, report, paper_sha256 = filing.asked, filing.report, draft.paper_sha256 if filing.is_on_behalf else ""
    if problems := filing.problems(draft):
        raise InvalidInputError(problems)
    version = ReportVersion(
        number=len(report.versions) + 1,
        values=dict(draft.values),
        scenario_version=asked.edition.package.version,
        overlay_number=asked.edition.number,
        submitted_by=act.actor.person_id,
        submitted_at=act.at,
        is_on_behalf=filing.is_on_behalf,
        paper_sha256=_keep_paper(store, tenant, draft.paper) if draft.paper else paper_sha256,
        sheet_id=draft.sheet_id,
        reason=draft.reason.strip(),
    )
    changed = report.with_version(version).with_changes(
        subject_name=asked.subject.name, division=asked.subject.division
    )
    kind = EventType.REPORT_CORRECTED if report.versions else EventType.REPORT_SUBMITTED
    hashes = {"values": hashlib.sha256(rfc8785.dumps(version.values)).hexdigest()}
    with store.change(tenant, act) as change:
        change.save(changed)
        data = {"subject_id": asked.subject.id, "scenario": report.scenario, "form_id": report.form_id}
        papers = {"paper": version.paper_sha256} if version.paper_sha256 else {}
        change.event(kind, changed, data | {"period": report.period, "number": version.number}, hashes | papers)
    return changed


def reports_on_record(
    store: Store, tenant: TenantId, asked: Asked
) -> tuple[PeriodicReport | None, PeriodicReport | None]:
    """Of this period and of the one before, under whichever identifier of the subject each was asked: one read."""
    periods = (asked.period, asked.period.previous)
    now, before = store.periodic_reports.first_of(tenant, *(asked.ids_of(one) for one in periods))
    return now, before


def require_filing(actor: Actor, asked: Asked) -> bool:
    """Whether this actor reports on the subject's behalf. Raises NotAllowedError or RecordNotFoundError for who may do
    neither that nor report as the subject."""
    resource = asked.subject.resource.model_copy(update={"departments": frozenset({asked.form.received_by})})
    is_on_behalf = not actor.subject_ids & set(asked.subject.all_ids)
    enters = is_on_behalf and bool(reaches(actor, Permission.REPORT_ENTER))
    require(actor, Permission.REPORT_ENTER if enters else Permission.REPORT_SUBMIT, resource)
    return is_on_behalf


def new_report(asked: Asked) -> PeriodicReport:
    """What is expected of the subject for the period, with its deadline; not stored."""
    return PeriodicReport(
        id=asked.report_id,
        subject_id=asked.subject.id,
        subject_name=asked.subject.name,
        division=asked.subject.division,
        scenario=asked.edition.package.name,
        form_id=asked.form.id,
        period=asked.period.code,
        received_by=asked.form.received_by,
        due_at=due_of(asked),
    )


def due_of(asked: Asked) -> datetime | None:
    """The end of the term that starts with the period's last day; None while it cannot be counted."""
    attributes = asked.subject.attributes(asked.edition.package.name)
    duty = asked.form.duty_of(asked.subject.kind.value, attributes)
    ended = asked.period.last_day
    clocks = {one.id: one for one in asked.edition.scenario.inspection.deadlines_on(ended)}
    if duty is None or duty.deadline_id not in clocks:
        return None
    due = due_at(clocks[duty.deadline_id], end_of_day(ended), working_calendar())
    return due.due_at if isinstance(due, Due) else None


def due_of_report(store: Store, tenant: TenantId, report: PeriodicReport) -> datetime | None:
    """The same of a report that is expected already; None too when its subject or its form is not there any more."""
    subject, period = store.subjects.find_current(tenant, report.subject_id), ReportPeriod.read(report.period)
    edition = edition_in_force(store, tenant, report.scenario)
    form = edition.scenario.evaluation.report_form(report.form_id)
    if subject is None or period is None or form is None:
        return None
    return due_of(Asked(subject, edition, form, period))


def paper_key(tenant: TenantId, sha256: str) -> str:
    """Where the paper of a report lies."""
    return keys.object_key(tenant, PeriodicReport.KIND, "papers", sha256)


def _keep_paper(store: Store, tenant: TenantId, paper: bytes) -> str:
    facts = check_file("paper", paper, DOCUMENT_TYPES, MAX_FORM_BYTES)
    sha256 = hashlib.sha256(paper).hexdigest()
    store.objects.put(tenant, paper_key(tenant, sha256), paper, facts.content_type)
    return sha256
