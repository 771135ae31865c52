"""The subject's own portal: what is open, what was found, by when it is to be mended."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.disposal_order import DisposalOrder
from chalicelib.domain.finding import Fault, faults_of
from chalicelib.domain.periodic_report import PeriodicReport
from chalicelib.services.binding.own_subjects import own_subjects
from chalicelib.web.answers import Answer, page
from chalicelib.web.body_words import body_name
from chalicelib.web.disposal_words import served_row
from chalicelib.web.disposition import days_left, finding_chip
from chalicelib.web.i18n import mark
from chalicelib.web.report_words import report_row
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
    """Three queries per identifier of this person's subjects (the findings, the orders served, what is to be reported)
    and one read of all their names. What several judge by one answer is one line."""
    store, tenant, ids = request.store, request.tenant, sorted(request.actor.subject_ids)
    findings = [one for id in ids for one in store.findings.first_of_subject(tenant, id)]
    rows = [_row(request, fault) for fault in faults_of(findings)]
    orders = [one for id in ids for one in store.disposal_orders.served_on(tenant, id) if one.is_open]
    reports = [one for one in store.periodic_reports.of_subjects(tenant, ids) if one.is_owed]
    return page(
        request,
        "pages/subject/home.html",
        orders=[served_row(request, one) for one in sorted(orders, key=_by_due)],
        reports=[report_row(request, one) for one in sorted(reports, key=_by_due)],
        names=[one.name for one in own_subjects(store, tenant, request.actor)],
        mine=[row for row in rows if row["finding"].needs_subject],
        waiting=[row for row in rows if row["finding"].state in ("rectification_submitted", "reinspected_passed")],
        closed=[row for row in rows if row["finding"].state == "closed"],
    )


def _by_due(one: DisposalOrder | PeriodicReport) -> tuple[bool, float]:
    return one.due_at is None, one.due_at.timestamp() if one.due_at else 0.0


def _row(request: WebRequest, fault: Fault) -> dict[str, Any]:
    first = fault.first
    return {
        "finding": first,
        "bodies": list(dict.fromkeys(body_name(one) for one in fault.findings)),
        "clauses": list(dict.fromkeys(one.clause for one in fault.findings if one.clause)),
        "count": len(fault.findings),
        "state": finding_chip(first),
        "days_left": days_left(request, first),
        "url": f"/subject/findings/{first.id}",
    }
