"""Reports of two duplicates, once they are merged: what both were asked is asked once, of neither when one reported.

Everything else stays where it was recorded and is found, reported and noted as overdue as the survivor's.
"""

from chalicelib.domain.act import Act
from chalicelib.domain.event import EventType
from chalicelib.domain.periodic_report import PeriodicReport, ReportState
from chalicelib.domain.record import Ref
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store


def follow_merge(store: Store, tenant: TenantId, act: Act, *, subject_id: str, regrouping_id: str) -> int:
    """How many reports were set aside, or taken up again once the merge is undone; none of a split."""
    parent = Ref(kind=Subject.KIND, id=subject_id)
    regrouping = store.subject_regroupings.get_child(tenant, parent, regrouping_id)
    if regrouping.other_before is None:
        return 0
    theirs = store.periodic_reports.of_subjects(tenant, regrouping.other_before.all_ids)
    own = store.periodic_reports.of_subjects(tenant, regrouping.kept_before.all_ids)
    if regrouping.undone_at is not None:
        changed = [one.taken_up_again() for side in (theirs, own) for one in _asked_nowhere_else(side)]
    else:
        asked = {one.asked for one in own if one.state is not ReportState.MERGED}
        came = {one.asked for one in theirs if one.current is not None}
        changed = [one.set_aside() for one in theirs if one.is_owed and one.asked in asked]
        changed += [one.set_aside() for one in own if one.is_owed and one.asked in came]
    for report in changed:
        _keep(store, tenant, act.part(report.id), report, regrouping_id)
    return len(changed)


def _asked_nowhere_else(reports: list[PeriodicReport]) -> list[PeriodicReport]:
    """Those set aside of which the same subject is asked nowhere else: what an older merge set aside stays so."""
    seen = {one.asked for one in reports if one.state is not ReportState.MERGED}
    found = {one.asked: one for one in reversed(reports) if one.state is ReportState.MERGED and one.asked not in seen}
    return list(found.values())


@idempotent
def _keep(store: Store, tenant: TenantId, act: Act, report: PeriodicReport, regrouping_id: str) -> PeriodicReport:
    is_aside = report.state is ReportState.MERGED
    with store.change(tenant, act) as change:
        change.save(report)
        data = {"subject_id": report.subject_id, "regrouping_id": regrouping_id}
        change.event(EventType.REPORT_MERGED if is_aside else EventType.REPORT_REOPENED, report, data)
    return report
