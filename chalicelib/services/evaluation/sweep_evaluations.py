"""The clock's work on evaluations in one tenant: a day alone changes them (a report of an appraisal lapses, a point
ends), and each says from which day it holds no longer.

Reads the days since the last sweep, whose day is read again since it was not over. Bounded per tick, those that fail
not counted; the rest is done by the next. What cannot be evaluated any more (merged, handed over, out of
the scenario) stays as it is.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from chalicelib.contract.registry import registry
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import YijianshiError
from chalicelib.domain.subject_evaluation import DAY_PASSED, SubjectEvaluation
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.services.evaluation.evaluate_subject import InForce, evaluate_subject
from chalicelib.storage.store import Store

CLOCK = "clock"
SWEEP = "evaluations"
MOST_A_TICK = 200
"""Evaluations made in one tick of the schedule, a last page over."""
_PAGE = 50


def sweep_evaluations(store: Store, tenant: TenantId, now: datetime) -> int:
    """How many subjects were evaluated. Looks once a day; taken again on that day it does nothing.

    One subject's fault does not keep the others waiting: it is raised at the end, and the day is read again.
    """
    today, swept = shanghai_date(now), store.sweeps.swept_to(tenant, SWEEP)
    first = shanghai_date(swept) if swept else today
    if swept is not None and first >= today:
        return 0
    rules: dict[str, InForce] = {}
    failed: list[YijianshiError] = []
    made = 0
    for page in _ending(store, tenant, first, today):
        for one in _to_evaluate(store, tenant, page):
            act = Act(actor=Actor.system(tenant, CLOCK), at=now, key=f"ended.{one.subject_id}.{one.version}")
            try:
                if one.id not in rules:
                    rules[one.id] = InForce.read(store, tenant, one.id)
                evaluate_subject(
                    store,
                    tenant,
                    act.part(one.id),
                    subject_id=one.subject_id,
                    scenario=one.id,
                    cause=DAY_PASSED,
                    in_force=rules[one.id],
                )
                made += 1
            except YijianshiError as error:
                failed.append(error)
        if made >= MOST_A_TICK:
            break
    else:
        if not failed:
            store.sweeps.note(tenant, now, SWEEP)
    if failed:
        raise failed[0]
    return made


def _ending(store: Store, tenant: TenantId, first: date, last: date) -> Iterator[Sequence[SubjectEvaluation]]:
    """Pages of what holds no longer from a day between these two on."""
    day = first
    while day <= last:
        page = store.evaluations.ending_on(tenant, day, limit=_PAGE)
        yield page.records
        while page.next is not None:
            page = store.evaluations.ending_on(tenant, day, after=page.next, limit=_PAGE)
            yield page.records
        day += timedelta(days=1)


def _to_evaluate(store: Store, tenant: TenantId, found: Sequence[SubjectEvaluation]) -> Iterator[SubjectEvaluation]:
    subjects = store.subjects.find_many(tenant, [one.subject_id for one in found], is_listed=True)
    for one in found:
        subject = subjects.get(one.subject_id)
        is_there = subject is not None and not subject.is_tombstone and subject.membership(one.id) is not None
        if is_there and registry().holds(one.id):
            yield one
