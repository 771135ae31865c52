"""The other findings on one fault: what several acting bodies, or several scenarios, make of one answer of a visit."""

from chalicelib.domain.finding import Finding
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage.store import Store


def find_sisters(store: Store, tenant: TenantId, finding: Finding) -> list[Finding]:
    """In the order of their deadlines: one query, of about a second ago."""
    if not finding.question_key:
        return []
    listed = store.findings.of_visit(tenant, finding.plan_id, finding.visit_id)
    return sorted((one for one in listed if one.is_sister(finding)), key=lambda one: (one.due_at, one.id))


def current_sisters(store: Store, tenant: TenantId, finding: Finding) -> list[Finding]:
    """The same as they are now, to be changed."""
    listed = find_sisters(store, tenant, finding)
    found = store.findings.find_many(tenant, [one.id for one in listed])
    return [found[one.id] for one in listed if one.id in found and found[one.id].is_sister(finding)]
