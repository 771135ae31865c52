"""By when a finding is to be mended after it was returned or failed a reinspection."""

from datetime import date, datetime
from typing import NamedTuple

from chalicelib.domain.act import Act
from chalicelib.domain.calendar import end_of_day, shanghai_date
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.finding import Finding
from chalicelib.services.visit.deadlines import due_moment


class RemedyClock(NamedTuple):
    due_on: date
    due_at: datetime


def remedy_clock(act: Act, finding: Finding, asked: date | None) -> RemedyClock:
    """The day asked for; else the finding's own day while it lies ahead; else the rule's term from now.

    Raises InvalidInputError: the day is past, or no calendar tells the term yet and none was asked for.
    """
    today = shanghai_date(act.at)
    if asked is not None and asked < today:
        raise InvalidInputError([FieldProblem(field="remedy_due_on", code="date_in_past")])
    day = asked or (finding.remedy_due_on if finding.remedy_due_on > today else None)
    if day is None:
        moment = due_moment("finding", "returned", act.at)
        if moment is None:
            raise InvalidInputError([FieldProblem(field="remedy_due_on", code="required")])
        day = shanghai_date(moment)
    return RemedyClock(day, end_of_day(day))
