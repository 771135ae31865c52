"""Photos and papers that records keep, over the API: each named by the hash of its bytes, read by who reads the record.

The same handlers as of the pages; only the address differs.
"""

from collections.abc import Callable

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.periodic_report import PeriodicReport
from chalicelib.domain.self_check import SelfCheck
from chalicelib.web.answers import Answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.bindings import REQUEST
from chalicelib.web.api.disposals import DISPOSAL
from chalicelib.web.api.orders import ORDER
from chalicelib.web.console import bindings, disposals, patrols, reports, self_checks, visits
from chalicelib.web.console.disposal_orders import read_order
from chalicelib.web.disposal_files import kept_file
from chalicelib.web.field.findings import FINDING, find_evidence, read_finding
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import SIGNED_IN, Media, route
from chalicelib.web.subject import self_check_items
from chalicelib.web.subject.orders import read_served

blueprint = Blueprint(__name__)

P = Permission


def _of_finding(request: WebRequest, finding_id: str, sha256: str) -> Answer:
    is_own = allowed(request.actor, P.OWN_SUBJECT_READ)
    return find_evidence(
        request, read_finding(request, finding_id, P.OWN_SUBJECT_READ if is_own else P.FINDING_READ), sha256
    )


def _of_order(request: WebRequest, order_id: str, sha256: str) -> Answer:
    is_own = allowed(request.actor, P.OWN_SUBJECT_READ)
    return kept_file(request, (read_served if is_own else read_order)(request, order_id), sha256)


def _declare(records: str, resource: tuple[str, str], permission: str, read: Callable[..., Answer], about: str) -> None:
    """`GET /{records}/{id}/files/{sha256}`."""

    def show(request: WebRequest, sha256: str, **of: str) -> Answer:
        return read(request, sha256=sha256, **of)

    show.__name__ = f"show_file_of_{records.replace('-', '_')}"
    show.__doc__ = f"One file of {about}. One too large for an answer is fetched where `Location` says, within minutes."
    route(
        blueprint,
        f"{PREFIX}/{records}/{{{resource[1]}}}/files/{{sha256}}",
        permission=permission,
        resource=resource,
        sample={"sha256": "0" * 64},
        answers={200: Media("*/*"), 303: None},
    )(show)


_SELF_CHECK = (SelfCheck.KIND, "self_check_id")
_declare("visits", ("visit", "visit_id"), P.VISIT_READ, visits.show_photo, "a visit's answers")
_declare("findings", FINDING, SIGNED_IN, _of_finding, "a finding, its rectifications and reinspections")
_declare("disposals", DISPOSAL, P.DISPOSAL_READ, disposals.show_disposal_file, "a disposal")
_declare("orders", ORDER, SIGNED_IN, _of_order, "an order; a subject's, once it was served")
_declare("patrols", patrols.PATROL, P.PATROL_READ, patrols.show_patrol_photo, "a patrol")
_declare("binding-requests", REQUEST, P.BINDING_CONFIRM, bindings.show_evidence, "a request to be bound")
_declare("reports", (PeriodicReport.KIND, "report_id"), P.REPORT_READ, reports.show_paper, "a report: its paper")
_declare("self-checks", _SELF_CHECK, P.SELF_CHECK_ANSWER, self_check_items.show_photo, "one's own self-check")
_declare("shared-self-checks", _SELF_CHECK, P.SELF_CHECK_READ, self_checks.show_shared_photo, "a shared self-check")
