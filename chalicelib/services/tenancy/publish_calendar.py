"""A year's official calendar: uploaded by one platform operator, published once another has compared it."""

from collections.abc import Mapping
from datetime import date

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import SHANGHAI
from chalicelib.domain.errors import ConflictError, FieldProblem, InvalidInputError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.official_calendar import CalendarProposal, PublicCalendar, check_year
from chalicelib.domain.tenancy import PLATFORM, TenantId
from chalicelib.services.draw.problems import SecondPersonNeededError
from chalicelib.services.idempotent import idempotent
from chalicelib.services.tenancy.missing_calendar import missing_year
from chalicelib.services.working_calendar import forget_calendars
from chalicelib.storage.store import Store


def _on_platform(tenant: TenantId, act: Act) -> None:
    require(act.actor, Permission.TENANT_ONBOARD)
    if tenant != PLATFORM:
        raise NotAllowedError(permission=Permission.TENANT_ONBOARD.value)


@idempotent
def propose_calendar(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    year: int,
    holidays: Mapping[date, str],
    make_up_days: Mapping[date, str],
    source: str,
    link: str,
    published_on: date,
) -> CalendarProposal:
    """The proposal, as the next version of its year. Raises InvalidInputError when the days make no calendar."""
    _on_platform(tenant, act)
    problems = []
    if not 2000 <= year <= 2100:
        problems.append(FieldProblem(field="year", code="out_of_range"))
    if len(source.strip()) < 4:
        problems.append(FieldProblem(field="source", code="too_short" if source.strip() else "required"))
    if published_on > act.at.astimezone(SHANGHAI).date():
        problems.append(FieldProblem(field="published_on", code="calendar_not_yet_published"))
    if link and not link.startswith("https://"):
        problems.append(FieldProblem(field="link", code="calendar_link"))
    if problems:
        raise InvalidInputError(problems)
    versions = [one.number for one in store.calendars.every(PLATFORM) if one.year == year]
    proposal = CalendarProposal(
        year=year,
        number=max(versions, default=0) + 1,
        holidays=dict(holidays),
        make_up_days=dict(make_up_days),
        source=source.strip(),
        link=link,
        published_on=published_on,
        proposed_by=act.actor.person_id,
        proposed_for=act.actor.acting_for,
        proposed_at=act.at,
    )
    found = check_year(proposal)
    if found:
        raise InvalidInputError(found)
    with store.change(tenant, act) as change:
        change.save(proposal)
        facts = {"year": year, "number": proposal.number, "source": proposal.source}
        change.event(EventType.CALENDAR_PROPOSED, proposal, facts | {"days": len(holidays) + len(make_up_days)})
    return proposal


@idempotent
def settle_calendar(
    store: Store, tenant: TenantId, act: Act, *, proposal_id: str, is_confirmed: bool
) -> CalendarProposal:
    """The proposal, published or turned down. From then on every deadline is counted with a published year.

    Raises SecondPersonNeededError for who uploaded it and would publish; ConflictError when it is settled already.
    """
    _on_platform(tenant, act)
    proposal = store.calendar_proposals.get(tenant, proposal_id)
    if not proposal.is_open:
        raise ConflictError(kind=CalendarProposal.KIND, id=proposal_id)
    if is_confirmed and act.actor.is_behind(proposal.proposed_by, proposal.proposed_for):
        raise SecondPersonNeededError(step="publish_calendar")
    settled = proposal.with_changes(**{"confirmed_by" if is_confirmed else "refused_by": act.actor.person_id})
    with store.change(tenant, act) as change:
        change.save(settled)
        if is_confirmed:
            change.save(PublicCalendar.of(settled))
            store.todos.replace(change, missing_year(settled.year), [])
        facts = {"year": settled.year, "number": settled.number, "is_published": is_confirmed}
        change.event(EventType.CALENDAR_PUBLISHED, settled, facts)
    forget_calendars()
    return settled
