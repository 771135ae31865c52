"""One page of the register by filters, in at most two table calls and 50 read units; see infra/docs/list-costs.md."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from chalicelib.domain.access import NOTHING, Permission, allowed, require
from chalicelib.domain.division import DivisionLevel, covers, level_of, significant_prefix
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import DrawGrade, Subject
from chalicelib.domain.subject_query import SubjectOrder, SubjectQuery
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.storage.register_contents import RegisterContents, RegisterHead
from chalicelib.storage.repository import Position
from chalicelib.storage.store import Store
from chalicelib.storage.subjects import PAGE_ROWS, SubjectPage

__all__ = ["PAGE_ROWS", "RegisterHead", "SubjectPage", "check_query", "list_subjects", "narrower"]

GRADES = (DrawGrade.D, DrawGrade.C, DrawGrade.B, DrawGrade.A)


def list_subjects(
    store: Store,
    tenant: TenantId,
    actor: Actor,
    query: SubjectQuery,
    *,
    contents: RegisterContents,
    after: Position | None = None,
    limit: int = PAGE_ROWS,
) -> SubjectPage:
    """Subjects within the actor's reach. contents: what the register holds anything of.

    `after` is what the last page gave as `next`, for the same query. Tombstones are left out unless their status is
    asked for, so that a page may be one or two short. Raises InvalidInputError for a grade that the actor may not see.
    """
    require(actor, Permission.SUBJECT_READ)
    check_query(actor, query)
    place = narrower(query.division, actor.division)
    if place is None:
        return SubjectPage([], None)
    wanted = _wanted(actor, query)
    if query.text:
        return store.subjects.search(
            tenant,
            query.text,
            after=after,
            limit=limit,
            wanted=wanted,
            wanted_place=(lambda division, _: covers(place, division)) if place else None,
        )
    if query.scenario:
        held = contents.grades_of(query.scenario) or frozenset(DrawGrade)
        return _members(store, tenant, query, place, wanted, held, after, limit)
    order = query.order or query.offered([place] if place else [], may_see_risk=False)[0]
    within = [county for county in contents.counties if not place or covers(place, county) or covers(county, place)]
    is_below = bool(place) and level_of(place) in (DivisionLevel.TOWNSHIP, DivisionLevel.VILLAGE)
    by_key = is_below and order is SubjectOrder.DIVISION
    is_filtered = query.kind or query.status or (is_below and not by_key)
    found = store.subjects.in_counties(
        tenant,
        [place[:6].ljust(12, "0")] if is_below and place else within,
        order=order,
        prefix=significant_prefix(place) if by_key and place else "",
        after=after,
        limit=limit,
        wanted=(lambda one: wanted(one) and (not place or covers(place, one.division))) if is_filtered else None,
    )
    return replace(found, subjects=[one for one in found.subjects if query.status or not one.is_tombstone])


def check_query(actor: Actor, query: SubjectQuery) -> None:
    """Raises InvalidInputError when the actor may not list by the query's grade."""
    by_grade = [("grade", query.grade), ("order", query.order is SubjectOrder.GRADE)]
    if not allowed(actor, Permission.RISK_READ, NOTHING):
        problems = [FieldProblem(field=field, code="unknown_choice") for field, asked in by_grade if asked]
        if problems:
            raise InvalidInputError(problems)


def narrower(asked: str | None, reach: str | None) -> str | None:
    """The narrower of two divisions, empty for the whole tenant; None when they have nothing in common."""
    if not asked or not reach:
        return asked or reach or ""
    if covers(reach, asked):
        return asked
    return reach if covers(asked, reach) else None


def every_subject(
    store: Store,
    tenant: TenantId,
    actor: Actor,
    query: SubjectQuery,
    contents: RegisterContents,
) -> Iterator[SubjectPage]:
    """All pages of a query, for jobs."""
    after: Position | None = None
    while True:
        page = list_subjects(store, tenant, actor, query, contents=contents, after=after, limit=100)
        yield page
        after = page.next
        if after is None:
            return


def _wanted(actor: Actor, query: SubjectQuery) -> Callable[[Subject], bool]:
    """Filters that no key answers."""

    def wanted(subject: Subject) -> bool:
        if query.kind and subject.kind is not query.kind:
            return False
        if query.status and subject.status is not query.status:
            return False
        membership = subject.membership(query.scenario) if query.scenario else None
        if query.scenario and membership is None:
            return False
        if query.grade and membership and membership.draw_grade is not query.grade:
            return False
        return allowed(actor, Permission.SUBJECT_READ, subject.resource)

    return wanted


def _members(
    store: Store,
    tenant: TenantId,
    query: SubjectQuery,
    place: str,
    wanted: Callable[[Subject], bool],
    held: frozenset[DrawGrade],
    after: Position | None,
    limit: int,
) -> SubjectPage:
    """Of one scenario: its entries, then their subjects."""
    grades = (query.grade,) if query.grade else GRADES if query.order is SubjectOrder.GRADE else ()
    level = level_of(place) if place else None
    prefix = significant_prefix(place) if place else ""
    is_below = bool(grades) and level in (DivisionLevel.TOWNSHIP, DivisionLevel.VILLAGE)

    def fits(member: ScenarioMember) -> bool:
        if query.kind and member.subject_kind is not query.kind:
            return False
        if query.status and member.status is not query.status:
            return False
        return not place or covers(place, member.division)

    found = store.members.listed(
        tenant,
        query.scenario or "",
        grades=grades,
        held=held,
        prefix=prefix[:6] if is_below else prefix,
        after=after,
        limit=limit,
        wanted=fits if query.kind or query.status or is_below else None,
    )
    subjects = store.subjects.find_many(tenant, [one.subject_id for one in found.members], is_listed=True)
    shown = [subjects[one.subject_id] for one in found.members if one.subject_id in subjects]
    return SubjectPage([one for one in shown if wanted(one)], found.next, is_cut=found.is_cut)
