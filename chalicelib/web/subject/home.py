"""The subject's own portal: what is open, what was found, by when it is to be mended."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.finding import Fault, faults_of
from chalicelib.domain.periodic_report import ReportState
from chalicelib.web.answers import Answer, page
from chalicelib.web.disposition import days_left, finding_chip
from chalicelib.web.i18n import mark
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)


@route(
    blueprint,
    "/subject",
    permission=Permission.OWN_SUBJECT_READ,
    nav=Nav(group=mark("我的企业"), label=mark("待办和问题"), order=10, icon="home"),
)
def show_home(request: WebRequest) -> Answer:
    """Two queries per subject that this person is bound to: its findings, and what it has to report. What several judge
    by one answer is one line."""
    store, tenant = request.store, request.tenant
    findings = [one for id in sorted(request.actor.subject_ids) for one in store.findings.first_of_subject(tenant, id)]
    rows = [_row(request, fault) for fault in faults_of(findings)]
    bound = store.subjects.find_many(tenant, sorted(request.actor.subject_ids), is_listed=True).values()
    subjects = [store.subjects.find_current(tenant, one.merged_into) if one.merged_into else one for one in bound]
    reported = [
        one for id in sorted(request.actor.subject_ids) for one in store.periodic_reports.of_subject(tenant, id)
    ]
    return page(
        request,
        "pages/subject/home.html",
        reports=sum(one.state is not ReportState.SUBMITTED for one in reported),
        names=list({one.id: one.name for one in subjects if one is not None}.values()),
        mine=[row for row in rows if row["finding"].needs_subject],
        waiting=[row for row in rows if row["finding"].state in ("rectification_submitted", "reinspected_passed")],
        closed=[row for row in rows if row["finding"].state == "closed"],
    )


def _row(request: WebRequest, fault: Fault) -> dict[str, Any]:
    first = fault.first
    return {
        "finding": first,
        "bodies": list(dict.fromkeys(one.acting_body_label for one in fault.findings)),
        "clauses": list(dict.fromkeys(one.clause for one in fault.findings if one.clause)),
        "count": len(fault.findings),
        "state": finding_chip(first),
        "days_left": days_left(request, first),
        "url": f"/subject/findings/{first.id}",
    }
