"""The form of a periodic report: filled in by a subject's people, or by an official from its paper."""

from typing import Any

from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.periodic_report import PeriodicReport
from chalicelib.services.report.submit_report import (
    Asked,
    ReportDraft,
    find_asked,
    reports_on_record,
    require_filing,
    submit_report,
)
from chalicelib.web.answers import Answer, page
from chalicelib.web.fields import Fields
from chalicelib.web.i18n import current_locale
from chalicelib.web.report_words import (
    input_rows,
    needs_confirmation,
    period_words,
    read_values,
    report_problems,
    typed_values,
)
from chalicelib.web.request import WebRequest
from chalicelib.web.scenarios import scenario_label


def asked_for(request: WebRequest, subject_id: str, values: Fields) -> Asked:
    """What the query or the form names. Raises what `find_asked` does, and for what is not the person's."""
    asked = find_asked(
        request.store,
        request.tenant,
        subject_id=subject_id,
        scenario=values.text("scenario"),
        form_id=values.text("form_id"),
        period=values.text("period"),
        at=request.now,
    )
    require_filing(request.actor, asked)
    return asked


def filing_page(
    request: WebRequest,
    asked: Asked,
    *,
    url: str,
    back: tuple[str, str],
    sent: Fields | None = None,
    error: InvalidInputError | None = None,
) -> Answer:
    """The form, with what was typed when it was refused, or what counts when it is to be corrected. back: (words,
    address) of the page before."""
    edition = asked.edition.scenario.in_language(current_locale())
    form = edition.evaluation.report_form(asked.form.id) or asked.form
    report, earlier = reports_on_record(request.store, request.tenant, asked)
    before = earlier.current.values if earlier and earlier.current else {}
    stored = typed_values(form, report.latest.values) if report and report.latest else {}
    typed: dict[str, str] = sent.single() if sent is not None else stored
    context: dict[str, Any] = {
        "url": url,
        "back": back,
        "subject": asked.subject,
        "form_": form,
        "scenario": asked.edition.package.name,
        "scenario_words": scenario_label(asked.edition.package.name),
        "period": asked.period.code,
        "period_words": period_words(asked.period.code),
        "report": report,
        "rows": input_rows(form, typed, before),
        "values": typed,
        "is_correction": report is not None and report.current is not None,
        "is_on_behalf": not request.actor.subject_ids & set(asked.subject.all_ids),
        "is_file_lost": error is not None and any(one.content for one in request.files.get("paper", [])),
        "asks_confirmation": needs_confirmation(error.problems) if error else False,
        "problems": report_problems(error, form) if error else [],
    }
    return page(request, "pages/reports/filing.html", 422 if error else 200, **context)


def file_report(request: WebRequest, asked: Asked) -> PeriodicReport:
    """Submit what the form says. Raises InvalidInputError."""
    sent = request.form
    papers = [one.content for one in request.files.get("paper", []) if one.content]
    draft = ReportDraft(
        read_values(asked.form, sent),
        reason=sent.text("reason"),
        is_confirmed=sent.flag("confirmed"),
        paper=papers[0] if papers else None,
    )
    return submit_report(
        request.store,
        request.tenant,
        request.act(),
        subject_id=asked.subject.id,
        scenario=asked.edition.package.name,
        form_id=asked.form.id,
        period=asked.period.code,
        draft=draft,
    )
