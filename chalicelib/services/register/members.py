"""Keep a subject's scenario entries, from which pools and rounds of patrols are read, in step with the subject."""

from datetime import date

from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage.change import Change
from chalicelib.storage.repository import Position
from chalicelib.storage.store import Store


def save_members(change: Change, store: Store, tenant: TenantId, subject: Subject) -> None:
    """Within this change: an entry per membership, none for a scenario that the subject has left; only what differs.
    In a scenario that it joins again its earlier patrols count."""
    present = {member.scenario: member for member in store.members.of_subject(tenant, subject.id)}
    is_joining = any(one.scenario not in present for one in subject.memberships)
    days = last_patrols(store, tenant, subject) if is_joining else {}
    days |= {scenario: member.patrolled_on for scenario, member in present.items()}
    _save(change, subject, present, days)


def regroup_members(change: Change, store: Store, tenant: TenantId, subject: Subject) -> None:
    """The same for a subject that was merged, split, restored or handed over: which patrols are its own is looked up
    anew."""
    present = {member.scenario: member for member in store.members.of_subject(tenant, subject.id)}
    days = last_patrols(store, tenant, subject) if subject.memberships else {}
    _save(change, subject, present, days)


def last_patrols(store: Store, tenant: TenantId, subject: Subject) -> dict[str, date | None]:
    """The day of the last patrol in each scenario, under whichever identifier it was noted: one query for each,
    and more only while a scenario of the subject has none among the newest."""
    wanted = {one.scenario for one in subject.memberships}
    found: dict[str, date | None] = {}
    for id in subject.all_ids:
        own: dict[str, date] = {}
        after: Position | None = None
        while True:
            page = store.patrols.of_subject(tenant, id, after=after)
            for patrol in page.records:
                own.setdefault(patrol.scenario, patrol.patrolled_on)
            after = page.next
            if after is None or wanted <= own.keys():
                break
        for scenario, day in own.items():
            known = found.get(scenario)
            found[scenario] = max(known, day) if known else day
    return found


def _save(change: Change, subject: Subject, present: dict[str, ScenarioMember], days: dict[str, date | None]) -> None:
    left = dict(present)
    for membership in subject.memberships:
        held = left.pop(membership.scenario, None)
        member = ScenarioMember.of(subject, membership.scenario, held)
        member.patrolled_on = days.get(membership.scenario)
        if member != held:
            change.save(member)
    for one in left.values():
        change.delete(one)
