"""The search box of the top bar: a page that works without script, and its list alone while one types."""

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.search_text import MIN_TEXT, search_form
from chalicelib.web.answers import Answer, page
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import gettext
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.search_hits import GROUPS, LONGEST, find_all
from chalicelib.web.ui import navigation

blueprint = Blueprint(__name__)

SUGGESTED = 4
SHOWN = 20


@route(blueprint, "/console/search", permission=Permission.HOME_READ)
def search(request: WebRequest) -> Answer:
    """At most five table calls; a text of one character finds pages and terms only. Asked by htmx it
    answers with the suggestions alone."""
    text = request.query.text("q").strip()
    if len(text) > LONGEST:
        raise invalid("q", "too_long")
    found = find_all(request, text, navigation(request), limit=SUGGESTED if request.is_partial else SHOWN)
    groups = [(gettext(words), found[name]) for name, words in GROUPS.items() if name in found]
    template = "pages/search/_suggestions.html" if request.is_partial else "pages/search/show.html"
    return page(
        request,
        template,
        text=text,
        groups=groups,
        count=sum(len(hits) for _, hits in groups),
        is_short=len(search_form(text)) < MIN_TEXT,
    )
