"""What is due for a patrol as the page, the first page's card and the API ask for it: scenario, county, one page."""

from dataclasses import dataclass

from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.division import full_code
from chalicelib.domain.errors import InvalidInputError
from chalicelib.services.patrol.list_rounds import RoundPage, list_rounds, patrolled_among, places_of
from chalicelib.services.register.list_subjects import narrower
from chalicelib.services.scenario.read_edition import editions_of
from chalicelib.web.cursors import open_cursor
from chalicelib.web.fields import invalid
from chalicelib.web.request import WebRequest


@dataclass(frozen=True)
class RoundList:
    """places: the counties to choose from; interval_days: 0 where there is nothing to patrol."""

    page: RoundPage
    scenarios: tuple[str, ...] = ()
    scenario: str = ""
    places: tuple[str, ...] = ()
    division: str = ""
    interval_days: int = 0

    @property
    def is_empty_place(self) -> bool:
        """Nothing that is patrolled is registered within reach."""
        return not self.scenario or not self.division


def read_rounds(request: WebRequest, limit: int) -> RoundList:
    """What the query's `scenario` and `division` ask for, the first of each without one: three table calls. Raises
    InvalidInputError for a scenario without patrols and a division out of reach."""
    store, tenant, actor = request.store, request.tenant, request.actor
    contents = store.subject_filters.contents(tenant)
    scenarios = patrolled_among(contents.scenarios)
    asked = request.query.text("scenario")
    if asked and asked not in scenarios:
        raise invalid("scenario", "unknown_choice")
    within = {one: places_of(actor, contents, one) for one in scenarios}
    name = asked or next((one for one in scenarios if within[one]), "")
    places = within.get(name, [])
    division = _division(request.query.text("division"), actor.division, places)
    if not division:
        return RoundList(RoundPage([]), scenarios, name, tuple(places))
    rules = editions_of(store, tenant, [name])[0].scenario.inspection.patrol
    if rules is None:
        return RoundList(RoundPage([]), scenarios, name, tuple(places), division)
    found = list_rounds(
        store,
        tenant,
        actor,
        scenario=name,
        rules=rules,
        division=division,
        today=shanghai_date(request.now),
        after=open_cursor(request),
        limit=limit,
    )
    return RoundList(found, scenarios, name, tuple(places), division, rules.interval_days)


def _division(asked: str, reach: str | None, places: list[str]) -> str:
    if not asked:
        return places[0] if places else ""
    try:
        code = full_code(asked)
    except InvalidInputError:
        raise invalid("division", "unknown_choice") from None
    found = narrower(code, reach)
    if not found or not any(narrower(found, one) == found for one in places):
        raise invalid("division", "unknown_choice")
    return found
