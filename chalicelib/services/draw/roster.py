"""The officers of a draw: who may be drawn, who is kept apart from which subject, who went there last time.

行政处罚法 42 (certified officers) and 43 (recusal). An officer is in the pool when one certificate covers the period.
"""

from collections.abc import Iterable, Iterator

from chalicelib.domain.draw_commitment import Inspector, PastVisit, Recusal
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.pool_exclusion import CERTIFICATE_NOT_VALID, PERSON_INACTIVE
from chalicelib.domain.random_draw import RandomDraw
from chalicelib.domain.tenancy import Person, Role, TenantId
from chalicelib.services.draw.drawn_subjects import result_of
from chalicelib.storage.store import Store

RECUSAL_DECLARED = "declared"


def officers_of(store: Store, tenant: TenantId, draw: RandomDraw) -> list[Person]:
    """The inspectors of every acting body that takes part."""
    bodies = [team.acting_body for team in draw.teams]
    people = [person for body in bodies for person in store.people.of_body(tenant, body)]
    return [person for person in people if Role.INSPECTOR in person.roles]


def as_inspectors(people: Iterable[Person], plan: InspectionPlan) -> list[Inspector]:
    """Each officer with the reason if left out."""
    return [Inspector(person.id, person.acting_body_id or "", _reason(person, plan)) for person in people]


def _reason(person: Person, plan: InspectionPlan) -> str:
    if not person.is_active:
        return PERSON_INACTIVE
    holds = any(c.holds_on(plan.period_from) and c.holds_on(plan.period_to) for c in person.certificates)
    return "" if holds else CERTIFICATE_NOT_VALID


def recusals_of(people: Iterable[Person], subjects: set[str]) -> Iterator[Recusal]:
    """Declared recusals from these subjects. Why stays with the acting body: C says only that it was declared."""
    for person in people:
        for subject_id in person.recused_subjects:
            if subject_id in subjects:
                yield Recusal(subject_id, person.id, RECUSAL_DECLARED)


def past_visits_of(store: Store, tenant: TenantId, draw: RandomDraw) -> list[PastVisit]:
    """Who was drawn for each subject the last time it was drawn in this scenario, however long ago that was and however
    many draws of other scenarios came since."""
    found: dict[str, list[PastVisit]] = {}
    for each in reversed(store.draws.drawn_in(tenant, draw.scenario)):
        if each.id == draw.id:
            continue
        for drawn in result_of(store, tenant, each):
            subject_id = drawn.subject.subject_id
            found.setdefault(subject_id, [PastVisit(subject_id, member.person_id) for member in drawn.team])
    return [visit for visits in found.values() for visit in visits]
