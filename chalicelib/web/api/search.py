"""Search over the API: what the search box finds, without the pages of the site."""

from typing import Literal

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.record import Ref
from chalicelib.web.answers import Answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Listed, Query, Shown, listed
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.search_hits import LONGEST, find_all

blueprint = Blueprint(__name__)


class SearchQuery(Query):
    q: str = Field(min_length=1, max_length=LONGEST, description="a name, a code, an address, a plate or a number")
    limit: int = Field(default=20, ge=1, le=50, description="hits of each group at most")


class HitAnswer(Shown):
    """group: number (of a plan, draw or visit), subject, person or term (of the glossary). about: the record, none of a
    term. url: the page that opens it."""

    group: Literal["number", "subject", "person", "term"]
    title: str
    detail: str
    about: Ref | None
    url: str


@route(blueprint, f"{PREFIX}/search", permission=Permission.HOME_READ, query=SearchQuery, answers=Listed[HitAnswer])
def search(request: WebRequest) -> Answer:
    """Subjects, people, numbers and terms that the words fit, group by group; only what the caller may open."""
    asked = request.asked(SearchQuery)
    found = find_all(request, asked.q, [], limit=asked.limit)
    names = HitAnswer.model_fields
    return listed(request, [{name: getattr(hit, name) for name in names} for hits in found.values() for hit in hits])
