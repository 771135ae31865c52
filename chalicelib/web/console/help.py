"""Help of an area and the glossary, on every face: the same pages inside the frame that the reader came from."""

from chalice import Blueprint

from chalicelib.domain.glossary import term, terms
from chalicelib.domain.text import normalise
from chalicelib.web.answers import Answer, page
from chalicelib.web.help_topics import HelpTopic, topic, topics
from chalicelib.web.i18n import current_locale, mark
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import OPEN, SIGNED_IN, Face, Nav, declarations, route
from chalicelib.web.ui import opens

blueprint = Blueprint(__name__)

LAYOUTS = {Face.CONSOLE: "layouts/console.html", Face.SUBJECT: "layouts/console.html", Face.FIELD: "layouts/field.html"}
SAMPLE = {"topic_name": "plans"}


def _layout(request: WebRequest) -> str:
    return LAYOUTS.get(request.face, "layouts/public.html")


def _base(request: WebRequest) -> str:
    """Where help and glossary of this face live."""
    return f"/{request.face.value}" if request.face in LAYOUTS else ""


@route(blueprint, "/help/{topic_name}", permission=OPEN, sample={"topic_name": "public"})
def show_public_help(request: WebRequest, topic_name: str) -> Answer:
    return _help(request, topic_name)


@route(blueprint, "/console/help/{topic_name}", permission=SIGNED_IN, sample=SAMPLE)
def show_help(request: WebRequest, topic_name: str) -> Answer:
    return _help(request, topic_name)


@route(blueprint, "/subject/help/{topic_name}", permission=SIGNED_IN, sample={"topic_name": "subject"})
def show_subject_help(request: WebRequest, topic_name: str) -> Answer:
    return _help(request, topic_name)


@route(blueprint, "/field/help/{topic_name}", permission=SIGNED_IN, sample={"topic_name": "field"})
def show_field_help(request: WebRequest, topic_name: str) -> Answer:
    return _help(request, topic_name)


def _help(request: WebRequest, topic_name: str) -> Answer:
    locale, shown = current_locale(), topic(topic_name)
    return page(
        request,
        "pages/help/topic.html",
        layout=_layout(request),
        base=_base(request),
        topic=shown,
        title=shown.title.told(locale),
        what=shown.what.told(locale),
        steps=[(one.do.told(locale), one.who.told(locale)) for one in shown.next],
        tips=[one.told(locale) for one in shown.tips],
        terms=[term(name) for name in shown.terms],
        others=[(one.name, one.title.told(locale)) for one in _of_face(request) if one is not shown],
        page_url=next((path for path in shown.paths if _is_open(request, path)), ""),
    )


@route(blueprint, "/glossary", permission=OPEN)
def show_public_glossary(request: WebRequest) -> Answer:
    return _glossary(request)


def _is_open(request: WebRequest, path: str) -> bool:
    """Whether the reader may open the page at this address: help never leads to a refusal."""
    if not path.startswith(_base(request) or "/p"):
        return False
    found = next((one for one in declarations() if one.path == path and "GET" in one.methods), None)
    return found is not None and opens(request.person, found)


def _of_face(request: WebRequest) -> list[HelpTopic]:
    """Topics of the pages that this face has."""
    base = _base(request) or "/help"
    return [one for one in topics() if any(path.startswith(base) for path in one.paths)]


@route(
    blueprint,
    "/console/glossary",
    permission=SIGNED_IN,
    nav=Nav(group=mark("规则"), label=mark("名词"), order=74, icon="help", also=("/console/help",)),
)
def show_glossary(request: WebRequest) -> Answer:
    return _glossary(request)


@route(blueprint, "/subject/glossary", permission=SIGNED_IN)
def show_subject_glossary(request: WebRequest) -> Answer:
    return _glossary(request)


@route(blueprint, "/field/glossary", permission=SIGNED_IN)
def show_field_glossary(request: WebRequest) -> Answer:
    return _glossary(request)


def _glossary(request: WebRequest) -> Answer:
    """All terms, or those that hold the text; each has an anchor of its name."""
    text = request.query.text("q").strip()[:60]
    wanted = normalise(text)
    shown = [
        one
        for one in terms()
        if not wanted or wanted in normalise(f"{one.zh} {one.en} {one.definition_zh} {one.definition_en}")
    ]
    return page(
        request,
        "pages/help/glossary.html",
        layout=_layout(request),
        base=_base(request),
        text=text,
        terms=shown,
    )
