"""Keep a subject's scenario entries, from which pools are read, in step with the subject itself."""

from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage.change import Change
from chalicelib.storage.store import Store


def save_members(change: Change, store: Store, tenant: TenantId, subject: Subject) -> None:
    """Within this change: an entry per membership, none for a scenario that the subject has left; only what differs."""
    present = {member.scenario: member for member in store.members.of_subject(tenant, subject.id)}
    for membership in subject.memberships:
        held = present.pop(membership.scenario, None)
        member = ScenarioMember.of(subject, membership.scenario, held.version if held else 0)
        if member != held:
            change.save(member)
    for left in present.values():
        change.delete(left)
