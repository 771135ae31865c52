"""Patrols in words: what was seen, who is told, when the next one is due."""

from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from chalicelib.contract.inspection import PatrolObservation
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.calendar import SHANGHAI, shanghai_date
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.patrol import Patrol, days_late, next_due_on, told_departments
from chalicelib.domain.subject import Subject
from chalicelib.services.patrol.record_patrol import PatrolledScenario, patrolled_scenarios
from chalicelib.services.scenario.read_edition import edition_in_force, read_edition
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.i18n import current_locale, gettext
from chalicelib.web.request import WebRequest
from chalicelib.web.scenario_views import package_in_words
from chalicelib.web.scenarios import scenario_label

_ON_CARD = 5
_SOON, _FAR = 120, 400 * 24 * 3600
"""Seconds on a device: what is sent sooner counts as now; more than a year is too long ago in any case."""


class Told(NamedTuple):
    """A department (code and words) with what it is told of."""

    code: str
    department: str
    observations: list[PatrolObservation]
    is_urgent: bool


def _newest_patrols(request: WebRequest, subject: Subject) -> list[Patrol]:
    """Of each identifier of the subject that the person may know of: one query each."""
    store, tenant = request.store, request.tenant
    found = [one for id in subject.all_ids for one in store.patrols.of_subject(tenant, id, limit=_ON_CARD).records]
    within = [one for one in found if allowed(request.actor, Permission.PATROL_READ, one.resource)]
    return sorted(within, key=lambda one: one.patrolled_at, reverse=True)[:_ON_CARD]


def patrol_row(patrol: Patrol) -> dict[str, Any]:
    """One line of a list, without a read: departments as the installed package names them."""
    return {
        "patrol": patrol,
        "scenario": scenario_label(patrol.scenario),
        "told": [_department(patrol.scenario, one.department) for one in patrol.told],
    }


def _department(scenario: str, code: str) -> str:
    try:
        return package_in_words(scenario).manifest.department_label(code)
    except RecordNotFoundError:
        return code


def patrol_card(request: WebRequest, subject: Subject) -> dict[str, Any] | None:
    """What the subject's page shows; None where nothing of it is patrolled, or for a reader without the right."""
    if not allowed(request.actor, Permission.PATROL_READ, subject.resource):
        return None
    patrolled = patrolled_scenarios(request.store, request.tenant, subject) if subject.memberships else []
    if not patrolled:
        return None
    found, today = _newest_patrols(request, subject), shanghai_date(request.now)
    last = {one.scenario: one.patrolled_on for one in request.store.members.of_subject(request.tenant, subject.id)}
    may_record = allowed(request.actor, Permission.PATROL_RECORD, subject.resource) and not subject.is_tombstone
    return {
        "rounds": [_round(one, last.get(one.edition.package.name), today) for one in patrolled],
        "rows": [patrol_row(one) for one in found],
        "may_record": may_record,
    }


def _round(one: PatrolledScenario, last: date | None, today: date) -> dict[str, Any]:
    """When a scenario's next patrol is due. `days_late`: 0 while it is not, or where there was none."""
    name, days = one.edition.package.name, one.rules.interval_days
    due_on = next_due_on(last, days)
    late = days_late(due_on, today)
    return {"scenario": name, "label": scenario_label(name), "interval": days, "due_on": due_on, "days_late": late}


def observation_choices(package: Scenario) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """What a form offers, by the department that is told, urgent ones first; `package` in the reader's language."""
    rules = package.inspection.patrol
    if rules is None:
        return []
    return [
        (
            told.department,
            [(one.id, one.name, gettext("立即报告") if one.is_urgent else "") for one in told.observations],
        )
        for told in _told(package, rules.observations)
    ]


def told_words(request: WebRequest, patrol: Patrol) -> list[Told]:
    """Who was told of what, in the words of the edition with which it was noted; the one in force where that is
    gone."""
    store, tenant = request.store, request.tenant
    try:
        edition = read_edition(store, tenant, patrol.scenario, patrol.scenario_version, patrol.overlay_number)
    except RecordNotFoundError:
        edition = edition_in_force(store, tenant, patrol.scenario)
    package = edition.scenario.in_language(current_locale())
    rules = package.inspection.patrol
    seen = [one for one in rules.observations if one.id in patrol.observation_ids] if rules else []
    return _told(package, seen)


def _told(package: Scenario, seen: "tuple[PatrolObservation, ...] | list[PatrolObservation]") -> list[Told]:
    by_id = {one.id: one for one in seen}
    return [
        Told(
            one.department,
            package.manifest.department_label(one.department),
            sorted((by_id[id] for id in one.observation_ids), key=lambda observation: not observation.is_urgent),
            one.is_urgent,
        )
        for one in told_departments(seen)
    ]


def read_moment(form: Fields, now: datetime) -> datetime | None:
    """When the patrol was, by the form: its day and time in China; else as long ago as a device without a network
    kept it (`kept_seconds`, by a clock that need not be right); None for now. Raises InvalidInputError."""
    day, clock = form.day("patrolled_on"), form.text("patrolled_time")
    if not day and not clock:
        seconds = form.integer("kept_seconds") or 0
        return now - timedelta(seconds=min(seconds, _FAR)) if seconds >= _SOON else None
    if not clock:
        raise invalid("patrolled_time", "required")
    try:
        moment = time.fromisoformat(clock)
    except ValueError:
        raise invalid("patrolled_time", "invalid") from None
    if moment.tzinfo is not None:
        raise invalid("patrolled_time", "invalid")
    return datetime.combine(day or shanghai_date(now), moment, SHANGHAI)
