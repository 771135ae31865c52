"""What one report comes to: the indicators that its figures, with those of the period before, tell by themselves."""

from typing import cast

from chalicelib.contract.entrance import call_handler
from chalicelib.contract.exchange import EvaluationRequest
from chalicelib.contract.registry import registry
from chalicelib.contract.scenario import SOURCE_LANGUAGE
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.evaluation import EvaluationFacts, EvaluationResult, JudgedReading
from chalicelib.domain.periodic_report import PeriodicReport, report_id
from chalicelib.domain.report_form import ReportForm
from chalicelib.domain.report_period import ReportPeriod
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.report.report_facts import figures_of
from chalicelib.services.scenario.read_edition import Edition
from chalicelib.storage.store import Store


def previous_report(
    store: Store, tenant: TenantId, report: PeriodicReport, subject: Subject | None
) -> PeriodicReport | None:
    """The same form of the period before, under whichever identifier of the subject it was asked."""
    period = ReportPeriod.read(report.period)
    if period is None:
        return None
    ids = dict.fromkeys((report.subject_id, *(subject.all_ids if subject else ())))
    wanted = [report_id(id, report.scenario, report.form_id, period.previous.code) for id in ids]
    return store.periodic_reports.first_of(tenant, wanted)[0]


def indicators_of(
    tenant: TenantId,
    act: Act,
    edition: Edition,
    form: ReportForm,
    subject: Subject | None,
    report: PeriodicReport,
    before: PeriodicReport | None,
    language: str = SOURCE_LANGUAGE,
) -> tuple[JudgedReading, ...]:
    """Judged by the thresholds in force, with units in the language; none while nothing counts."""
    if report.current is None:
        return ()
    figures = figures_of(form, report, report.current, before.current if before else None)
    request = EvaluationRequest(
        language=language,
        attributes=dict(subject.attributes(report.scenario)) if subject else {},
        facts=EvaluationFacts(as_of=shanghai_date(act.at)),
        measures=figures.measures,
        reports=(figures,),
    )
    result = call_handler(registry(), report.scenario, "evaluation", request, edition.context(tenant, act.at))
    return tuple(one for one in cast(EvaluationResult, result).readings if one.source == figures.source)
